"""The first sheet of a spreadsheet (XLSX, ODS, XLS) that holds a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

import fastexcel
import polars as pl

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.pieces import UnreadableTableError
from ckanext.opendatafrance.validation.table import Chunk, Table

_MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
# A time of day alone is, to a spreadsheet, a moment of its first day.
_FIRST_DAY = r"^1899-12-3[01] (\d{2}:\d{2}:\d{2})$"
_LINES_ABOVE = 10


def open_sheet(file: BinaryIO, form: str, known: Sequence[str] = ()) -> Table:
    """Open a spreadsheet.

    Args:
        file: at its beginning; read whole, so its size must have been judged before.
        form: xlsx, ods or xls, for the report.
        known: names of columns; the sheet that has most of them in one of its first lines is taken.

    Raises:
        UnreadableTableError: damaged, protected by a password, or without a table.
    """
    try:
        book = fastexcel.read_excel(file.read())
        sheets = [_lines(book, name) for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        raise UnreadableTableError(
            N_("The spreadsheet cannot be opened ({reason}). Save it again without a password, or as CSV."),
            reason=str(error).partition("\n")[0],
        ) from error
    best = max(sheets, key=lambda lines: _hits(lines, known)[0], default=None)
    if best is None or not best.height:
        raise UnreadableTableError(N_("The spreadsheet is empty. Check that the right file was chosen."))
    _, above = _hits(best, known)
    return _table(best, above, form)


def _lines(book: Any, name: str) -> pl.DataFrame:
    """A sheet as texts, never null."""
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    text = pl.col(pl.String).fill_null("")
    return sheet.select(text).with_columns(pl.all().str.replace(_MIDNIGHT, "$1").str.replace(_FIRST_DAY, "$1"))


def _hits(lines: pl.DataFrame, known: Sequence[str]) -> tuple[int, int]:
    """How many names of columns the best of the first lines has, and which line that is.

    Where no name is known, the first line with more than one cell counts.
    """
    names = {name.casefold() for name in known}
    best, place = 0, 0
    for number, line in enumerate(lines.head(_LINES_ABOVE).iter_rows()):
        filled = {cell.strip().casefold() for cell in line if cell.strip()}
        score = 2 * len(filled & names) + (len(filled) > 1)
        if score > best:
            best, place = score, number
    return best, place


def _table(lines: pl.DataFrame, above: int, form: str) -> Table:
    header = list(lines.row(above))
    while header and not header[-1]:
        header.pop()
    frame = lines.slice(above + 1)
    beyond = frame.columns[len(header) :]
    if beyond and frame.select(pl.any_horizontal(pl.col(beyond) != "").any()).item():
        header += [""] * len(beyond)
    frame = frame.select(frame.columns[: len(header)])
    frame = frame.rename({old: f"column_{place}" for place, old in enumerate(frame.columns)})
    # Formats reach further down than the data.
    filled = frame.select(pl.any_horizontal(pl.all() != ""))[:, 0].arg_true()
    frame = frame.head(int(filled[-1]) + 1 if len(filled) else 0)
    return Table(tuple(header), iter([Chunk(1, frame)]), form, skipped=above)
