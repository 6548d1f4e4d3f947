"""Choosing among the files of a web page, on the page and by command, and what later harvests make of it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

import ckan.plugins.toolkit as tk
from ckan.cli.cli import ckan
from ckan.tests import factories

CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu", "--disable-quic"]}
FILES = {"Arbres": "/d/arbres_2024.csv", "Bancs": "/d/bancs.ods", "Procès-verbaux": "/pv/pv_2024.pdf"}


def page_of(files: dict[str, str]) -> str:
    links = "".join(f'<li><a href="{address}">{title}</a>' for title, address in files.items())
    return f"<!doctype html><html lang=fr><title>Mairie</title><h1>Téléchargements</h1><ul>{links}</ul></html>"


def call(action: str, **data: Any) -> Any:
    return tk.get_action(action)({"ignore_auth": True, "user": ""}, data)


@pytest.fixture
def mairie(town) -> Any:
    """A town whose home page links to two files of data and a document; its own source is not used."""
    place = town({"a": "Ailleurs"})
    place.site.routes["/"] = page_of(FILES)
    return place


@pytest.fixture
def headers(mairie) -> dict[str, str]:
    user = factories.UserWithToken()
    data = {"id": mairie.organization["id"], "username": user["name"], "role": "admin"}
    tk.get_action("organization_member_create")({"ignore_auth": True}, data)
    return {"Authorization": user["token"]}


def source_of(mairie: Any) -> dict[str, Any]:
    listed = call("odf_source_list", owner_org=mairie.organization["name"])
    [name] = [one["name"] for one in listed if one["connector"] == "web_page"]
    return call("harvest_source_show", id=name)


def harvest(source: dict[str, Any]) -> dict[str, Any]:
    return call("odf_harvest_run", id=source["name"])


def titles(mairie: Any) -> set[str]:
    return set(mairie.datasets())


def test_what_is_ticked_is_harvested_and_new_files_are_told(mairie, headers, app) -> None:
    """Data is ticked, documents are not; the choice is kept as rules; a new file is a warning of the run."""
    url = f"{mairie.site.url}/"
    seen = app.post("/odf/harvest/add", data={"url": url, "step": "look"}, headers=headers).body
    boxes = re.findall(r'name="picked"[^>]*value="([^"]+)"([^>]*)>', seen)
    assert [(guid.rpartition("/")[2], "checked" in rest) for guid, rest in boxes] == [
        ("arbres", True),
        ("bancs", True),
        ("pv", False),
    ]
    offered = [html.unescape(guid) for guid, _ in boxes]
    data = {
        "url": url,
        "way": html.unescape(re.search(r'name="way"[^>]*value="([^"]+)"', seen).group(1)),
        "step": "add",
        "title": f"Page {mairie.organization['name']}",
        "owner_org": mairie.organization["id"],
        "offered": offered,
    }
    nothing = app.post("/odf/harvest/add", data=data, headers=headers)
    assert "Cochez au moins un jeu de données" in nothing.body
    added = app.post("/odf/harvest/add", data={**data, "picked": offered[:1]}, headers=headers, follow_redirects=False)
    assert added.status_code == 302
    source = source_of(mairie)
    config = json.loads(source["config"])
    assert config == {"connector": "web_page", "include": offered[:1], "exclude": offered[1:]}
    assert harvest(source)["state"] == "complete"
    assert titles(mairie) == {"Arbres"}
    mairie.site.routes["/"] = page_of({**FILES, "Arbres 2025": "/d/arbres_2025.csv", "Budget": "/d/budget.csv"})
    done = harvest(source)
    assert (done["added"], done["updated"]) == (0, 1)
    assert len(mairie.datasets()["Arbres"]["resources"]) == 2
    [warning] = [one for one in call("odf_harvest_report", id=done["job"])["issues"] if one["code"] == "new-file-found"]
    assert "Budget" in warning["message"]


def test_the_choice_by_command(mairie, cli) -> None:
    organization = mairie.organization["name"]
    arguments = [
        "odf",
        "source",
        "add",
        f"{mairie.site.url}/",
        "--organization",
        organization,
        "--connector",
        "web_page",
    ]
    result = cli.invoke(ckan, [*arguments, "--include", "*/d/*", "--exclude", "*/pv/*"])
    assert result.exit_code == 0, result.output
    harvest(source_of(mairie))
    assert titles(mairie) == {"Arbres", "Bancs"}


def test_documents_are_marked_as_such(mairie) -> None:
    data = {"url": f"{mairie.site.url}/", "owner_org": mairie.organization["name"], "connector": "web_page"}
    context: Any = {"ignore_auth": True, "user": factories.Sysadmin()["name"]}
    tk.get_action("odf_source_create")(context, {**data, "title": f"Tout {mairie.organization['name']}"})
    harvest(source_of(mairie))
    datasets = mairie.datasets()
    assert datasets["Procès-verbaux"]["dcat_type"] == "http://purl.org/dc/dcmitype/Text"
    assert not datasets["Arbres"].get("dcat_type")


def test_a_configuration_that_is_no_object_is_refused(mairie) -> None:
    with pytest.raises(tk.ValidationError, match="JSON object"):
        call("odf_source_create", url=mairie.site.url, owner_org=mairie.organization["name"], options=["x"])


@pytest.fixture
def browsed(mairie, headers, portal_url: str) -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        page = browser.new_page(extra_http_headers=headers, viewport={"width": 1280, "height": 900})
        page.goto(f"{portal_url}/en/odf/harvest/add?url={mairie.site.url}/")
        page.get_by_role("button", name="Look at the site").click()
        yield page
        browser.close()


@pytest.mark.browser
def test_the_table_of_ticks_is_accessible(browsed) -> None:
    """Each box has its title as label; nothing that axe-core finds."""
    expect(browsed.get_by_role("checkbox", name="Bancs")).to_be_checked()
    expect(browsed.get_by_role("checkbox", name="Procès-verbaux")).not_to_be_checked()
    assert not Axe().run(browsed).response["violations"]
