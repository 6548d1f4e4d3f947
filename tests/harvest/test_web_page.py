"""The connector of web pages: what it finds, how it puts files together, what a person chose, how it behaves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from connector_conformance import ConnectorConformance
from member_site import Answer, MemberSite, Routes, redirect

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors.web_page import WebPageConnector
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.mapping.web import families as grouping
from ckanext.opendatafrance.harvest.mapping.web.datasets import DOCUMENT, baseline
from ckanext.opendatafrance.harvest.mapping.web.parsing import Link, parse
from ckanext.opendatafrance.harvest.preview import Preview, preview
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
HOME = """<!doctype html><html lang=fr><head><title>Mairie de Saint-Xandre</title></head><body>
<nav><a href="/">Accueil</a> <a href="/conseil.html">Le conseil</a> <a href="https://autre.example/x.html">Ailleurs</a>
<a href="javascript:alert(1)">Menu</a> <a href="mailto:m@x.fr">Écrire</a></nav>
<h1>Données ouvertes</h1>
<h2>Subventions aux associations</h2>
<ul><li><a href="docs/2023/subventions_2023.csv">Télécharger (CSV, 12 Ko)</a>
<li><a href="docs/2024/subventions_2024.csv">Télécharger (CSV, 1,5 Mo)</a></ul>
<h2>Cartes</h2>
<p><a href="docs/équipements publics.geojson">Équipements publics</a> <a href="docs/arbres.ods">Arbres (ODS)</a></p>
</body></html>"""
COUNCIL = """<!doctype html><html><head><title>Conseil</title></head><body><h1>Procès-verbaux</h1>
<h2>2024</h2><a href="/pv/PV du 15 décembre 2024.pdf">15 décembre 2024</a>
<h2>2023</h2><a href="/pv/PV%20du%203%20mars%202023.pdf">3 mars 2023</a> <a href="/">Retour</a></body></html>"""


def site_of(home: str = HOME, **more: Any) -> dict[str, Any]:
    return {"/": home, "/conseil.html": COUNCIL, **more}


def reader(site: MemberSite, fetch: Fetch, path: str = "/", **options: Any) -> WebPageConnector:
    return WebPageConnector(site.url + path, fetch(site, tries=1), options)


def seen(site: MemberSite, fetch: Fetch, path: str = "/") -> Preview:
    return preview(site.url + path, fetch(site, tries=1), connector="web_page")


def found(site: MemberSite, fetch: Fetch, path: str = "/", **options: Any) -> dict[str, dict[str, Any]]:
    """Datasets by the last part of their identifier."""
    read = reader(site, fetch, path, **options)
    records = [item for item in read.records() if isinstance(item, Record)]
    return {record.guid.rpartition("/")[2]: read.map(record).dataset for record in records}


def page(body: str) -> str:
    return f"<!doctype html><html><body>{body}</body></html>"


class TestConformance(ConnectorConformance):
    connector = WebPageConnector
    at_least = 4
    mutations = 200

    def routes(self) -> Routes:
        return site_of()

    def reordered(self) -> Routes:
        """The sections of the page in another order."""
        head, subsidies, maps = re.split("(?=<h2>)", HOME)
        maps, end = maps.split("</body>")
        return site_of(f"{head}{maps}{subsidies}</body>{end}")

    def changed(self) -> Routes:
        return site_of(HOME.replace(">Équipements publics<", ">Équipements communaux<"))


def test_a_page_is_detected_without_further_requests(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(site_of())
    client = fetch(site)
    first = client.get(site.url)
    asked = len(site.requests)
    assert WebPageConnector.recognises(first)
    [candidate] = WebPageConnector.detect(first, client)
    assert (candidate.url, candidate.count) == (f"{site.url}/", 3)
    assert len(site.requests) == asked
    assert detect(site.url, client).connector == "web_page"


def test_it_is_not_offered_where_something_better_fits(member_site: Sites, fetch: Fetch) -> None:
    catalogue = "@prefix dcat: <http://www.w3.org/ns/dcat#> . <https://x.fr/1> a dcat:Dataset ."
    home = HOME.replace("<head>", '<head><link rel="alternate" type="text/turtle" href="/c.ttl">')
    site = member_site(site_of(home) | {"/c.ttl": Answer(catalogue, media_type="text/turtle")})
    assert [one.connector for one in detect(site.url, fetch(site)).candidates] == ["dcat"]


def test_a_page_of_documents_only_is_not_proposed(member_site: Sites, fetch: Fetch) -> None:
    """Minutes in PDF are no open data; whoever names the connector gets them, marked."""
    site = member_site({"/": COUNCIL})
    assert detect(site.url, fetch(site)).connector is None
    assert found(site, fetch)["pv"]["dcat_type"] == DOCUMENT


def test_files_of_several_years_are_one_dataset(member_site: Sites, fetch: Fetch) -> None:
    """Heading as title where links say nothing; years, sizes, formats; documents told apart."""
    site = member_site(site_of())
    datasets = found(site, fetch)
    assert {name: one["title"] for name, one in datasets.items()} == {
        "subventions": "Subventions aux associations",
        "equipements-publics": "Équipements publics",
        "arbres": "Arbres",
        "pv": "Procès-verbaux",
    }
    subsidies = datasets["subventions"]
    assert subsidies == {
        "title": "Subventions aux associations",
        "identifier": f"{site.host}/docs/subventions",
        "tags": [{"name": "subventions"}],
        "url": f"{site.url}/",
        "temporal_coverage": [{"start": "2023", "end": "2024"}],
        "resources": [
            {
                "url": f"{site.url}/docs/{year}/subventions_{year}.csv",
                "download_url": f"{site.url}/docs/{year}/subventions_{year}.csv",
                "name": f"subventions_{year}.csv",
                "format": "CSV",
                "mimetype": "text/csv",
                "size": size,
            }
            for year, size in (("2023", 12_000), ("2024", 1_500_000))
        ],
    }
    minutes = datasets["pv"]
    assert minutes["dcat_type"] == DOCUMENT
    assert [file["name"] for file in minutes["resources"]] == ["PV du 15 décembre 2024.pdf", "PV du 3 mars 2023.pdf"]
    assert minutes["resources"][0]["url"] == f"{site.url}/pv/{quote('PV du 15 décembre 2024.pdf')}"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Subventions_2024 (1).csv", "subventions"),
        ("20200608-5 - compte rendu du 8 juin.doc", "compte rendu"),
        ("arbres-2024-05.shp.zip", "arbres"),
        ("211703475_deliberations_v2.csv", "211703475 deliberations"),
        ("liste des délibérations 16 mai 2025.pdf", "liste des deliberations"),
        ("menus-t3.xlsx", "menus"),
        ("2024.csv", ""),
    ],
)
def test_what_stays_of_a_name(name: str, stem: str) -> None:
    assert grouping.stem(name) == stem


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Télécharger le fichier (PDF, 1,2 Mo)", ""),
        ("ici", ""),
        ("2024", ""),
        ("Budget primitif 2024 (format XLSX)", "Budget primitif"),
        ("Prénoms des nouveau-nés - année 2023.csv", "Prénoms des nouveau-nés"),
    ],
)
def test_what_the_text_of_a_link_says(text: str, label: str) -> None:
    assert grouping.label(text) == label


def test_key_words_of_the_socle_commun() -> None:
    """A guess by words is a key word, never a schema."""
    assert baseline("Délibérations du conseil") == ["délibérations"]
    assert baseline("Marchés publics conclus, budget") == ["marchés publics", "budget"]
    assert baseline("Jours de marché") == []


def test_names_that_are_but_a_year_take_the_heading(member_site: Sites, fetch: Fetch) -> None:
    body = "<h2>Budget</h2><a href=/d/2023.csv>2023</a><a href=/d/2024.csv>2024</a>"
    body += "<h2>Prénoms</h2><a href=/d/2025.csv>2025</a>"
    datasets = found(member_site({"/": page(body)}), fetch)
    assert {name: len(one["resources"]) for name, one in datasets.items()} == {"#budget": 2, "#prenoms": 1}
    assert [one["title"] for one in datasets.values()] == ["Budget", "Prénoms"]


# -- what a person chose ------------------------------------------------------------------------------------------


def test_the_choice_is_applied_and_new_files_are_told(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(site_of())
    options = {
        "include": [f"{site.host}/docs/subventions"],
        "exclude": [f"{site.host}/pv/*", f"{site.host}/docs/arbres"],
        "titles": {f"{site.host}/docs/subventions": "Aides versées"},
    }
    items = list(reader(site, fetch, **options).records())
    [record] = [item for item in items if isinstance(item, Record)]
    [issue] = [item for item in items if isinstance(item, Issue)]
    assert reader(site, fetch).map(record).dataset["title"] == "Aides versées"
    assert (issue.code, issue.level) == ("new-file-found", "warning")
    assert "Équipements publics" in str(issue)
    site.routes["/"] = HOME.replace("</ul>", "<li><a href=docs/2025/subventions_2025.csv>Télécharger</a></ul>")
    assert len(found(site, fetch, **options)["subventions"]["resources"]) == 3


def test_a_choice_of_which_nothing_is_left_removes_nothing(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(site_of())
    with pytest.raises(FatalSourceError) as caught:
        list(reader(site, fetch, include=["ancien-site.fr/*"]).records())
    assert caught.value.code == "nothing-chosen"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"include": "tout"}, "bad-rules"),
        ({"titles": ["x"]}, "bad-rules"),
        ({"pages": "toutes"}, "bad-bounds"),
        ({"depth": 99}, "bad-bounds"),
    ],
)
def test_a_wrong_configuration_is_told(member_site: Sites, fetch: Fetch, options: dict, code: str) -> None:
    with pytest.raises(FatalSourceError) as caught:
        list(reader(member_site(site_of()), fetch, **options).records())
    assert caught.value.code == code


# -- how it goes through a site -----------------------------------------------------------------------------------


def test_robots_are_obeyed(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(
        site_of() | {"/robots.txt": Answer("User-agent: *\nDisallow: /conseil", media_type="text/plain")}
    )
    assert "pv" not in found(site, fetch)
    assert site.count("/conseil.html") == 0
    assert site.count("/robots.txt") == 1
    site.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /", media_type="text/plain")
    with pytest.raises(FatalSourceError) as caught:
        found(site, fetch)
    assert caught.value.code == "robots-forbid"


def test_rules_for_this_program_alone(member_site: Sites, fetch: Fetch) -> None:
    rules = "User-agent: ckanext-opendatafrance\nDisallow: /conseil\n\nUser-agent: *\nDisallow: /"
    site = member_site(site_of() | {"/robots.txt": Answer(rules, media_type="text/plain")})
    assert "subventions" in found(site, fetch)
    assert site.count("/conseil.html") == 0


def test_a_robots_txt_that_fails_forbids(member_site: Sites, fetch: Fetch) -> None:
    """RFC 9309: a server error means that nothing may be read; a missing file, or a page instead, that all may."""
    site = member_site(site_of() | {"/robots.txt": Answer("", status=503)})
    with pytest.raises(FatalSourceError) as caught:
        found(site, fetch)
    assert caught.value.code == "server-error"
    site.routes["/robots.txt"] = page("Disallow: /")
    assert "pv" in found(site, fetch)


def test_the_pause_that_a_site_asks_for(member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than ten seconds; the first page does not wait."""
    pauses: list[float] = []
    monkeypatch.setattr("ckanext.opendatafrance.harvest.robots.time.sleep", pauses.append)
    site = member_site(site_of() | {"/robots.txt": Answer("User-agent: *\nCrawl-delay: 60", media_type="text/plain")})
    found(site, fetch)
    asked = sum(request.path != "/robots.txt" for request in site.requests)
    assert [pause for pause in pauses if pause > 1] == [10.0] * (asked - 1)


