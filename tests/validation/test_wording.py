"""Every finding in a sentence: what is wrong, and what to write."""

from __future__ import annotations

import ast
import string
from pathlib import Path
from typing import Any

import pytest
import small_tables as tables

from ckanext.opendatafrance.validation import engine, wording
from ckanext.opendatafrance.validation.finding import Finding
from ckanext.opendatafrance.validation.table_schema import CONSTRAINTS, TYPES

CODE = Path(engine.__file__).parent
_TOLD = ("Finding", "_one", "Rule")


def codes_in_the_code() -> set[str]:
    """Texts that are given as the code of a finding or returned as one by a rule."""
    found: set[str] = set()
    for file in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _TOLD and node.args:
                found |= _texts(node.args[0])
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and "rules" in str(file):
                found |= _texts(node.value.elts[0])
            if isinstance(node, ast.Return) and isinstance(node.value, ast.IfExp) and "rules" in str(file):
                found |= _texts(node.value)
    return {one for one in found if one.replace("-", "").isalpha() and one.islower()}


def _texts(node: ast.AST) -> set[str]:
    """The text of a literal, or those of a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return _texts(node.elts[0]) if isinstance(node, ast.Tuple) and node.elts else set()


def test_every_code_has_a_message() -> None:
    """Those that the code names, those of the types and those of the constraints."""
    constraints = {name.lower().replace("length", "-length") for names in CONSTRAINTS.values() for name in names}
    wanted = codes_in_the_code() | {f"type-{one}" for one in TYPES} | constraints
    assert {"damaged-text", "siret", "not-together", "period-reversed", "point-swapped"} <= wanted
    assert wanted <= set(wording.MESSAGES)
    assert set(wording.SUGGESTIONS) <= set(wording.MESSAGES)


# One file for each sentence, in which nothing may be left unsaid.
FIELDS: list[dict[str, Any]] = [
    {"type": kind, **more}
    for kind in TYPES
    for more in ({}, {"format": "array"} if kind == "geopoint" else {"example": "ex"})
] + [{"type": "string", "format": form} for form in ("uri", "email", "uuid")]


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_sentences_of_types_are_complete(field: dict[str, Any]) -> None:
    """No field of a sentence stays open, none says None or a piece of Python."""
    wanted = tables.schema({"name": "c", **field}, {"name": "o"})
    for one in tables.judged(wanted, [["c", "o"], ["???", "x"]]).as_dict(tables.said)["findings"]:
        _complete(one)


CONSTRAINED: list[tuple[dict[str, Any], str]] = [
    ({"constraints": {"required": True}, "example": "Nîmes"}, ""),
    ({"constraints": {"required": True}}, ""),
    ({"constraints": {"pattern": "[0-9]{5}"}, "example": "30189"}, "x"),
    ({"constraints": {"enum": ["a", "b", "c"]}}, "x"),
    ({"constraints": {"enum": ["a", "b"]}}, "x"),
    ({"constraints": {"minLength": 5}}, "x"),
    ({"constraints": {"maxLength": 2}}, "xyz"),
    ({"type": "integer", "constraints": {"minimum": 5}}, "1"),
    ({"type": "integer", "constraints": {"maximum": 5}}, "9"),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, "peut-être"),
    ({"type": "array", "arrayItem": {"type": "integer"}}, '["x"]'),
    ({"type": "array", "arrayItem": {"constraints": {"enum": ["a"]}}}, '["x"]'),
]


@pytest.mark.parametrize(("field", "text"), CONSTRAINED, ids=[str(one[0]) for one in CONSTRAINED])
def test_sentences_of_constraints_are_complete(field: dict[str, Any], text: str) -> None:
    """As above; a suggestion that could only say “for example: ” is left out."""
    wanted = tables.schema({"name": "c", **field}, {"name": "o"})
    found = tables.judged(wanted, [["c", "o"], [text, "x"]]).as_dict(tables.said)["findings"]
    assert found
    for one in found:
        _complete(one)


def _complete(told: dict[str, Any]) -> None:
    for text in (told["message"], told["suggestion"]):
        assert "{" not in text
        assert "None" not in text
        assert "“”" not in text
        assert not text.rstrip(".").endswith(": ")
    assert told["message"].endswith((".", "}"))


def test_a_suggestion_is_what_to_type() -> None:
    """A date that can be read is written out; the values of a list are listed."""
    wanted = tables.schema({"name": "d", "type": "date"}, {"name": "e", "constraints": {"enum": ["Été", "Hiver"]}})
    told = tables.judged(wanted, [["d", "e"], ["31/12/2020", "automne"], ["x", "ete"]]).as_dict(tables.said)["findings"]
    assert [one["suggestion"] for one in told] == ["Write: 2020-12-31", "Choose among: Été · Hiver", "", "Write: Été"]


def test_sentences_within_sentences_are_translated_too() -> None:
    """“a web address” is a msgid of its own."""
    finding = Finding("type-string", 1, "site", "nimes.fr", {"type": "string", "format": "uri"})
    seen: list[str] = []

    def say(message: str, params: Any) -> str:
        seen.append(message)
        return message.format(**params)

    assert wording.spoken(wording.message(finding), say) == "“nimes.fr” is not a web address."
    assert "a web address" in seen


def test_fields_of_sentences_are_names() -> None:
    """Translators get names, never numbers."""
    for text in [*wording.MESSAGES.values(), *wording.SUGGESTIONS.values()]:
        assert all(name and not name.isdigit() for _, name, _, _ in string.Formatter().parse(text) if name is not None)
