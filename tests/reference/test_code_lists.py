"""Licences, frequencies, themes, formats, languages and HVD categories as real sources write them."""

from __future__ import annotations

import json

import pytest

from ckanext.opendatafrance.reference import formats, frequencies, hvd, languages, licences, themes

LICENCES = {
    "lov2": (
        "lov2",
        "etalab-2.0",
        "Licence Ouverte",
        "Licence Ouverte / Open Licence version 2.0",
        "Licence Ouverte v2.0 (Etalab)",
        "Licence ouverte Etalab 2.0",
        "Licence Ouverte-LO",
        "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "https://github.com/etalab/Licence-Ouverte/blob/master/LO.md",
        "http://publications.europa.eu/resource/authority/licence/ETALAB_2_0",
        "https://spdx.org/licenses/etalab-2.0.html",
        '<p>Voir la <a href="https://www.etalab.gouv.fr/licence-ouverte-open-licence">licence</a></p>',
    ),
    "fr-lo": (
        "fr-lo",
        "Licence Ouverte / Open Licence",
        "Licence Ouverte 1.0 (Etalab)",
        "http://www.data.gouv.fr/Licence-Ouverte-Open-Licence",
        "http://www.etalab.gouv.fr/pages/Licence_ouverte_Open_licence-5899923.html",
        "La réutilisation de GEOFLA® est gratuite pour tous les usages, selon la « licence ouverte » version 1.0.",
    ),
    "odc-odbl": (
        "ODbL",
        "ODBl Paris",
        "Open Database License (ODbL)",
        "Open Database License-ODBL",
        "http://opendatacommons.org/licenses/odbl/1-0/",
        "http://publications.europa.eu/resource/authority/licence/ODC_BL",
    ),
    "cc-by-4.0": ("CC-BY-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.fr"),
    "cc-by": ("CC BY", "http://www.opendefinition.org/licenses/cc-by", "http://creativecommons.org/licenses/by/3.0/"),
    "cc-by-sa": ("CC BY-SA",),
    "cc-by-nc-sa": ("cc-by-nc-sa 3.0",),
    "cc-zero": ("CC0", "Creative Commons CCZero", "http://creativecommons.org/publicdomain/zero/1.0/"),
    "other-pd": ("Public Domain", "Domaine public"),
}


@pytest.mark.parametrize(("expected", "wording"), [(key, text) for key, texts in LICENCES.items() for text in texts])
def test_a_licence_is_recognised_by_any_of_its_names(expected: str, wording: str) -> None:
    found = licences.find(wording)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize(
    "wording", ["Insee", "Open Data Paris", "Licence Ouverte ou ODbL", "Creative Commons-CC", "", "x" * 9000]
)
def test_a_licence_is_never_guessed(wording: str) -> None:
    """A wrong licence is worse than none."""
    assert licences.find(wording) is None


def test_the_licence_file_is_what_ckan_reads() -> None:
    """licenses_group_url takes a list of objects with id, title and url; Licence Ouverte 2.0 is first, no id twice."""
    entries = json.loads(licences.FILE.read_text(encoding="utf-8"))
    assert entries[0]["id"] == "lov2"
    assert all(entry["id"] and entry["title"] and "url" in entry for entry in entries)
    assert len({entry["id"] for entry in entries}) == len(entries) == len(licences.choices())


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("annuelle", "ANNUAL"),
        ("Mise à jour annuelle", "ANNUAL"),
        ("R/P1Y", "ANNUAL"),
        ("http://purl.org/linked-data/sdmx/2009/code#freq-A", "ANNUAL"),
        ("http://purl.org/cld/freq/daily", "DAILY"),
        ("Quotidienne ou plusieurs fois par jour", "DAILY"),
        ("http://publications.europa.eu/resource/authority/frequency/WEEKLY", "WEEKLY"),
        ("Tous les 10 ans", "DECENNIAL"),
        ("continual", "CONT"),
        ("R/PT1S", "CONT"),
        ("fortnightly", "BIWEEKLY"),
        ("asNeeded", "AS_NEEDED"),
        ("Ponctuelle", "NEVER"),
        ("non précisée", "UNKNOWN"),
        ("de temps en temps", None),
    ],
)
def test_a_frequency_is_recognised(said: str, code: str | None) -> None:
    found = frequencies.find(said)
    assert (found.code if found else None) == code


