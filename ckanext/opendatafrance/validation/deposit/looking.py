"""What a deposited file is, what is wrong with it and where, what repair changes, and which period it covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.validation import checking, keeping, levels, repairing, report
from ckanext.opendatafrance.validation.catalogue import Catalogue
from ckanext.opendatafrance.validation.deposit.drafts import Draft
from ckanext.opendatafrance.validation.finding import Finding
from ckanext.opendatafrance.validation.table_schema import TableSchema

_LIKELY = 5
_KEPT = 20
_LINES = 15
"""Offending lines that are shown whole."""
_CELL = 200
_ISO = ("default", "%Y-%m-%d")


def recognise(draft: Draft, catalogue: Catalogue) -> None:
    """Note which schemas a file may follow, and look at it with the likeliest."""
    draft.likely, draft.schema = [], ""
    try:
        with draft.file.open("rb") as file, checking.opened(file, catalogue) as (_, guesses):
            draft.likely = [key(guess.schema) for guess in guesses[:_LIKELY]]
    except OdfError as error:
        draft.seen = {"problem": [error.message, dict(error.params)]}
        return
    look(draft, catalogue, guesses[0].schema if guesses else None)


def key(schema: TableSchema) -> str:
    return f"{schema.id}@{schema.version}"


def look(draft: Draft, catalogue: Catalogue, schema: TableSchema | None) -> None:
    """Check a file against a schema and prepare its corrected copy; None = it follows none.

    `draft.seen` holds: `problem` (a sentence) where the file cannot be read; else `report` (see `keeping`), `lines`
    and `columns` (see `_excerpt`), `first_line`, and where anything can be corrected `changes` and `after`, the report
    on the corrected copy; `period` where it is certain.
    """
    draft.seen, draft.schema = {}, ""
    draft.repaired.unlink(missing_ok=True)
    if schema is None:
        return
    draft.schema = key(schema)
    try:
        with draft.file.open("rb") as file, checking.opened(file, catalogue, schema) as (table, _):
            found = report.run(schema, table, _KEPT)
            first_line = table.skipped + 2
        kept = keeping.keep(found)
        draft.seen = {
            "report": kept,
            "first_line": first_line,
            **_excerpt(draft.file, catalogue, schema, found.findings),
            **_repair(draft, catalogue, schema),
        }
    except OdfError as error:
        draft.seen = {"problem": [error.message, dict(error.params)]}


def _repair(draft: Draft, catalogue: Catalogue, schema: TableSchema) -> dict[str, Any]:
    with draft.file.open("rb") as file:
        changes, after = repairing.to_file(file, catalogue, schema, str(draft.repaired), _KEPT)
    period = _period(draft.repaired, catalogue, schema)
    if not changes:
        draft.repaired.unlink(missing_ok=True)
        return {"period": period}
    return {"changes": [asdict(one) for one in changes], "after": keeping.keep(after), "period": period}


def _excerpt(file: Path, catalogue: Catalogue, schema: TableSchema, findings: Sequence[Finding]) -> dict[str, Any]:
    """The first offending lines: `columns` shown (the first, and those with errors), `lines` of row and cells."""
    wrong = [one for one in findings if one.row and levels.level(one.code) == "error"]
    rows = sorted({one.row for one in wrong if one.row})[:_LINES]
    shown = {one.column for one in wrong if one.row in rows}
    lines: list[dict[str, Any]] = []
    columns: list[str] = []
    with file.open("rb") as opened, checking.opened(opened, catalogue, schema) as (table, _):
        places = [place for place, name in enumerate(table.header) if place == 0 or name in shown]
        columns = [table.header[place] for place in places]
        waiting = list(rows)
        for chunk in table.chunks if waiting else ():
            while waiting and waiting[0] < chunk.first_row + chunk.frame.height:
                row = waiting.pop(0)
                cells = chunk.frame.row(row - chunk.first_row)
                lines.append({"row": row, "cells": [cells[place][:_CELL] for place in places]})
            if not waiting:
                break
    return {"lines": lines, "columns": columns}


def _period(file: Path, catalogue: Catalogue, schema: TableSchema) -> list[str] | None:
    """First and last day, where the schema has exactly one compulsory date and each cell of it is a day."""
    dates = [one for one in schema.fields if one.type == "date" and one.required and one.format in _ISO]
    if len(dates) != 1:
        return None
    first = last = None
    with file.open("rb") as opened, checking.opened(opened, catalogue, schema) as (table, _):
        if dates[0].name not in table.header:
            return None
        column = f"column_{table.header.index(dates[0].name)}"
        for chunk in table.chunks:
            days = chunk.frame[column].str.to_date("%Y-%m-%d", strict=False)
            if days.null_count():
                return None
            span = pl.DataFrame({"day": days}).select(pl.min("day").alias("a"), pl.max("day").alias("b")).row(0)
            if span[0] is not None:
                first = span[0] if first is None else min(first, span[0])
                last = span[1] if last is None else max(last, span[1])
    return [first.isoformat(), last.isoformat()] if first and last else None


def marks(findings: Sequence[Mapping[str, Any]]) -> dict[tuple[int, str], list[Mapping[str, Any]]]:
    """Errors in words by row and column, for the cells that they stand beside."""
    found: dict[tuple[int, str], list[Mapping[str, Any]]] = {}
    for one in findings:
        if one["row"] and one["level"] == "error":
            found.setdefault((one["row"], one["field"]), []).append(one)
    return found
