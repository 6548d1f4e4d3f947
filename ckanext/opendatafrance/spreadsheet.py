"""CSV files as spreadsheets save them, read tolerantly; and written so that a spreadsheet opens them rightly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference.folding import fold

_SEPARATORS = (";", "\t", ",")
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# A spreadsheet would take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """A line that says something; `number` is that of the spreadsheet, counted from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first line and those after it, as texts without spaces around; empty lines are left out."""

    name: str
    rows: tuple[Row, ...]

    def columns(self, wanted: Mapping[str, Iterable[str]]) -> dict[str, int]:
        """Place of the columns whose heading has one of the spellings, whatever its accents, capitals and signs.

        Args:
            wanted: column → spellings of its heading, as `fold` gives them.
        """
        spelled = {spelling: column for column, spellings in wanted.items() for spelling in spellings}
        found: dict[str, int] = {}
        for place, heading in enumerate(self.rows[0].cells if self.rows else ()):
            column = spelled.get(fold(heading))
            if column:
                found.setdefault(column, place)
        return found

    def records(self, columns: Mapping[str, int], *, headed: bool = True) -> Iterator[tuple[int, dict[str, str]]]:
        """Number and named values of each line, after the headings where there are any; a missing cell is empty."""
        for row in self.rows[1 if headed else 0 :]:
            cells = row.cells
            yield row.number, {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}


def read(content: bytes, name: str) -> Table:
    """Read a CSV file: commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252.

    Args:
        content: bytes of the file.
        name: of the file, for messages.

    Raises:
        DataFileError: it is a workbook, not text, or empty; says how to save it.
    """
    if content.startswith((_ZIP, _OLD_EXCEL)):
        raise DataFileError(
            N_("{file} is a workbook: in the spreadsheet choose “Save as…”, then “CSV”, and give that file."), file=name
        )
    text = decode(content)
    if "\0" in text:
        raise DataFileError(N_("{file} is not a text file: save it as CSV from a spreadsheet."), file=name)
    try:
        rows = tuple(_rows(text))
    except csv.Error as error:
        raise DataFileError(
            N_("{file} cannot be read as CSV ({reason}): save it again from a spreadsheet."),
            file=name,
            reason=str(error),
        ) from error
    if not rows:
        raise DataFileError(N_("{file} is empty."), file=name)
    return Table(name, rows)


def decode(content: bytes) -> str:
    """The text of a file of a spreadsheet."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def write(headings: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV with semicolons and the mark by which a French spreadsheet knows UTF-8; no cell becomes a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    first = 1
    for cells in reader:
        values = tuple(cell.strip().strip("\u00a0\u202f") for cell in cells)
        # A cell in quotation marks may go over several lines: the first one is what people look for.
        if any(values):
            yield Row(first, values)
        first = reader.line_num + 1


def _separator(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=head.count)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
