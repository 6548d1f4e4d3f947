"""Pages in French have no English of CKAN's, of its extensions or of the web server's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from portal import SETTINGS, make_portal

pytestmark = [pytest.mark.ckan_config(name, value) for name, value in SETTINGS.items()]

SEEN = ("aria-label", "title", "placeholder", "alt")
ENGLISH = re.compile(r"\b(the|and|your?|this|with|here|not|for|is|are|search|submit|skip|go to|found|new)\b", re.I)


@pytest.fixture
def words(fill_once: Callable[[Callable[[], None]], None], app: Any) -> Callable[..., list[str]]:
    """What the frame of a page says to eyes and to screen readers, without what publishers and forms of names say."""
    fill_once(make_portal)

    def of_page(path: str, status: int = 200) -> list[str]:
        answer = app.get(path, follow_redirects=True)
        assert answer.status_code == status, path
        page = BeautifulSoup(answer.body, "html.parser")
        for element in page.find_all(["script", "style", "dd", "h3", "option"]) + page.select("[lang=en]"):
            element.decompose()
        attributes = [element[name] for element in page.find_all(True) for name in SEEN if element.get(name)]
        return [*page.stripped_strings, *attributes]

    return of_page


@pytest.mark.parametrize(
    "path", ["/", "/dataset/", "/dataset/?q=zzzz", "/organization/", "/about", "/user/login", "/user/reset", "/harvest"]
)
def test_no_english_is_left(words: Callable[..., list[str]], path: str) -> None:
    """Words that only English has stand nowhere on the page."""
    assert not [text for text in words(path) if ENGLISH.search(text)]


def test_a_page_that_is_not_there_says_so_in_french(words: Callable[..., list[str]]) -> None:
    """Werkzeug's names of errors are translated as well."""
    said = " ".join(words("/nothing-here", 404))
    assert "Page introuvable" in said
    assert "Cette adresse ne correspond à aucune page du portail." in said
    assert "Not Found" not in said


def test_kinds_of_activity_are_in_french(words: Callable[..., list[str]], app: Any) -> None:
    """The choice of a kind of activity works without a script, in French."""
    page = BeautifulSoup(app.get("/dataset/activity/ecoles").body, "html.parser")
    options = {option["value"]: option.get_text() for option in page.select("[name=activity_type] option")}
    assert options["new package"] == "Création d'un jeu de données"
    assert app.get("/dataset/activity/ecoles?activity_type=new+package").status_code == 200
