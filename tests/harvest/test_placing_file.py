"""What a source says of a publisher, which lines of a mapping table are about it, and the table as a CSV file."""

from __future__ import annotations

import pytest

from ckanext.opendatafrance.errors import DataFileError
from ckanext.opendatafrance.harvest import placing_file, publishers
from ckanext.opendatafrance.harvest.publishers import Line, Publisher

SIRET, OTHER, SIREN = "21170300400005", "21170300400013", "211703004"
ROCHELLE = Publisher("Ville de La Rochelle", SIRET)


def said(**publisher: str) -> Publisher:
    return publishers.of({"publisher": [publisher]})


@pytest.mark.parametrize(
    ("publisher", "facts"),
    [
        ({"name": "La Rochelle", "identifier": SIRET}, ("La Rochelle", SIRET, "", "")),
        ({"name": "La Rochelle", "identifier": "17300"}, ("La Rochelle", "", "17300", "")),
        ({"uri": "http://id.insee.fr/geo/commune/17300"}, ("", "", "17300", "http://id.insee.fr/geo/commune/17300")),
        ({"name": "X", "url": "https://x.example.org/organization/ville-de-x"}, ("X", "", "", "ville-de-x")),
        ({"name": "X", "url": "https://x.example.org/fr/organizations/ville-de-x/?a=1"}, ("X", "", "", "ville-de-x")),
        ({"name": "X", "url": "https://www.ville-de-x.example.org/"}, ("X", "", "", "")),
        ({"name": "X", "identifier": "ORG-12"}, ("X", "", "", "ORG-12")),
        ({}, ("", "", "", "")),
    ],
)
def test_the_facts_that_a_source_tells(publisher, facts) -> None:
    """A number with a right key, a code that exists, the address of its page; whatever else is a reference."""
    assert said(**publisher) == Publisher(*facts)


def test_a_publisher_is_the_same_however_its_name_is_typed() -> None:
    """Capitals, accents and signs do not make another one; another number does."""
    assert Publisher("Vélo & Cie", SIRET).key == Publisher("VELO ET CIE".replace("ET", "&"), SIRET).key
    assert Publisher("Vélo", SIRET).key != Publisher("Vélo", SIREN).key


def test_the_line_with_most_facts_decides() -> None:
    """A SIREN is for all its SIRETs, a line with a name besides for one of them."""
    lines = [
        Line(Publisher(number=SIREN), "siren"),
        Line(Publisher(number=SIRET), "siret"),
        Line(Publisher("Ville de la Rochelle", SIREN), "both"),
    ]
    assert publishers.placed(ROCHELLE, lines) == "both"
    assert publishers.placed(Publisher("Autre", SIRET), lines) == "siret"
    assert publishers.placed(Publisher("Autre", OTHER), lines) == "siren"
    assert publishers.placed(Publisher("Ville de La Rochelle"), lines) is None


def test_the_same_identifier_under_another_name_is_followed_only_where_all_agree() -> None:
    """Two organisations behind one number leave it to a person."""
    lines = [Line(ROCHELLE, "a")]
    assert publishers.same_identifier(Publisher("Neuf", SIRET), lines) == "a"
    assert publishers.same_identifier(Publisher("Neuf", SIRET), [*lines, Line(Publisher("X", SIRET), "b")]) is None


@pytest.mark.parametrize("name", ["Mairie de Marans", "VILLE DE MARANS", "Commune de Marans", "Marans"])
def test_a_commune_is_known_by_its_name_alone(name: str) -> None:
    assert "marans" in publishers.spellings(name)


def test_abbreviations_of_intercommunal_bodies_are_written_out() -> None:
    assert "communaute d agglomeration de la rochelle" in publishers.spellings("CA de La Rochelle")


def test_a_file_of_a_french_spreadsheet_is_read() -> None:
    """Semicolons, Windows-1252, French headings in any order, spaces in numbers, a lost zero, empty lines."""
    heading = "Organisation;Éditeur;SIRET;Code INSEE;État"
    text = [heading, "x;Mairie d’Étaules;211 703 004 00005;;", ";;;;", "y;;;1001;", ";B;;;"]
    rows = placing_file.read("\r\n".join(text).encode("cp1252"), "placement.csv")
    assert [(row.number, row.about, row.organization, row.wrong) for row in rows] == [
        (2, Publisher("Mairie d’Étaules", SIRET), "x", None),
        (4, Publisher(insee="01001"), "y", None),
        (5, Publisher("B"), "", None),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x;A;21170300400006;", "digit"),
        ("x;A;2,11703E+13;", "spreadsheet"),
        ("x;A;;99999", "INSEE"),
        ("x;;;", "names no publisher"),
    ],
)
def test_each_wrong_line_says_what_is_wrong(line: str, words: str) -> None:
    """And the others are read."""
    rows = placing_file.read(f"organization;publisher;identifier;insee\n{line}\ny;B;;\n".encode(), "p.csv")
    assert rows[0].wrong
    message, params = rows[0].wrong
    assert words in message.format(**params)
    assert rows[1].wrong is None


def test_two_lines_about_one_publisher_are_told() -> None:
    rows = placing_file.read(b"organization;publisher\nx;Marans\ny;MARANS\n", "p.csv")
    assert rows[0].wrong is None
    assert rows[1].wrong
    assert "line 2" in rows[1].wrong[0].format(**rows[1].wrong[1])


@pytest.mark.parametrize(
    ("content", "words"), [(b"a;b\n1;2\n", "organization"), (b"PK\x03\x04", "workbook"), (b"", "empty")]
)
def test_what_is_no_mapping_table_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(DataFileError, match=words):
        placing_file.read(content, "p.csv")