def test_themes_of_french_portals_are_european_themes() -> None:
    """Opendatasoft's lists of words give one theme each; a word that is no theme gives none."""
    assert [code.code for code in themes.guess(["Transports, Déplacements"])] == ["TRAN"]
    assert [code.code for code in themes.guess(["Administration, Gouvernement, Finances publiques, Citoyenneté"])] == [
        "GOVE"
    ]
    assert [code.code for code in themes.guess(["Culture, Patrimoine", "Santé"])] == ["EDUC", "HEAL"]
    assert themes.guess(["Service Postal"]) == []


@pytest.mark.parametrize("said", ["fr", "FR", "fra", "fre", "fr-FR", "fr_CA", "French", "français", languages.FRENCH])
def test_french_is_recognised(said: str) -> None:
    found = languages.find(said)
    assert found is not None
    assert found.uri == languages.FRENCH
    assert languages.tag(found.uri) == "fr"


def test_the_six_categories_of_high_value_datasets() -> None:
    assert len(hvd.CATEGORIES) == 6
    assert hvd.CATEGORIES.label("http://data.europa.eu/bna/c_b79e35eb", "fr") == "Mobilité"


@pytest.mark.parametrize(
    ("said", "url", "name", "label", "package"),
    [
        (["text/plain"], "http://x.fr/a.csv", "", "CSV", None),
        (["text/csv; charset=utf-8"], "", "", "CSV", None),
        (["http://publications.europa.eu/resource/authority/file-type/CSV"], "", "", "CSV", None),
        (["https://www.iana.org/assignments/media-types/application/geo+json"], "", "", "GeoJSON", None),
        (["application/json"], "http://x.fr/a.geojson", "", "GeoJSON", None),
        (["application/zip"], "http://x.fr/a.zip", "Communes (shapefile)", "SHP", "ZIP"),
        (["ZIP"], "http://x.fr/communes.shp.zip", "", "SHP", "ZIP"),
        (["application/octet-stream"], "http://x.fr/a.xlsx", "", "XLSX", None),
        (["application/vnd.ms-excel"], "http://x.fr/a.xlsx", "", "XLSX", None),
        ([], "http://x.fr/api/explore/v2.1/catalog/datasets/a/exports/csv?use_labels=true", "", "CSV", None),
        ([], "http://x.fr/download?format=shp", "", "SHP", None),
        (["OGC:WMS"], "http://x.fr/wms", "", "WMS", None),
        (["inconnu au bataillon"], "http://x.fr/page", "", None, None),
    ],
)
def test_a_format_is_found_out(said: list[str], url: str, name: str, label: str | None, package: str | None) -> None:
    guess = formats.guess(*said, url=url, name=name)
    assert (guess.format.label if guess.format else None) == label
    assert (guess.package.label if guess.package else None) == package


def test_a_format_leads_to_its_uris() -> None:
    """And these lead back to the format."""
    csv = formats.get("CSV")
    assert csv is not None
    assert csv.eu == "http://publications.europa.eu/resource/authority/file-type/CSV"
    assert csv.iana == "https://www.iana.org/assignments/media-types/text/csv"
    assert formats.find(csv.eu) is formats.find(csv.iana) is csv


@pytest.mark.parametrize("codes", [frequencies.FREQUENCIES, themes.THEMES, languages.LANGUAGES, hvd.CATEGORIES])
def test_every_code_is_found_by_its_labels_and_has_both(codes) -> None:
    for code in codes:
        assert code.en
        assert code.fr
        assert codes.find(code.uri) is codes.get(code.uri) is code
        assert codes.find(code.fr) is code
    assert len(codes.choices()) == len(codes)
