"""A file of any kind to a table: the content decides what it is, not the name."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation import archives
from ckanext.opendatafrance.validation.pieces import UnreadableTableError
from ckanext.opendatafrance.validation.sheet_table import open_sheet
from ckanext.opendatafrance.validation.table import Table
from ckanext.opendatafrance.validation.text_table import open_text

_MIB = 2**20
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
            form = archives.form_of(archive)
            if form:
                archives.weigh(archive.infolist(), limits.sheet, limits.ratio)
                archives.measure_sheets(file, archive)
                file.seek(0)
                yield open_sheet(file, form, known)
                return
            member = archives.table_of(archive)
            archives.weigh([member], limits.text, limits.ratio)
            with archive.open(member) as text:
                yield open_text(_bounded(text, limits.text), known, encoding, delimiter)
        return
    if start.startswith(_OLD_OFFICE):
        yield open_sheet(file, "xls", known)
    elif start.startswith(b"\x1f\x8b"):
        with gzip.open(file) as text:
            yield open_text(_bounded(text, limits.text), known, encoding, delimiter)
    else:
        yield open_text(file, known, encoding, delimiter)


@contextmanager
def _archive(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise UnreadableTableError(
            N_("The archive or the spreadsheet is damaged or protected ({reason}). Save the table again."),
            reason=str(error),
        ) from error


def _bounded(file: object, most: int) -> BinaryIO:
    return cast(BinaryIO, archives.Bounded(cast(BinaryIO, file), most))
