"""What the pages say, in French and in English; their numbers are those of the portal."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from portal import AGGLOMERATION, COMMUNE, SETTINGS, make_portal

import ckan.plugins.toolkit as tk
from ckan.tests import factories

from ckanext.opendatafrance import paths

PAGES = ["/", "/dataset/", "/dataset/ecoles", "/territoires", f"/organization/{AGGLOMERATION}", "/about"]

pytestmark = [pytest.mark.ckan_config(name, value) for name, value in SETTINGS.items()]


@pytest.fixture
def get(fill_once: Callable[[Callable[[], None]], None], app: Any) -> Callable[[str], BeautifulSoup]:
    """A page of the portal, parsed."""
    fill_once(make_portal)

    def page(path: str) -> BeautifulSoup:
        answer = app.get(path)
        assert answer.status_code == 200, path
        return BeautifulSoup(answer.body, "html.parser")

    return page


def text(element: Any) -> str:
    return " ".join(element.get_text(" ").split())


def forms(wording: Any) -> tuple[str, ...]:
    """The singular and the plural of a message, or its only form."""
    return (wording,) if isinstance(wording, str) else tuple(wording)


class TestEveryPage:
    def test_french_by_default_english_on_demand(self, get: Callable[[str], BeautifulSoup]) -> None:
        assert {path: get(path).html["lang"] for path in PAGES} == dict.fromkeys(PAGES, "fr")
        assert {path: get(f"/en{path}").html["lang"] for path in PAGES} == dict.fromkeys(PAGES, "en")

    def test_one_title_one_main_part_and_headings_in_order(self, get: Callable[[str], BeautifulSoup]) -> None:
        for path in PAGES:
            page = get(path)
            assert len(page.select("h1")) == 1, path
            assert len(page.select("[role=main], main")) == 1, path
            assert page.select_one("a[href='#content']"), path
            assert page.find(id="content"), path
            levels = [int(heading.name[1]) for heading in page.select("[role=main] :is(h1, h2, h3, h4)")]
            assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)

    def test_nothing_that_has_a_french_wording_is_in_english(self, get: Callable[[str], BeautifulSoup]) -> None:
        """A sentence of the catalogue never shows in English on a French page."""
        with (paths.I18N / "fr" / "LC_MESSAGES" / "ckanext-opendatafrance.po").open("rb") as file:
            messages = [message for message in read_po(file) if message.id]
        french = {one for message in messages for one in forms(message.string)}
        english = {one for message in messages for one in forms(message.id)} - french
        for path in PAGES:
            page = get(path)
            shown = {" ".join(string.split()) for string in page.body.stripped_strings}
            shown |= {tag["placeholder"] for tag in page.select("[placeholder]")}
            assert shown & english == set(), path

    def test_nothing_comes_from_another_site(self, get: Callable[[str], BeautifulSoup]) -> None:
        """No font, script or style of somebody else."""
        page = get("/")
        loaded = [
            tag.get("src") or tag.get("href") for tag in page.select("script[src], link[rel=stylesheet], img[src]")
        ]
        assert loaded
        assert [url for url in loaded if re.match(r"https?://|//", url)] == []

    def test_the_territory_gives_its_colours_and_its_sign(self, get: Callable[[str], BeautifulSoup], app: Any) -> None:
        page = get("/")
        assert "--odf-primary: #0a5c7d" in str(page.head)
        assert text(page.select_one(".odf-header .odf-mark text")) == "CM"
        sign = app.get("/odf/mark.svg")
        assert sign.headers["Content-Type"].startswith("image/svg+xml")
        assert "#0a5c7d" in sign.body


class TestHome:
    def test_the_numbers_are_those_of_the_portal(self, get: Callable[[str], BeautifulSoup]) -> None:
        numbers = text(get("/en/").select_one(".odf-numbers"))
        communes = tk.get_action("odf_territory_search")({}, {"type": "commune", "limit": 0})["count"]
        assert communes == 28
        assert "datasets 3" in numbers
        assert "files 4" in numbers
        assert "publishers 2" in numbers
        assert "1 of 28 communes" in numbers

    def test_a_private_dataset_is_not_counted(self, get: Callable[[str], BeautifulSoup]) -> None:
        get("/")
        owner = tk.get_action("organization_show")({}, {"id": COMMUNE})["id"]
        factories.Dataset(name="brouillon", owner_org=owner, private=True)
        assert tk.get_action("odf_portal_numbers")({}, {})["datasets"] == 3
        assert "datasets 3" in text(get("/en/").select_one(".odf-numbers"))

    def test_themes_latest_data_and_publishers_lead_on(self, get: Callable[[str], BeautifulSoup]) -> None:
        page = get("/")
        assert {text(a.span) for a in page.select(".odf-themes a")} == {
            "Éducation, culture et sport",
            "Économie et finances",
            "Transports",
        }
        assert {text(h3) for h3 in page.select(".odf-card h3")} == {
            "Écoles publiques",
            "Budget primitif",
            "Pistes cyclables",
        }
        assert text(page.select_one(".odf-publisher-list a span")) == "La Rochelle"
        assert "Écoles" in text(get(page.select_one(".odf-themes a[href*=EDUC]")["href"]).select_one(".dataset-list"))


class TestDatasets:
    def test_facets_speak_french(self, get: Callable[[str], BeautifulSoup]) -> None:
        facets = {
            text(one.h2): [text(label) for label in one.select(".item-label")]
            for one in get("/dataset/").select(".odf-facet")
        }
        values = {value for one in facets.values() for value in one}
        assert {"Transports", "La Rochelle", "Licence Ouverte / Open Licence 2.0", "CSV"} <= values
        assert "Communauté d'agglomération de La Rochelle" in {value.replace("’", "'") for value in values}

    def test_a_territory_means_all_that_is_below_it(self, get: Callable[[str], BeautifulSoup]) -> None:
        page = get(f"/dataset/?vocab_odf_territory={AGGLOMERATION}")
        assert {text(h2) for h2 in page.select(".dataset-heading")} == {
            "Écoles publiques",
            "Budget primitif",
            "Pistes cyclables",
        }
        assert "agglomération de La Rochelle" in text(page.select_one(".odf-chosen"))

    def test_communes_are_not_listed_among_the_territories(self, get: Callable[[str], BeautifulSoup]) -> None:
        hrefs = [a["href"] for a in get("/dataset/").select(".odf-facet a")]
        assert not [href for href in hrefs if f"vocab_odf_territory={COMMUNE}" in href]
        assert [href for href in hrefs if f"vocab_odf_territory={AGGLOMERATION}" in href]

    def test_files_can_be_had_without_a_menu(self, get: Callable[[str], BeautifulSoup]) -> None:
        links = [a["href"] for a in get("/dataset/ecoles").select(".resource-item .odf-actions a.btn-primary")]
        assert links == ["https://example.org/ecoles.csv", "https://example.org/ecoles.geojson"]


class TestTerritories:
    def names(self, page: BeautifulSoup) -> list[str]:
        return [text(a) for a in page.select(".odf-territory-list a")]

    def test_found_by_name_insee_postal_code_and_siren(self, get: Callable[[str], BeautifulSoup]) -> None:
        for typed in ("la rochelle", "La Rochelle", "17300", "17000", "211703004"):
            assert "La Rochelle" in self.names(get(f"/territoires?type=commune&q={typed}")), typed

    def test_filters_stay_from_page_to_page(
        self, get: Callable[[str], BeautifulSoup], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ckanext.opendatafrance.territories.views.PER_PAGE", 10)
        page = get(f"/territoires?type=commune&ancestor={AGGLOMERATION}")
        first = self.names(page)
        following = page.select("nav .pagination a")[-1]["href"]
        second = self.names(get(following))
        assert len(first) == len(second) == 10
        assert not set(first) & set(second)
        assert "type=commune" in following

    def test_nothing_found_says_what_to_do(self, get: Callable[[str], BeautifulSoup]) -> None:
        page = get("/en/territoires?q=zzzz")
        assert "Check the spelling" in text(page.select_one(".odf-empty"))

    def test_a_wrong_address_is_refused_politely(self, get: Callable[[str], BeautifulSoup], app: Any) -> None:
        get("/territoires")
        for query in ("type=ville", "page=0", "page=x", "sort=size"):
            assert app.get(f"/territoires?{query}", expect_errors=True).status_code == 400, query

    def test_the_page_of_a_commune(self, get: Callable[[str], BeautifulSoup]) -> None:
        header = get(f"/en/organization/{COMMUNE}").select_one(".odf-organization-header")
        said = text(header)
        assert text(header.h1) == "La Rochelle"
        for fact in ("17300", "211703004", "17000", "79,851", "3,500 inhabitants and 50 agents"):
            assert fact in said
        assert "agglomération de La Rochelle" in said

    def test_the_page_of_an_agglomeration_leads_to_its_communes(self, get: Callable[[str], BeautifulSoup]) -> None:
        header = get(f"/en/organization/{AGGLOMERATION}").select_one(".odf-organization-header")
        assert "28 communes" in text(header)
        assert len(self.names(get(header.find("a", string="28 communes")["href"]))) == 28
        assert "3 datasets of the whole territory" in text(header)
