"""`Déposer un fichier`, as a town clerk meets it: with and without JavaScript, and as nobody else may."""

from __future__ import annotations

import io
import os
import re
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from clerks import Clerk, deliberations, line
from playwright.sync_api import Page, sync_playwright

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.validation.deposit.drafts import LIFE, PER_USER, Drafts, NoDraftError, TooLargeError

# The words of the pages in the language of the code; tests/test_i18n.py looks after the French ones.
pytestmark = pytest.mark.ckan_config("ckan.locale_default", "en")
ADDRESS = "https://schema.data.gouv.fr/schemas/scdl/deliberations/2.1.5/schema.json"


def send(app, clerk: Clerk, data: bytes, name: str = "delib.csv", status: int = 200):
    """The page after the first step."""
    return app.post("/deposer", headers=clerk.headers, data={"file": (io.BytesIO(data), name)}, status=status)


def text(answer) -> str:
    return BeautifulSoup(answer.body, "html.parser").select_one("[role=main]").get_text(" ", strip=True)


def place(answer) -> str:
    """Address of the draft of a page."""
    return re.search(r"/deposer/[\w-]{32}", answer.body)[0]


def fields(answer) -> dict[str, str]:
    """What the form of the last step would send."""
    form = BeautifulSoup(answer.body, "html.parser").select_one(".odf-deposit form")
    sent = {one["name"]: one.get("value", "") for one in form.select("input[name]") if one.get("type") != "radio"}
    sent |= {one["name"]: one["value"] for one in form.select("input[type=radio][checked]")}
    sent |= {one["name"]: one.get_text().strip() for one in form.select("textarea")}
    for one in form.select("select"):
        chosen = one.select_one("option[selected]") or one.select_one("option")
        sent[one["name"]] = chosen.get("value", "")
    return sent


def publish(app, clerk: Clerk, seen, **changed: str) -> None:
    """Send the form of the last step as it is filled in, but for what is changed."""
    address = f"{place(seen)}/publish"
    sent = {**fields(app.get(address, headers=clerk.headers)), **changed}
    app.post(address, headers=clerk.headers, data=sent, follow_redirects=False, status=302)


def test_a_valid_file_is_published_with_its_description(app, clerk) -> None:
    """Recognised, described by itself, and published with the exact schema and the days that it covers."""
    own = clerk()
    seen = send(app, own, deliberations())
    assert "The file is valid" in text(seen)
    last = app.get(f"{place(seen)}/publish", headers=own.headers)
    sent = fields(last)
    assert (sent["start"], sent["end"]) == ("2023-10-15", "2023-12-01")
    assert own.organization["title"] in sent["title"]
    publish(app, own, seen)
    [dataset] = own.datasets()
    assert dataset["license_id"] == "lov2"
    assert dataset["conforms_to"] == [ADDRESS]
    assert dataset["temporal_coverage"] == [{"start": "2023-10-15", "end": "2023-12-01"}]
    [file] = dataset["resources"]
    assert (file["conforms_to"], file["url_type"], file["format"]) == ([ADDRESS], "upload", "CSV")
    assert app.get(file["url"].partition("//")[2].partition("/")[2].join(["/", ""])).body.encode() == deliberations()


def test_errors_stand_beside_their_cells_and_are_repaired(app, clerk) -> None:
    """French dates are shown where they are, with what to write, and the corrected file is the one published."""
    own = clerk()
    seen = send(app, own, deliberations(line(1, "15/10/2023"), line(2)))
    [row] = BeautifulSoup(seen.body, "html.parser").select(".odf-lines tbody tr")
    assert row.select_one("th").get_text(strip=True) == "2"
    wrong = row.select_one("td.odf-wrong").get_text(" ", strip=True)
    assert "Error" in wrong
    assert "15/10/2023" in wrong
    assert "2023-10-15" in wrong
    corrected = app.get(f"{place(seen)}/repaired.csv", headers=own.headers)
    assert "2023-10-15" in corrected.body
    assert "15/10/2023" not in corrected.body
    publish(app, own, seen)
    [dataset] = own.datasets()
    path = dataset["resources"][0]["url"].split("/", 3)[3]
    assert app.get(f"/{path}").body == corrected.body


