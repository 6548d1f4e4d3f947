"""Checks of several columns of a row."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.rules.numbers import column
from ckanext.opendatafrance.validation.rules.rule import Cells, Params, Rule, WrongCheckError

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "<=": operator.le,
    "<": operator.lt,
}

_NUMBER = r"^[0-9]{1,8}(?:\.[0-9]{1,7})?$"
_INTEGER = r"^[0-9]{1,15}$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TELLING = r"^.*[1-9A-Za-z].*$"


def compare_rule(params: Params) -> Rule:
    """`column` is to `column2` as `op` says: as numbers where both are, as texts where both are, dates as dates."""
    first, second = column(params, "compare-columns-value"), column(params, "compare-columns-value", "column2")
    sign = params.get("op")
    if sign not in _OPERATORS:
        raise WrongCheckError(
            N_("the check “{check}” of the schema knows no comparison “{value}”"),
            check="compare-columns-value",
            value=str(sign),
        )
    holds = _OPERATORS[str(sign)]

    def decide(left: Any, right: Any) -> tuple[str, Params] | None:
        told = {"other": second, "operator": str(sign), "other_value": str(right)}
        pair = _comparable(left, right)
        if pair is None:
            return "not-comparable", told
        return None if holds(*pair) else ("comparison", told)

    def accepts(cells: Sequence[Cells]) -> pl.Expr:
        left, right = (one.text for one in cells)
        numbers = holds(left.cast(pl.Float64, strict=False), right.cast(pl.Float64, strict=False))
        return (_all_match(cells, _NUMBER) & numbers) | (_all_match(cells, _DATE) & holds(left, right))

    return Rule("comparison", first, (first, second), decide, accepts=accepts)


def _all_match(cells: Sequence[Cells], pattern: str) -> pl.Expr:
    return reduce(operator.and_, [one.text.str.contains(pattern) & one.filled for one in cells])


def _comparable(left: Any, right: Any) -> tuple[Any, Any] | None:
    numbers = _number(left), _number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers
    return (str(left), str(right)) if type(left) is type(right) else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except ArithmeticError:
        return None
    return None if number.is_nan() else number


def sum_rule(params: Params) -> Rule:
    """`column` is the sum of `columns`; left alone where one of them is empty."""
    total = column(params, "sum-columns-value")
    parts = _columns(params, "sum-columns-value", "columns")

    def decide(value: Any, *values: Any) -> tuple[str, Params] | None:
        told = {"columns": ", ".join(parts)}
        try:
            found = sum(values)
        except TypeError:
            return "not-comparable", {"other": told["columns"], "operator": "+", "other_value": ""}
        return None if found == value else ("sum", {**told, "sum": str(found)})

    def accepts(cells: Sequence[Cells]) -> pl.Expr:
        whole, *terms = (one.text.cast(pl.Int64, strict=False) for one in cells)
        return _all_match(cells, _INTEGER) & (reduce(operator.add, terms) == whole)

    return Rule("sum", total, (total, *parts), decide, accepts=accepts)


def together_rule(params: Params) -> Rule:
    """`column` and `othercolumns` are all filled or all empty, and all there or none of them."""
    first = column(params, "cohesive-columns-value")
    names = (first, *_columns(params, "cohesive-columns-value", "othercolumns"))
    told = {"columns": ", ".join(names)}

    def decide(*values: Any) -> tuple[str, Params] | None:
        filled = {value is not None for value in values}
        return ("not-together", told) if len(filled) > 1 else None

    def header(present: frozenset[str]) -> tuple[str, Params] | None:
        absent = [name for name in names if name not in present]
        if not absent or len(absent) == len(names):
            return None
        return "columns-not-together", {**told, "absent": ", ".join(absent)}

    def accepts(cells: Sequence[Cells]) -> pl.Expr:
        return reduce(operator.and_, [one.filled for one in cells]) | reduce(operator.and_, [c.empty for c in cells])

    return Rule("not-together", first, names, decide, skips_missing=False, accepts=accepts, header=header)


def either_rule(params: Params) -> Rule:
    """`column1` or `column2` is filled; zero and false count as empty, as they do in Validata."""
    names = column(params, "one-of-required", "column1"), column(params, "one-of-required", "column2")
    told = {"columns": ", ".join(names)}

    def header(present: frozenset[str]) -> tuple[str, Params] | None:
        return None if present & {*names} else ("one-of-columns", told)

    def decide(*values: Any) -> tuple[str, Params] | None:
        return None if any(values) else ("one-of", told)

    def accepts(cells: Sequence[Cells]) -> pl.Expr:
        # Long enough to be no word for "false", and not made of zeros.
        telling = [one.filled & (one.text.str.len_chars() > 5) & one.text.str.contains(_TELLING) for one in cells]
        return reduce(operator.or_, telling)

    return Rule("one-of", "", names, decide, skips_missing=False, accepts=accepts, header=header)


def _columns(params: Params, check: str, key: str) -> tuple[str, ...]:
    names = params.get(key)
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise WrongCheckError(N_("the check “{check}” of the schema does not say its “{key}”"), check=check, key=key)
    return tuple(names)