def test_a_calendar_without_end_ends(member_site: Sites, fetch: Fetch) -> None:
    """Too many pages: what was read is given, and the list is told not to be complete."""

    def calendar(request: Any) -> str:
        number = int(request.query.get("m", 0))
        links = "".join(f"<a href='/?m={number * 10 + step}'>mois</a>" for step in range(1, 10))
        return page(f"{links}<a href='/d/menus_{number}.csv'>Menus</a>")

    site = member_site({"*": calendar})
    read = preview(site.url, fetch(site, tries=1), connector="web_page")
    assert [issue.code for issue in read.errors] == []
    assert len(site.requests) < 110  # two links deep: 1 + 9 + 81 pages
    items: list[Record | Issue] = []
    connector = reader(site, fetch, pages=20)
    with pytest.raises(FatalSourceError, match="more than the 20 pages"):
        items.extend(connector.records())


def test_only_pages_below_the_address_are_followed(member_site: Sites, fetch: Fetch) -> None:
    body = "<a href=/donnees/2024>2024</a> <a href=/agenda>Agenda</a> <a href=/d/arbres.csv>Arbres</a>"
    routes = {"/donnees": page(body), "/donnees/2024": page("<a href=/d/bancs.csv>Bancs</a>"), "/agenda": page("")}
    site = member_site(routes)
    assert set(found(site, fetch, "/donnees")) == {"arbres", "bancs"}
    assert site.count("/agenda") == 0


