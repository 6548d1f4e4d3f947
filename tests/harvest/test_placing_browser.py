"""The inbox of publishers in a real browser: quick by the keyboard, nothing that axe-core finds."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright
from pooled_site import Said, pool

from ckan import model
from ckan.tests import factories

pytestmark = pytest.mark.browser
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-gpu", "--disable-quic"]}
NAMES = [f"Régie des eaux de Nulle-Part {uuid4().hex[:8]}" for _place in range(3)]
NAMES.sort()


@pytest.fixture
def inbox(
    tables, migrate_db_for, member_site, ckan_config, monkeypatch, portal_url: str
) -> Iterator[tuple[Page, dict, object]]:
    """The page of a source with three publishers, for each of which an organisation is likely, and one certain."""
    if not sa.inspect(model.ensure_engine()).has_table("odf_territory"):
        migrate_db_for("opendatafrance_territories")
    monkeypatch.setitem(ckan_config, "ckan.site_url", portal_url)  # CKAN redirects to this address
    said = [(f"d{i}", Said(f"{name}, service client")) for i, name in enumerate(NAMES)]
    place = pool(member_site, ckan_config, monkeypatch, said)
    below = {name: factories.Organization(title=name, groups=[{"name": place.owner["name"]}]) for name in NAMES}
    place.harvest()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        headers = {"Authorization": factories.SysadminWithToken()["token"]}
        page = browser.new_page(extra_http_headers=headers, viewport={"width": 1280, "height": 900})
        page.goto(f"{portal_url}/en/odf/harvest/placing/?source={place.source['name']}")
        yield page, below, place
        browser.close()


def test_publishers_are_placed_with_one_key_each(inbox) -> None:
    """A digit takes the suggestion, the focus goes on to the next line; the field finds any other organisation."""
    page, below, place = inbox
    lines = page.locator("[data-odf-publisher]")
    assert not Axe().run(page).response["violations"]
    lines.nth(0).locator("button").first.focus()
    page.keyboard.press("ArrowDown")
    expect(lines.nth(1).locator("button").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("1")
    expect(lines).to_have_count(2)
    expect(lines.nth(0).locator("button").first).to_be_focused()
    page.keyboard.press("0")
    expect(lines).to_have_count(1)
    field = lines.nth(0).get_by_role("combobox")
    field.fill(NAMES[1].split()[-1])
    page.get_by_role("option", name=NAMES[1]).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_have_value(below[NAMES[1]]["name"])
    page.keyboard.press("Enter")
    expect(lines).to_have_count(0)
    assert list(place.owners().values()).count(place.owner["name"]) == 1
    assert below[NAMES[1]]["name"] in place.owners().values()
    page.get_by_role("button", name="Undo").click()
    expect(lines).to_have_count(1)
