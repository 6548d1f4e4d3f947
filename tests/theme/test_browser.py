"""The pages in a real browser: what axe-core finds, the keyboard, a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from portal import AGGLOMERATION, COMMUNE, SETTINGS, make_portal

CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
}
PAGES = [
    "/",
    "/dataset/",
    f"/dataset/?vocab_odf_territory={AGGLOMERATION}",
    "/dataset/ecoles",
    "/territoires",
    f"/organization/{AGGLOMERATION}",
    f"/organization/{COMMUNE}",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}

pytestmark = [pytest.mark.browser, *(pytest.mark.ckan_config(name, value) for name, value in SETTINGS.items())]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def tab(
    browser: Browser, fill_once: Callable[[Callable[[], None]], None], portal_url: str
) -> Iterator[Callable[..., Page]]:
    """A tab of a visitor: `tab(width=360, height=740)`."""
    fill_once(make_portal)
    contexts = []

    def open_tab(**viewport: int) -> Page:
        contexts.append(browser.new_context(base_url=portal_url, viewport=viewport or DESKTOP))
        return contexts[-1].new_page()

    yield open_tab
    for context in contexts:
        context.close()


def test_axe_finds_nothing(tab: Callable[..., Page]) -> None:
    """No violation of any rule of axe-core, best practices included, on a wide screen and on a phone."""
    for viewport in (DESKTOP, PHONE):
        page = tab(**viewport)
        for path in PAGES:
            page.goto(path)
            violations = Axe().run(page).response["violations"]
            assert [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]] == [], path


def test_a_phone_never_scrolls_sideways(tab: Callable[..., Page]) -> None:
    page = tab(**PHONE)
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_the_keyboard_leads_from_the_home_page_to_a_file(tab: Callable[..., Page]) -> None:
    """The first tab skips to the content; a search, a result and its file are reached without a mouse."""
    page = tab()
    page.goto("/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    page.get_by_role("searchbox", name="What are you looking for?").focus()
    page.keyboard.type("école")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset/?q=*")
    page.get_by_role("link", name="Écoles publiques").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset/ecoles")
    assert page.get_by_role("link", name="Download Écoles publiques (CSV)").get_attribute("href").endswith("ecoles.csv")


def test_a_commune_is_found_from_the_home_page(tab: Callable[..., Page]) -> None:
    page = tab(**PHONE)
    page.goto("/en/")
    page.get_by_role("combobox", name="Find a commune or an organisation").fill("17000")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="La Rochelle", exact=True).click()
    page.wait_for_url(f"**/organization/{COMMUNE}")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Data", exact=True).click()
    page.wait_for_url("**/dataset/")


def test_the_filters_work_on_a_phone(tab: Callable[..., Page]) -> None:
    """A link leads to the filters below the results, and a chosen one is shown above them."""
    page = tab(**PHONE)
    page.goto("/en/dataset/")
    page.get_by_role("link", name="Filter the results").click()
    page.get_by_role("link", name="Transport", exact=False).click()
    page.wait_for_selector(".odf-chosen")
    assert page.locator(".dataset-heading").count() == 1


def test_the_page_can_be_printed(tab: Callable[..., Page]) -> None:
    """On paper the menu and the search are gone, the text stays."""
    page = tab()
    page.goto("/dataset/ecoles")
    page.emulate_media(media="print")
    assert not page.locator(".odf-menu").is_visible()
    assert page.get_by_role("heading", name="Écoles publiques", level=1).is_visible()
