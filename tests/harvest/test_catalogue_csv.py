"""The connector of SCDL catalogues in CSV: what is recognised, how dirt is read, what is mapped."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from connector_conformance import ConnectorConformance
from member_site import Answer, MemberSite, Routes

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors.catalogue_csv import CatalogueCsvConnector
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.mapping import catalogue_row, catalogue_table
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
EU = "http://publications.europa.eu/resource/authority/"
TREES = {
    "COLL_NOM": "Saint-Jean-d’Angély",
    "COLL_SIRET": "21170347500007",
    "ID": "arbres",
    "TITRE": "Arbres d’alignement",
    "DESCRIPTION": "Position, espèce ; relevé à pied.",
    "THEME": "Environnement",
    "PRODUCTEUR_NOM": "Service des espaces verts",
    "PRODUCTEUR_SIRET": "",
    "COUV_SPAT_MAILLE": "Communale",
    "COUV_SPAT_NOM": "Saint-Jean-d’Angély",
    "COUV_TEMP_DEBUT": "2020-01-01",
    "COUV_TEMP_FIN": "2020-12-31",
    "DATE_PUBL": "2021-03-02",
    "FREQ_MAJ": "Annuelle",
    "DATE_MAJ": "2024-05-06",
    "MOTS_CLES": "arbre;nature",
    "LICENCE": "Licence Ouverte-LO",
    "NOMBRE_RESSOURCES": "2",
    "FORMAT_RESSOURCES": "CSV;GeoJSON",
    "URL": "https://donnees.angely.example/jeux/arbres",
}
BUDGET = {**TREES, "ID": "budget", "TITRE": "Budget", "THEME": "Finances", "MOTS_CLES": "budget"}
GRANTS = {**TREES, "ID": "", "TITRE": "Subventions versées", "FORMAT_RESSOURCES": "CSV"}
ROWS = [TREES, BUDGET, GRANTS]


def sheet(rows: list[dict[str, str]], separator: str = ";", columns: list[str] | None = None) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(catalogue_table.COLUMNS), delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def served(content: str | bytes) -> Routes:
    return {"/catalogue.csv": Answer(content.encode() if isinstance(content, str) else content, media_type="text/csv")}


def read(site: MemberSite, fetch: Fetch) -> list[Record | Issue]:
    return list(CatalogueCsvConnector(f"{site.url}/catalogue.csv", fetch(site, tries=1)).records())


def mapped(**cells: str) -> tuple[dict, list[str]]:
    row = {name: said for name, said in {**TREES, **cells}.items() if said}
    found = catalogue_row.to_dataset(row, "arbres", "https://donnees.angely.example/catalogue.csv")
    return found.dataset, [issue.code for issue in found.issues]


class TestConformance(ConnectorConformance):
    connector = CatalogueCsvConnector
    path = "/catalogue.csv"
    at_least = 3
    mutations = 200

    def routes(self) -> Routes:
        return served(sheet(ROWS))

    def reordered(self) -> Routes:
        return served(sheet(ROWS[::-1], columns=list(catalogue_table.COLUMNS)[::-1]))

    def changed(self) -> Routes:
        return served(sheet([TREES, {**BUDGET, "TITRE": "Budget principal"}, GRANTS]))


def test_a_row_becomes_a_dataset() -> None:
    found, issues = mapped()
    page = TREES["URL"]
    assert issues == []
    assert found == {
        "title": "Arbres d’alignement",
        "notes": "Position, espèce ; relevé à pied.",
        "license_id": "lov2",
        "tags": [{"name": "arbre"}, {"name": "nature"}, {"name": "Environnement"}],
        "theme": [f"{EU}data-theme/ENVI"],
        "identifier": "arbres",
        "url": page,
        "issued": "2021-03-02",
        "modified": "2024-05-06",
        "frequency": f"{EU}frequency/ANNUAL",
        "spatial_coverage": [{"text": "Saint-Jean-d’Angély"}],
        "spatial_granularity": "Communale",
        "temporal_coverage": [{"start": "2020-01-01", "end": "2020-12-31"}],
        "publisher": [{"name": "Service des espaces verts"}],
        "resources": [
            {"url": page, "access_url": page, "name": "CSV", "format": "CSV", "mimetype": "text/csv"},
            {
                "url": page,
                "access_url": page,
                "name": "GeoJSON",
                "format": "GeoJSON",
                "mimetype": "application/geo+json",
            },
        ],
    }


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separators_and_charsets(member_site: Sites, fetch: Fetch, separator: str, charset: str) -> None:
    site = member_site(served(sheet(ROWS, separator).encode(charset)))
    found = read(site, fetch)
    assert [item.content[0] for item in found if isinstance(item, Record)] == [
        {name: said for name, said in row.items() if said} for row in ROWS
    ]


def test_lines_above_the_headings_and_headings_typed_by_hand(member_site: Sites, fetch: Fetch) -> None:
    """As a sheet looks that somebody made presentable; headings that come again within it are no dataset."""
    plain = sheet(ROWS)
    head, _, lines = plain.partition("\r\n")
    pretty = head.replace("COLL_NOM", "Coll. nom").replace("MOTS_CLES", "Mots-clés").replace("DATE_PUBL", "Date publ")
    content = f'Catalogue des données, "version 2"\r\n;;;\r\n{pretty}\r\n{lines}{pretty}\r\n;;;\r\n'
    site = member_site(served(content))
    assert [item.guid for item in read(site, fetch) if isinstance(item, Record)] == [
        item.guid for item in read(member_site(served(plain)), fetch) if isinstance(item, Record)
    ]
    assert detect(f"{site.url}/catalogue.csv", fetch(site)).connector == "catalogue_csv"


@pytest.mark.parametrize(
    ("said", "date"),
    [("2 mars 2021", "2021-03-02"), ("02/03/2021", "2021-03-02"), ("mars 2021", "2021-03"), ("2021", "2021")],
)
def test_dates(said: str, date: str) -> None:
    assert mapped(DATE_PUBL=said)[0]["issued"] == date


def test_several_files_in_one_cell() -> None:
    found, _ = mapped(
        URL="https://a.example/a.csv; https://a.example/geo?id=3 | https://a.example/arbres", FORMAT_RESSOURCES=""
    )
    assert [file["url"] for file in found["resources"]] == ["https://a.example/a.csv"]
    assert found["url"] == "https://a.example/geo?id=3"
    found, _ = mapped(URL="https://a.example/x?1;https://a.example/x?2", FORMAT_RESSOURCES="CSV;PDF")
    assert [(file["url"], file["format"]) for file in found["resources"]] == [
        ("https://a.example/x?1", "CSV"),
        ("https://a.example/x?2", "PDF"),
    ]


@pytest.mark.parametrize(
    ("said", "identifier", "codes"),
    [("211 703 475 00007", "21170347500007", []), ("2,11E+13", None, ["siret-wrong"]), ("", None, [])],
)
def test_siret(said: str, identifier: str | None, codes: list[str]) -> None:
    """A number that a spreadsheet destroyed is no identifier."""
    found, issues = mapped(PRODUCTEUR_SIRET=said)
    assert found["publisher"][0].get("identifier") == identifier
    assert issues == codes


def test_licences() -> None:
    assert mapped(LICENCE="Open Database License-ODBL")[0]["license_id"] == "odc-odbl"
    found, issues = mapped(LICENCE="Spécifique ou autre")
    assert "license_id" not in found
    assert {file["rights"] for file in found["resources"]} == {"Spécifique ou autre"}
    assert issues == []
    assert mapped(LICENCE="Creative Commons-CC")[1] == ["licence-unknown"]


def test_ids_that_several_collectivites_use(member_site: Sites, fetch: Fetch) -> None:
    """Each keeps its own, and a derived one does not change when the rest of the row does."""
    other = {**TREES, "COLL_SIRET": "21170300400005", "COLL_NOM": "La Rochelle"}
    found = read(member_site(served(sheet([TREES, other, BUDGET, BUDGET, GRANTS]))), fetch)
    guids = [item.guid for item in found if isinstance(item, Record)]
    assert guids[:3] == ["21170347500007/arbres", "21170300400005/arbres", "budget"]
    assert [issue for issue in found if isinstance(issue, Issue)] == []
    again = read(member_site(served(sheet([{**GRANTS, "DESCRIPTION": "Autre"}]))), fetch)[0]
    assert isinstance(again, Record)
    assert again.guid == guids[3]
    assert again.guid.startswith("derived:")


def test_rows_that_cannot_be_told_apart(member_site: Sites, fetch: Fetch) -> None:
    rows = [TREES, {**TREES, "TITRE": "Haies"}, {**TREES, "ID": "", "TITRE": ""}]
    found = read(member_site(served(sheet(rows))), fetch)
    assert [item.code for item in found if isinstance(item, Issue)] == ["duplicate-identifier", "title-missing"]


@pytest.mark.parametrize("cut", [60, 150, 250])
def test_a_file_cut_within_a_line_is_not_complete(member_site: Sites, fetch: Fetch, cut: int) -> None:
    """What is whole is read; the line that was cut is not."""
    site = member_site(served(sheet(ROWS)[:-cut]))
    seen = preview(f"{site.url}/catalogue.csv", fetch(site, tries=1), connector="catalogue_csv")
    assert [one["identifier"] for one in seen.datasets] == ["arbres", "budget"]
    assert [issue.code for issue in seen.errors] == ["listing-incomplete"]


def test_an_open_quotation_mark_is_a_cut(member_site: Sites, fetch: Fetch) -> None:
    content = sheet([TREES, {**BUDGET, "DESCRIPTION": 'Un "mot; et'}])
    site = member_site(served(content[: content.rindex("; et") + 2]))
    with pytest.raises(FatalSourceError, match="stops in the middle"):
        read(site, fetch)


def test_it_is_found_from_the_page_that_links_to_it(member_site: Sites, fetch: Fetch) -> None:
    routes = served(sheet(ROWS))
    page = "<!doctype html><html><body><a class=x href='/catalogue.csv'>Nos données</a></body></html>"
    site = member_site({**routes, "/": page})
    found = detect(site.url, fetch(site))
    assert (found.connector, found.url, found.count) == ("catalogue_csv", f"{site.url}/catalogue.csv", 3)
    assert len(found.tried) <= 8


def test_a_table_of_something_else_is_none(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(served("COLL_NOM;COLL_SIRET;DELIB_ID;DELIB_DATE\r\nAngély;21170347500007;1;2024-01-01\r\n"))
    assert detect(f"{site.url}/catalogue.csv", fetch(site)).connector is None
    with pytest.raises(FatalSourceError) as caught:
        read(site, fetch)
    assert caught.value.code == "no-catalogue"


def test_the_national_schema_of_catalogues(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Its published example, counted and read by the csv module."""
    path = corpus / "scdl-csv/schema-catalogue-donnees/exemple-valide.csv"
    with path.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    site = member_site({"/catalogue.csv": path})
    seen = preview(f"{site.url}/catalogue.csv", fetch(site))
    assert (seen.connector, seen.errors, len(seen.datasets)) == ("catalogue_csv", [], 1)
    found = seen.datasets[0]
    assert found["title"] == row["titre"]
    assert found["publisher"] == [{"name": row["nom_orga"], "identifier": row["siret_orga"]}]
    assert (found["issued"], found["modified"]) == (row["date_pub"], row["date_maj"])
    assert found["license_id"] == "lov2"
    assert found["url"] == row["url"]
    assert [file["format"] for file in found["resources"]] == ["CSV", "XLSX"]
