"""From any address of a site to what it is, and what a preview shows, on real servers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from dcat_catalogue import catalogue
from member_site import Answer, MemberSite, Request, redirect

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connector import Candidate
from ckanext.opendatafrance.harvest.detection import MAX_REQUESTS, detect
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
HOME = '<!doctype html><html><head><title>Mairie</title></head><body data-site-root="{root}">Accueil</body></html>'
PACKAGES = [
    {
        "id": f"id-{number}",
        "name": f"jeu-{number}",
        "title": title,
        "state": "active",
        "resources": [],
        "organization": {"name": "royan", "title": "Royan"},
    }
    for number, title in enumerate(("Arbres", "", "Écoles"))
]
del PACKAGES[1]["name"]


def search(request: Request) -> dict[str, Any]:
    start, rows = int(request.query.get("start", 0)), int(request.query.get("rows", 10))
    return {"success": True, "result": {"count": len(PACKAGES), "results": PACKAGES[start : start + rows]}}


@pytest.fixture
def portal(member_site: Sites) -> MemberSite:
    """A CKAN below /ckan, on a site whose home page is something else."""
    site = member_site({"/ckan/api/3/action/package_search": search})
    site.routes["/"] = HOME.format(root=f"{site.url}/ckan/")
    site.routes["/ckan/fr/dataset/jeu-1"] = site.routes["/ckan/fr/organization/royan"] = "<html><body>Jeu</body></html>"
    return site


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ckan",
        "/ckan/",
        "/ckan/fr/dataset/jeu-1",
        "/ckan/dataset/disparu",
        "/ckan/api/3/action/package_list",
        "/ckan/api/3/action/package_search?q=arbres",
        "/ckan/api/action/package_show?id=x",
    ],
)
def test_any_address_of_the_site_leads_to_its_catalogue(portal: MemberSite, fetch: Fetch, path: str) -> None:
    """Home page, dataset page (also one that is gone), API address: one canonical endpoint."""
    found = detect(portal.url + path, fetch(portal))
    assert (found.connector, found.url, found.count) == ("ckan", f"{portal.url}/ckan", 3)
    assert len(portal.requests) <= MAX_REQUESTS
    assert found.tried[0] == portal.url + path
    assert "3" in found.as_dict()["message"]


def test_the_shape_of_the_answer(portal: MemberSite, fetch: Fetch) -> None:
    """A contract: commands, API and pages rely on these names."""
    found = detect(f"{portal.url}/ckan", fetch(portal)).as_dict()
    assert list(found) == ["connector", "url", "count", "candidates", "tried", "message"]
    assert found["candidates"] == [{"connector": "ckan", "url": f"{portal.url}/ckan", "count": 3}]
    assert all(url.startswith(portal.url) for url in found["tried"])


def test_the_scheme_may_be_missing(portal: MemberSite, fetch: Fetch) -> None:
    """https is tried first, then http."""
    found = detect(f" {portal.host}/ckan ", fetch(portal))
    assert found.url == f"{portal.url}/ckan"


def test_a_page_of_an_organisation_offers_it_alone(portal: MemberSite, fetch: Fetch) -> None:
    found = detect(f"{portal.url}/ckan/fr/organization/royan", fetch(portal))
    assert found.url == f"{portal.url}/ckan"
    assert Candidate("ckan", f"{portal.url}/ckan/organization/royan", 3) in found.candidates


def test_a_site_without_a_home_page_is_found(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/api/3/action/package_search": search})
    assert detect(site.url, fetch(site)).url == site.url


def test_a_site_that_moved_is_followed(member_site: Sites, fetch: Fetch, portal: MemberSite) -> None:
    old = member_site({"/": redirect(f"{portal.url}/")})
    assert detect(old.url, fetch(old, portal)).url == f"{portal.url}/ckan"


def test_of_several_ways_the_richest_is_chosen_and_the_others_are_offered(member_site: Sites, fetch: Fetch) -> None:
    """A CKAN of three beside a DCAT feed of five; where both have three, what the software itself offers goes first."""
    for titles, best in (("abcde", "dcat"), ("abc", "ckan")):
        feed = Answer(catalogue({one: f"Jeu {one}" for one in titles}), media_type="text/turtle")
        site = member_site({"/api/3/action/package_search": search, "/tout.ttl": feed})
        link = '<link rel="alternate" type="text/turtle" href="/tout.ttl">'
        site.routes["/"] = HOME.format(root="/").replace("</head>", f"{link}</head>")
        found = detect(site.url, fetch(site))
        assert found.connector == best
        assert {(one.connector, one.count) for one in found.candidates} == {("ckan", 3), ("dcat", len(titles))}
        assert len(site.requests) <= MAX_REQUESTS


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_asks_for_patience_is_not_pressed(member_site: Sites, fetch: Fetch, status: int) -> None:
    """It says to wait for longer than a person does: it is asked once at each address, and told as such."""
    site = member_site(lambda _: Answer(status=status, headers={"Retry-After": "3600"}))
    with pytest.raises(FatalSourceError) as caught:
        detect(f"{site.url}/x", fetch(site, tries=3))
    assert caught.value.code in ("too-many-requests", "server-error")
    targets = [request.target for request in site.requests]
    assert len(targets) == len(set(targets)) <= MAX_REQUESTS


def test_nothing_found_says_what_was_tried_and_what_to_do(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": "<html><title>Mairie</title><body>Bonjour</body></html>"})
    found = detect(site.url, fetch(site)).as_dict()
    assert (found["connector"], found["count"], found["candidates"]) == (None, None, [])
    assert site.url + "/" in found["tried"]
    assert "CKAN" in found["message"]
    assert "manager" in found["message"]


@pytest.mark.parametrize("status", [403, 404, 418])
def test_a_site_that_says_nothing_at_all_is_told_as_such(member_site: Sites, fetch: Fetch, status: int) -> None:
    site = member_site(lambda _: Answer(status=status))
    with pytest.raises(FatalSourceError) as caught:
        detect(f"{site.url}/x", fetch(site))
    assert caught.value.code in ("forbidden", "not-found", "http-status")
    assert len(site.requests) <= MAX_REQUESTS


def test_a_site_that_does_not_answer_is_left_in_time(member_site: Sites, fetch: Fetch) -> None:
    """The budget covers everything, tries included."""
    site = member_site(lambda _: Answer("x", delay=3))
    start = time.monotonic()
    with pytest.raises(FatalSourceError) as caught:
        detect(site.url, fetch(site, read_seconds=0.3))
    assert caught.value.code == "timeout"
    assert time.monotonic() - start < 5


def test_a_site_that_breaks_down_costs_no_more_than_the_budget(member_site: Sites, fetch: Fetch) -> None:
    answers = {"/": Answer("<html data-site-root='/'>x"), "*": Answer(status=503)}
    site = member_site(answers)
    assert detect(site.url, fetch(site)).connector is None
    assert len(site.requests) <= MAX_REQUESTS


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "not-http"),
        ("ftp://ftp.ville.fr", "not-http"),
        ("http://localhost/", "private-address"),
        ("http://169.254.169.254/latest", "private-address"),
        ("http://user:pw@ville.fr/", "url-with-password"),
        ("", "bad-url"),
        ("http://nulle-part.invalid/", "unresolvable-name"),
    ],
)
def test_addresses_that_cannot_be_asked_have_their_own_message(fetch: Fetch, url: str, code: str) -> None:
    with pytest.raises(FatalSourceError) as caught:
        detect(url, fetch())
    assert caught.value.code == code
    [error] = preview(url, fetch()).as_dict()["errors"]
    assert error["code"] == code
    assert error["message"] == str(caught.value)


def test_a_preview_shows_what_would_come_and_what_would_not(portal: MemberSite, fetch: Fetch) -> None:
    """The dataset without a title or name is an error of its own; the others are there."""
    seen = preview(portal.url, fetch(portal)).as_dict()
    assert list(seen) == ["connector", "url", "count", "datasets", "errors"]
    assert (seen["connector"], seen["url"], seen["count"]) == ("ckan", f"{portal.url}/ckan", 3)
    assert [dataset["title"] for dataset in seen["datasets"]] == ["Arbres", "Écoles"]
    assert [(error["record"], error["code"]) for error in seen["errors"]] == [("id-1", "title-missing")]


def test_a_preview_stops_at_its_limit(portal: MemberSite, fetch: Fetch) -> None:
    seen = preview(f"{portal.url}/ckan", fetch(portal), connector="ckan", limit=1)
    assert (seen.count, len(seen.datasets)) == (3, 1)


def test_a_preview_with_a_chosen_connector_asks_nothing_of_the_others(portal: MemberSite, fetch: Fetch) -> None:
    preview(f"{portal.url}/ckan", fetch(portal), connector="ckan")
    assert {request.path for request in portal.requests} == {"/ckan/api/3/action/package_search"}
    [error] = preview(portal.url, fetch(portal), connector="minitel").as_dict()["errors"]
    assert error["code"] == "connector-unknown"
    assert "ckan" in error["message"]


def test_a_preview_names_two_datasets_of_one_identifier(member_site: Sites, fetch: Fetch) -> None:
    twice = {"success": True, "result": [{**PACKAGES[0]}, {**PACKAGES[0], "title": "Autre"}]}
    site = member_site({"/d.json": twice})
    seen = preview(f"{site.url}/d.json", fetch(site), connector="ckan").as_dict()
    assert len(seen["datasets"]) == 1
    assert [error["code"] for error in seen["errors"]] == ["duplicate-identifier"]


def test_messages_are_said_in_the_readers_language(portal: MemberSite, fetch: Fetch) -> None:
    """The caller brings the translation; the message keeps its fields."""
    found = detect(f"{portal.url}/ckan", fetch(portal))
    french = {found.message: "{titles} : {count} jeux de données"}
    said = found.as_dict(say=lambda message, params: french.get(message, message).format(**params))["message"]
    assert said == "CKAN : 3 jeux de données"
