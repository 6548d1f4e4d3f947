"""The checker: a table against its schema, column by column, in bounded memory.

Each column is judged at once by a vectorised test that accepts what is certainly right (`swift`); the few texts that
are left are judged exactly, once each (`cells`). The findings are those of a checker that reads cell by cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from ckanext.opendatafrance.validation import header, swift
from ckanext.opendatafrance.validation.cells import judge
from ckanext.opendatafrance.validation.finding import Finding, Findings
from ckanext.opendatafrance.validation.mending import Mender
from ckanext.opendatafrance.validation.rows import RowRules
from ckanext.opendatafrance.validation.table import Chunk
from ckanext.opendatafrance.validation.table_schema import Field, TableSchema
from ckanext.opendatafrance.validation.uniqueness import Uniqueness


def check(schema: TableSchema, names: Sequence[str], chunks: Iterable[Chunk], kept: int = 100) -> tuple[int, Findings]:
    """Check a table.

    Args:
        names: the header of the file.
        chunks: its rows, in order.
        kept: how many findings of each kind in each column are kept; all are counted.

    Returns:
        The number of rows and the findings.
    """
    findings = Findings(kept)
    found = header.check(schema, names, findings)
    columns = [_Column(field, place) for field, place in found]
    rules = RowRules(schema, {one.field.name: one for one in columns}, findings)
    unique = Uniqueness(schema, {one.field.name: one for one in columns}, findings)
    rows = 0
    for chunk in chunks:
        _check_chunk(chunk, columns, rules, unique, findings)
        rows = chunk.first_row - 1 + chunk.frame.height
    unique.finish()
    return rows, findings


class _Column:
    """A column of the file that the schema knows."""

    def __init__(self, field: Field, place: int) -> None:
        self.field = field
        self.text = pl.col(f"column_{place}")
        self.name = f"column_{place}"
        self.judge = judge(field)
        self.mender = Mender(field, self.judge)


def _check_chunk(
    chunk: Chunk, columns: Sequence[_Column], rules: RowRules, unique: Uniqueness, findings: Findings
) -> None:
    frame = chunk.frame
    if not frame.height:
        return
    blank = pl.all_horizontal(pl.all() == "")
    right = frame.select(blank.alias("blank"), *(swift.accepts(one.field, one.text).alias(one.name) for one in columns))
    empty_rows = right["blank"]
    _tell_rows(chunk, empty_rows, findings)
    for one in columns:
        doubtful = ~(right[one.name] | empty_rows)
        if doubtful.any():
            _judge_column(chunk, one, doubtful, findings)
    rules.check(chunk, right, empty_rows)
    unique.add(chunk, empty_rows)


def _judge_column(chunk: Chunk, column: _Column, doubtful: pl.Series, findings: Findings) -> None:
    cells = pl.DataFrame({"row": doubtful.arg_true(), "text": chunk.frame[column.name].filter(doubtful)})
    broken: dict[str, list[str]] = {}
    for text in cells["text"].unique():
        for constraint in column.judge(text)[1]:
            broken.setdefault(constraint, []).append(text)
    for constraint, texts in broken.items():
        hits = cells.filter(pl.col("text").is_in(texts))
        code, params = _told(column.field, constraint)
        name = column.field.name
        room = findings.room(code, name)
        for row, text in hits.head(room).iter_rows():
            mended = column.mender.mend(text)
            told = {**params, "better": mended[0]} if mended else params
            findings.add(Finding(code, chunk.first_row + row, name, text, told))
        findings.count(code, name, hits.height - min(room, hits.height))


def _told(field: Field, constraint: str) -> tuple[str, Mapping[str, Any]]:
    """Code and parameters of what is violated: the type, or a constraint."""
    item = constraint.startswith("item-")
    name = constraint.removeprefix("item-")
    rules = (field.array_item.get("constraints") or {}) if item else field.constraints
    kind = str(field.array_item.get("type", "any")) if item else field.type
    form = str(field.array_item.get("format", "default")) if item else field.format
    if name == "type":
        params: dict[str, Any] = {"type": kind, "format": form}
        if kind == "boolean":
            params["allowed"] = [*field.true_values[:1], *field.false_values[:1]]
        return f"{'item-' if item else ''}type-{kind}", params
    if name == "required":
        return constraint, {}
    return constraint.lower().replace("minlength", "min-length").replace("maxlength", "max-length"), {
        "wanted": rules[name],
        "example": field.descriptor.get("example", ""),
    }


def _tell_rows(chunk: Chunk, blank: pl.Series, findings: Findings) -> None:
    for row in blank.arg_true():
        findings.add(Finding("blank-row", chunk.first_row + row))
    for row in chunk.damaged:
        findings.add(Finding("damaged-text", chunk.first_row + row))
    for row, found in chunk.uneven.items():
        if not blank[row]:
            code = "too-few-cells" if found < chunk.frame.width else "too-many-cells"
            findings.add(Finding(code, chunk.first_row + row, params={"found": found, "expected": chunk.frame.width}))
