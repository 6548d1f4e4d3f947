"""The forms in a real browser: adding and removing parts, the keyboard, and what axe-core finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from full_dataset import FULL
from playwright.sync_api import Page, sync_playwright

from ckan.tests import factories, helpers

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("with_plugins", "clean_portal")]


@pytest.fixture
def page(portal_url: str, organization: dict[str, Any]) -> Iterator[Page]:
    """A tab of a clerk of the town who has signed in."""
    user = factories.UserWithToken()
    helpers.call_action(
        "organization_member_create", {"ignore_auth": True}, id=organization["id"], username=user["name"], role="editor"
    )
    with sync_playwright() as playwright:
        # Redirects and scripts use the address of the configuration: lead it to this test's server.
        route = f"--host-resolver-rules=MAP test.ckan.net {portal_url.removeprefix('http://')}"
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS, route])
        context = browser.new_context(base_url="http://test.ckan.net", locale="fr-FR")
        context.set_extra_http_headers({"Authorization": user["token"]})
        yield context.new_page()
        browser.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def test_a_clerk_fills_in_the_form(page: Page, organization, act):
    """Parts are added and taken away with buttons that have names; the dataset and its file are published."""
    act("package_create", name="autre", owner_org=organization["id"], tags=[{"name": "menus scolaires"}])
    page.goto("/dataset/new")
    page.locator("#field-title").fill("Menus des écoles")
    page.locator("#field-notes").fill("Les menus de la semaine.")
    page.get_by_label("Santé").check()
    page.get_by_label("Mots-clés").press_sequentially("école, menu")
    page.wait_for_function("document.querySelector('#field-tag_string').list.options.length")
    assert (
        page.evaluate("document.querySelector('#field-tag_string').list.options[0].value") == "école, menus scolaires"
    )
    page.get_by_label("Mots-clés").fill("école, menus scolaires")
    page.get_by_role("group", name="Documentation").locator("[data-odf-add]").click()
    page.get_by_label("Documentation 2").fill("https://saintes.fr/menus.pdf")
    contacts = page.get_by_role("group", name="Contacts")
    contacts.locator("[data-odf-add]").click()
    contacts.get_by_label("Courriel").nth(1).fill("cantine@saintes.fr")
    contacts.locator("[data-odf-remove]").first.click()
    assert contacts.get_by_label("Courriel").count() == 1
    page.get_by_role("group", name="Producteur").locator("[data-odf-add]").press("Enter")
    page.keyboard.type("Cuisine centrale")
    assert violations(page) == []
    page.locator("#dataset-edit button[name=save]").last.click()

    page.wait_for_url("**/resource/new")
    assert violations(page) == []
    page.locator("#resource-link-button").click()
    page.locator("#field-resource-url").fill("https://saintes.fr/menus.csv")
    page.get_by_label("Nom").fill("Menus")
    page.locator("button[value=go-metadata]").click()
    page.wait_for_url("**/dataset/menus-des-ecoles")

    stored = act("package_show", id="menus-des-ecoles")
    assert {tag["name"] for tag in stored["tags"]} == {"école", "menus scolaires"}
    assert stored["documentation"] == ["https://saintes.fr/menus.pdf"]
    assert stored["contact"] == [{"email": "cantine@saintes.fr"}]
    assert stored["publisher"] == [{"name": "Cuisine centrale"}]
    assert stored["theme"] == ["http://publications.europa.eu/resource/authority/data-theme/HEAL"]


def test_pages_of_a_dataset_have_no_accessibility_fault(page: Page, organization, act):
    """The dataset, its file, and the form of a full dataset with everything unfolded and an error in it."""
    act("package_create", **FULL, owner_org=organization["id"])
    page.goto(f"/dataset/{FULL['name']}")
    assert violations(page) == []
    page.goto(f"/dataset/{FULL['name']}/resource/{act('package_show', id=FULL['name'])['resources'][0]['id']}")
    assert violations(page) == []
    page.goto(f"/dataset/edit/{FULL['name']}")
    page.locator("details.odf-form-group > summary").click()
    page.get_by_label("Adresse sur ce portail").fill("pas un nom")
    page.locator("#dataset-edit button[name=save]").last.click()
    page.locator("#form-errors a").click()
    assert page.evaluate("document.activeElement.id || location.hash") in ("field-name", "#field-name")
    assert violations(page) == []
