"""A corrected copy of a table, with the list of what was corrected; the file that was given is never touched."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import polars as pl

from ckanext.opendatafrance.validation import swift
from ckanext.opendatafrance.validation.cells import judge
from ckanext.opendatafrance.validation.header import alike
from ckanext.opendatafrance.validation.mending import Mender
from ckanext.opendatafrance.validation.table import Chunk, Table
from ckanext.opendatafrance.validation.table_schema import Field, TableSchema

_EXAMPLES = 5


@dataclass
class Change:
    """One kind of correction.

    Attributes:
        kind: encoding, delimiter, format, lines-above, column-name, column-order, column-added, column-dropped,
            rows-dropped, cells-added, cells-dropped, or for cells spaces, date, number, boolean, spelling, zeros,
            scientific, decimals, year, address.
        column: name in the schema; empty for a matter of the whole file.
        count: cells, lines or columns corrected.
        examples: before and after.
    """

    kind: str
    column: str = ""
    count: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)


class Repair:
    """The corrected table: `header`, then `chunks`; `changes` is complete once the chunks have been read.

    Columns come in the order of the schema, those that it does not know after them.
    """

    def __init__(self, schema: TableSchema, table: Table) -> None:
        self._table = table
        self._changes: dict[tuple[str, str], Change] = {}
        self._plan = _columns(schema, table.header, self._change)
        self.header = tuple(name for name, _, _ in self._plan)
        if table.encoding not in ("", "utf-8"):
            self._change("encoding", "", table.encoding, "utf-8")
        if table.delimiter not in ("", ","):
            self._change("delimiter", "", table.delimiter, ",")
        if table.format not in ("csv",):
            self._change("format", "", table.format, "csv")
        if table.skipped:
            self._change("lines-above").count = table.skipped
        self._menders = [Mender(one, judge(one)) if one else None for _, one, _ in self._plan]

    @property
    def changes(self) -> list[Change]:
        return list(self._changes.values())

    def chunks(self) -> Iterator[Chunk]:
        """The corrected rows; blank ones are dropped."""
        row = 1
        for chunk in self._table.chunks:
            blank = self._blank(chunk)
            surplus = self._surplus(chunk, blank)
            frame = self._frame(chunk.frame, blank)
            yield Chunk(row, frame, surplus=surplus)
            row += frame.height

    @staticmethod
    def _blank(chunk: Chunk) -> pl.Series:
        """Rows without a cell: not those whose only cells are beyond the header."""
        blank = chunk.frame.select(pl.all_horizontal(pl.all() == "")).to_series()
        filled = [row for row, cells in chunk.surplus.items() if any(cells)]
        return blank & ~pl.Series(range(blank.len())).is_in(filled) if filled else blank

    def write(self, file: TextIO) -> None:
        """Write the corrected table: UTF-8 with commas, lines ended by CR LF as RFC 4180 has them."""
        writer = csv.writer(file)
        writer.writerow(self.header)
        for chunk in self.chunks():
            rows = chunk.frame.iter_rows()
            writer.writerows((*cells, *chunk.surplus.get(row, ())) for row, cells in enumerate(rows))

    def _surplus(self, chunk: Chunk, blank: pl.Series) -> dict[int, tuple[str, ...]]:
        """Cells beyond the header, by the rows that are kept: nobody knows where they belong, so they stay."""
        kept: dict[int, tuple[str, ...]] = {}
        for row, cells in chunk.surplus.items():
            if any(cells):
                kept[row - int(blank.head(row).sum())] = cells
            else:
                self._change("cells-dropped").count += 1
        lacking = [row for row, found in chunk.uneven.items() if found < chunk.frame.width and not blank[row]]
        if lacking:
            self._change("cells-added").count += len(lacking)
        return kept

    def _frame(self, frame: pl.DataFrame, blank: pl.Series) -> pl.DataFrame:
        if blank.any():
            self._change("rows-dropped").count += int(blank.sum())
            frame = frame.filter(~blank)
        columns = []
        for place, ((name, one, source), mender) in enumerate(zip(self._plan, self._menders, strict=True)):
            texts = frame[f"column_{source}"] if source is not None else pl.repeat("", frame.height, eager=True)
            columns.append(self._mended(name, one, mender, texts).rename(f"column_{place}"))
        return pl.DataFrame(columns)

    def _mended(self, name: str, one: Field | None, mender: Mender | None, texts: pl.Series) -> pl.Series:
        if one is None or mender is None:
            return texts
        doubtful = pl.DataFrame({"text": texts}).select(~swift.accepts(one, pl.col("text"))).to_series()
        if not doubtful.any():
            return texts
        counts = texts.filter(doubtful).value_counts()
        better: dict[str, str] = {}
        for text, number in counts.iter_rows():
            mended = mender.mend(text)
            if mended:
                better[text] = mended[0]
                self._change(mended[1], name, text, mended[0], number)
        return texts.replace(list(better), list(better.values())) if better else texts

    def _change(self, kind: str, column: str = "", before: str = "", after: str = "", number: int = 1) -> Change:
        change = self._changes.setdefault((kind, column), Change(kind, column))
        if before or after:
            change.count += number
            if len(change.examples) < _EXAMPLES:
                change.examples.append((before, after))
        return change


def _columns(
    schema: TableSchema, header: Sequence[str], tell: Callable[..., Change]
) -> list[tuple[str, Field | None, int | None]]:
    """Name, field and place in the file of each column of the corrected table.

    Optional columns that lack are added empty; a compulsory one that lacks is for a person to fill.
    """
    used = _matched(schema, header, tell)
    plan: list[tuple[str, Field | None, int | None]] = []
    for one in schema.fields:
        if one.name in used:
            plan.append((one.name, one, used[one.name]))
        elif not one.required:
            tell("column-added", one.name, "", one.name)
            plan.append((one.name, one, None))
    order = [used[one.name] for one in schema.fields if one.name in used]
    if order != sorted(order):
        tell("column-order").count = 1
    for place, name in enumerate(header):
        if place in used.values():
            continue
        if name.strip():
            plan.append((name, None, place))
        else:
            tell("column-dropped").count += 1
    return plan


def _matched(schema: TableSchema, header: Sequence[str], tell: Callable[..., Change]) -> dict[str, int]:
    """Places of the schema's columns in the file: by their names, else by names that are alike."""
    places = {name: place for place, name in reversed(list(enumerate(header)))}
    used = {one.name: places[one.name] for one in schema.fields if one.name in places}
    for one in schema.fields:
        if one.name in used:
            continue
        same = [p for name, p in places.items() if alike(name) == alike(one.name) and p not in used.values()]
        if len(same) == 1:
            used[one.name] = same[0]
            tell("column-name", one.name, header[same[0]], one.name)
    return used
