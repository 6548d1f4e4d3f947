"""The text of a CSV file, decoded and cut between rows, in bounded memory."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl

from ckanext.opendatafrance.errors import N_, OdfError

PIECE = 8 * 2**20
"""Characters of a piece."""
LONGEST_ROW = 32 * 2**20
"""Characters of one row; a file with a longer one is no table."""
# Python's own limit of 128 KiB for a cell is less than the outline of a commune takes.
csv.field_size_limit(max(csv.field_size_limit(), LONGEST_ROW))


class UnreadableTableError(OdfError):
    """The file is no table that can be read; says why and what to do."""

    code = "unreadable-file"


@dataclass(frozen=True)
class Piece:
    """Whole rows.

    Attributes:
        text: as the file has it.
        plain: the same, lines ended by a line feed alone.
        unquoted: without its quoted cells; None where quotation marks are odd.
    """

    text: str
    plain: str
    unquoted: str | None


class Pieces:
    """Whole rows of a text, about PIECE characters of them at a time.

    Args:
        file: what follows the sample.
        sample: the first bytes.
        encoding: as Python calls it.
        delimiter: between cells.

    Attributes:
        damaged: whether bytes were met that the encoding does not know; they are read as U+FFFD.
    """

    def __init__(self, file: BinaryIO, sample: bytes, encoding: str, delimiter: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("strict")
        self._delimiter = delimiter
        self._ended = False
        self._known: Piece | None = None
        self.damaged = False
        self._old_mac = False
        self._rest = self._decoded(sample)
        # Office software of old wrote carriage returns only.
        self._old_mac = "\r" in self._rest.rstrip("\r") and "\n" not in self._rest
        self._rest = self._rest.replace("\r", "\n") if self._old_mac else self._rest

    def header(self, skipped: int) -> list[str]:
        """The names of the columns; the rows above are dropped."""
        for _ in range(skipped):
            self._row()
        return next(csv.reader(io.StringIO(self._row(), newline=""), delimiter=self._delimiter), [])

    def __iter__(self) -> Iterator[Piece]:
        while self._rest or not self._ended:
            while not self._ended and len(self._rest) < PIECE:
                self._more(PIECE)
            cut = len(self._rest) if self._ended else self._between_rows()
            while cut < 0:
                self._grow()
                cut = len(self._rest) if self._ended else self._between_rows()
            text, self._rest = self._rest[:cut], self._rest[cut:]
            known, self._known = self._known, None
            if text:
                yield known if known and known.text == text else _piece(text, self._delimiter)

    def _decoded(self, data: bytes, last: bool = False) -> str:
        try:
            text = self._decoder.decode(data, last)
        except UnicodeDecodeError:
            self.damaged = True
            self._decoder.errors = "replace"
            text = self._decoder.decode(data, last)
            self._decoder.errors = "strict"
        return text.replace("\r", "\n") if self._old_mac else text

    def _more(self, size: int) -> None:
        data = self._file.read(size)
        self._ended = not data
        self._rest += self._decoded(data, self._ended)

    def _grow(self) -> None:
        if len(self._rest) > LONGEST_ROW:
            raise UnreadableTableError(
                N_("No line ends in the first {size} MB: the file is not a table, or a quotation mark is open."),
                size=LONGEST_ROW // 2**20,
            )
        self._more(max(PIECE, len(self._rest)))

    def _row(self) -> str:
        """The next row, with its line breaks within quotation marks."""
        start = quotes = 0
        while True:
            end = self._rest.find("\n", start)
            if end >= 0:
                quotes += self._rest.count('"', start, end)
                start = end + 1
                if quotes % 2 == 0:
                    row, self._rest = self._rest[:start], self._rest[start:]
                    return row.rstrip("\r\n") + "\n"
            elif self._ended:
                row, self._rest = self._rest, ""
                return row
            else:
                self._grow()

    def _between_rows(self) -> int:
        """The end of the last row that is whole, -1 where there is none."""
        cut = self._even_cut()
        if cut >= 0:
            self._known = _piece(self._rest[:cut], self._delimiter)
            if self._known.unquoted is not None:
                return cut
        return self._exact_cut()

    def _even_cut(self) -> int:
        """The last end of a line with an even number of quotation marks before it: right where they are regular."""
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

    def _exact_cut(self) -> int:
        """The end of the last row but one, as Python's csv module sees rows: the last may not be whole."""
        given = [0]

        def lines() -> Iterator[str]:
            for line in io.StringIO(self._rest, newline=""):
                given[0] += len(line)
                yield line

        ends = [0, 0]
        try:
            for _ in csv.reader(lines(), delimiter=self._delimiter):
                ends = [ends[1], given[0]]
        except csv.Error:  # a cell that is too long; the next attempt says so
            return ends[0] or -1
        return ends[0] or -1


def _piece(text: str, delimiter: str) -> Piece:
    plain = text.replace("\r\n", "\n")
    return Piece(text, plain, _bare(plain, delimiter))


def _bare(text: str, delimiter: str) -> str | None:
    """A text without its quoted cells; None where a quotation mark is elsewhere than around a whole cell."""
    if '"' not in text:
        return text
    separator = delimiter.replace("|", r"\|")
    cells = rf'(^|[{separator}\n])"(?:[^"]|"")*"'
    rest = pl.Series([text]).str.replace_all(cells, "${1}\x00")[0]
    if '"' in rest or pl.Series([rest]).str.contains(rf"\x00[^{separator}\n]")[0]:
        return None
    return rest.replace("\x00", "")
