"""`ckan odf schema` and `ckan odf check`: what they print and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import small_tables as tables
from member_site import Answer

from ckan.cli.cli import ckan

from ckanext.opendatafrance.validation import catalogue


@pytest.fixture
def prenoms(tmp_path: Path):
    """Writes a table of first names; rows after the header."""
    names = [one.name for one in catalogue.shipped().get("scdl/prenoms").fields]
    example = [str(one.descriptor.get("example", "")) for one in catalogue.shipped().get("scdl/prenoms").fields]

    def write(*changes: dict[str, str], **how: Any) -> Path:
        rows = [[change.get(name, text) for name, text in zip(names, example, strict=True)] for change in changes]
        file = tmp_path / "prenoms.csv"
        file.write_bytes(tables.csv_bytes([names, *rows], **how))
        return file

    return write


def test_a_valid_file_ends_with_0(cli, prenoms) -> None:
    """The schema is found out, and named."""
    done = cli.invoke(ckan, ["odf", "check", str(prenoms({}, {})), "--json"])
    told = json.loads(done.output)
    assert done.exit_code == 0, done.output
    assert told["valid"] is True
    assert told["schema"] == {"name": "scdl/prenoms", "version": "1.1.6"}
    assert {"rows": 2, "encoding": "utf-8", "delimiter": ",", "findings": []}.items() <= told.items()


def test_an_invalid_file_ends_with_1(cli, prenoms) -> None:
    """Every finding has the keys of the contract; row 1 is the first row of data."""
    file = prenoms({}, {"NOMBRE_OCCURRENCES": "douze"})
    done = cli.invoke(ckan, ["odf", "check", str(file), "--schema", "scdl/prenoms", "--json"])
    assert done.exit_code == 1
    (finding,) = json.loads(done.output)["findings"]
    assert set(finding) == {"code", "level", "row", "field", "value", "message", "suggestion"}
    assert (finding["row"], finding["field"], finding["value"]) == (2, "NOMBRE_OCCURRENCES", "douze")
    plain = cli.invoke(ckan, ["odf", "check", str(file)])
    assert plain.exit_code == 1
    assert "douze" in plain.output


@pytest.mark.parametrize(
    ("content", "more"),
    [(b"", []), (b"\x89PNG\0\0", []), (b"u,v\n1,2\n", []), (b"u,v\n1,2\n", ["--schema", "no/such"]), (None, [])],
    ids=["empty", "binary", "unrecognised", "unknown schema", "no file"],
)
def test_what_cannot_be_checked_ends_with_2(cli, tmp_path: Path, content: bytes | None, more: list[str]) -> None:
    """With a sentence, as JSON too."""
    file = tmp_path / "file.csv"
    if content is not None:
        file.write_bytes(content)
    done = cli.invoke(ckan, ["odf", "check", str(file), *more])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    told = json.loads(cli.invoke(ckan, ["odf", "check", str(file), "--json", *more]).stdout)
    assert told["valid"] is None
    assert told["error"]["code"]
    assert told["error"]["message"].endswith((".", ")", "–")) or ":" in told["error"]["message"]


def test_a_file_at_an_address_is_checked_behind_the_guard(cli, prenoms, member_site) -> None:
    """A private host needs to be allowed; one that does not answer properly is said."""
    site = member_site({"/prenoms.csv": Answer(prenoms({}).read_bytes(), media_type="text/csv")})
    address = f"{site.url}/prenoms.csv"
    assert cli.invoke(ckan, ["odf", "check", address]).exit_code == 2
    allowed = ["--allow-host", address.split("/")[2]]
    assert cli.invoke(ckan, ["odf", "check", address, *allowed]).exit_code == 0
    assert cli.invoke(ckan, ["odf", "check", f"{site.url}/none.csv", *allowed]).exit_code == 2


def test_a_corrected_copy_is_written_and_checked(cli, prenoms, tmp_path: Path) -> None:
    """The exit code is that of the copy; the file that was given stays as it is."""
    file = prenoms({"NOMBRE_OCCURRENCES": "1 200"}, encoding="latin-1", delimiter=";")
    before = file.read_bytes()
    copy = tmp_path / "copy.csv"
    done = cli.invoke(ckan, ["odf", "check", str(file), "--repair", str(copy)])
    assert done.exit_code == 0, done.output
    assert file.read_bytes() == before
    assert ",1200," in copy.read_text("utf-8")
    assert "1 200" in done.output


def test_schemas_are_listed_and_shown(cli) -> None:
    """By name, those of the socle commun first; an unknown name ends with an error."""
    listed = json.loads(cli.invoke(ckan, ["odf", "schema", "list", "--json"]).output)
    assert {"name", "title", "version", "versions", "fields", "required"} <= set(listed[0])
    assert len(listed) > 60
    assert "montant" in cli.invoke(ckan, ["odf", "schema", "show", "subventions"]).output
    assert cli.invoke(ckan, ["odf", "schema", "show", "subvention"]).exit_code == 2


def test_a_template_is_written(cli, tmp_path: Path) -> None:
    """To the file that is named."""
    book, text = tmp_path / "t.xlsx", tmp_path / "t.csv"
    for form, file in (("xlsx", book), ("csv", text)):
        done = cli.invoke(ckan, ["odf", "schema", "template", "scdl/prenoms", "--format", form, "--output", str(file)])
        assert done.exit_code == 0, done.output
    assert text.read_text().startswith("COMMUNE_NOM,")
    assert openpyxl.load_workbook(book).worksheets[0]["A1"].value == "COMMUNE_NOM"
    wrong = ["odf", "schema", "template", "scdl/prenoms", "--output", str(tmp_path / "no" / "t.xlsx")]
    assert cli.invoke(ckan, wrong).exit_code == 2