def test_a_page_that_fails_leaves_the_list_incomplete(member_site: Sites, fetch: Fetch) -> None:
    """Its files would look as if they were gone; a page that is gone takes its files with it."""
    site = member_site(site_of() | {"/conseil.html": Answer("", status=500)})
    read = seen(site, fetch)
    assert [issue.code for issue in read.errors] == ["listing-incomplete"]
    assert len(read.datasets) == 3
    del site.routes["/conseil.html"]
    read = seen(site, fetch)
    assert (read.errors, next(issue.code for issue in read.warnings)) == ([], "not-found")


def test_a_link_that_does_not_say_what_it_gives_is_asked(member_site: Sites, fetch: Fetch) -> None:
    """By the beginning of its answer, which also says name and size; a page is no file."""
    body = (
        "<h2>Budget</h2><a href='/download?id=7'>Télécharger le budget</a><a href='/download?id=8'>Télécharger</a>"
        "<a href='/x' type='text/csv'>Arbres</a>"
    )
    named = {"Content-Disposition": 'attachment; filename="budget-2024.csv"'}
    site = member_site(
        {
            "/": page(body),
            "/download?id=7": Answer(b"a;b\n" * 100_000, media_type="text/csv", headers=named),
            "/download?id=8": page("Accueil"),
        }
    )
    datasets = found(site, fetch)
    [file] = datasets["budget"]["resources"]
    assert (file["url"], file["format"], file["size"]) == (f"{site.url}/download?id=7", "CSV", 400_000)
    assert file["name"].endswith("(2024)")
    assert set(datasets) == {"budget", "x"}


