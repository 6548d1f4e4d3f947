"""Dates, sizes, checksums, agents, places, periods and the last step of a mapping."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from ckanext.opendatafrance.errors import SkippableRecordError
from ckanext.opendatafrance.harvest.mapping import Notes, agents, codes, dates, files, finish, spatial, temporal
from ckanext.opendatafrance.harvest.mapping.geometry import GeometryError, dumps, parse

NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)


@pytest.fixture
def notes() -> Notes:
    return Notes("jeu-1")


def said(notes: Notes) -> list[str]:
    return [issue.code for issue in notes.issues]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2013-05-30T01:51:37+00:00", "2013-05-30T01:51:37+00:00"),
        ("2012", "2012"),
        ("2012+01:00", "2012"),
        ("2012-05", "2012-05"),
        ("20120530", "2012-05-30"),
        ("12 mars 2024", "2024-03-12"),
        ("vendredi 1er janvier 2021", "2021-01-01"),
        ("août 2023", "2023-08"),
        ("March 12, 2024", "2024-03-12"),
        ("31/12/2023", "2023-12-31"),
        ("01/02/2024 10:30", "2024-02-01T10:30:00"),
        ("12/31/2023", "2023-12-31"),
        ("1400000000000", "2014-05-13T16:53:20Z"),
        ("Thu, 12 Mar 2020 10:00:00 GMT", "2020-03-12T10:00:00+00:00"),
        ("2024-03-12 10:00:00.123456789", "2024-03-12T10:00:00.123456"),
    ],
)
def test_dates_of_every_kind_are_read(text: str, date: str, notes: Notes) -> None:
    assert dates.publication(text, "modified", notes, NOW) == date
    assert not notes.issues


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hier", "date-unreadable"),
        ("2023-02-30", "date-unreadable"),
        ("24/12/24", "date-unreadable"),
        ("0001-01-01T00:00:00", "date-senseless"),
        ("1970-01-01T00:00:00Z", "date-senseless"),
        ("2026-12-24", "date-in-future"),
    ],
)
def test_dates_that_say_nothing_are_left_out_with_a_word(text: str, code: str, notes: Notes) -> None:
    assert dates.publication(text, "modified", notes, NOW) == ""
    assert said(notes) == [code]


@pytest.mark.parametrize(
    ("value", "size"),
    [("12 Mo", 12_000_000), ("1,5 MB", 1_500_000), ("1 234", 1234), ("1.2E+07", 12_000_000), (5, 5), ("2 KiB", 2048)],
)
def test_sizes_are_bytes(value: Any, size: int, notes: Notes) -> None:
    assert files.size(value, notes) == size


@pytest.mark.parametrize("value", ["-3", "gros", "9" * 30])
def test_senseless_sizes_are_left_out(value: str, notes: Notes) -> None:
    assert files.size(value, notes) is None
    assert said(notes) == ["size-unreadable"]


def test_a_checksum_tells_its_algorithm(notes: Notes) -> None:
    sha1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    found = files.checksum(sha1.upper(), "http://spdx.org/rdf/terms#checksumAlgorithm_sha1", notes)
    assert found == {"hash": sha1, "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha1"}
    assert files.checksum(f"sha1:{sha1}", "", notes) == found
    assert files.checksum("pas une empreinte", "sha1", notes) == {}
    assert said(notes) == ["checksum-unreadable"]


@pytest.mark.parametrize(
    "mail",
    [
        "mailto:a.b@ville.fr",
        "a.b (at) ville.fr",
        "<a.b@ville.fr>",
        "A B <a.b@ville.fr>",
        "mailto:mailto:a.b@ville.fr?subject=x",
    ],
)
def test_mail_addresses_are_cleaned(mail: str, notes: Notes) -> None:
    assert agents.email(mail, "contact.email", notes) == "a.b@ville.fr"
    assert not notes.issues


def test_a_publisher_is_known_by_its_siret(notes: Notes) -> None:
    """Found in the identifier or in the URI, only with a right key."""
    found = agents.agent("publisher", notes, name="Ville de <b>Rennes</b>", identifier="213 502 388 00019")
    assert found == {"name": "Ville de Rennes", "identifier": "21350238800019"}
    found = agents.agent("publisher", notes, uri="https://annuaire.example/etablissement/21350238800019")
    assert found["identifier"] == "21350238800019"
    assert agents.company_number("12345678901234") == ""


def test_a_name_that_is_a_mail_address_is_one(notes: Notes) -> None:
    assert agents.agent("contact", notes, name="sig@ville.fr")["email"] == "sig@ville.fr"


SQUARE = '{"type":"Polygon","coordinates":[[[1.0,45.0],[2.0,45.0],[2.0,46.0],[1.0,46.0],[1.0,45.0]]]}'


@pytest.mark.parametrize(
    "text",
    [
        "POLYGON((1 45, 2 45, 2 46, 1 46, 1 45))",
        "Polygon ((1.0 45.0,2.0 45.0,2.0 46.0,1.0 46.0,1.0 45.0))",
        "POLYGON Z ((1 45 0, 2 45 0, 2 46 0, 1 46 0, 1 45 0))",
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POLYGON((1 45, 2 45, 2 46, 1 46, 1 45))",
        "<http://www.opengis.net/def/crs/EPSG/0/4326>\n POLYGON((45 1, 45 2, 46 2, 46 1, 45 1))",
        "SRID=4326;POLYGON((1 45, 2 45, 2 46, 1 46, 1 45))",
        "ENVELOPE(1,2,46,45)",
        "1.0,45.0,2.0,46.0",
        "westlimit=1; southlimit=45; eastlimit=2; northlimit=46",
        SQUARE,
        '{"type":"Feature","properties":{},"geometry":' + SQUARE + "}",
        '<gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326"><gml:lowerCorner>45 1</gml:lowerCorner>'
        "<gml:upperCorner>46 2</gml:upperCorner></gml:Envelope>",
    ],
)
def test_geometries_of_every_kind_are_one_geojson(text: str) -> None:
    assert dumps(parse(text)) == SQUARE


@pytest.mark.parametrize(
    "text",
    [
        "POINT(700000 6600000)",
        "POLYGON((1 2",
        "wrong wkt",
        "{",
        '{"type":"Point","coordinates":["a"]}',
        "[" * 5000,
        "POINT EMPTY",
        "MULTIPOLYGON(1 2)",
    ],
)
def test_what_is_no_geometry_in_degrees_is_refused(text: str) -> None:
    with pytest.raises(GeometryError):
        parse(text)


def test_a_place_from_a_word_a_uri_or_a_box(notes: Notes) -> None:
    assert spatial.literal("Paris métropole", notes) == {"text": "Paris métropole"}
    assert spatial.literal("http://id.insee.fr/geo/commune/35238", notes) == {
        "uri": "http://id.insee.fr/geo/commune/35238"
    }
    assert spatial.literal("1.0,45.0,2.0,46.0", notes) == {"bbox": SQUARE}
    assert not notes.issues
    assert spatial.literal("700000,6600000,700100,6600100", notes) == {}
    assert said(notes) == ["spatial-unreadable"]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2011", {"start": "2011", "end": "2011"}),
        ("2009 - 2012", {"start": "2009", "end": "2012"}),
        ("2013-01-01/2013-12-31", {"start": "2013-01-01", "end": "2013-12-31"}),
        ("01/01/2015 au 31/12/2015", {"start": "2015-01-01", "end": "2015-12-31"}),
        ("du 1er mars 2015 au 2 avril 2016", {"start": "2015-03-01", "end": "2016-04-02"}),
        ("jusqu'en février 2015", {"end": "2015-02"}),
        ("depuis 2015", {"start": "2015"}),
        ("start=2010-01-01; end=2011-01-01; scheme=W3C-DTF", {"start": "2010-01-01", "end": "2011-01-01"}),
    ],
)
def test_periods_of_every_kind_are_read(text: str, period: dict[str, str], notes: Notes) -> None:
    assert temporal.literal(text, notes) == period
    assert not notes.issues


def test_a_period_the_wrong_way_round_is_turned(notes: Notes) -> None:
    assert temporal.period("2020", "2010", notes) == {"start": "2010", "end": "2020"}
    assert said(notes) == ["period-reversed"]


def test_an_unknown_licence_keeps_its_wording(notes: Notes) -> None:
    assert codes.licence(["Licence de la ville"], notes) == ("", "Licence de la ville")
    assert said(notes) == ["licence-unknown"]
    assert codes.licence(["inconnu", "Licence Ouverte"], notes) == ("lov2", "")


def test_a_dataset_without_a_title_is_refused_with_its_name(notes: Notes) -> None:
    with pytest.raises(SkippableRecordError) as caught:
        finish({"title": " \x00 ", "notes": "x"}, notes)
    assert caught.value.code == "title-missing"
    assert "jeu-1" in str(caught.value)


def test_the_last_step_gives_what_ckan_and_its_index_accept(notes: Notes) -> None:
    """No empty values, no control characters, nothing longer than a field of the index."""
    ring = [[[1 + i / 1e5, 45], [2, 45], [2, 46], [1, 45]] for i in range(3000)]
    geometry = {"type": "MultiPolygon", "coordinates": [[one[0]] for one in [[r] for r in ring]]}
    mapped = finish(
        {
            "title": "T\x00itre " + "très long " * 100,
            "notes": "texte\x07",
            "url": "",
            "version": "v" * 300,
            "conforms_to": [f"https://x.fr/{number:060}" for number in range(1000)],
            "spatial_coverage": [{"geom": json.dumps(geometry)}],
            "resources": [{"name": "", "url": "http://x.fr/a.csv", "size": 0, "language": []}],
        },
        notes,
    )
    dataset = mapped.dataset
    assert len(dataset["title"]) <= 500
    assert dataset["notes"] == "texte"
    assert "url" not in dataset
    assert len(dataset["version"]) <= 100
    assert dataset["resources"] == [{"url": "http://x.fr/a.csv", "size": 0}]
    for field in ("conforms_to", "spatial_coverage"):
        assert 0 < len(json.dumps(dataset[field])) < 32_000
    assert dataset["spatial_coverage"][0]["bbox"].startswith('{"type":"Polygon"')
    assert {issue.code for issue in mapped.issues} == {"text-too-long", "list-too-long", "geometry-too-detailed"}


def test_a_file_without_an_address_stays(notes: Notes) -> None:
    """It leads to the page of the dataset, and a warning says so."""
    mapped = finish({"title": "T", "url": "https://ville.fr/jeu", "resources": [{"name": "Fichier", "url": ""}]}, notes)
    assert mapped.dataset["resources"] == [{"name": "Fichier", "url": "https://ville.fr/jeu"}]
    assert said(notes) == ["resource-without-address"]
