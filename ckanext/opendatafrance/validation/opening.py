"""A file of any kind to a table: the content decides what it is, not the name."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.sheet_table import open_sheet
from ckanext.opendatafrance.validation.table import Table
from ckanext.opendatafrance.validation.text_table import UnreadableTableError, open_text

_MIB = 2**20
_TABLES = (".csv", ".tsv", ".txt")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Limits:
    """What a file may cost.

    Attributes:
        text: bytes of a text table after decompression.
        sheet: bytes of a spreadsheet after decompression; it is read into memory.
        ratio: how many times larger than its archive a file may become.
    """

    text: int = 2048 * _MIB
    sheet: int = 512 * _MIB
    ratio: int = 200


@contextmanager
def open_table(
    file: BinaryIO, known: Sequence[str] = (), limits: Limits | None = None, encoding: str = "", delimiter: str = ""
) -> Iterator[Table]:
    """Open a table: CSV, also in gzip or zip, XLSX, ODS or XLS.

    Args:
        file: seekable, at its beginning; stays open as long as the table is used.
        known: names of columns that the header may have.
        encoding, delimiter: of a text table, where they are known.

    Raises:
        UnreadableTableError: no table, or more than the limits allow; says what to do.
    """
    limits = limits or Limits()
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        with _archive(file) as archive:
            form = _office(archive)
            if form:
                _weigh(archive, archive.infolist(), limits.sheet, limits.ratio)
                file.seek(0)
                yield open_sheet(file, form, known)
                return
            member = _table_of(archive)
            _weigh(archive, [member], limits.text, limits.ratio)
            with archive.open(member) as text:
                yield open_text(cast(BinaryIO, text), known, encoding, delimiter)
        return
    if start.startswith(_OLD_OFFICE):
        yield open_sheet(file, "xls", known)
    elif start.startswith(b"\x1f\x8b"):
        with gzip.open(file) as text:
            yield open_text(cast(BinaryIO, _Bounded(cast(BinaryIO, text), limits.text)), known, encoding, delimiter)
    else:
        yield open_text(file, known, encoding, delimiter)


@contextmanager
def _archive(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise UnreadableTableError(
            N_("The archive or the spreadsheet is damaged or protected ({reason}). Save the table again."),
            reason=str(error),
        ) from error


def _office(archive: zipfile.ZipFile) -> str:
    """xlsx or ods, empty for an archive of another kind."""
    names = set(archive.namelist())
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx"
    return "ods" if "content.xml" in names and "mimetype" in names else ""


def _table_of(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one text table of an archive."""
    found = [one for one in archive.infolist() if one.filename.lower().endswith(_TABLES)]
    if len(found) != 1:
        raise UnreadableTableError(
            N_("The archive holds {number} tables; it must hold one CSV file."), number=len(found)
        )
    return found[0]


def _weigh(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], most: int, ratio: int) -> None:
    """Refuse what would become too large, as the archive itself announces it."""
    size = sum(one.file_size for one in members)
    packed = sum(one.compress_size for one in members)
    if size > most or (size > 16 * _MIB and size > packed * ratio):
        raise UnreadableTableError(
            N_("The file would take {size} MB once decompressed; at most {most} MB are read."),
            size=size // _MIB,
            most=most // _MIB,
        )


class _Bounded:
    """A file that ends in an error where it gives more than it may."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most
        self._given = 0

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except (OSError, EOFError) as error:
            raise UnreadableTableError(
                N_("The compressed file is damaged ({reason}). Compress it again."), reason=str(error)
            ) from error
        self._given += len(data)
        if self._given > self._most:
            raise UnreadableTableError(
                N_("The file is larger than {most} MB once decompressed; divide it."), most=self._most // _MIB
            )
        return data