def test_a_redirect_to_another_site_is_not_read(member_site: Sites, fetch: Fetch) -> None:
    other = member_site({"/": page("<a href=/x.csv>X</a>")})
    site = member_site(site_of() | {"/conseil.html": redirect(f"{other.url}/")})
    client = Transport([site.host, other.host])
    records = [item for item in WebPageConnector(f"{site.url}/", client).records() if isinstance(item, Record)]
    assert all(record.guid.startswith(site.host) for record in records)


# -- listings, feeds, sitemaps, schema.org ------------------------------------------------------------------------


def test_a_directory_listing(member_site: Sites, fetch: Fetch) -> None:
    listing = (
        '<html><head><title>Index of /d</title></head><body><h1>Index of /d</h1><pre><a href="?C=N;O=D">Name</a>'
        '<a href="/">Parent Directory</a>  -\n<a href="arbres.csv">arbres.csv</a>  2024-11-07 15:00  356K\n'
        '<a href="bancs.csv">bancs.csv</a>  07-Nov-2024 15:00  4711\n<a href="sub/">sub/</a> 2024-11-12 15:00 -'
        "</pre></body></html>"
    )
    site = member_site({"/d/": listing, "/d/sub/": page("<a href=lampes.csv>lampes.csv</a>")})
    datasets = found(site, fetch, "/d/")
    assert {name: one["title"] for name, one in datasets.items()} == {
        "arbres": "Arbres",
        "bancs": "Bancs",
        "lampes": "Lampes",
    }
    assert datasets["arbres"]["resources"][0]["modified"] == "2024-11-07"
    assert datasets["bancs"]["resources"][0]["size"] == 4711
    assert [request.target for request in site.requests if "C=N" in request.target] == []


