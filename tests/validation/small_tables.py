"""Small tables in memory, and what the checker says of them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from ckanext.opendatafrance.validation import report
from ckanext.opendatafrance.validation.opening import Limits, open_table
from ckanext.opendatafrance.validation.report import Report
from ckanext.opendatafrance.validation.table_schema import TableSchema, parse

Rows = Sequence[Sequence[str]]


def said(message: str, params: Mapping[str, Any]) -> str:
    """English, filled in."""
    return message.format(**params)


def schema(*fields: dict[str, Any], **others: Any) -> TableSchema:
    return parse({"fields": list(fields), **others}, "test", "test/test")


def csv_bytes(rows: Rows, encoding: str = "utf-8", delimiter: str = ",", end: str = "\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def judged(wanted: TableSchema, data: bytes | Rows, kept: int = 100, limits: Limits | None = None) -> Report:
    data = data if isinstance(data, bytes) else csv_bytes(data)
    with open_table(io.BytesIO(data), [one.name for one in wanted.fields], limits) as table:
        return report.run(wanted, table, kept)


def codes(found: Report) -> list[tuple[str, int | None, str]]:
    return [(one.code, one.row, one.column) for one in found.findings]


def read(data: bytes, known: Sequence[str] = (), limits: Limits | None = None) -> tuple[Any, list[tuple[str, ...]]]:
    """A table and its rows."""
    with open_table(io.BytesIO(data), known, limits) as table:
        return table, [row for chunk in table.chunks for row in chunk.frame.iter_rows()]


def xlsx(*sheets: Rows, edit: Any = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Feuille{number}")
        for row in rows:
            sheet.append(list(row))
        if edit:
            edit(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


_ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="x">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)
_MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def ods(rows: Rows, cell: str = "", row: str = "") -> bytes:
    """cell, row - attributes of each cell and row."""
    lines = "".join(
        f"<table:table-row{row}>"
        + "".join(
            f'<table:table-cell office:value-type="string"{cell}><text:p>{text}</text:p></table:table-cell>'
            for text in line
        )
        + "</table:table-row>"
        for line in rows
    )
    return zipped(
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", _MANIFEST.encode()),
        ("content.xml", _ODS.format(lines).encode()),
    )
