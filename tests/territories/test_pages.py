"""Tree, map, suggestions and feeds of the territories, without a script."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from ckan.tests.helpers import call_action, changed_config

# `territory_portal` is a plain module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from territory_portal import CDA, LA_ROCHELLE, served


@pytest.fixture(scope="module")
def site(
    reset_db: Callable[[], None], reset_index: Callable[[], None], migrate_db_for: Callable[[str], None]
) -> Iterator[Any]:
    with served(reset_db, reset_index, migrate_db_for) as app:
        yield app


@pytest.fixture(autouse=True)
def request_context(site: Any) -> Iterator[None]:
    """Actions that a test calls itself translate and make addresses; the portal is that of a territory."""
    settings = changed_config("ckanext.opendatafrance.territory", "charente-maritime")
    with site.flask_app.test_request_context(), settings:
        yield


@pytest.fixture
def get(site: Any) -> Callable[[str], BeautifulSoup]:
    return lambda path: BeautifulSoup(site.get(path).body, "html.parser")


def text(element: Any) -> str:
    return " ".join(element.get_text(" ").split())


class TestTree:
    def test_from_the_region_down_to_the_intermunicipal_bodies(self, get: Callable[[str], BeautifulSoup]) -> None:
        page = get("/en/territoires/arbre")
        region = page.select_one(".odf-tree > ul > li > details > summary")
        departement = page.select_one("#t-departement-17-charente-maritime > details > summary")
        assert "Nouvelle-Aquitaine" in text(region)
        assert "462 communes (1 publishes)" in text(departement)
        assert "3 datasets" in text(departement)
        assert len(page.select("#t-departement-17-charente-maritime > details > ul > li")) == 14
        assert page.select_one("#t-commune-17300-la-rochelle") is None

    def test_without_a_script_a_link_opens_a_branch(self, get: Callable[[str], BeautifulSoup]) -> None:
        branch = get("/territoires/arbre").select_one(f"#t-{CDA} > details")
        assert not branch.has_attr("open")
        opened = get(branch.select_one(".odf-tree-more a")["href"]).select_one(f"#t-{CDA} > details")
        assert opened.has_attr("open")
        assert len(opened.select("ul > li")) == 28
        assert opened.select_one(f"#t-{LA_ROCHELLE} a")["href"].endswith(LA_ROCHELLE)
        assert opened.find_parent("details").has_attr("open")

    def test_a_script_gets_a_branch_alone(self, get: Callable[[str], BeautifulSoup]) -> None:
        address = get("/territoires/arbre").select_one(f"#t-{CDA} > details")["data-odf-branch"]
        part = get(address)
        assert part.html is None
        assert len(part.select("li")) == 28

    def test_an_unknown_address_is_not_found(self, site: Any) -> None:
        for path in (
            "/territoires/arbre/nulle-part",
            "/territoires/arbre?ouvrir=nulle-part",
            "/territoires/nulle-part",
        ):
            assert site.get(path, expect_errors=True).status_code == 404, path

    def test_the_api_gives_the_same(self, site: Any) -> None:
        [region] = call_action("odf_territory_tree")
        [departement] = region["children"]
        assert departement["below"] == {"epci": 13, "commune": 462, "syndicat_mixte": 1}
        assert (departement["publishing"]["commune"], departement["datasets_below"]) == (1, 3)
        communes = call_action("odf_territory_tree", parent=CDA)
        assert len(communes) == 28
        assert all(one["children"] is None and one["count"] == 0 for one in communes)


class TestSuggestions:
    def test_by_name_old_name_and_codes(self, site: Any) -> None:
        for typed, title, detail in (
            ("la roch", "La Rochelle", "17300"),
            ("17415", "Saintes", "17415"),
            ("211703004", "La Rochelle", "Commune"),
            ("17100", "Saintes", "17100"),
            ("hiers", "Marennes-Hiers-Brouage", "INSEE 17219"),
            ("la fred", "Saint-Hilaire-de-Villefranche", "formerly La Frédière"),
        ):
            found = site.get("/en/territoires/suggestions", query_string={"q": typed}).json
            assert len(found) <= 8
            one = next(one for one in found if one["title"].startswith(title) and "Commune" in one["detail"])
            assert detail in one["detail"], typed
            assert one["url"].startswith("/en/organization/commune-")

    def test_nothing_for_nothing(self, site: Any) -> None:
        assert site.get("/territoires/suggestions").json == []
        assert site.get("/territoires/suggestions?q=zzzz").json == []

    def test_the_search_field_works_without_them(self, get: Callable[[str], BeautifulSoup]) -> None:
        for path in ("/", "/territoires"):
            field = get(path).select_one("[data-odf-find]")
            assert field["name"] == "q"
            assert field.find_parent("form")["action"].endswith("/territoires")


class TestMap:
    def test_every_organisation_with_a_place_is_a_link(self, get: Callable[[str], BeautifulSoup], site: Any) -> None:
        page = get("/en/territoires/carte")
        links = {link["href"]: text(link.title) for link in page.select("svg.odf-dots a")}
        assert len(links) == call_action("odf_territory_search", type="commune,epci", limit=0)["count"]
        assert links["17300"] == "La Rochelle: 2 datasets"
        assert links["17415"] == "Saintes", "a private dataset is nobody's to see"
        assert site.get("/en/territoires/17300", follow_redirects=False).headers["Location"].endswith(LA_ROCHELLE)

    def test_the_same_stands_in_a_table(self, get: Callable[[str], BeautifulSoup]) -> None:
        page = get("/en/territoires/carte")
        rows = [text(row) for row in page.select("table tbody tr")]
        assert rows[0] == "La Rochelle Commune 2"
        assert len(rows) == 2
        assert "2 of 477 organisations publish data." in text(page.select_one("[role=main]"))

    def test_the_picture_is_kept_until_something_changes(self, site: Any) -> None:
        first = site.get("/territoires/carte.svg")
        assert first.headers["Content-Type"].startswith("image/svg+xml")
        root = ElementTree.fromstring(first.body)
        assert root.find("{http://www.w3.org/2000/svg}title").text
        assert "#0a5c7d" in first.body
        again = site.get("/territoires/carte.svg", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.body) == (304, "")

    def test_it_is_on_the_home_page_and_beside_the_list(self, get: Callable[[str], BeautifulSoup]) -> None:
        for path in ("/", "/territoires"):
            figure = get(path).select_one(".odf-map")
            assert figure.img["src"].endswith("/territoires/carte.svg")
            assert figure.img["alt"]
            assert figure.a["href"].endswith("/territoires/carte")


class TestOrganisation:
    def test_what_is_right_below_it_and_its_feeds(self, get: Callable[[str], BeautifulSoup], site: Any) -> None:
        header = get(f"/en/organization/{CDA}").select_one(".odf-organization-header")
        assert len(header.select(".odf-below li")) == 28
        feeds = {text(link): link["href"] for link in header.select(".odf-feeds a")}
        whole = feeds["New datasets of the whole territory (Atom)"]
        assert [one in site.get(whole).body for one in ("Ecoles", "Budget", "Pistes")] == [True] * 3
        own = site.get(feeds["New datasets (Atom)"]).body
        assert "Pistes" in own
        assert "Ecoles" not in own
        catalogue = site.get(feeds["Catalogue (DCAT, Turtle)"]).body
        assert "ecoles" in catalogue.lower()

    def test_the_legal_duty_of_all_as_a_file(self, site: Any) -> None:
        answer = site.get(f"/territoires/obligation.csv?ancestor={CDA}")
        rows = list(csv.DictReader(io.StringIO(answer.body.lstrip("\ufeff")), delimiter=";"))
        assert len(rows) == 29
        [rochelle] = [row for row in rows if row["insee_code"] == "17300"]
        assert (rochelle["population_totale"], rochelle["legal_duty"]) == ("81843", "unknown")
        assert "L. 312-1-1" in rochelle["source"]