def test_a_feed(member_site: Sites, fetch: Fetch) -> None:
    feed = (
        "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss><channel><item>"
        "<title>Délibérations 2024</title><description>&x;</description><link>/actes/1</link>"
        "<pubDate>Tue, 07 May 2024 10:00:00 GMT</pubDate>"
        "<enclosure url='/d/delib_2024.csv' type='text/csv'/></item></channel></rss>"
    )
    home = page("<link rel=alternate type='application/rss+xml' href='/feed/'>")
    site = member_site(
        {
            "/": home,
            "/feed/": Answer(feed, media_type="application/rss+xml"),
            "/actes/1": page("<h1>Acte</h1><a href=/d/annexe.ods>Annexe</a>"),
        }
    )
    datasets = found(site, fetch)
    assert datasets["delib"]["title"] == "Délibérations"
    assert datasets["delib"]["resources"][0]["modified"].startswith("2024-05-07")
    assert "annexe" in datasets
    assert set(found(site, fetch, "/feed/")) >= {"delib"}


def test_a_sitemap(member_site: Sites, fetch: Fetch) -> None:
    namespace = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"

    def sitemap(request: Any) -> Answer:
        host = request.headers["host"]
        locations = "".join(f"<url><loc>http://{host}{path}</loc></url>" for path in ("/cachee", "/d/arbres.csv"))
        return Answer(f"<?xml version='1.0'?><urlset {namespace}>{locations}</urlset>", media_type="text/xml")

    index = lambda request: Answer(  # noqa: E731
        f"<sitemapindex {namespace}><sitemap><loc>http://{request.headers['host']}/s1.xml</loc></sitemap></sitemapindex>",
        media_type="text/xml",
    )
    robots = lambda request: Answer(f"Sitemap: http://{request.headers['host']}/s.xml", media_type="text/plain")  # noqa: E731
    routes = {"/": page(""), "/s.xml": index, "/s1.xml": sitemap, "/cachee": page("<a href=/d/bancs.ods>Bancs</a>")}
    site = member_site({**routes, "/robots.txt": robots})
    assert set(found(site, fetch)) == {"arbres", "bancs"}
    site = member_site({**routes, "/sitemap.xml": sitemap})
    assert set(found(site, fetch)) == {"arbres", "bancs"}


DESCRIBED = {
    "@context": "https://schema.org/",
    "@type": "Dataset",
    "@id": "https://x.fr/id/arbres",
    "name": "Arbres",
    "description": "<p>Les <b>arbres</b></p>",
    "license": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
    "keywords": ["nature", "arbre"],
    "creator": {"@type": "Organization", "name": "Ville de X"},
    "dateModified": "2024-05-06",
    "temporalCoverage": "2020-01-01/2023-12-31",
    "spatialCoverage": {"@type": "Place", "name": "X"},
    "distribution": [
        {
            "@type": "DataDownload",
            "contentUrl": "/d/arbres.csv",
            "encodingFormat": "text/csv",
            "contentSize": "12 Ko",
            "conformsTo": "https://schema.data.gouv.fr/schemas/scdl/arbres/latest/schema.json",
        }
    ],
}


