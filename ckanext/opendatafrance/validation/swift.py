"""Vectorised tests that accept the cells which are certainly right.

They may leave a right cell to `cells.judge`, which is exact and slow; they never accept a wrong one. That is what lets
a column of 100,000 cells cost a few milliseconds without its verdict being another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import and_
from typing import Any

import polars as pl

from ckanext.opendatafrance.validation.table_schema import Field

# Up to fifteen significant digits a double tells two decimal numbers apart, so that bounds can be compared as doubles.
_INTEGER = r"^[+-]?[0-9]{1,15}$"
_NUMBER = r"^[+-]?[0-9]{1,8}(?:\.[0-9]{1,7})?$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_YEAR = r"^[0-9]{4}$"
# In Rust these are operations on sets of characters, in Python mere characters.
_SETS = re.compile(r"\[\[|&&|--|~~")
_URI = r"^https?://"
_EMAIL = (
    r"^[A-Za-z0-9]{1,20}(?:[._-][A-Za-z0-9]{1,20}){0,2}"
    r"@(?:[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20})?\.){1,3}[A-Za-z]{2,12}$"
)
_UUID = r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$"
_DEGREES = r"-?[0-9]{1,2}(?:\.[0-9]{1,20})?"
_POINT = {"default": rf"^{_DEGREES},{_DEGREES}$", "array": rf"^\[{_DEGREES}, ?{_DEGREES}\]$"}
_STRINGS = {"uri": _URI, "email": _EMAIL, "uuid": _UUID}


def accepts(field: Field, column: pl.Expr) -> pl.Expr:
    """Whether each text of a column is certainly right (Boolean, never null).

    Args:
        column: texts, empty where the file has nothing.
    """
    make = _TESTS.get(field.type)
    tests = make(field, column) if make else None
    right = pl.lit(False) if tests is None else reduce(and_, tests)
    none = absent(field, column)
    return ((right & ~none) if field.required else (right | none)).fill_null(False)


def absent(field: Field, column: pl.Expr) -> pl.Expr:
    """Whether each text of a column stands for no value."""
    return _among(column, field.missing_values) if field.missing_values else pl.lit(False)


def _among(column: pl.Expr, values: tuple[str, ...]) -> pl.Expr:
    return column == values[0] if len(values) == 1 else column.is_in(list(values))


def _string(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    tests = [pl.lit(True)]
    rules = field.constraints
    if field.format in _STRINGS:
        tests.append(column.str.contains(_STRINGS[field.format]))
    elif field.format != "default":
        return None
    if "enum" in rules:
        tests.append(column.is_in([value for value in rules["enum"] if isinstance(value, str)]))
    if "pattern" in rules:
        pattern = matching(rules["pattern"])
        if pattern is None:
            return None
        tests.append(column.str.contains(pattern))
    if "minLength" in rules:
        tests.append(column.str.len_chars() >= rules["minLength"])
    if "maxLength" in rules:
        tests.append(column.str.len_chars() <= rules["maxLength"])
    return tests


def matching(pattern: str) -> str | None:
    """A pattern of a schema for the engine of polars; None where that engine has not the means (look-around, …).

    Anchored as Python's `re.match` does it, even where the pattern has alternatives at its first level.
    """
    if _SETS.search(pattern):
        return None
    anchored = rf"\A(?:^{pattern}$)"
    try:
        pl.Series([""]).str.contains(anchored)
    except pl.exceptions.ComputeError:
        return None
    return anchored


def _number(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    if "enum" in field.constraints or not field.bare_number or field.decimal_char != "." or field.group_char:
        return None
    return _bounded(field, column, _NUMBER, pl.Float64, float)


def _integer(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    if "enum" in field.constraints or not field.bare_number:
        return None
    return _bounded(field, column, _INTEGER, pl.Int64, int)


def _bounded(
    field: Field, column: pl.Expr, pattern: str, kind: Any, plain: Callable[[Any], Any]
) -> list[pl.Expr] | None:
    tests = [column.str.contains(pattern)]
    value = column.cast(kind, strict=False)
    for name in ("minimum", "maximum"):
        if name not in field.constraints:
            continue
        try:
            exact = Decimal(str(field.constraints[name]))
        except InvalidOperation:
            return None
        bound = plain(exact)
        if Decimal(str(bound)) != exact:
            return None
        tests.append(value >= bound if name == "minimum" else value <= bound)
    return tests


def _boolean(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    if "enum" in field.constraints:
        return None
    return [column.is_in([*field.true_values, *field.false_values])]


def _date(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    rules = field.constraints
    if "enum" in rules:
        return None
    if field.format == "%Y":
        return None if {"minimum", "maximum"} & {*rules} else [column.str.contains(_YEAR), column != "0000"]
    if field.format not in ("default", "%Y-%m-%d"):
        return None
    tests = [
        column.str.contains(_DATE),
        column.str.to_date("%Y-%m-%d", strict=False).is_not_null(),
        column >= "0001",
    ]
    # Dates in this form are in the order of their texts.
    if "minimum" in rules:
        tests.append(column >= str(rules["minimum"]))
    if "maximum" in rules:
        tests.append(column <= str(rules["maximum"]))
    return tests


def _year(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    return None if "enum" in field.constraints else _bounded(field, column, _YEAR, pl.Int64, int)


def _geopoint(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    pattern = _POINT.get(field.format)
    if pattern is None or "enum" in field.constraints:
        return None
    latitude = column.str.extract(rf",\s?({_DEGREES})", 1).cast(pl.Float64, strict=False)
    return [column.str.contains(pattern), latitude.is_between(-90, 90)]


def _any(field: Field, column: pl.Expr) -> list[pl.Expr] | None:
    return None if "enum" in field.constraints else [pl.lit(True)]


_TESTS: dict[str, Callable[[Field, pl.Expr], list[pl.Expr] | None]] = {
    "string": _string,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "year": _year,
    "geopoint": _geopoint,
    "any": _any,
}
