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

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation import dialect
from ckanext.opendatafrance.validation.pieces import Piece, Pieces, UnreadableTableError
from ckanext.opendatafrance.validation.table import Chunk, Table

_SAMPLE = 64 * 1024
_LINES_ABOVE = 10
_UNKNOWN = "\ufffd"


def open_text(file: BinaryIO, known: Sequence[str] = (), encoding: str = "", delimiter: str = "") -> Table:
    """Open a CSV file.

    Args:
        file: seekable, at its beginning.
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
    if encoding == "utf-8" and not whole and sample.isascii():
        encoding = _encoding_of_rest(file)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    if "\x00" in text:
        raise UnreadableTableError(
            N_("The file is not a text file, whatever its name says. Save the table as CSV, XLSX or ODS.")
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = lines if whole or len(lines) < 2 else lines[:-1]
    delimiter = delimiter or dialect.delimiter_of(lines[:50], known)
    pieces = Pieces(file, sample, encoding, delimiter)
    skipped = _lines_above(lines, delimiter, known)
    header = pieces.header(skipped)
    return Table(tuple(header), _chunks(pieces, delimiter, len(header)), "csv", encoding, delimiter, skipped)


def _encoding_of_rest(file: BinaryIO) -> str:
    """Encoding, told from the first bytes that are not ASCII; the file is left where it was."""
    place = file.tell()
    encoding = "utf-8"
    while block := file.read(_SAMPLE * 16):
        if not block.isascii():
            # A character cut at the end of the block is completed.
            encoding = dialect.encoding_of(block + file.read(4), whole=False)
            break
    file.seek(place)
    return encoding


def _lines_above(lines: Sequence[str], delimiter: str, known: Sequence[str]) -> int:
    """Number of lines before the one that has the names of columns; before the first that is not blank, if none has."""
    names = {name.casefold() for name in known}
    hits = [
        len(names & {cell.strip().casefold() for cell in next(csv.reader([line], delimiter=delimiter), [])})
        for line in lines[:_LINES_ABOVE]
    ]
    best = max(hits, default=0)
    if best > 1:
        return hits.index(best)
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


def _chunks(pieces: Pieces, delimiter: str, width: int) -> Iterator[Chunk]:
    row = 1
    for piece in pieces:
        chunk = _regular(piece, delimiter, width, row) or _irregular(piece.text, delimiter, width, row)
        row += chunk.frame.height
        yield _with_damage(chunk) if pieces.damaged else chunk


def _with_damage(chunk: Chunk) -> Chunk:
    """A chunk that tells its rows with bytes that the encoding does not know."""
    if not chunk.frame.width:
        return chunk
    damaged = chunk.frame.select(pl.any_horizontal(pl.all().str.contains(_UNKNOWN, literal=True))).to_series()
    return Chunk(chunk.first_row, chunk.frame, chunk.uneven, chunk.surplus, tuple(damaged.arg_true()))


def _names(width: int) -> list[str]:
    return [f"column_{place}" for place in range(width)]


def _regular(piece: Piece, delimiter: str, width: int, row: int) -> Chunk | None:
    """The piece read by polars; None where its rows do not all have the same number of cells, or its quotes are odd."""
    plain, unquoted = piece.plain, piece.unquoted
    if unquoted is None or "\r" in plain or width < 2 or len(delimiter.encode()) != 1:
        return None
    lines = pl.Series([unquoted.removesuffix("\n")]).str.split("\n").explode()
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
    """The piece read cell by cell.

    Raises:
        UnreadableTableError: a cell is longer than a row may be.
    """
    lines: list[list[str]] = []
    uneven: dict[int, int] = {}
    surplus: dict[int, tuple[str, ...]] = {}
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(piece, newline=""), delimiter=delimiter)):
            if len(cells) != width:
                uneven[number] = len(cells)
                if len(cells) > width:
                    surplus[number] = tuple(cells[width:])
                cells = (cells + [""] * width)[:width]
            lines.append(cells)
    except csv.Error as error:
        raise UnreadableTableError(
            N_("The table cannot be read after line {row} ({reason}); look for a quotation mark that is open."),
            row=row + len(lines) - 1,
            reason=str(error),
        ) from error
    columns = list(zip(*lines, strict=True)) if lines else [()] * width
    return Chunk(
        row,
        pl.DataFrame(
            {name: pl.Series(name, list(cells), pl.String) for name, cells in zip(_names(width), columns, strict=True)}
        ),
        uneven,
        surplus,
    )
