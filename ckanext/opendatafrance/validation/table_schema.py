"""A Table Schema as the checker uses it: fields, constraints, custom checks.

Table Schema of Frictionless Data (https://datapackage.org/standard/table-schema/), with Validata's `custom_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opendatafrance.errors import N_, DataFileError

TYPES = (
    "string",
    "number",
    "integer",
    "boolean",
    "date",
    "datetime",
    "time",
    "year",
    "geopoint",
    "geojson",
    "array",
    "any",
)
_BOUNDS = {"minimum", "maximum"}
_LENGTHS = {"minLength", "maxLength"}
_ALWAYS = {"required", "unique", "enum"}
CONSTRAINTS: dict[str, set[str]] = {
    "string": _ALWAYS | _LENGTHS | {"pattern"},
    "number": _ALWAYS | _BOUNDS,
    "integer": _ALWAYS | _BOUNDS,
    "boolean": _ALWAYS,
    "date": _ALWAYS | _BOUNDS,
    "datetime": _ALWAYS | _BOUNDS,
    "time": _ALWAYS | _BOUNDS,
    "year": _ALWAYS | _BOUNDS,
    "geopoint": _ALWAYS,
    "geojson": _ALWAYS,
    "array": _ALWAYS | _LENGTHS,
    "any": _ALWAYS,
}
"""The constraints that each type knows; others are a fault of the schema."""
_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")


@dataclass(frozen=True)
class Field:
    """A column.

    Attributes:
        missing_values: texts that stand for no value.
        array_item: descriptor of the items of an array, empty where they may be anything.
        descriptor: the field as its schema writes it, for texts that the checker does not need.
    """

    name: str
    type: str = "string"
    format: str = "default"
    constraints: Mapping[str, Any] = field(default_factory=dict)
    missing_values: tuple[str, ...] = ("",)
    true_values: tuple[str, ...] = _TRUE
    false_values: tuple[str, ...] = _FALSE
    array_item: Mapping[str, Any] = field(default_factory=dict)
    bare_number: bool = True
    decimal_char: str = "."
    group_char: str = ""
    descriptor: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required"))


@dataclass(frozen=True)
class CustomCheck:
    """A check of Validata: its name, and its parameters as the schema writes them."""

    name: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class TableSchema:
    """What a table must be.

    Attributes:
        id: owner and name, as schema.data.gouv.fr has them: "scdl/subventions".
        descriptor: the whole schema, with texts and whatever else its authors wrote.
    """

    id: str
    version: str
    fields: tuple[Field, ...]
    checks: tuple[CustomCheck, ...] = ()
    primary_key: tuple[str, ...] = ()
    descriptor: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        return str(self.descriptor.get("title") or self.id)

    @property
    def by_name(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}


def parse(descriptor: Mapping[str, Any], where: str, schema_id: str = "") -> TableSchema:
    """Read a descriptor.

    Args:
        where: file or address, for messages.
        schema_id: owner and name; the descriptor's own name where it is left out.

    Raises:
        DataFileError: not a Table Schema; names the place, the key and what to write.
    """
    fields = descriptor.get("fields")
    if not isinstance(fields, list) or not fields:
        raise DataFileError(
            N_("{where}: “fields” must be a list of the columns of the table"), code="schema-fields", where=where
        )
    missing = _texts(descriptor.get("missingValues", [""]), where, "missingValues")
    seen: set[str] = set()
    parsed = []
    for number, one in enumerate(fields, start=1):
        parsed.append(_field(one, missing, f"{where}: fields[{number}]"))
        if parsed[-1].name in seen:
            raise DataFileError(
                N_("{where}: the column “{name}” is described twice"),
                code="schema-fields",
                where=where,
                name=one["name"],
            )
        seen.add(parsed[-1].name)
    key = descriptor.get("primaryKey") or []
    return TableSchema(
        id=schema_id or str(descriptor.get("name") or where),
        version=str(descriptor.get("version") or "").removeprefix("v"),
        fields=tuple(parsed),
        checks=tuple(_checks(descriptor, where)),
        primary_key=tuple([key] if isinstance(key, str) else key),
        descriptor=descriptor,
    )


def _field(one: Any, missing: tuple[str, ...], where: str) -> Field:
    if not isinstance(one, Mapping) or not isinstance(one.get("name"), str) or not one["name"]:
        raise DataFileError(N_("{where}: a column needs a “name”"), code="schema-fields", where=where)
    kind = one.get("type", "string")
    if kind not in TYPES:
        raise DataFileError(
            N_("{where} ({name}): the type “{value}” is unknown; use one of {allowed}"),
            code="schema-type",
            where=where,
            name=one["name"],
            value=kind,
            allowed=", ".join(TYPES),
        )
    constraints = one.get("constraints") or {}
    unknown = sorted(set(constraints) - CONSTRAINTS[kind]) if isinstance(constraints, Mapping) else ["constraints"]
    if unknown:
        raise DataFileError(
            N_("{where} ({name}): a column of type {kind} knows no constraint “{value}”"),
            code="schema-constraint",
            where=where,
            name=one["name"],
            kind=kind,
            value=unknown[0],
        )
    item = one.get("arrayItem")
    return Field(
        name=one["name"],
        type=kind,
        format=str(one.get("format") or "default").removeprefix("fmt:"),
        constraints=dict(constraints),
        missing_values=_texts(one["missingValues"], where, "missingValues") if "missingValues" in one else missing,
        true_values=_texts(one.get("trueValues", _TRUE), where, "trueValues"),
        false_values=_texts(one.get("falseValues", _FALSE), where, "falseValues"),
        array_item=dict(item) if isinstance(item, Mapping) else {},
        bare_number=bool(one.get("bareNumber", True)),
        decimal_char=str(one.get("decimalChar", ".")),
        group_char=str(one.get("groupChar", "")),
        descriptor=one,
    )


def _texts(values: Any, where: str, key: str) -> tuple[str, ...]:
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise DataFileError(
            N_("{where}: “{key}” must be a list of texts, in quotation marks"),
            code="schema-texts",
            where=where,
            key=key,
        )
    return tuple(values)


def _checks(descriptor: Mapping[str, Any], where: str) -> list[CustomCheck]:
    """The checks of the schema, and those that its fields carry (`customCheck`)."""
    found = []
    for number, one in enumerate(descriptor.get("custom_checks") or [], start=1):
        params = one.get("params") if isinstance(one, Mapping) else None
        if not isinstance(params, Mapping) or not isinstance(one.get("name"), str):
            raise DataFileError(
                N_("{where}: custom_checks[{number}] needs a “name” and “params”"),
                code="schema-check",
                where=where,
                number=number,
            )
        found.append(CustomCheck(one["name"], dict(params)))
    for one in descriptor["fields"]:
        own = one.get("customCheck")
        if own:
            name, params = (own, {}) if isinstance(own, str) else (own.get("name"), own.get("params") or {})
            found.append(CustomCheck(str(name), {**params, "column": one["name"]}))
    return found
