"""Pages and actions of CKAN's that were made quick say what CKAN's own say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup

import ckan.logic.action.get as core
import ckan.model as model
import ckan.plugins as p
from ckan.tests.helpers import CKANTestApp, _get_test_app, call_action

from ckanext.opendatafrance.territories import choosing, stock_pages

# `rights_portal` is a plain module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from rights_portal import as_sysadmin, make, organization


@pytest.fixture(scope="module")
def portal(
    reset_db: Callable[[], None], reset_index: Callable[[], None], migrate_db_for: Callable[[str], None]
) -> Iterator[CKANTestApp]:
    """One for all tests, because loading costs."""
    p.load_all()
    reset_db()
    for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
        migrate_db_for(plugin)
    reset_index()
    make()
    yield _get_test_app()
    model.Session.rollback()
    p.unload_all()


def token(user: str) -> dict[str, str]:
    return {"Authorization": as_sysadmin("api_token_create", user=user, name="test")["token"]}


def names(page: Any) -> list[str]:
    """Of the organisations that a page lists as CKAN's snippet does."""
    links = BeautifulSoup(page.body, "html.parser").select("ul.media-grid h2")
    return [link.get_text(strip=True) for link in links]


@pytest.mark.usefixtures("portal")
class TestActions:
    @pytest.mark.parametrize("user", ["sysadmin", "admin-epci", "editor-own", "nobody"])
    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"permission": "create_dataset"},
            {"include_dataset_count": True, "include_member_count": "true"},
            {"include_dataset_count": False, "permission": "read"},
        ],
        ids=str,
    )
    def test_organisations_of_a_user_are_those_of_ckan(self, user: str, asked: dict[str, Any]) -> None:
        """Each with the same fields and the same values, in the same order."""
        for context, data in (({"user": user}, asked), ({"user": "sysadmin"}, {**asked, "id": user})):
            ours = call_action("organization_list_for_user", {**context, "ignore_auth": False}, **data)
            stock = core.organization_list_for_user({**context, "ignore_auth": False}, dict(data))
            assert ours == stock
        assert ours or user == "nobody"

    def test_a_picture_has_the_address_that_ckan_gives_it(self) -> None:
        group = organization("own")
        group.image_url = "arms.png"
        model.Session.commit()
        ours = call_action("organization_list_for_user", {"user": "sysadmin"})
        stock = core.organization_list_for_user({"user": "sysadmin", "ignore_auth": True}, {})
        [(mine, theirs)] = [pair for pair in zip(ours, stock, strict=True) if pair[0]["name"] == "own"]
        assert mine["image_display_url"] == theirs["image_display_url"] != "arms.png"
        assert ours == stock

    def test_an_unknown_user_is_said_to_be_unknown(self) -> None:
        with pytest.raises(p.toolkit.ObjectNotFound):
            call_action("organization_list_for_user", {"user": "sysadmin"}, id="no-such-user")

    @pytest.mark.parametrize("name", ["region", "departement", "epci", "own", "member"])
    @pytest.mark.parametrize("asked", [{}, {"include_groups": False}, {"include_users": True}], ids=str)
    def test_an_organisation_is_what_ckan_shows(self, name: str, asked: dict[str, Any]) -> None:
        data = {"id": name, **asked}
        ours = call_action("organization_show", {"user": "sysadmin"}, **data)
        stock = core.organization_show({"user": "sysadmin", "ignore_auth": True}, dict(data))
        assert ours == stock

    def test_what_is_no_boolean_is_refused_as_before(self) -> None:
        with pytest.raises(p.toolkit.ValidationError):
            call_action("organization_show", {"user": "sysadmin"}, id="own", include_groups="perhaps")


