"""Lists of members and of agents sent through the portal: shown line by line first, then written."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp, _get_test_app, call_action

from ckanext.opendatafrance.territories.model import memberships

# `rights_portal` is a plain module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from rights_portal import as_sysadmin, make

MEMBERS, AGENTS = "/en/territoires/syndicat/membres", "/en/territoires/agents"
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
}


@pytest.fixture(scope="module")
def app(
    reset_db: Callable[[], None], reset_index: Callable[[], None], migrate_db_for: Callable[[str], None]
) -> Iterator[CKANTestApp]:
    """The small territory of the tests of rights, once for all tests."""
    p.load_all()
    reset_db()
    for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
        migrate_db_for(plugin)
    reset_index()
    make()
    yield _get_test_app()
    model.Session.rollback()
    p.unload_all()


@pytest.fixture(autouse=True)
def as_it_was(app: CKANTestApp) -> Iterator[None]:
    """The syndicate has its three members, and the communes no agents."""
    stored = [tuple(row) for row in model.Session.execute(sa.select(memberships))]
    yield
    model.Session.rollback()
    model.Session.execute(sa.delete(memberships))
    names = [column.name for column in memberships.columns]
    model.Session.execute(sa.insert(memberships), [dict(zip(names, row, strict=True)) for row in stored])
    model.Session.commit()


def token(user: str) -> dict[str, str]:
    return {"Authorization": factories.APIToken(user=user)["token"]}


class Visitor:
    """Somebody at a page with a form for a file."""

    def __init__(self, app: CKANTestApp, user: str, path: str) -> None:
        self.app, self.path, self.headers = app, path, token(user)

    def send(self, content: bytes | str, name: str = "liste.csv", **boxes: str) -> BeautifulSoup:
        """Send a file; the page with what it would change."""
        file = (io.BytesIO(content.encode() if isinstance(content, str) else content), name)
        answer = self.app.post(self.path, data={"file": file, **boxes}, headers=self.headers)
        assert answer.status_code == 200
        return BeautifulSoup(answer.body, "html.parser")

    def apply(self, preview: BeautifulSoup) -> Any:
        """Press the button below the preview."""
        form = {one["name"]: one["value"] for one in preview.select("form.odf-apply input")}
        return self.app.post(self.path, data={**form, "apply": "1"}, headers=self.headers, follow_redirects=False)


def members() -> set[str]:
    return {one["name"] for one in call_action("odf_membership_list", group="syndicat")}


def rows(page: BeautifulSoup) -> list[tuple[str, ...]]:
    """Line, what was written there, what was understood, the first words of what happens."""
    found = []
    for row in page.select("table.odf-lines tbody tr"):
        line, *cells = (" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"]))
        found.append((line, *cells[:2], cells[2]))
    return found


BEFORE = {"own", "member", "departement"}


class TestMembers:
    @pytest.fixture
    def visitor(self, app: CKANTestApp) -> Visitor:
        return Visitor(app, "sysadmin", MEMBERS)

    def test_a_preview_writes_nothing_and_its_button_does(self, visitor: Visitor) -> None:
        """A file of a French spreadsheet; what is there already is told too."""
        preview = visitor.send("Identifiant;Nom\nown;\nother;Déjà\noutside;\n".encode("cp1252"))
        assert rows(preview) == [
            ("2", "own", "Title of own", "stays"),
            (
                "3",
                "other / Déjà",
                "Title of other",
                "to add the code is that of Title of other, the file calls it “Déjà”",
            ),
            ("4", "outside", "Title of outside", "to add"),
        ]
        assert "2 changes, 0 lines to correct. Nothing is written yet." in " ".join(
            preview.find(role="status").get_text().split()
        )
        assert members() == BEFORE
        answer = visitor.apply(preview)
        assert answer.status_code == 302
        assert members() == BEFORE | {"other", "outside"}

    def test_lines_that_are_not_clear_come_first_and_stop_nothing_that_is(self, visitor: Visitor) -> None:
        """The button says that they are left out."""
        preview = visitor.send("nom\nTitle of other\nTitle of nobody\nTitle of syndicat\n")
        assert [(line, happens.split(".")[0].split(":")[0]) for line, _, _, happens in rows(preview)][:2] == [
            ("3", "to correct No organisation is called “Title of nobody”"),
            ("4", "to correct An organisation is not a member of itself"),
        ]
        assert "leave out the others" in preview.select_one("form.odf-apply button").get_text()
        assert visitor.apply(preview).status_code == 302
        assert members() == BEFORE | {"other"}

    def test_the_whole_list_ends_what_it_leaves_out(self, visitor: Visitor) -> None:
        """Told by name before; then the list of today, sent back, changes nothing."""
        preview = visitor.send("identifiant\nown\nother\n", replace="1")
        assert [one.get_text() for one in preview.select("#preview ~ ul li")] == [
            "Title of departement",
            "Title of member",
        ]
        assert members() == BEFORE
        visitor.apply(preview)
        assert members() == {"own", "other"}
        today = visitor.app.get("/territoires/syndicat/membres.csv")
        assert "attachment" in today.headers["Content-Disposition"]
        again = visitor.send(today.body, replace="1")
        assert "Nothing to do" in again.get_text()
        assert not again.select("form.odf-apply")

    @pytest.mark.parametrize(
        ("content", "name", "said"),
        [
            (b"", "", "Choose a file first."),
            (b"PK\x03\x04" + b"\0" * 60, "liste.xlsx", "CSV"),
            (b"couleur\nrouge\n", "liste.csv", "does not say which organisations are meant"),
            (b"insee\n" + b"17300\n" * 300_000, "liste.csv", "too large for this page"),
        ],
    )
    def test_what_is_no_list_is_told_at_the_field(self, visitor: Visitor, content: bytes, name: str, said: str) -> None:
        page = visitor.send(content, name)
        field = page.find(id="field-file")
        assert "upload-error" in field["aria-describedby"]
        assert said in page.find(id="upload-error").get_text()

    def test_a_preview_that_was_tampered_with(self, visitor: Visitor) -> None:
        """Says to choose the file again; nothing breaks."""
        answer = visitor.app.post(MEMBERS, data={"kept": "%%%", "apply": "1"}, headers=visitor.headers)
        assert "choose it again" in answer.body


class TestRights:
    def test_a_facilitator_adds_what_they_facilitate(self, app: CKANTestApp) -> None:
        """A commune below them, not one of another EPCI."""
        preview = Visitor(app, "animateur-departement", MEMBERS).send("identifiant\nother\noutside\n")
        assert [(line, happens[:41]) for line, _, _, happens in rows(preview)] == [
            ("3", "to correct Title of outside is not among "), ("2", "to add"),
        ]  # fmt: skip
        assert Visitor(app, "animateur-departement", MEMBERS).apply(preview).status_code == 302
        assert members() == BEFORE | {"other"}

    def test_nor_does_the_whole_list_end_what_is_not_theirs(self, app: CKANTestApp) -> None:
        preview = Visitor(app, "animateur-departement", MEMBERS).send("identifiant\nown\n", replace="1")
        assert "Title of member: not among those that you facilitate" in preview.get_text()

    @pytest.mark.parametrize("user", ["animateur-epci", "admin-epci", "editor-own", "nobody"])
    def test_others_are_refused(self, app: CKANTestApp, user: str) -> None:
        """Page and action; no link leads there."""
        assert app.get(MEMBERS, headers=token(user)).status_code == 403
        with pytest.raises(tk.NotAuthorized):
            call_action(
                "odf_membership_import",
                {"user": user, "ignore_auth": False},
                group="syndicat",
                csv="identifiant\nother\n",
            )
        assert "/syndicat/membres" not in app.get("/en/organization/syndicat", headers=token(user)).body
        assert "/syndicat/membres" in app.get("/en/organization/syndicat", headers=token("animateur-syndicat")).body

    def test_a_group_that_is_not_there(self, app: CKANTestApp) -> None:
        assert app.get("/en/territoires/nulle-part/membres", headers=token("sysadmin")).status_code == 404
        assert app.get("/territoires/nulle-part/membres.csv").status_code == 404


class TestAgents:
    def test_numbers_and_duty_before_they_are_written(self, app: CKANTestApp) -> None:
        """Whoever may change an organisation; lines on others are refused."""
        as_sysadmin("organization_patch", id="own", population_totale=5000)
        visitor = Visitor(app, "admin-own", AGENTS)
        preview = visitor.send("identifiant;agents;année\nown;60;2025\nother;12;2025\n")
        assert [row[0] for row in rows(preview)] == ["3", "2"]
        assert rows(preview)[1][3] == "to update: unknown → 60, legal duty unknown → yes"
        assert "You may not change Title of other" in rows(preview)[0][3]
        assert visitor.apply(preview).status_code == 302
        shown = call_action("odf_territory_show", id="own")["duty"]
        assert (shown["agents"], shown["agents_year"], shown["duty"]) == (60, 2025, "yes")
        as_sysadmin("organization_patch", id="own", agents="", agents_year="", population_totale="")

    def test_who_changes_no_organisation_is_refused(self, app: CKANTestApp) -> None:
        assert app.get(AGENTS, headers=token("nobody")).status_code == 403


@pytest.mark.browser
def test_by_the_keyboard_and_axe_finds_nothing(app: CKANTestApp, tmp_path: Path) -> None:
    """File, preview, button: the same in a real browser, wide and on a phone."""
    file = tmp_path / "liste.csv"
    file.write_text("nom\nTitle of other\nTitle of nobody\n")
    server = make_server("127.0.0.1", 0, app.flask_app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        for width in (1280, 360):
            context = browser.new_context(
                base_url=address, viewport={"width": width, "height": 800}, extra_http_headers=token("sysadmin")
            )
            page = context.new_page()
            page.goto(MEMBERS)
            assert violations(page) == []
            page.get_by_label("CSV file").set_input_files(file)
            page.get_by_role("button", name="Show what would change").press("Enter")
            page.get_by_role("heading", name="What liste.csv would change").wait_for()
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Write the clear lines").press("Enter")
        page.get_by_text("1 added, 0 ended").wait_for()
        page.goto("/en/organization/edit/other")
        field = page.get_by_role("combobox", name="Stands under")
        field.fill("Title of dep")
        page.wait_for_selector("[role=option]")
        assert violations(page) == []
        field.press("ArrowDown")
        field.press("Enter")
        assert field.input_value() == "Title of departement (departement)"
        browser.close()
    server.shutdown()


def violations(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
