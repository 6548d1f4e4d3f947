"""Workbooks to fill in, as a spreadsheet program and the checker see them."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
import small_tables as tables

from ckanext.opendatafrance.validation import catalogue, checking, template

SCHEMAS = [one for one in catalogue.shipped().all() if catalogue.SOCLE in one.descriptor.get("labels", ())]


def _workbook(name: str, language: str = "fr") -> openpyxl.Workbook:
    data = template.as_xlsx(catalogue.shipped().get(name), tables.said, language)
    return openpyxl.load_workbook(io.BytesIO(data))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: f"{one.id}@{one.version}")
def test_templates_are_of_their_schema(schema) -> None:
    """The CSV is the header; the workbook is recognised and has nothing missing in its header."""
    names = [one.name for one in schema.fields]
    assert next(csv.reader(io.StringIO(template.as_csv(schema).decode()))) == names
    file = io.BytesIO(template.as_xlsx(schema, tables.said))
    report = checking.check(file, catalogue.shipped(), schema)
    assert (report.rows, report.format, report.totals) == (0, "xlsx", {})


def test_a_filled_workbook_is_checked_as_it_is() -> None:
    """What a clerk types, dates included, is read as the schema has it; zeros at the front stay."""
    schema = catalogue.shipped().get("scdl/prenoms")
    book = _workbook("scdl/prenoms")
    for place, cell in enumerate(book.worksheets[1][2], start=1):
        book.worksheets[0].cell(2, place, cell.value)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    report = checking.check(file, catalogue.shipped(), schema)
    assert (report.rows, report.valid, report.warnings) == (1, True, 0)


def test_lists_dates_and_lengths_are_guarded() -> None:
    """A drop-down for the values of a list and for yes and no; dates and lengths are judged while one types."""
    book = _workbook("scdl/subventions")
    sheet = book.worksheets[0]
    column = {cell.value: cell.column_letter for cell in sheet[1]}
    guards = {str(one.sqref).partition("2:")[0]: one for one in sheet.data_validations.dataValidation}
    assert guards[column["nature"]].type == "list"
    assert guards[column["dateConvention"]].type == "date"
    assert guards[column["montant"]].type == "decimal"
    area = guards[column["nature"]].formula1.replace("$", "").partition("!")[2]
    listed = [row[0].value for row in book["_"][area]]
    assert "aide en numéraire" in listed
    assert book["_"].sheet_state == "hidden"
    assert sheet.column_dimensions[column["idAttribuant"]].number_format == "@"
    assert sheet.column_dimensions[column["dateConvention"]].number_format == "yyyy-mm-dd"


def test_each_column_has_a_hint_and_help() -> None:
    """What it means, what to write, an example; whether it is compulsory."""
    book = _workbook("scdl/subventions", "en")
    sheet, example, help_sheet = book.worksheets[:3]
    comments = {cell.value: cell.comment.text for cell in sheet[1]}
    assert "Compulsory." in comments["montant"]
    assert "For example:" in comments["montant"]
    told = {row[0].value: [cell.value for cell in row] for row in help_sheet.iter_rows(min_row=4)}
    assert list(told) == [cell.value for cell in sheet[1]] == [cell.value for cell in example[1]]
    assert told["montant"][1] == "yes"
    assert "A number" in told["montant"][3]
