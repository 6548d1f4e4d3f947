"""`ckan odf source import`: many sites from one file, looked at side by side and told line by line."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dcat_catalogue import catalogue
from member_site import Answer, MemberSite, Request

import ckan.plugins.toolkit as tk
from ckan.cli.cli import ckan
from ckan.tests import factories

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest import bulk
from ckanext.opendatafrance.harvest.config import ALLOWED_HOSTS
from ckanext.opendatafrance.harvest.detection import Detection
from ckanext.opendatafrance.harvest.surveying import survey

TWO = {"a": "Budget", "b": "Délibérations"}
PACKAGES = [{"id": f"id-{n}", "name": f"jeu-{n}", "title": f"Jeu {n}", "resources": []} for n in range(3)]


def ckan_site(request: Request) -> dict[str, Any]:
    start, rows = int(request.query.get("start", 0)), int(request.query.get("rows", 10))
    return {"success": True, "result": {"count": 3, "results": PACKAGES[start : start + rows]}}


@pytest.fixture
def sites(tables, member_site, ckan_config, monkeypatch) -> Callable[..., MemberSite]:
    """Factory of member sites that the portal may open."""

    def open_site(routes: Any) -> MemberSite:
        site = member_site(routes)
        monkeypatch.setitem(ckan_config, ALLOWED_HOSTS, [*ckan_config[ALLOWED_HOSTS], site.host])
        return site

    return open_site


@pytest.fixture
def load(cli, tmp_path) -> Callable[..., Any]:
    """Run `ckan odf source import` on these lines; the file is as a French spreadsheet saves it."""

    def run(lines: list[str], *words: str, encoding: str = "cp1252") -> Any:
        file = tmp_path / "sites.csv"
        file.write_text("\r\n".join(lines), encoding=encoding)
        return cli.invoke(ckan, ["odf", "source", "import", str(file), *words], catch_exceptions=False)

    return run


def sources_of(organization: dict[str, Any]) -> list[dict[str, Any]]:
    return tk.get_action("odf_source_list")({}, {"owner_org": organization["name"]})


def dcat_routes(path: str) -> dict[str, Any]:
    head = f'<link rel="alternate" type="text/turtle" href="{path}">'
    page = f"<!doctype html><html><head>{head}</head><body>Données de la mairie</body></html>"
    return {"/": page, path: Answer(catalogue(TWO), media_type="text/turtle")}


def test_a_file_of_a_spreadsheet_becomes_sources(sites, load) -> None:
    """Windows-1252 with semicolons and French headings; each site by its home page, each line told."""
    towns = [factories.Organization(title=f"Évaux-{n}") for n in (1, 2)]
    dcat, portal = sites(dcat_routes(f"/{towns[0]['name']}.ttl")), sites({"/api/3/action/package_search": ckan_site})
    file = ["Organisation;Adresse;Type;Titre", f"{towns[0]['name']};{dcat.url}/;;Données d’Évaux"]
    file.append(f"{towns[1]['name']};{portal.url}/;ckan;")
    before = load(file, "--dry-run", "--json")
    assert before.exit_code == 0, before.output
    dry = json.loads(before.stdout)
    assert (dry["read"], dry["added"], dry["known"], dry["refused"]) == (2, 2, 0, 0)
    assert [(line["connector"], line["count"], line["source"]) for line in dry["lines"]] == [
        ("dcat", 2, None),
        ("ckan", 3, None),
    ]
    assert not sources_of(towns[0])
    done = load(file)
    assert done.exit_code == 0, done.output
    [first], [second] = sources_of(towns[0]), sources_of(towns[1])
    assert (first["title"], first["connector"], first["url"]) == (
        "Données d’Évaux",
        "dcat",
        f"{dcat.url}/{towns[0]['name']}.ttl",
    )
    assert (second["connector"], second["url"]) == ("ckan", portal.url)
    assert first["name"] in done.stdout
    again = json.loads(load(file, "--json").stdout)
    assert (again["added"], again["known"]) == (0, 2)
    assert [line["source"] for line in again["lines"]] == [first["name"], second["name"]]


def test_each_wrong_line_says_what_is_wrong_and_the_others_are_added(sites, load) -> None:
    """Line numbers are those of the spreadsheet; exit code 1."""
    town, other = factories.Organization(), factories.Organization()
    path = f"/{town['name']}.ttl"
    site = sites(dcat_routes(path))
    plain = sites({"/": "<html><title>Mairie</title><body>Bonjour</body></html>"})
    rows = [
        f"{town['name']};{site.url}{path};",
        f"nulle-part;{site.url}/;",
        f"{town['name']};pas une adresse;",
        f"{town['name']};;",
        ";https://data.example.fr;",
        f"{town['name']};{site.url}/x;gopher",
        f"{town['name']};{plain.url}/;",
        f"{town['name']};{site.url}{path}/;",
        f"{other['name']};{site.url}{path};",
        f"{town['name']};{site.url}{path}#;",
    ]
    done = load(["organisation;url;type", *rows], "--json")
    assert done.exit_code == 1
    lines = {line["line"]: line for line in json.loads(done.stdout)["lines"]}
    assert [lines[n]["state"] for n in range(2, 12)] == ["added", *["refused"] * 6, "known", "refused", "known"]
    said = {number: line["message"] for number, line in lines.items()}
    assert "nulle-part" in said[3]
    assert "pas une adresse" in said[4]
    assert "url" in said[5]
    assert "organization" in said[6]
    assert "gopher" in said[7]
    assert "ArcGIS" in said[8]
    assert town["name"] in said[10]
    assert len(sources_of(town)) == 1


def test_a_kind_that_does_not_fit_is_refused_and_one_that_cannot_be_asked_is_taken_on_trust(sites, load) -> None:
    town = factories.Organization()
    site, broken = sites(dcat_routes(f"/{town['name']}.ttl")), sites(lambda _: Answer(status=500))
    lines = json.loads(
        load(
            [
                "code,url,kind",
                f"{town['name']},{site.url}/,ckan",
                f"{town['name']},{broken.url}/{town['name']}.rdf,dcat",
            ],
            "--json",
            encoding="utf-8-sig",
        ).stdout
    )["lines"]
    assert [line["state"] for line in lines] == ["refused", "added"]
    assert "dcat" in lines[0]["message"]
    assert lines[1]["message"]


def test_a_file_without_the_columns_is_told_as_such(tables, load) -> None:
    done = load(["a;b", "1;2"])
    assert done.exit_code == 1
    assert "sites.csv" in done.stderr
    assert "organization" in done.stderr


def test_only_administrators_may_import_and_only_for_their_organisations(tables) -> None:
    """Who administers one organisation cannot add a site to another."""
    user, mine, theirs = factories.User(), factories.Organization(), factories.Organization()
    tk.get_action("organization_member_create")(
        {"ignore_auth": True}, {"id": mine["id"], "username": user["name"], "role": "admin"}
    )
    stranger = factories.User()
    content = f"code;url;kind\r\n{theirs['name']};https://203.0.113.7/;dcat"
    run = tk.get_action("odf_source_import")
    with pytest.raises(tk.NotAuthorized):
        run({"user": stranger["name"]}, {"content": content})
    [line] = run({"user": user["name"]}, {"content": content})["lines"]
    assert (line["state"], line["source"]) == ("refused", None)
    assert not sources_of(theirs)


@pytest.mark.parametrize(
    ("text", "codes"),
    [("17300", ["17300"]), ("1053", ["1053", "01053"]), ("ville-de-x", ["ville-de-x"]), ("2A004", ["2A004"])],
)
def test_a_code_that_lost_its_zero_is_found(text: str, codes: list[str]) -> None:
    assert bulk.codes(text) == codes


def test_spellings_of_one_address_are_the_same() -> None:
    """Scheme, www., capitals of the host and the last slash do not make another site; the path does."""
    spellings = ("https://www.Ville.fr/data/", "http://ville.fr/data", "ville.fr/data", "www.ville.fr/data/")
    assert len({bulk.same(url) for url in spellings}) == 1
    assert bulk.same("https://ville.fr/Data") != bulk.same("https://ville.fr/data")


def test_hosts_are_asked_side_by_side_and_each_one_after_the_other(
    member_site: Callable[..., MemberSite], fetch: Callable[..., Any]
) -> None:
    """Four sites wait for each other, so they are asked at once; no site has two requests at a time."""
    meeting, crowded = threading.Barrier(4, timeout=10), []

    def serve() -> Callable[[Request], Any]:
        mine = threading.Lock()

        def answer(request: Request) -> Any:
            if not mine.acquire(blocking=False):
                crowded.append(request.target)
                return Answer(status=500)
            try:
                if request.target == "/a.ttl":
                    meeting.wait()
                return Answer(catalogue(TWO), media_type="text/turtle")
            finally:
                mine.release()

        return answer

    towns = [member_site(serve()) for _ in range(4)]
    steps: list[tuple[int, int]] = []
    urls = [f"{town.url}/{name}.ttl" for town in towns for name in "ab"]
    found = survey(urls, fetch(*towns), lambda done, count: steps.append((done, count)))
    assert all(isinstance(one, Detection) and one.connector == "dcat" for one in found.values())
    assert set(found) == set(urls)
    assert not crowded
    assert steps[-1] == (8, 8)


def test_a_site_that_fails_is_told_beside_the_others(member_site: Any, fetch: Any) -> None:
    good = member_site(dcat_routes("/d.ttl"))
    found = survey([good.url, "http://192.168.0.1/", "ftp://x.fr"], fetch(good))
    assert found[good.url].connector == "dcat"  # type: ignore[union-attr]
    assert {url: one.code for url, one in found.items() if isinstance(one, OdfError)} == {
        "http://192.168.0.1/": "private-address",
        "ftp://x.fr": "not-http",
    }


def test_the_demonstration_writes_a_file_that_is_read(tmp_path: Path) -> None:
    """The columns that demo/serve.py writes."""
    [line] = bulk.read(b"url,organization,title,connector\nhttp://127.0.0.1:5100/,royan,Royan,\n", "demo.csv")
    assert (line.url, line.organization, line.title, line.connector) == ("http://127.0.0.1:5100/", "royan", "Royan", "")
