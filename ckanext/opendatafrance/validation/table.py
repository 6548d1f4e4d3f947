"""A table as it is read: a header, and rows in pieces that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Chunk:
    """Some rows of a table.

    Attributes:
        first_row: number of the first of them, 1 for the first row of data.
        frame: texts, never null; the columns are called column_0, column_1, … as the file orders them.
        uneven: offset in the frame of each row that has not as many cells as the header, and how many it has; what is
            too much is cut, what lacks is empty.
        surplus: offset of each row that has too many cells, and those that were cut.
        damaged: offsets of rows with characters that the encoding of the file does not know.
    """

    first_row: int
    frame: pl.DataFrame
    uneven: Mapping[int, int] = field(default_factory=dict)
    surplus: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    damaged: Sequence[int] = ()


@dataclass(frozen=True)
class Table:
    """An open table.

    Attributes:
        header: names of the columns, as written.
        chunks: the rows; to be read once.
        format: csv, xlsx or ods.
        encoding: of a text file, as Python calls it; empty for a spreadsheet.
        delimiter: of a text file; empty for a spreadsheet.
        skipped: lines above the header that belong to no table (a title, a blank line).
    """

    header: tuple[str, ...]
    chunks: Iterator[Chunk]
    format: str
    encoding: str = ""
    delimiter: str = ""
    skipped: int = 0