def test_schema_org_in_json_ld(member_site: Sites, fetch: Fetch) -> None:
    """Whatever it is nested in; its files are not proposed a second time; scripts are never run."""
    nested = json.dumps(
        {"@context": "https://schema.org", "@graph": [{"@type": "DataCatalog", "dataset": [DESCRIBED]}]}
    )
    body = (
        f"<script type='application/ld+json'>{nested}</script><script type='application/ld+json'>{{broken</script>"
        "<a href='/d/arbres.csv'>Arbres</a><a href='/d/bancs.csv'>Bancs</a>"
    )
    site = member_site({"/": page(body)})
    assert detect(site.url, fetch(site)).count == 3
    datasets = found(site, fetch)
    assert len(datasets) == 2
    assert datasets["arbres"] == {
        "title": "Arbres",
        "notes": "Les **arbres**",
        "license_id": "lov2",
        "tags": [{"name": "nature"}, {"name": "arbre"}],
        "identifier": "https://x.fr/id/arbres",
        "url": f"{site.url}/",
        "modified": "2024-05-06",
        "spatial_coverage": [{"text": "X"}],
        "temporal_coverage": [{"start": "2020-01-01", "end": "2023-12-31"}],
        "publisher": [{"name": "Ville de X"}],
        "resources": [
            {
                "url": f"{site.url}/d/arbres.csv",
                "download_url": f"{site.url}/d/arbres.csv",
                "name": "arbres.csv",
                "format": "CSV",
                "mimetype": "text/csv",
                "size": 12_000,
                "conforms_to": ["https://schema.data.gouv.fr/schemas/scdl/arbres/latest/schema.json"],
            }
        ],
    }


def test_schema_org_in_microdata(member_site: Sites, fetch: Fetch) -> None:
    body = (
        "<div itemscope itemtype='https://schema.org/Dataset'><h2 itemprop=name>Bancs</h2>"
        "<p itemprop=description>Les bancs.</p><meta itemprop=keywords content='mobilier, rue'>"
        "<time itemprop=dateModified datetime=2024-01-02>2 janvier</time>"
        "<span itemprop=publisher itemscope itemtype='https://schema.org/Organization'><b itemprop=name>Ville</b>"
        "</span>"
        "<div itemprop=distribution itemscope itemtype='http://schema.org/DataDownload'>"
        "<a itemprop=contentUrl href=/d/bancs.csv>CSV</a></div></div>"
    )
    [dataset] = found(member_site({"/": page(body)}), fetch).values()
    assert (dataset["title"], dataset["notes"], dataset["modified"]) == ("Bancs", "Les bancs.", "2024-01-02")
    assert [tag["name"] for tag in dataset["tags"]] == ["mobilier", "rue"]
    assert dataset["publisher"] == [{"name": "Ville"}]
    assert [file["format"] for file in dataset["resources"]] == ["CSV"]


def test_a_licence_of_the_page(member_site: Sites, fetch: Fetch) -> None:
    body = (
        "<a rel=license href='https://www.etalab.gouv.fr/licence-ouverte-open-licence'>LO</a><a href=/a.csv>Arbres</a>"
    )
    [dataset] = found(member_site({"/": page(body)}), fetch).values()
    assert dataset["license_id"] == "lov2"


def test_hostile_pages(member_site: Sites, fetch: Fetch) -> None:
    """Other schemes, other hosts as base, nesting without end, a text without end."""
    body = (
        "<a href='file:///etc/passwd.csv'>x</a><a href='javascript:x.csv'>x</a><a href='data:text/csv,x'>x</a>"
        "<a href='http://[::1/x.csv'>x</a>" + "<div>" * 5000 + f"<a href='/d/a.csv'>{'x' * 100_000}</a>"
        "<a href='/d/b.csv'><img src=x onerror=alert(1)>Bé<script>alert(2)</script></a>"
    )
    site = member_site({"/": page(body)})
    links = parse(page(body), f"{site.url}/").files
    assert all(link.url.startswith(site.url) for link in links)
    assert all(len(link.text) <= 300 for link in links)


