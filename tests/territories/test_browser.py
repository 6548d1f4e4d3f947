"""The pages of territories in a real browser: suggestions by the keyboard, branches, what axe-core finds."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.opendatafrance.territories import choosing

sys.path.insert(0, str(Path(__file__).parent))

from territory_portal import CDA, LA_ROCHELLE, served

CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
}
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(
    reset_db: Callable[[], None], reset_index: Callable[[], None], migrate_db_for: Callable[[str], None]
) -> Iterator[str]:
    """Of the portal, served on loopback for a real browser."""
    with served(reset_db, reset_index, migrate_db_for) as app:
        server = make_server("127.0.0.1", 0, app.flask_app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """A tab of a visitor, `tab(width=360, height=740)`, or of a user."""
    contexts = []

    def open_tab(*, user: str = "", **viewport: int) -> Page:
        headers = {"Authorization": token(user)} if user else {}
        viewport = viewport or DESKTOP
        contexts.append(browser.new_context(base_url=address, viewport=viewport, extra_http_headers=headers))
        return contexts[-1].new_page()

    yield open_tab
    for context in contexts:
        context.close()


def token(user: str) -> str:
    return call_action("api_token_create", user=user, name=f"browser-{uuid4()}")["token"]


@pytest.fixture(scope="module")
def users(address: str) -> None:
    """A system administrator, and the facilitator of the agglomeration of La Rochelle."""
    factories.Sysadmin(name="browsing-admin")
    factories.User(name="browsing-animateur")
    call_action("organization_member_create", id=CDA, username="browsing-animateur", role="animateur")


def found_by_axe(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]


def test_axe_finds_nothing(tab: Callable[..., Page]) -> None:
    """Tree with an open branch, map, list, organisation, wide and on a phone; and no page scrolls sideways."""
    for viewport in (DESKTOP, PHONE):
        page = tab(**viewport)
        for path in (f"/territoires/arbre?ouvrir={CDA}", "/territoires/carte", "/territoires", f"/organization/{CDA}"):
            page.goto(path)
            assert found_by_axe(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path


def test_a_commune_is_found_by_the_keyboard_as_one_types(tab: Callable[..., Page]) -> None:
    page = tab()
    page.goto("/en/territoires")
    field = page.get_by_role("combobox", name="Name, INSEE code, postal code or SIREN")
    field.focus()
    page.keyboard.type("la roch")
    page.wait_for_selector("[role=option]")
    assert field.get_attribute("aria-expanded") == "true"
    assert field.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    assert page.get_by_role("status").filter(has_text="suggestion").count() == 1
    assert found_by_axe(page) == []
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.get_attribute("id") == field.get_attribute("aria-activedescendant")
    assert "La Rochelle" in chosen.inner_text()
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "la roch"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/en/organization/{LA_ROCHELLE}")


def test_enter_without_a_choice_searches_and_a_click_chooses(tab: Callable[..., Page]) -> None:
    page = tab(**PHONE)
    page.goto("/en/")
    page.get_by_role("combobox", name="Find a commune or an organisation").fill("17100")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/territoires?q=17100")
    assert page.get_by_role("link", name="Saintes", exact=True).count() == 1
    page.get_by_role("combobox", name="Name, INSEE code, postal code or SIREN").fill("17300")
    page.locator("li[role=option]").first.click()
    page.wait_for_url(f"**/en/organization/{LA_ROCHELLE}")


def test_a_branch_comes_when_it_is_opened(tab: Callable[..., Page]) -> None:
    """By the keyboard; the page stays."""
    page = tab()
    page.goto("/en/territoires/arbre")
    for title in ("Région Nouvelle-Aquitaine", "Département de la Charente-Maritime", "La Rochelle"):
        page.locator("summary").filter(has_text=title).first.focus()
        page.keyboard.press("Enter")
    page.get_by_role("link", name="La Rochelle", exact=True).wait_for()
    assert page.url.endswith("/en/territoires/arbre")
    assert page.locator(f"#t-{CDA} ul li").count() == 28


def test_a_dot_leads_to_its_organisation_and_the_tabulator_passes_by(tab: Callable[..., Page]) -> None:
    page = tab()
    page.goto("/en/territoires/carte")
    assert page.locator(".odf-dots a:not([tabindex='-1'])").count() == 0
    page.locator(".odf-dots a[href='17300'] circle").click()
    page.wait_for_url(f"**/en/organization/{LA_ROCHELLE}")


@pytest.mark.usefixtures("users")
class TestOrganisationOfADataset:
    """The field for it in the form, of a user who has too many for a list."""

    def test_it_is_chosen_by_the_keyboard_and_stays_chosen(self, tab: Callable[..., Page]) -> None:
        page = tab(user="browsing-admin")
        page.goto("/en/dataset/new")
        field = page.get_by_role("combobox", name="Organisation")
        assert (field.get_attribute("aria-expanded"), field.get_attribute("aria-autocomplete")) == ("false", "list")
        assert field.get_attribute("aria-required") == "true"
        field.focus()
        page.keyboard.type("saintes")
        page.locator("li[role=option]").first.wait_for()
        assert field.get_attribute("aria-expanded") == "true"
        assert field.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
        assert page.get_by_role("status").filter(has_text="suggestion").count() == 1
        assert found_by_axe(page) == []
        page.keyboard.press("ArrowDown")
        assert page.locator("[role=option][aria-selected=true]").get_attribute("id") == field.get_attribute(
            "aria-activedescendant"
        )
        page.keyboard.press("Enter")
        assert field.input_value() == "Saintes (17415)"
        assert field.get_attribute("aria-expanded") == "false"
        assert page.url.endswith("/en/dataset/new")
        # Nothing but the organisation: the form comes back, and says why.
        page.locator("#dataset-edit button[name=save]").first.click()
        page.locator("#form-errors").wait_for()
        assert page.get_by_role("combobox", name="Organisation").input_value() == "Saintes (17415)"
        assert found_by_axe(page) == []

    def test_a_facilitator_is_offered_their_own_only(
        self, tab: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """29 organisations are few: the test lets fewer be many."""
        monkeypatch.setattr(choosing, "MOST_IN_A_LIST", 20)
        page = tab(user="browsing-animateur", **PHONE)
        page.goto("/en/dataset/new")
        field = page.get_by_role("combobox", name="Organisation")
        field.fill("saintes")
        page.get_by_role("status").filter(has_text="No suggestion").wait_for(state="attached")
        field.fill("17300")
        page.locator("li[role=option]").first.click()
        assert field.input_value() == "La Rochelle (17300)"
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
