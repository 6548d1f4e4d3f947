"""Empty tables to fill in: CSV with the header, and a workbook that helps while one types."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation import describing
from ckanext.opendatafrance.validation.rules_in_words import rules, written
from ckanext.opendatafrance.validation.table_schema import Field, TableSchema
from ckanext.opendatafrance.validation.wording import Say, spoken

LAST_ROW = 20_000
"""As far as the help of the workbook reaches."""
_TEXT = "@"
_FORMATS = {"date": "yyyy-mm-dd", "number": "0.##########", "integer": "0"}
_COMPULSORY = PatternFill("solid", fgColor="FFE08A")
_OPTIONAL = PatternFill("solid", fgColor="E8EDF3")
_HEADINGS = (
    N_("Column"),
    N_("Compulsory"),
    N_("Meaning"),
    N_("What to write"),
    N_("Example"),
)


def as_csv(schema: TableSchema) -> bytes:
    """The header alone, in UTF-8 with commas."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(field.name for field in schema.fields)
    return text.getvalue().encode()


def as_xlsx(schema: TableSchema, say: Say, language: str = "fr") -> bytes:
    """A workbook: the table to fill in with drop-downs and hints, one line of example, and a page of help.

    Args:
        say: the language of what the workbook says.
        language: of the descriptions of columns; French where there is none in it.
    """
    book = Workbook()
    table = book.worksheets[0]
    table.title = say(N_("Data"), {})
    example = book.create_sheet(say(N_("Example"), {}))
    help_sheet = book.create_sheet(say(N_("Help"), {}))
    lists = book.create_sheet("_")
    lists.sheet_state = "hidden"
    for place, field in enumerate(schema.fields, start=1):
        for sheet in (table, example):
            _head(sheet, place, field)
        table.cell(1, place).comment = _hint(field, say, language)
        _format(table, place, field)
        _guard(table, lists, place, field, say)
        cell = example.cell(2, place, written(field))
        cell.number_format = _TEXT
    _help(help_sheet, schema, say, language)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _head(sheet: Worksheet, place: int, field: Field) -> None:
    cell = sheet.cell(1, place, field.name)
    cell.font = Font(bold=True)
    cell.fill = _COMPULSORY if field.required else _OPTIONAL
    cell.number_format = _TEXT
    sheet.column_dimensions[get_column_letter(place)].width = max(12, min(40, len(field.name) + 4))
    sheet.freeze_panes = "A2"


def _format(sheet: Worksheet, place: int, field: Field) -> None:
    """The form of a whole column: text, so that no code loses its zeros, but for numbers and dates."""
    plain = field.format in ("default", "%Y-%m-%d") and field.decimal_char == "."
    sheet.column_dimensions[get_column_letter(place)].number_format = (
        _FORMATS.get(field.type, _TEXT) if plain else _TEXT
    )


def _hint(field: Field, say: Say, language: str) -> Comment:
    parts = [describing.text(field.descriptor, "description", language) or field.name]
    parts += [spoken(one, say) for one in rules(field)]
    if written(field):
        parts.append(say(N_("For example: {example}"), {"example": written(field)}))
    return Comment("\n".join(parts), "OpenDataFrance", width=360, height=160)


def _guard(sheet: Worksheet, lists: Worksheet, place: int, field: Field, say: Say) -> None:
    """What a spreadsheet program refuses while one types."""
    arguments = _validation(lists, place, field)
    if not arguments:
        return
    guard = DataValidation(allow_blank=not field.required, **arguments)
    guard.showErrorMessage = True
    guard.errorStyle = "stop"
    guard.errorTitle = field.name[:32]
    guard.error = " ".join(spoken(one, say) for one in rules(field))[:250]
    letter = get_column_letter(place)
    guard.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(guard)


def _validation(lists: Worksheet, place: int, field: Field) -> dict[str, Any]:
    allowed = _allowed(field)
    if allowed:
        for row, value in enumerate(allowed, start=1):
            lists.cell(row, place, value).number_format = _TEXT
        letter = get_column_letter(place)
        return {"type": "list", "formula1": f"_!${letter}$1:${letter}${len(allowed)}"}
    limits = field.constraints
    if field.type in ("number", "integer"):
        kind = "decimal" if field.type == "number" else "whole"
        return _between(kind, limits, "minimum", "maximum", -(10**15), 10**15)
    if field.type == "date" and field.format in ("default", "%Y-%m-%d"):
        return {"type": "date", "operator": "greaterThanOrEqual", "formula1": "DATE(1900,1,1)"}
    if field.type == "string" and {"minLength", "maxLength"} & {*limits}:
        return _between("textLength", limits, "minLength", "maxLength", 0, 32767)
    return {}


def _allowed(field: Field) -> list[str]:
    """The texts among which a cell is chosen."""
    if field.type == "boolean":
        return [*field.true_values[:1], *field.false_values[:1]]
    return [str(one) for one in field.constraints.get("enum", ())] if field.type in ("string", "integer") else []


def _between(kind: str, limits: Mapping[str, Any], low: str, high: str, least: int, most: int) -> dict[str, Any]:
    return {
        "type": kind,
        "operator": "between",
        "formula1": str(limits.get(low, least)),
        "formula2": str(limits.get(high, most)),
    }


def _help(sheet: Worksheet, schema: TableSchema, say: Say, language: str) -> None:
    sheet.append(
        [f"{describing.text(schema.descriptor, 'title', language) or schema.id} ({schema.id} {schema.version})"]
    )
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([describing.text(schema.descriptor, "description", language)])
    sheet.append([say(one, {}) for one in _HEADINGS])
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for field in schema.fields:
        sheet.append(
            [
                field.name,
                say(N_("yes"), {}) if field.required else "",
                describing.text(field.descriptor, "description", language),
                " ".join(spoken(one, say) for one in rules(field)),
                written(field),
            ]
        )
    for letter, width in zip("ABCDE", (32, 12, 60, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=4):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            # What begins with = is a text here, too.
            cell.data_type = "s"