# -- real pages ---------------------------------------------------------------------------------------------------


class _Links(HTMLParser):
    """The files that a page links to, by the standard library's parser."""

    def __init__(self) -> None:
        super().__init__()
        self.files: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "a" and re.search(r"\.(pdf|docx?|odt|csv|xlsx?|ods)\s*$", href, re.IGNORECASE):
            self.files.add(unquote(href.strip().lstrip("/")))


def test_the_site_of_a_commune(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Flaux (Gard): every document that a page links to on its own host, spaces and accents included, once."""
    folder = corpus / "html-pages/flaux-gard/site"
    expected: set[str] = set()
    for path in folder.glob("*.html"):
        links = _Links()
        links.feed(path.read_text(encoding="utf-8"))
        expected |= {file for file in links.files if not file.startswith("http")}
    site = member_site({"/": folder, "/index.html": folder / "index.html"} | {"": folder / "index.html"})
    read = seen(site, fetch, "/index.html")
    assert read.errors == []
    urls = [file["url"] for one in read.datasets for file in one["resources"]]
    own = {unquote(url.removeprefix(f"{site.url}/")) for url in urls if url.startswith(site.url)}
    assert own == {unquote(file) for file in expected}
    assert len(urls) == len(set(urls))
    assert {one["dcat_type"] for one in read.datasets} == {DOCUMENT}
    titles = {one["title"] for one in read.datasets}
    assert "L'histoire du bandit de Flaux, raccontée par Denis Juvin à l'age de 13 ans" in titles or titles


def test_real_directory_listings(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    folder = corpus / "html-pages/waf-listings/waf_extract/html_files"
    site = member_site(
        {
            "/apache-folder/": Answer((folder / "apache-folder.html").read_text(), media_type="text/html"),
            "/apache-folder/subfolder/": Answer((folder / "apache-subfolder.html").read_text(), media_type="text/html"),
        }
    )
    read = seen(site, fetch, "/apache-folder/")
    expected = sum(len(re.findall(r'href="[^"?/]+\.xml"', path.read_text())) for path in folder.glob("*.html"))
    assert sum(len(one["resources"]) for one in read.datasets) == expected


def test_a_real_sitemap(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Names pages of another host, none of which is asked for."""
    path = corpus / "html-pages/sitemap-datactivist/sitemap.xml"
    site = member_site({"/": HOME, "/sitemap.xml": path})
    assert "subventions" in found(site, fetch)
    assert {request.path for request in site.requests} <= {"/robots.txt", "/sitemap.xml", "/", "/conseil.html"}


def test_croissant_in_a_page(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """The only real schema.org Dataset of the corpus, as a page holds it."""
    text = (corpus / "schema-org/croissant/full_croissant_dataset.jsonld").read_text()
    raw = json.loads(re.sub(r",(\s*[}\]])", r"\1", text))  # it has a comma too many
    site = member_site({"/": page(f'<script type="application/ld+json">{text}</script>')})
    read = seen(site, fetch)
    [dataset] = read.datasets
    assert dataset["title"] == raw["name"]
    assert len(dataset["resources"]) == len(raw["distribution"])


def test_links_keep_what_was_above_them() -> None:
    text = page("<h1>A</h1><h2>B</h2><a href=/x.csv>x</a><h3>C</h3><a href=/y.csv>y</a><h2>D</h2><a href=/z.csv>z</a>")
    links: list[Link] = parse(text, "https://x.fr/").files
    assert [link.headings for link in links] == [("A", "B"), ("A", "B", "C"), ("A", "D")]
