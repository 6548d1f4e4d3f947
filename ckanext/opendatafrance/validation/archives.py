"""What an archive or a spreadsheet would cost, judged before it is opened: bombs are refused."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.pieces import UnreadableTableError

_MIB = 2**20
_BLOCK = 2**18
_TABLES = (".csv", ".tsv", ".txt")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_LONGEST_REFERENCE = 24
MOST_CELLS = 40_000_000
"""Of the rectangle that a sheet spans: the reader of spreadsheets makes room for all of it at once."""


def form_of(archive: zipfile.ZipFile) -> str:
    """xlsx or ods, empty for an archive of another kind.

    Raises:
        UnreadableTableError: a spreadsheet in the binary form of Excel, whose size cannot be judged.
    """
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        raise UnreadableTableError(N_("The spreadsheet is in Excel's binary form (XLSB). Save it as XLSX or CSV."))
    if "xl/workbook.xml" in names:
        return "xlsx"
    return "ods" if "content.xml" in names and "mimetype" in names else ""


def table_of(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The one text table of an archive; what a Mac adds beside it does not count.

    Raises:
        UnreadableTableError: none, or several.
    """
    found = [
        one
        for one in archive.infolist()
        if one.filename.lower().endswith(_TABLES)
        and not one.filename.startswith("__MACOSX/")
        and not one.filename.rpartition("/")[2].startswith(".")
    ]
    if len(found) != 1:
        raise UnreadableTableError(
            N_("The archive holds {number} tables; it must hold one CSV file."), number=len(found)
        )
    return found[0]


def weigh(members: Sequence[zipfile.ZipInfo], most: int, ratio: int) -> None:
    """Refuse what would become too large, as the archive itself announces it.

    Raises:
        UnreadableTableError: more than `most` bytes, or more than `ratio` times its archive.
    """
    size = sum(one.file_size for one in members)
    packed = sum(one.compress_size for one in members)
    if size > most or (size > 16 * _MIB and size > packed * ratio):
        raise UnreadableTableError(
            N_("The file would take {size} MB once decompressed; at most {most} MB are read."),
            size=size // _MIB,
            most=most // _MIB,
        )


def measure_sheets(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    """Refuse a spreadsheet that is larger than it announces, or one of whose cells is far from the others.

    Raises:
        UnreadableTableError: says what to delete.
    """
    for member in archive.infolist():
        width = height = 0
        before = b""
        for block in _inflated(file, member):
            cells = _CELL.findall(before + block)
            before = block[-_LONGEST_REFERENCE:]
            if cells:
                width = max(width, *(_number(letters) for letters in {letters for letters, _ in cells}))
                height = max(height, *(int(row) for _, row in cells))
            if width * height > MOST_CELLS:
                raise UnreadableTableError(
                    N_(
                        "A sheet reaches as far as line {rows} and column {columns}: "
                        "delete the cells that are far from the table, or save it as CSV."
                    ),
                    rows=height,
                    columns=width,
                )


def _inflated(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member; an error as soon as there are more than it announces."""
    file.seek(member.header_offset)
    head = file.read(30)
    file.seek(member.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"))
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(f"{member.filename}: compression {member.compress_type}")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    left, given = member.compress_size, 0
    while left > 0 or (inflate and inflate.unconsumed_tail):
        data = inflate.unconsumed_tail if inflate and inflate.unconsumed_tail else file.read(min(left, _BLOCK))
        if not data:
            break
        if not (inflate and inflate.unconsumed_tail):
            left -= len(data)
        block = inflate.decompress(data, _BLOCK) if inflate else data
        given += len(block)
        if given > member.file_size:
            raise zipfile.BadZipFile(f"{member.filename} > {member.file_size}")
        yield block


def _number(letters: bytes) -> int:
    """Number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class Bounded:
    """A decompressed file that ends in an error where it gives more than it may."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._most = most

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableTableError(
                N_("The compressed file is damaged ({reason}). Compress it again."), reason=str(error)
            ) from error
        if self._file.tell() > self._most:
            raise UnreadableTableError(
                N_("The file is larger than {most} MB once decompressed; divide it."), most=self._most // _MIB
            )
        return data

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, place: int) -> int:
        return self._file.seek(place)