def test_a_file_of_the_same_schema_updates_what_is_there(app, clerk) -> None:
    """The next year is offered as one more file, a correction as a new version."""
    own = clerk()
    publish(app, own, send(app, own, deliberations()))
    [dataset] = own.datasets()
    for target, files in ((f"add:{dataset['id']}", 2), (f"replace:{dataset['resources'][0]['id']}", 2)):
        again = send(app, own, deliberations(line(3, "2024-01-05")))
        assert target in app.get(f"{place(again)}/publish", headers=own.headers).body
        publish(app, own, again, target=target)
        [now] = own.datasets()
        assert len(now["resources"]) == files


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "vide.csv", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0" * 50, "image.csv", "cannot be read"),
        (b"a,b\n1,2\n", "autre.csv", "does not recognise"),
    ],
)
def test_what_is_no_known_table_is_told_and_kept(app, clerk, data: bytes, name: str, said: str) -> None:
    """The clerk reads what to do, and can publish all the same; nothing is lost."""
    own = clerk()
    seen = send(app, own, data, name)
    assert said in text(seen)
    sent = fields(app.get(f"{place(seen)}/publish", headers=own.headers))
    unfinished = app.post(f"{place(seen)}/publish", headers=own.headers, data={**sent, "notes": ""})
    assert "Describe the data" in text(unfinished)
    assert own.datasets() == []
    publish(app, own, seen, title="Autre", notes="Des données.")
    assert [one["title"] for one in own.datasets()] == ["Autre"]


def test_nobody_else_reads_a_file_that_waits(app, clerk) -> None:
    """Neither another clerk who knows the address, nor a visitor, nor who may publish nowhere."""
    own, other = clerk(), clerk()
    waiting = place(send(app, own, deliberations(line(1, "15/10/2023"))))
    for path in (waiting, f"{waiting}/repaired.csv", f"{waiting}/publish"):
        assert "Poitiers" not in app.get(path, headers=other.headers).body
        assert "Poitiers" not in app.get(path).body
    folder = Path(tk.config["ckan.storage_path"]) / "odf_drafts" / waiting.rpartition("/")[2]
    assert folder.stat().st_mode & 0o077 == 0
    app.post(f"{waiting}/discard", headers=other.headers, follow_redirects=False)
    assert folder.exists()
    app.post(f"{waiting}/discard", headers=own.headers, follow_redirects=False)
    assert not folder.exists()


def test_only_organisations_of_the_clerk(app, clerk) -> None:
    """A form that names another organisation publishes nothing and says so."""
    own, other = clerk(), clerk()
    seen = send(app, own, deliberations())
    sent = fields(app.get(f"{place(seen)}/publish", headers=own.headers))
    refused = app.post(
        f"{place(seen)}/publish", headers=own.headers, data={**sent, "owner_org": other.organization["id"]}
    )
    assert "Not published yet" in text(refused)
    assert other.datasets() == own.datasets() == []


def test_the_menu_shows_the_page_to_who_may_publish(app, clerk) -> None:
    assert "/deposer" in app.get("/", headers=clerk().headers).body
    assert "/deposer" not in app.get("/").body


def test_drafts_are_few_bounded_and_end(tmp_path: Path) -> None:
    """The oldest of a user goes first, a day is the most, and too large a file leaves nothing."""
    drafts = Drafts(tmp_path / "drafts")
    made = [drafts.add("anna", "a.csv", io.BytesIO(b"a"), 10) for _ in range(PER_USER + 1)]
    assert len(list(drafts.root.iterdir())) == PER_USER
    with pytest.raises(TooLargeError):
        drafts.add("berta", "b.csv", io.BytesIO(b"a" * 11), 10)
    assert drafts.get(made[-1].id, "anna").name == "a.csv"
    for wrong in ("../drafts", made[-1].id + "x", ""):
        with pytest.raises(NoDraftError):
            drafts.get(wrong, "anna")
    for folder in drafts.root.iterdir():
        os.utime(folder / "file", (0, time.time() - LIFE - 1))
    with pytest.raises(NoDraftError):
        drafts.get(made[-1].id, "anna")
    drafts.sweep()
    assert list(drafts.root.iterdir()) == []


def found_by_axe(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]


@pytest.mark.browser
def test_the_whole_way_on_a_phone_by_keyboard(portal_url, clerk, ckan_config, monkeypatch, tmp_path: Path) -> None:
    """Without a mouse at 360 px: choose, read, repair, publish; axe-core finds nothing and no page scrolls sideways."""
    # CKAN sends the browser on to the address of the portal.
    monkeypatch.setitem(ckan_config, "ckan.site_url", portal_url)
    own = clerk()
    file = tmp_path / "deliberations.csv"
    file.write_bytes(deliberations(line(1, "15/10/2023"), line(2, siret="21860194600014")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        page = browser.new_context(
            base_url=portal_url, viewport={"width": 360, "height": 740}, extra_http_headers=own.headers
        ).new_page()

        def sound() -> None:
            assert found_by_axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 360

        page.goto("/deposer")
        sound()
        page.set_input_files("#field-file", file)
        page.focus("#field-file")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".odf-lines")
        sound()
        page.focus("text=Go on with the corrected file")
        page.keyboard.press("Enter")
        page.wait_for_selector("#field-title")
        sound()
        page.locator("form .odf-next button").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/dataset/**")
        browser.close()
    assert len(own.datasets()) == 1
