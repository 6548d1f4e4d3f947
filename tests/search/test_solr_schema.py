"""The schema given to Solr is CKAN's own with French analysis, or a message that says what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ckanext.opendatafrance.errors import DataFileError
from ckanext.opendatafrance.search import solr_schema


@pytest.fixture(scope="module")
def schema() -> ET.Element:
    return ET.fromstring(solr_schema.french_schema(solr_schema.installed_schema()))


def test_ckan_still_recognises_its_schema(schema: ET.Element) -> None:
    """Name, fields and copies are those of the installed CKAN, which checks the name at start."""
    stock = ET.parse(solr_schema.installed_schema()).getroot()
    assert schema.get("name") == stock.get("name")
    for tag in ("field", "dynamicField", "copyField"):
        ours, theirs = (
            [(e.get("name"), e.get("source"), e.get("dest")) for e in one.iter(tag)] for one in (schema, stock)
        )
        assert [e for e in ours if "odf_words" not in e] == theirs


def test_only_the_files_that_ckan_itself_needs(schema: ET.Element) -> None:
    """An operator replaces one file of the core: no stop word or elision file comes with it."""
    files = {value for element in schema.iter() for value in element.attrib.values() if value.endswith(".txt")}
    assert files == {"synonyms.txt", "protwords.txt"}


def test_no_english_stemming_is_left(schema: ET.Element) -> None:
    assert not [e for e in schema.iter("filter") if e.get("language") == "English"]


def test_the_command_writes_the_schema(tmp_path: Path) -> None:
    """`python -m … IN.xml` works without a CKAN configuration, and gives the same twice."""
    command = [sys.executable, "-m", "ckanext.opendatafrance.search.solr_schema", str(solr_schema.installed_schema())]
    first = subprocess.run(command, capture_output=True, check=True).stdout
    assert first == subprocess.run(command, capture_output=True, check=True).stdout
    assert ET.fromstring(first.decode()).get("name", "").startswith("ckan-")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<schema", "cannot be read"),
        ("<schema><types/></schema>", "no field type text"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str, said: str) -> None:
    wrong = tmp_path / "schema.xml"
    wrong.write_text(content)
    with pytest.raises(DataFileError) as error:
        solr_schema.french_schema(wrong)
    assert said in str(error.value)
    assert str(wrong) in str(error.value)


def test_a_missing_file_is_an_error_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert solr_schema.main([str(tmp_path / "none.xml")]) == 2
    assert "none.xml" in capsys.readouterr().err
