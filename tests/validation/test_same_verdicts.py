"""The verdicts of Validata, table by table and row by row; reasons of differences: docs/validation-differences.md.

ODF_VALIDATA_ALL=1 compares every table of every schema, which takes minutes; else those of the socle commun, and other
schemas in turn, week by week.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import small_tables as tables
import table_cases
from validata import NotInstalledError, Validata

from ckanext.opendatafrance.validation import catalogue, checking, levels, report
from ckanext.opendatafrance.validation.catalogue import SOCLE
from ckanext.opendatafrance.validation.report import Report
from ckanext.opendatafrance.validation.table_schema import TableSchema

LEAST = 3000
REASONS = Path(__file__).parents[2] / "docs" / "validation-differences.md"
ALL = bool(os.environ.get("ODF_VALIDATA_ALL"))
_HEADER = {"no-known-column", "duplicate-column", "columns-not-together", "one-of-columns"}


@pytest.fixture(scope="module")
def validata() -> Iterator[Validata]:
    try:
        process = Validata()
    except NotInstalledError as error:
        pytest.skip(str(error))
    yield process
    process.close()


def chosen() -> list[TableSchema]:
    """The socle commun, and others until there are enough rows."""
    schemas = catalogue.shipped().all(older=True)
    first = [one for one in schemas if SOCLE in one.descriptor.get("labels", ())]
    others = [one for one in schemas if one not in first]
    random.Random(date.today().isocalendar().week).shuffle(others)
    if ALL:
        return [*first, *others]
    found = list(first)
    while sum(_rows(one.id, one.version) for one in found) < LEAST:
        found.append(next(one for one in others if one not in found and len(one.fields) < 60))
    return found


@cache
def _rows(schema_id: str, version: str) -> int:
    schema = catalogue.shipped().get(f"{schema_id}@{version}")
    return sum(len(rows) - 1 for rows in table_cases.tables(schema))


def reasons(theirs: dict[str, Any], ours: Report) -> set[str]:
    """What differs, by the names that the documentation gives to reasons; an unnamed difference is told as it is."""
    if theirs["fault"]:
        return {_fault(theirs["fault"])}
    found = set()
    if len(theirs["errors"]) >= 1000:
        return {"gives-up-at-1000"} if not ours.valid else {"verdict"}
    if theirs["valid"] != ours.valid:
        found.add(_verdict(theirs, ours))
    mine = {one.row for one in ours.findings if levels.level(one.code) == "error" and one.row}
    wrong_header = any(one.code in _HEADER for one in ours.findings)
    if not wrong_header and mine != {row for _, row, _ in theirs["errors"] if row}:
        found.add(f"rows {sorted(mine ^ {row for _, row, _ in theirs['errors'] if row})[:5]}")
    return found


def _fault(text: str) -> str:
    if "unmatched-header" in text:
        return "no-known-column"
    if text.startswith("KeyError"):
        return "array-without-constraints"
    return f"fault {text}"


def _verdict(theirs: dict[str, Any], ours: Report) -> str:
    codes = {one.code for one in ours.findings if levels.level(one.code) == "error"}
    if codes == {"damaged-text"}:
        return "damaged-text"
    return f"verdict {theirs['valid']} {theirs['errors'][:3]} against {sorted(codes)}"


def documented() -> set[str]:
    return set(re.findall(r"^## `([a-z0-9-]+)`", REASONS.read_text(), re.MULTILINE))


@pytest.mark.parametrize("schema", chosen(), ids=lambda one: f"{one.id}@{one.version}")
def test_generated_tables(schema: TableSchema, validata: Validata) -> None:
    """Each constraint violated, each structure: the same verdict, and the same rows with errors."""
    cases = [("cells", rows) for rows in table_cases.tables(schema)] + list(table_cases.structures(schema))
    differences = {}
    for number, (name, rows) in enumerate(cases):
        found = reasons(validata.judge(schema.descriptor, rows=rows), tables.judged(schema, rows, kept=10**6))
        unexplained = found - documented()
        if unexplained:
            differences[f"{name} {number}"] = unexplained
    assert not differences


def test_there_are_enough_cases() -> None:
    """Three thousand rows at least, each with one cell that may be wrong."""
    assert sum(_rows(one.id, one.version) for one in chosen()) >= LEAST


def test_real_files(corpus: Path, validata: Validata) -> None:
    """Examples that towns and tools published: those whose schema is recognised, against that schema."""
    files = [*(corpus / "scdl-csv").rglob("*.csv"), *(corpus / "bal-csv").rglob("*.csv")]
    compared, differences = 0, {}
    for file in sorted(files):
        with file.open("rb") as opened:
            try:
                with checking.opened(opened, catalogue.shipped()) as (table, guesses):
                    if not guesses:
                        continue
                    schema = guesses[0].schema
                    ours = report.run(schema, table, kept=10**6)
            except checking.OdfError:
                continue
        found = reasons(validata.judge(schema.descriptor, file=str(file)), ours)
        compared += 1
        if found - documented():
            differences[f"{file.relative_to(corpus)} {schema.id}@{schema.version}"] = found
    assert compared > 40
    assert not differences
