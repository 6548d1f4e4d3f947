"""The first line: which columns are there, which are not, and in which order.

As in Validata, only a required column that is not there is an error; the other differences are worth a word.
"""

from __future__ import annotations

from collections.abc import Sequence

from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.validation.finding import Finding, Findings
from ckanext.opendatafrance.validation.table_schema import Field, TableSchema


def check(schema: TableSchema, names: Sequence[str], findings: Findings) -> list[tuple[Field, int]]:
    """Compare a header with the schema.

    Returns:
        The fields that the file has, each with the place of its column (0 for the first), in the order of the schema.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if not name:
            findings.add(Finding("blank-column", params={"place": place + 1}))
        elif name in places:
            findings.add(
                Finding("duplicate-column", column=name, params={"first": places[name] + 1, "place": place + 1})
            )
        else:
            places[name] = place
    known = schema.by_name
    found = [(field, places[field.name]) for field in schema.fields if field.name in places]
    if not found:
        findings.add(Finding("no-known-column", params={"expected": ", ".join(known)}))
    for field in schema.fields:
        if field.name not in places:
            code = "missing-column" if field.required else "missing-optional-column"
            findings.add(Finding(code, column=field.name))
    for name in places:
        if name not in known:
            findings.add(Finding("extra-column", column=name))
    order = [place for _, place in found]
    if order != sorted(order):
        expected = [field.name for field, _ in found]
        findings.add(Finding("column-order", params={"expected": ", ".join(expected)}))
    return found


def alike(name: str) -> str:
    """A name without case, accents and punctuation: two columns whose names are alike were meant to be the same."""
    return "".join(letter for letter in fold(name) if letter.isalnum())
