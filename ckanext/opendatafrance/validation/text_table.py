"""CSV in bounded memory: quick where the file is regular, exact everywhere.

A piece of the file whose rows have all as many separators as the header is read by polars. Any other is read by
Python's csv module, cell by cell, so that short rows, long rows and odd quotation marks are seen as they are.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import polars as pl

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.validation import dialect
from ckanext.opendatafrance.validation.table import Chunk, Table

PIECE = 16 * 2**20
"""Bytes read at once."""
LONGEST_ROW = 32 * 2**20
"""Bytes of one row; a file with a longer one is no table."""
_SAMPLE = 64 * 1024
_QUOTED = r'"(?:[^"]|"")*"'


class UnreadableTableError(OdfError):
    """The file is no table that can be read; says why and what to do."""

    code = "unreadable-file"


def open_text(file: BinaryIO, known: Sequence[str] = (), encoding: str = "", delimiter: str = "") -> Table:
    """Open a CSV file.

    Args:
        file: at its beginning.
        known: names of columns that the header may have; lines above such a header are skipped.
        encoding, delimiter: where they are known; else they are found out.

    Raises:
        UnreadableTableError: empty, binary, or without an end of line for too long.
    """
    sample = file.read(_SAMPLE)
    whole = len(sample) < _SAMPLE
    if not sample.strip():
        raise UnreadableTableError(
            N_("The file is empty. Save the table again and check that the right file was chosen.")
        )
    encoding = encoding or dialect.encoding_of(sample, whole)
    if "\x00" in sample.decode(encoding, "replace"):
        raise UnreadableTableError(
            N_("The file is not a text file, whatever its name says. Save the table as CSV, XLSX or ODS.")
        )
    lines = codecs.getincrementaldecoder(encoding)("replace").decode(sample).splitlines()
    lines = lines if whole or len(lines) < 2 else lines[:-1]
    delimiter = delimiter or dialect.delimiter_of(lines[:50], known)
    reader = _Pieces(file, sample, encoding)
    skipped = _lines_above(lines, delimiter, known)
    header = reader.header(delimiter, skipped)
    return Table(tuple(header), _chunks(reader, delimiter, len(header)), "csv", encoding, delimiter, skipped)


def _lines_above(lines: Sequence[str], delimiter: str, known: Sequence[str]) -> int:
    """Number of lines before the one that has the names of columns; 0 where none of the first ten has any."""
    names = {name.casefold() for name in known}
    hits = [
        len(names & {cell.strip().casefold() for cell in next(csv.reader([line], delimiter=delimiter), [])})
        for line in lines[:10]
    ]
    best = max(hits, default=0)
    return hits.index(best) if best > 1 else 0


class _Pieces:
    """The text of a file, cut between rows."""

    def __init__(self, file: BinaryIO, sample: bytes, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._rest = self._decoder.decode(sample, not sample)
        self._ended = False

    def _more(self, size: int = PIECE) -> None:
        data = self._file.read(size)
        self._ended = not data
        self._rest += self._decoder.decode(data, self._ended)

    def header(self, delimiter: str, skipped: int) -> list[str]:
        """The names of the columns; the lines above are dropped."""
        for _ in range(skipped):
            self._row()
        line = self._row()
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])

    def _row(self) -> str:
        """The next row, with its line breaks within quotation marks."""
        start = 0
        while True:
            end = self._rest.find("\n", start)
            if end >= 0 and self._rest.count('"', 0, end) % 2 == 0:
                row, self._rest = self._rest[: end + 1], self._rest[end + 1 :]
                return row.rstrip("\r\n") + "\n"
            if end >= 0:
                start = end + 1
                continue
            if self._ended:
                row, self._rest = self._rest, ""
                return row
            self._grow()

    def _grow(self) -> None:
        if len(self._rest) > LONGEST_ROW:
            raise UnreadableTableError(
                N_("No line ends in the first {size} MB: the file is not a table, or a quotation mark is open."),
                size=LONGEST_ROW // 2**20,
            )
        self._more()

    def __iter__(self) -> Iterator[str]:
        """Whole rows, about PIECE bytes of them at a time."""
        while self._rest or not self._ended:
            while not self._ended and len(self._rest) < PIECE:
                self._more()
            cut = len(self._rest) if self._ended else self._between_rows()
            while cut < 0:
                self._grow()
                cut = len(self._rest) if self._ended else self._between_rows()
            piece, self._rest = self._rest[:cut], self._rest[cut:]
            if piece:
                yield piece

    def _between_rows(self) -> int:
        """The last end of a line that is not within quotation marks, -1 where there is none."""
        text = self._rest
        quotes = text.count('"')
        end = len(text)
        while True:
            line_end = text.rfind("\n", 0, end)
            if line_end < 0:
                return -1
            quotes -= text.count('"', line_end, end)
            if quotes % 2 == 0:
                return line_end + 1
            end = line_end


def _chunks(pieces: _Pieces, delimiter: str, width: int) -> Iterator[Chunk]:
    row = 1
    for piece in pieces:
        chunk = _regular(piece, delimiter, width, row) or _irregular(piece, delimiter, width, row)
        row += chunk.frame.height
        yield chunk


def _names(width: int) -> list[str]:
    return [f"column_{place}" for place in range(width)]


def _regular(piece: str, delimiter: str, width: int, row: int) -> Chunk | None:
    """The piece read by polars; None where its rows do not all have the same number of cells, or its quotes are odd."""
    plain = piece.replace("\r\n", "\n")
    if "\r" in plain or width < 2 or len(delimiter.encode()) != 1:
        return None
    bare = plain
    if '"' in plain:
        bare = pl.Series([plain]).str.replace_all(_QUOTED, "")[0]
        if '"' in bare:
            return None
    lines = pl.Series([bare.removesuffix("\n")]).str.split("\n").explode()
    if not (lines.str.count_matches(delimiter, literal=True) == width - 1).all():
        return None
    try:
        frame = pl.read_csv(
            plain.encode("utf-8", "replace"),
            has_header=False,
            separator=delimiter,
            new_columns=_names(width),
            infer_schema=False,
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.shape != (len(lines), width):
        return None
    return Chunk(row, frame.fill_null(""))


def _irregular(piece: str, delimiter: str, width: int, row: int) -> Chunk:
    """The piece read cell by cell."""
    lines: list[list[str]] = []
    uneven: dict[int, int] = {}
    for number, cells in enumerate(csv.reader(io.StringIO(piece, newline=""), delimiter=delimiter)):
        if len(cells) != width:
            uneven[number] = len(cells)
            cells = (cells + [""] * width)[:width]
        lines.append(cells)
    columns = list(zip(*lines, strict=True)) if lines else [()] * width
    return Chunk(
        row,
        pl.DataFrame(
            {name: pl.Series(name, list(cells), pl.String) for name, cells in zip(_names(width), columns, strict=True)}
        ),
        uneven,
    )
