"""What a cell means, decided one text at a time: the exact rules, as Frictionless Framework 5 applies them.

The engine asks this module only for the few texts that its vectorised tests did not accept at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ckanext.opendatafrance.validation.readers import Reader, reader
from ckanext.opendatafrance.validation.table_schema import Field

Judge = Callable[[str], tuple[Any, tuple[str, ...]]]
"""A text to its value (None: no value, or not of the type) and the names of what it violates: type, required, …"""

_REMEMBERED = 65536


def judge(field: Field) -> Judge:
    """The exact rules of a column."""
    read = reader(field)
    tests = {name: _test(name, wanted, read) for name, wanted in field.constraints.items() if name in _TESTS}
    missing = frozenset(field.missing_values)
    items = judge_items(field) if field.type == "array" and field.array_item else None

    @lru_cache(maxsize=_REMEMBERED)
    def decide(text: str) -> tuple[Any, tuple[str, ...]]:
        if text in missing:
            return None, ("required",) if field.required else ()
        value = read(text)
        if value is None:
            return None, ("type",)
        broken = [name for name, holds in tests.items() if not holds(value)]
        if not broken and items:
            broken += items(value)
        return value, tuple(broken)

    return decide


def judge_items(field: Field) -> Callable[[list[Any]], list[str]]:
    """The rules of the items of an array; names are prefixed with `item-`."""
    descriptor = field.array_item
    item = Field(
        name=field.name,
        type=str(descriptor.get("type", "any")),
        format=str(descriptor.get("format", "default")),
        constraints=descriptor.get("constraints") or {},
    )
    read = reader(item)
    tests = {name: _test(name, wanted, read) for name, wanted in item.constraints.items() if name in _TESTS}

    def decide(values: list[Any]) -> list[str]:
        broken: list[str] = []
        for one in values:
            if one is None or str(one) in item.missing_values:
                broken += ["item-required"] if item.required else []
                continue
            value = read(one)
            if value is None:
                broken.append("item-type")
                continue
            broken += [f"item-{name}" for name, holds in tests.items() if not holds(value)]
        return list(dict.fromkeys(broken))

    return decide


def _test(name: str, wanted: Any, read: Reader) -> Callable[[Any], bool]:
    if name in ("minimum", "maximum"):
        wanted = read(wanted)
    elif name == "enum":
        wanted = [read(one) for one in wanted]
    elif name == "pattern":
        wanted = re.compile(f"^{wanted}$")
    test = _TESTS[name]
    return lambda value: test(wanted, value)


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    # A value that is no number (NaN) keeps no bound.
    "minimum": lambda wanted, value: value == value and value >= wanted,
    "maximum": lambda wanted, value: value == value and value <= wanted,
    "minLength": lambda wanted, value: len(value) >= wanted,
    "maxLength": lambda wanted, value: len(value) <= wanted,
    "pattern": lambda wanted, value: bool(wanted.match(value)),
    "enum": lambda wanted, value: value in wanted,
}
