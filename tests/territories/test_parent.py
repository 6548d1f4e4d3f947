"""The parent of an organisation: chosen in the form, refused clearly, within the rights of who chooses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp, _get_test_app, call_action

# `rights_portal` is a plain module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from rights_portal import as_sysadmin, make

CASCADE = "ckan.auth.roles_that_cascade_to_sub_groups"


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
    as_sysadmin("organization_patch", id="epci", siren="241700434")
    as_sysadmin("organization_patch", id="departement", insee_code="17")
    yield _get_test_app()
    model.Session.rollback()
    p.unload_all()


@pytest.fixture(autouse=True)
def as_bin_portal_sets_it(app: CKANTestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tk.config, CASCADE, [])
    monkeypatch.setitem(tk.config, "ckan.auth.user_create_organizations", False)


@pytest.fixture
def association() -> Iterator[str]:
    """An organisation made by hand, without a parent."""
    name = factories.Organization(territory_type="association", title="Amis du port")["name"]
    yield name
    as_sysadmin("organization_purge", id=name)


def parents(name: str) -> list[str]:
    return [group["name"] for group in as_sysadmin("organization_show", id=name)["groups"]]


def run(user: str, action: str, **data: Any) -> Any:
    return call_action(action, {"user": user, "ignore_auth": False}, **data)


def refusal(user: str, action: str, **data: Any) -> dict[str, Any]:
    with pytest.raises(tk.ValidationError) as error:
        run(user, action, **data)
    return error.value.error_dict


def page_of_form(app: CKANTestApp, path: str, user: str = "sysadmin", **fields: str) -> Any:
    """Open a form as a browser without scripts, fill these fields in, send it; the answer."""
    token = factories.APIToken(user=user)["token"]
    headers = {"Authorization": token}
    form = BeautifulSoup(app.get(path, headers=headers).body, "html.parser").find(id="organization-edit")
    sent = {one["name"]: one.get("value", "") for one in form.select("input[name]:not([type=file])")}
    sent |= {one["name"]: one.get_text().strip() for one in form.select("textarea[name]")}
    sent |= {
        one["name"]: (one.select_one("option[selected]") or one.option).get("value", "")
        for one in form.select("select[name]")
    }
    return app.post(path, data={**sent, **fields, "save": ""}, headers=headers, follow_redirects=False)


class TestForm:
    def test_a_new_organisation_gets_its_parent(self, app: CKANTestApp) -> None:
        """By a suggestion as the list writes it; the form shows the parent the same way, and saving again keeps it."""
        made = page_of_form(
            app, "/en/organization/new", title="Régie du port", name="regie", territory_type="association",
            parent="Title of epci (241700434)",
        )  # fmt: skip
        assert made.status_code == 302
        assert parents("regie") == ["epci"]
        assert call_action("odf_territory_show", id="regie")["ancestors"][-1]["name"] == "epci"
        assert page_of_form(app, "/en/organization/edit/regie", description="Words").status_code == 302
        assert parents("regie") == ["epci"]
        assert page_of_form(app, "/en/organization/edit/regie", parent="").status_code == 302
        assert parents("regie") == []

    @pytest.mark.parametrize("text", ["epci", "241700434", "24170043400012", "title of EPCI", "Title of epci (epci)"])
    def test_it_is_written_as_people_write(self, association: str, text: str) -> None:
        """Address, SIREN, SIRET, name, suggestion."""
        as_sysadmin("organization_patch", id=association, parent=text)
        assert parents(association) == ["epci"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("Title of nobody", "No organisation is called “Title of nobody”"),
            ("241700435", "does not have the right key"),
            ("epci, departement", "No organisation is called “epci, departement”"),
        ],
    )
    def test_what_is_not_clear_is_told_beside_the_field(
        self, app: CKANTestApp, association: str, text: str, said: str
    ) -> None:
        """And above the form, with a link; what was typed stays."""
        answer = page_of_form(app, f"/en/organization/edit/{association}", parent=text)
        page = BeautifulSoup(answer.body, "html.parser")
        field = page.find(id="field-parent")
        assert field["value"] == text
        assert field["aria-invalid"] == "true"
        assert said in page.find(id=field["aria-describedby"]).get_text()
        [link] = page.select("#form-errors a")
        assert (link["href"], link.get_text()) == ("#field-parent", "Stands under")
        assert parents(association) == []

    def test_circles_are_refused_with_the_way(self, app: CKANTestApp) -> None:
        """Of an organisation under one that is below it, and under itself."""
        answer = page_of_form(app, "/en/organization/edit/departement", parent="own")
        text = BeautifulSoup(answer.body, "html.parser").find(id="field-parent-help").get_text()
        assert "cannot stand under Title of own" in text
        assert "Title of departement › Title of epci › Title of own" in text
        assert set(refusal("sysadmin", "organization_patch", id="epci", parent="epci")) == {"parent"}
        assert parents("departement") == ["region"]

    def test_two_parents_are_refused_with_both_names(self, association: str) -> None:
        """The API takes a list."""
        groups = [{"name": "epci"}, {"name": "departement"}]
        said = str(refusal("sysadmin", "organization_patch", id=association, groups=groups))
        assert "Title of epci" in said
        assert "Title of departement" in said


class TestFacilitators:
    def test_they_make_organisations_below_them(self, app: CKANTestApp) -> None:
        """In the form, with the parent already chosen by the address that leads to it."""
        made = page_of_form(app, "/en/organization/new?parent=epci", "animateur-epci", title="Office", name="office")
        assert made.status_code == 302
        assert parents("office") == ["epci"]

    @pytest.mark.parametrize("parent", ["", "departement", "elsewhere", "outside"])
    def test_and_nowhere_else(self, parent: str) -> None:
        data = {"name": "not-made", "title": "Not made", "territory_type": "association", "parent": parent}
        assert "that you facilitate" in str(refusal("animateur-epci", "organization_create", **data)["parent"])
        with pytest.raises(tk.NotAuthorized):
            run("editor-own", "organization_create", **data)

    def test_not_below_a_member_beside_the_tree(self) -> None:
        """A syndicate's commune stands in the tree of others."""
        data = {"name": "not-made", "title": "Not made", "parent": "own"}
        assert set(refusal("animateur-syndicat", "organization_create", **data)) == {"parent"}

    def test_they_move_what_is_below_them(self) -> None:
        """From one place to another; not out of their sub-tree, not the one where they have the role."""
        run("animateur-departement", "organization_patch", id="other", parent="syndicat")
        assert parents("other") == ["syndicat"]
        run("animateur-departement", "organization_patch", id="other", parent="epci")
        assert parents("other") == ["epci"]
        for place, parent in (("other", "elsewhere"), ("other", ""), ("departement", "epci"), ("outside", "epci")):
            with pytest.raises((tk.ValidationError, tk.NotAuthorized)):
                run("animateur-departement", "organization_patch", id=place, parent=parent)
        # Member of the syndicate beside the tree, it stands under an EPCI that the syndicate does not facilitate.
        assert set(refusal("animateur-syndicat", "organization_patch", id="own", parent="syndicat")) == {"parent"}
        assert (parents("other"), parents("own"), parents("departement")) == (["epci"], ["epci"], ["region"])

    def test_others_do_not(self) -> None:
        for user in ("editor-own", "admin-epci", "nobody"):
            with pytest.raises(tk.NotAuthorized):
                run(user, "organization_patch", id="own", parent="departement")
