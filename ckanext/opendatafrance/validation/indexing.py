"""Which schema a dataset says that it follows, and what its index document and its badge say of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ckanext.opendatafrance.validation import catalogue
from ckanext.opendatafrance.validation.model import INVALID, NOT_CHECKED, VALID
from ckanext.opendatafrance.validation.table_schema import TableSchema

SCHEMA = "vocab_odf_schema"
VALIDITY = "vocab_odf_validity"


def declared(record: Mapping[str, Any]) -> TableSchema | None:
    """The table schema that the `conforms_to` of a dataset or resource names, None where it names none of ours."""
    by_address = _by_address()
    return next((by_address[one] for one in _texts(record.get("conforms_to")) if one in by_address), None)


def schemas_of(dataset: Mapping[str, Any]) -> list[str]:
    """Ids of the schemas that a dataset or its resources declare, without version."""
    found = [declared(one) for one in (dataset, *(dataset.get("resources") or []))]
    return list(dict.fromkeys(one.id for one in found if one))


def _texts(value: Any) -> Iterator[str]:
    """A list, or the same as JSON text, as it is in the index and before validation."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.startswith("[") else [value]
        except ValueError:
            value = [value]
    yield from (one.strip() for one in value or () if isinstance(one, str))


@cache
def _by_address() -> dict[str, TableSchema]:
    """Every address of every schema; the newest version of a name wins one that they share."""
    at_hand = catalogue.shipped()
    newest_last = (*at_hand.all(older=True), *at_hand.all())
    return {address: one for one in newest_last for address in catalogue.addresses(one) if address}


def add(document: dict[str, Any], latest: Callable[[list[str]], Mapping[str, Any]]) -> dict[str, Any]:
    """Put the schemas that a dataset follows and what came of the checks into its index document.

    Args:
        latest: the latest checks of files by their ids (`history.latest`).
    """
    dataset = json.loads(document.get("validated_data_dict") or "{}")
    declaring = schemas_of(dataset)
    uploads = any(one.get("url_type") == "upload" for one in dataset.get("resources") or [])
    if not declaring and not uploads:
        return document
    checks = [one for one in latest([one["id"] for one in dataset.get("resources") or []]).values() if one.schema_id]
    schemas = list(dict.fromkeys([*declaring, *(one.schema_id for one in checks)]))
    if schemas:
        document[SCHEMA] = schemas
        document[VALIDITY] = [worst([one.state for one in checks])]
    return document


def worst(states: Sequence[str]) -> str:
    """The state of a dataset whose files have these: one file with errors is enough, and so is one that is right."""
    return next((state for state in (INVALID, VALID) if state in states), NOT_CHECKED)