class TestPages:
    def test_ckans_list_leads_to_ours_with_the_words(self, portal: CKANTestApp) -> None:
        answer = portal.get("/organization/?q=own", follow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith("/territoires?q=own")
        assert "Title of own" in portal.get("/organization/").body

    def test_the_list_of_the_api_stays(self, portal: CKANTestApp) -> None:
        assert "own" in portal.get("/api/3/action/organization_list").json["result"]

    @pytest.mark.parametrize("path", ["/dashboard/organizations", "/user/sysadmin/organizations"])
    def test_many_organisations_come_by_pages(
        self, portal: CKANTestApp, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        """With words to narrow them, and with their numbers."""
        headers = token("sysadmin")
        assert len(names(portal.get(path, headers=headers))) == 9
        monkeypatch.setattr(stock_pages, "PER_PAGE", 4)
        first, last = (portal.get(f"{path}?page={number}", headers=headers) for number in (1, 3))
        assert [len(names(first)), len(names(last))] == [4, 1]
        assert not set(names(first)) & set(names(last))
        found = portal.get(f"{path}?q=title+OWN", headers=headers)
        assert names(found) == ["Title of own"]
        assert "2 " in BeautifulSoup(found.body, "html.parser").select_one("ul.media-grid .count").get_text()
        assert names(portal.get(f"{path}?q=nothing-like-this", headers=headers)) == []

    def test_the_form_offers_all_organisations(self, portal: CKANTestApp) -> None:
        page = BeautifulSoup(portal.get("/dataset/new", headers=token("sysadmin")).body, "html.parser")
        options = {option.get_text(strip=True) for option in page.select("#field-organizations option")}
        assert {"Title of own", "Title of region", "Title of outside"} <= options


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nine organisations are too many for a list."""
    monkeypatch.setattr(choosing, "MOST_IN_A_LIST", 1)


def form(portal: CKANTestApp, path: str, user: str) -> Any:
    return BeautifulSoup(portal.get(path, headers=token(user)).body, "html.parser")


def sent(portal: CKANTestApp, path: str, user: str, **fields: str) -> Any:
    """The answer to the form of a dataset, filled in."""
    found = form(portal, path, user).select_one("#dataset-edit")
    given = {one["name"]: one.get("value", "") for one in found.select("input[name]") if one.get("type") != "checkbox"}
    given |= {"title": "A title", "notes": "Words", "license_id": "lov2", "private": "False", "save": ""}
    return portal.post(path, data={**given, **fields}, headers=token(user), follow_redirects=False)


@pytest.mark.usefixtures("few")
class TestOrganisationOfADataset:
    """Of one who has too many for a list."""

    @pytest.fixture(autouse=True, scope="class")
    def codes(self, portal: CKANTestApp) -> None:
        for name, code in (("own", "17300"), ("outside", "17415")):
            as_sysadmin("organization_patch", id=name, insee_code=code)

    @pytest.mark.parametrize(
        "typed", ["Title of own (17300)", "17300", "title OF own", "own", " Anything (own) "], ids=str.strip
    )
    def test_the_server_understands_what_was_written(self, portal: CKANTestApp, typed: str) -> None:
        """Without a script: the form holds a text field, and what it shows is understood when it comes back."""
        name = f"written-{uuid4().hex}"
        answer = sent(portal, "/dataset/new", "sysadmin", name=name, owner_org=typed)
        assert answer.status_code == 302, errors(answer)
        assert call_action("package_show", id=name)["organization"]["name"] == "own"
        page = form(portal, f"/dataset/edit/{name}", "sysadmin")
        assert page.select_one("#field-organizations")["value"] == "Title of own (17300)"
        answer = sent(portal, f"/dataset/edit/{name}", "sysadmin", title="Another")
        assert answer.status_code == 302, errors(answer)
        assert call_action("package_show", id=name)["organization"]["name"] == "own"

    def test_what_nobody_is_called_is_refused_with_advice(self, portal: CKANTestApp) -> None:
        """And stays in the field, as all that was written does."""
        for user in ("sysadmin", "animateur-departement"):
            page = sent(portal, "/dataset/new", user, name=f"lost-{user}", owner_org="Nowhere")
            assert page.status_code == 200
            assert "Nowhere" in errors(page)
            field: Any = BeautifulSoup(page.body, "html.parser").select_one("#field-organizations")
            assert field["value"] == "Nowhere"
            assert field["aria-invalid"] == "true"

    def test_homonyms_are_named(self, portal: CKANTestApp) -> None:
        for name in ("saint-sauveur-a", "saint-sauveur-b"):
            as_sysadmin("organization_create", name=name, title="Saint-Sauveur", territory_type="autre")
        page = sent(portal, "/dataset/new", "sysadmin", name="homonym", owner_org="Saint-Sauveur")
        assert "Saint-Sauveur (saint-sauveur-a), Saint-Sauveur (saint-sauveur-b)" in errors(page)
        for name in ("saint-sauveur-a", "saint-sauveur-b"):
            as_sysadmin("organization_purge", id=name)

    def test_an_organisation_of_somebody_else_is_refused(self, portal: CKANTestApp) -> None:
        """However it is written, in the form as in the API; the form keeps what was written."""
        page = sent(portal, "/dataset/new", "animateur-epci", name="taken", owner_org="Title of outside (17415)")
        assert page.status_code == 200
        assert errors(page)
        for owner in ("outside", organization("outside").id):
            assert sent(portal, "/dataset/new", "animateur-epci", name="taken", owner_org=owner).status_code == 403
        for owner in ("outside", "17415", "Title of outside"):
            with pytest.raises((p.toolkit.NotAuthorized, p.toolkit.ValidationError)):
                call_action(
                    "package_create", {"user": "animateur-epci", "ignore_auth": False}, name="taken", title="T",
                    notes="Words", owner_org=owner,
                )  # fmt: skip
            with pytest.raises((p.toolkit.NotAuthorized, p.toolkit.ValidationError)):
                call_action(
                    "package_patch", {"user": "animateur-epci", "ignore_auth": False}, id="public-own", owner_org=owner
                )
        assert model.Package.get("taken") is None

    def test_a_facilitator_finds_only_their_own(self, portal: CKANTestApp) -> None:
        def found(user: str, q: str) -> list[str]:
            asked = {"q": q, "permission": "create_dataset"}
            answer: Any = portal.get(
                "/territoires/suggestions", query_string=asked, headers=token(user) if user else {}
            )
            return [one["text"] for one in answer.json]

        assert found("animateur-epci", "title of ow") == ["Title of own (17300)"]
        assert found("animateur-epci", "title of outs") == []
        assert found("sysadmin", "title of outs") == ["Title of outside (17415)"]
        assert found("", "title") == found("nobody", "title") == []

    def test_a_dataset_begun_on_the_page_of_an_organisation_has_it(self, portal: CKANTestApp) -> None:
        page = form(portal, f"/dataset/new?group={organization('own').id}", "sysadmin")
        assert page.select_one("#field-organizations")["value"] == "Title of own (17300)"
        assert form(portal, "/dataset/new", "sysadmin").select_one("#field-organizations")["value"] == ""

    def test_the_field_is_described_and_the_visibility_stays(self, portal: CKANTestApp) -> None:
        page = form(portal, "/dataset/new", "sysadmin")
        field = page.select_one("input#field-organizations")
        assert field["aria-required"] == "true"
        assert all(page.find(id=one) for one in field["aria-describedby"].split())
        assert [one["value"] for one in page.select("#field-private option")] == ["True", "False"]

    def test_who_has_one_keeps_the_list(self, portal: CKANTestApp) -> None:
        page = form(portal, "/dataset/new", "editor-own")
        options = [option.get_text(strip=True) for option in page.select("select#field-organizations option")]
        assert options == ["Title of own"]


def errors(answer: Any) -> str:
    found: Any = BeautifulSoup(answer.body, "html.parser").select_one("#form-errors")
    return found.get_text(" ", strip=True) if found else ""
