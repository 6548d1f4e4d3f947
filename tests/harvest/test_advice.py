"""Every problem that a report can name comes with what to do about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ckanext.opendatafrance.harvest import advice

ROOM = Path(advice.__file__).parent
SOURCES = [*ROOM.rglob("*.py"), ROOM.parent / "errors.py"]
TELLERS = {"Issue", "warn", "left_out", "mended"}
"""Calls whose first argument is a code."""


def words(node: ast.AST | None) -> Iterator[str]:
    """The codes that an expression may be."""
    if isinstance(node, ast.IfExp):
        yield from words(node.body)
        yield from words(node.orelse)
    elif (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", node.value)
    ):
        yield node.value


def codes(tree: ast.AST) -> Iterator[str]:
    """All codes that a module names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in TELLERS and node.args:
                yield from words(node.args[0])
            yield from (code for keyword in node.keywords if keyword.arg == "code" for code in words(keyword.value))
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "code" for target in node.targets):
            yield from words(node.value)


def used() -> set[str]:
    return {code for path in SOURCES for code in codes(ast.parse(path.read_text()))}


def test_every_code_has_its_advice() -> None:
    """A new code needs a sentence, or a line that says that it needs none."""
    assert sorted(used() - set(advice.ADVICE) - advice.NEEDS_NONE) == []


def test_no_advice_is_left_over() -> None:
    """What no module yields any more is not kept."""
    named = "".join(path.read_text() for path in SOURCES if path.name != "advice.py")
    assert [code for code in {*advice.ADVICE, *advice.NEEDS_NONE} if f'"{code}"' not in named] == []
    assert not set(advice.ADVICE) & advice.NEEDS_NONE


def test_a_code_without_advice_says_nothing() -> None:
    assert advice.advice("not-a-code") == ""
