"""What is mended, what is left alone, and that it is all told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import small_tables as tables

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.validation import catalogue, repairing
from ckanext.opendatafrance.validation.repair import Change
from ckanext.opendatafrance.validation.report import Report

WANTED = tables.schema(
    {"name": "siret", "constraints": {"pattern": "^\\d{14}$"}},
    {"name": "code", "constraints": {"pattern": "[0-9]{5}"}},
    {"name": "date", "type": "date"},
    {"name": "montant", "type": "number"},
    {"name": "nombre", "type": "integer"},
    {"name": "public", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
    {"name": "saison", "constraints": {"enum": ["Été", "Hiver"]}},
    {"name": "site", "format": "uri"},
    {"name": "libelle"},
)
NAMES = [one.name for one in WANTED.fields]


def repaired(
    data: bytes | list[list[str]], tmp_path: Path, wanted=WANTED
) -> tuple[list[list[str]], list[Change], Report]:
    """The rows of the corrected copy, what was changed, and the report on it."""
    given = data if isinstance(data, bytes) else tables.csv_bytes(data)
    file = io.BytesIO(given)
    output = tmp_path / "copy.csv"
    changes, after = repairing.to_file(file, catalogue.shipped(), wanted, str(output))
    assert file.getvalue() == given
    _, rows = tables.read(output.read_bytes(), NAMES) if output.read_bytes() else (None, [])
    return [list(row) for row in rows], changes, after


CELLS = [
    ("siret", "218 601 946 00013", "21860194600013", "spaces"),
    ("siret", "2,1860194600013E+13", "21860194600013", "scientific"),
    ("siret", "21860194600013.0", "21860194600013", "decimals"),
    ("siret", "2,18602E+13", None, ""),
    ("code", "1001", "01001", "zeros"),
    ("code", "101", None, ""),
    ("date", "31/12/2020", "2020-12-31", "date"),
    ("date", "1.2.2020", "2020-02-01", "date"),
    ("date", "2020-12-31T00:00:00", "2020-12-31", "date"),
    ("date", "31/02/2020", None, ""),
    ("date", "12/20", None, ""),
    ("montant", "1,5", "1.5", "number"),
    ("montant", "1 234,50 €", "1234.50", "number"),
    ("montant", "environ 10", None, ""),
    ("nombre", "12,0", "12", "number"),
    ("nombre", "1,5", None, ""),
    ("public", "Vrai", "oui", "boolean"),
    ("public", "TRUE", "oui", "boolean"),
    ("public", "peut-être", None, ""),
    ("saison", " ete ", "Été", "spelling"),
    ("saison", "automne", None, ""),
    ("site", "www.nimes.fr", "https://www.nimes.fr", "address"),
    ("site", " https://nimes.fr", "https://nimes.fr", "spaces"),
    ("site", "voir le site", None, ""),
]


@pytest.mark.parametrize(("column", "text", "better", "kind"), CELLS, ids=[f"{one[0]}-{one[1]}" for one in CELLS])
def test_cells(column: str, text: str, better: str | None, kind: str, tmp_path: Path) -> None:
    """What is beyond doubt is mended and told; what is not stays as it is, and is a finding of the copy."""
    place = NAMES.index(column)
    line = ["", "", "", "", "", "", "", "", "x"]
    line[place] = text
    rows, changes, after = repaired([NAMES, line], tmp_path)
    if better is None:
        assert rows[0][place] == text
        assert changes == []
        assert not after.valid
        return
    assert rows[0][place] == better
    assert [(one.kind, one.column, one.count, one.examples) for one in changes] == [(kind, column, 1, [(text, better)])]
    assert after.valid


def test_the_file_as_a_whole(tmp_path: Path) -> None:
    """A title, another separator, Latin-1, names in capitals, another order, columns and lines without anything."""
    text = "Subventions 2024;;;\n;;;\nLIBELLÉ;Date;Montant;;\nété;31/12/2020;1,5;;\n;;;;\nhiver;2020-01-01;2;;\n"
    rows, changes, after = repaired(text.encode("latin-1"), tmp_path)
    assert [row[:4] + row[8:] for row in rows] == [
        ["", "", "2020-12-31", "1.5", "été"],
        ["", "", "2020-01-01", "2", "hiver"],
    ]
    assert after.valid
    assert after.warnings == 0
    assert after.encoding == "utf-8"
    kinds = {one.kind for one in changes}
    assert kinds >= {"encoding", "delimiter", "lines-above", "column-name", "column-order", "column-added"}
    assert kinds >= {"column-dropped", "rows-dropped", "date", "number"}
    sentences = [repairing.sentence(one, tables.said) for one in changes]
    assert all("{" not in one for one in sentences)
    assert "Encoding cp1252 written as utf-8" in sentences


def test_nothing_is_thrown_away_silently(tmp_path: Path) -> None:
    """Cells beyond the header stay where they are, and stay an error; empty ones go, and that is told."""
    wanted = tables.schema({"name": "a"}, {"name": "b"})
    rows = [["a", "b"], ["", ""], ["1", "2", "a comma"], ["1", "2", ""], ["3"], ["4", "5"]]
    output = tmp_path / "copy.csv"
    changes, after = repairing.to_file(io.BytesIO(tables.csv_bytes(rows)), catalogue.shipped(), wanted, str(output))
    assert output.read_text().splitlines() == ["a,b", "1,2,a comma", "1,2", "3,", "4,5"]
    assert tables.codes(after) == [("too-many-cells", 1, "")]
    assert {one.kind: one.count for one in changes} == {"rows-dropped": 1, "cells-dropped": 1, "cells-added": 1}


def test_a_compulsory_column_that_lacks_is_for_a_person_to_fill(tmp_path: Path) -> None:
    """No column is made up for it."""
    wanted = tables.schema({"name": "a", "constraints": {"required": True}}, {"name": "b"}, {"name": "c"})
    _, changes, after = repaired([["b", "c"], ["1", "2"]], tmp_path, wanted)
    assert changes == []
    assert tables.codes(after) == [("missing-column", None, "a")]


def test_a_right_file_stays_as_it_is(tmp_path: Path) -> None:
    """Repairing twice changes nothing."""
    wanted = tables.schema({"name": "a"}, {"name": "b", "type": "date"})
    first = tmp_path / "copy.csv"
    repairing.to_file(io.BytesIO(b"a;b\n1;01/02/2020\n"), catalogue.shipped(), wanted, str(first))
    once = first.read_bytes()
    with first.open("rb") as file:
        changes, after = repairing.to_file(file, catalogue.shipped(), wanted, str(first))
    assert changes == []
    assert after.valid
    assert first.read_bytes() == once


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """In a sentence with its name."""
    wanted = tables.schema({"name": "a"}, {"name": "b"})
    with pytest.raises(OdfError, match="nowhere"):
        repairing.to_file(io.BytesIO(b"a,b\n1,2\n"), catalogue.shipped(), wanted, str(tmp_path / "nowhere" / "x.csv"))
