"""Who may do what where: every role, every action, every place, as tables; then forms, search, escalation, commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from click.testing import CliRunner

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import get_permission_labels
from ckan.tests import factories
from ckan.tests.helpers import CKANTestApp, _get_test_app, call_action

from ckanext.opendatafrance.territories.rights import subtree
from ckanext.opendatafrance.territories.rights.cli import animateur

# `rights_portal` is a plain module beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from rights_portal import ORGANIZATIONS, USERS, as_sysadmin, make, organization

# CKAN lets administrators have all that is below them; the portal is tested without, and once with it.
CASCADE = "ckan.auth.roles_that_cascade_to_sub_groups"
pytestmark = pytest.mark.usefixtures("without_cascade")

# x allowed, . refused
EDIT = """
                       own  other  outside  epci  departement  member  syndicat
sysadmin                x     x       x      x         x         x        x
animateur-departement   x     x       .      x         x         .        x
animateur-epci          x     x       .      x         .         .        .
animateur-syndicat      x     .       .      .         .         x        x
admin-own               x     .       .      .         .         .        .
editor-own              x     .       .      .         .         .        .
member-own              .     .       .      .         .         .        .
admin-epci              .     .       .      x         .         .        .
editor-epci             .     .       .      x         .         .        .
nobody                  .     .       .      .         .         .        .
anonymous               .     .       .      .         .         .        .
"""
SEE_PRIVATE = EDIT.replace("member-own              .", "member-own              x")
# Members and sources of an organisation, what it says of itself: as administrators of the organisation.
ADMINISTER = EDIT.replace("editor-own              x", "editor-own              .").replace(
    "editor-epci             .     .       .      x", "editor-epci             .     .       .      ."
)
# What an organisation is and where it stands, its deletion.
OWN_RECORD = """
                       own  other  outside  epci  departement  member  syndicat
sysadmin                x     x       x      x         x         x        x
animateur-departement   .     .       .      .         .         .        .
animateur-epci          .     .       .      .         .         .        .
animateur-syndicat      .     .       .      .         .         .        .
admin-own               x     .       .      .         .         .        .
editor-own              .     .       .      .         .         .        .
member-own              .     .       .      .         .         .        .
admin-epci              .     .       .      x         .         .        .
editor-epci             .     .       .      .         .         .        .
nobody                  .     .       .      .         .         .        .
anonymous               .     .       .      .         .         .        .
"""
# To make somebody administrator: not where the role itself was given.
CHOOSE_ADMIN = """
                       own  other  outside  epci  departement  member  syndicat
sysadmin                x     x       x      x         x         x        x
animateur-departement   x     x       .      x         .         .        x
animateur-epci          x     x       .      .         .         .        .
animateur-syndicat      x     .       .      .         .         x        .
admin-own               x     .       .      .         .         .        .
editor-own              .     .       .      .         .         .        .
member-own              .     .       .      .         .         .        .
admin-epci              .     .       .      x         .         .        .
editor-epci             .     .       .      .         .         .        .
nobody                  .     .       .      .         .         .        .
anonymous               .     .       .      .         .         .        .
"""
# To make somebody facilitator: of what is in one's own sub-tree with all that is below it. The syndicate under the
# département has a member outside of it.
CHOOSE_ANIMATEUR = """
                       own  other  outside  epci  departement  member  syndicat
sysadmin                x     x       x      x         x         x        x
animateur-departement   x     x       .      x         .         .        .
animateur-epci          x     x       .      .         .         .        .
animateur-syndicat      x     .       .      .         .         x        .
admin-own               .     .       .      .         .         .        .
editor-own              .     .       .      .         .         .        .
member-own              .     .       .      .         .         .        .
admin-epci              .     .       .      .         .         .        .
editor-epci             .     .       .      .         .         .        .
nobody                  .     .       .      .         .         .        .
anonymous               .     .       .      .         .         .        .
"""
SYSADMIN_ONLY = "\n".join(
    line if n < 2 else line.replace("x", ".") for n, line in enumerate(EDIT.strip("\n").splitlines())
)


def public(place: str) -> dict[str, Any]:
    return {"id": f"public-{place}"}


def resource(place: str) -> dict[str, Any]:
    return {"id": model.Package.get(f"public-{place}").resources[0].id}


def owner(place: str) -> dict[str, Any]:
    return {"owner_org": organization(place).id}


def itself(place: str) -> dict[str, Any]:
    return {"id": organization(place).id}


def own_source(place: str) -> dict[str, Any]:
    return {"id": model.Package.get(f"source-{place}").id}


def role(name: str) -> Callable[[str], dict[str, Any]]:
    return lambda place: {**itself(place), "username": "somebody", "role": name}


def low_level(capacity: str | None) -> Callable[[str], dict[str, Any]]:
    somebody = {"object": "somebody", "object_type": "user", **({"capacity": capacity} if capacity else {})}
    return lambda place: {**itself(place), **somebody}


# Whether CKAN would let it pass, for each action; those that are really run are in the class below.
ASKED = [
    ("package_create", owner, EDIT),
    ("package_update", public, EDIT),
    ("package_patch", public, EDIT),
    ("package_delete", public, EDIT),
    ("resource_create", lambda place: {"package_id": f"public-{place}"}, EDIT),
    ("resource_update", resource, EDIT),
    ("resource_patch", resource, EDIT),
    ("resource_delete", resource, EDIT),
    ("resource_view_create", lambda place: {"resource_id": resource(place)["id"]}, EDIT),
    ("package_show", lambda place: {"id": f"private-{place}"}, SEE_PRIVATE),
    ("bulk_update_private", lambda place: {"org_id": organization(place).id}, ADMINISTER),
    ("bulk_update_delete", lambda place: {"org_id": organization(place).id}, ADMINISTER),
    ("odf_source_create", owner, ADMINISTER),
    ("odf_source_detect", owner, ADMINISTER),
    ("odf_source_preview", owner, ADMINISTER),
    ("harvest_source_create", owner, ADMINISTER),
    ("package_create", lambda place: {**owner(place), "type": "harvest"}, ADMINISTER),
    ("package_update", own_source, ADMINISTER),
    ("harvest_source_update", own_source, ADMINISTER),
    ("harvest_source_delete", own_source, ADMINISTER),
    ("harvest_source_clear", own_source, ADMINISTER),
    ("harvest_job_create", lambda place: {"source_id": own_source(place)["id"]}, EDIT),
    ("harvest_job_list", lambda place: {"source_id": own_source(place)["id"]}, EDIT),
    ("odf_harvest_run", own_source, SYSADMIN_ONLY),
    ("organization_update", itself, ADMINISTER),
    ("organization_patch", itself, ADMINISTER),
    ("group_update", itself, OWN_RECORD),
    ("organization_delete", itself, OWN_RECORD),
    ("organization_purge", itself, SYSADMIN_ONLY),
    ("group_edit_permissions", itself, ADMINISTER),
    ("organization_member_create", itself, ADMINISTER),
    ("organization_member_create", role("editor"), ADMINISTER),
    ("organization_member_create", role("admin"), CHOOSE_ADMIN),
    ("organization_member_create", role("animateur"), CHOOSE_ANIMATEUR),
    ("user_invite", lambda place: {"group_id": organization(place).id, "role": "editor"}, ADMINISTER),
    ("user_invite", lambda place: {"group_id": organization(place).id, "role": "animateur"}, CHOOSE_ANIMATEUR),
    ("member_create", low_level("editor"), ADMINISTER),
    ("member_create", low_level("animateur"), CHOOSE_ANIMATEUR),
    ("member_create", lambda place: {**itself(place), "object": "region", "object_type": "group"}, OWN_RECORD),
    ("member_delete", low_level(None), ADMINISTER),
    ("odf_animateur_list", lambda place: {"organization": place}, ADMINISTER),
    ("odf_animateur_list", lambda place: {}, SYSADMIN_ONLY),
    ("odf_territory_seed", lambda place: {"code": "departement:17"}, SYSADMIN_ONLY),
]


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


@pytest.fixture
def without_cascade(portal: CKANTestApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tk.config, CASCADE, [])


def run(user: str, action: str, data: dict[str, Any]) -> Any:
    """As the API would for this user."""
    name = "" if user == "anonymous" else user
    return call_action(action, {"user": name, "ignore_auth": False}, **data)


def done(user: str, action: str, data: dict[str, Any]) -> bool:
    """Run an action; whether it was allowed."""
    try:
        run(user, action, data)
    except tk.NotAuthorized:
        return False
    return True


def asked(user: str, action: str, data: dict[str, Any]) -> bool:
    try:
        tk.check_access(action, {"user": "" if user == "anonymous" else user}, data)
    except tk.NotAuthorized:
        return False
    return True


def table(may: Callable[[str, str], bool]) -> list[list[str]]:
    cells = [[user, *("x" if may(user, place) else "." for place in ORGANIZATIONS)] for user in USERS]
    return [list(ORGANIZATIONS), *cells]


def expected(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("action", "data", "rights"), ASKED, ids=[f"{n}-{action}" for n, (action, *_) in enumerate(ASKED)]
)
def test_what_is_asked_first(action: str, data: Callable[[str], dict[str, Any]], rights: str) -> None:
    """CKAN's own question before each action, of every user about every organisation."""
    assert table(lambda user, place: asked(user, action, data(place))) == expected(rights)


class TestDone:
    """The same, really done: what happens inside an action may refuse too."""

    def test_a_dataset_is_made_changed_and_deleted(self) -> None:
        """With a resource, and private; changed and deleted in the first place where each user may make one."""
        users: set[str] = set()

        def may(user: str, place: str) -> bool:
            name = f"new-{user}-{place}"
            data = {"name": name, "owner_org": place, "title": "New", "notes": "Words", "private": True}
            if not done(user, "package_create", data):
                return False
            if user not in users:
                users.add(user)
                run(user, "package_patch", {"id": name, "title": "Newer"})
                run(user, "resource_create", {"package_id": name, "url": "http://new.example/a.csv", "name": "A"})
                run(user, "package_delete", {"id": name})
            return True

        assert table(may) == expected(EDIT)

    def test_an_organisation_says_something_else_of_itself(self) -> None:
        """Description, contact."""

        def may(user: str, place: str) -> bool:
            data = {"id": place, "description": f"Words of {user}", "contact_email": f"{user}@example.fr"}
            return done(user, "organization_patch", data)

        assert table(may) == expected(ADMINISTER)
        assert as_sysadmin("organization_show", id="epci")["description"] == "Words of admin-epci"
        assert as_sysadmin("organization_show", id="epci")["groups"][0]["name"] == "departement"

    @pytest.mark.parametrize("field", ["postal_codes", "insee_code", "groups", "users", "name"])
    def test_what_an_organisation_is_and_where_it_stands_stays(self, field: str) -> None:
        """Codes, place in the tree, members, address: by whom CKAN lets it, never by a facilitator."""
        values = {
            "postal_codes": "17999", "insee_code": "17415", "groups": [{"name": "elsewhere"}], "name": "mine",
            "users": [{"name": "animateur-epci", "capacity": "admin"}],
        }  # fmt: skip
        for place in ("epci", "own"):
            with pytest.raises(tk.ValidationError) as refusal:
                run("animateur-epci", "organization_patch", {"id": place, field: values[field]})
            assert set(refusal.value.error_dict) == {field}

    def test_an_update_without_the_codes_empties_them_not(self) -> None:
        """CKAN's update takes what is absent for emptied."""
        as_sysadmin("organization_patch", id="other", postal_codes="17000")
        run("animateur-epci", "organization_update", {"id": "other", "title": "Other", "website": "https://a.example"})
        found = as_sysadmin("organization_show", id="other")
        assert (found["title"], found["postal_codes"]) == ("Other", "17000")
        assert [group["name"] for group in found["groups"]] == ["epci"]

    def test_members_come_and_go(self) -> None:
        """Editors of an organisation."""

        def may(user: str, place: str) -> bool:
            data = {"id": place, "username": "somebody", "role": "editor"}
            if not done(user, "organization_member_create", data):
                return False
            run(user, "organization_member_delete", {"id": place, "username": "somebody"})
            return True

        assert table(may) == expected(ADMINISTER)


class TestNobodyRaisesThemselves:
    def test_by_a_role_in_their_own_sub_tree(self) -> None:
        """A facilitator needs none there."""
        for place in ("own", "epci"):
            data = {"id": place, "username": "animateur-epci", "role": "admin"}
            assert not done("animateur-epci", "organization_member_create", data)

    def test_by_the_role_when_they_administer_the_organisation(self) -> None:
        """By none of the ways in which CKAN writes members."""
        me = {"users": [{"name": "admin-epci", "capacity": "animateur"}]}
        for action in ("organization_patch", "organization_update", "group_patch", "group_update"):
            assert not done("admin-epci", action, {"id": organization("epci").id, "name": "epci", **me})
        assert not done("admin-epci", "organization_create", {"name": "another", "groups": [{"name": "epci"}], **me})

    def test_by_pushing_aside_who_has_the_role_above(self) -> None:
        """Facilitators of an organisation are not for those of the same one to choose."""
        somebody = {"id": "epci", "username": "somebody"}
        as_sysadmin("organization_member_create", **somebody, role="animateur")
        assert not done("animateur-epci", "organization_member_delete", somebody)
        assert not done("animateur-epci", "organization_member_create", {**somebody, "role": "member"})
        assert done("animateur-departement", "organization_member_delete", somebody)

    def test_by_moving_a_dataset_away(self) -> None:
        """It stays within the sub-tree."""
        name = factories.Dataset(owner_org=organization("own").id)["name"]
        with pytest.raises((tk.ValidationError, tk.NotAuthorized)):
            run("animateur-epci", "package_patch", {"id": name, "owner_org": organization("outside").id})
        run("animateur-epci", "package_patch", {"id": name, "owner_org": organization("other").id})
        assert model.Package.get(name).owner_org == organization("other").id

    def test_where_the_portal_lets_administrators_have_what_is_below(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """CKAN's option counts as everywhere: for administrators, in the tree, and without making facilitators."""
        monkeypatch.setitem(tk.config, CASCADE, ["admin"])
        assert asked("admin-epci", "package_update", {"id": "public-own"})
        assert not asked("editor-epci", "package_update", {"id": "public-own"})
        assert asked("admin-epci", "package_show", {"id": "private-own"})
        found = run("admin-epci", "package_search", {"q": "Secret", "include_private": True})["results"]
        assert {one["name"] for one in found} == {"private-epci", "private-own", "private-other"}
        assert not asked("admin-epci", "organization_member_create", role("animateur")("own"))
        assert not asked("animateur-departement", "organization_member_create", role("admin")("departement"))
        assert asked("animateur-departement", "organization_member_create", role("admin")("epci"))


class TestLists:
    def test_organisations_of_a_user(self) -> None:
        """With each permission of the role, and no other."""
        below = {
            "animateur-departement": {"departement", "epci", "own", "other", "syndicat"},
            "animateur-epci": {"epci", "own", "other"},
            "animateur-syndicat": {"syndicat", "own", "member"},
            "editor-epci": {"epci"},
            "nobody": set(),
        }
        for permission in ("read", "create_dataset", "update_dataset", "delete_dataset"):
            for user, places in below.items():
                found = run(user, "organization_list_for_user", {"permission": permission})
                assert {one["name"] for one in found} == places
        assert {one["capacity"] for one in run("animateur-epci", "organization_list_for_user", {})} == {"animateur"}
        assert run("animateur-epci", "organization_list_for_user", {"permission": "admin"}) == []

    def test_who_finds_private_datasets(self) -> None:
        """In the search, as on their pages."""

        def found(user: str) -> set[str]:
            data = {"q": "Secret", "include_private": True, "rows": 100}
            return {one["name"] for one in run(user, "package_search", data)["results"]}

        per_user = {user: found(user) for user in USERS}
        assert table(lambda user, place: f"private-{place}" in per_user[user]) == expected(SEE_PRIVATE)

    def test_drafts_are_seen_too(self) -> None:
        """A draft of the town clerk."""
        name = factories.Dataset(owner_org=organization("own").id, state="draft")["name"]
        assert table(lambda user, place: asked(user, "package_show", {"id": name}))[2][1:] == ["x"] * 7
        assert asked("animateur-syndicat", "package_show", {"id": name})
        assert not asked("editor-epci", "package_show", {"id": name})

    def test_a_role_adds_one_clause_to_a_search(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many communes there are: Solr takes 1,024. The same where CKAN lets a role cascade."""
        user = model.User.get("animateur-departement")
        labels = get_permission_labels().get_user_dataset_labels(user)
        monkeypatch.setitem(tk.config, CASCADE, ["admin"])
        assert len(get_permission_labels().get_user_dataset_labels(model.User.get("admin-epci"))) == 4
        assert sorted(labels) == sorted(
            ["public", f"creator-{user.id}", f"odf_animateur-{organization('departement').id}"]
        )

    def test_a_right_costs_one_query(self) -> None:
        """However deep the tree is."""
        user, place = model.User.get("animateur-departement"), organization("own")
        statements: list[str] = []
        engine = model.Session.get_bind()

        def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            assert subtree.holds(user.name, place.id)
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        assert len([one for one in statements if "odf_territory" in one]) == 1
        assert len(statements) <= 3


class TestPages:
    @pytest.fixture
    def get(self, portal: CKANTestApp) -> Callable[..., BeautifulSoup]:
        def page(url: str, user: str, status: int = 200) -> BeautifulSoup:
            answer = portal.get(url, headers=self.headers(user), status=status)
            return BeautifulSoup(answer.body, "html.parser")

        return page

    @staticmethod
    def headers(user: str) -> dict[str, str]:
        return {"Authorization": factories.APIToken(user=user)["token"]}

    @staticmethod
    def options(page: BeautifulSoup, name: str) -> list[str]:
        select = page.find("select", attrs={"name": name})
        return [one.text.strip() for one in select.find_all("option") if one.get("value")] if select else []

    def test_the_dataset_form_offers_the_sub_tree(self, get: Callable[..., BeautifulSoup]) -> None:
        """Exactly that, by title."""
        page = get("/dataset/new", "animateur-syndicat")
        assert self.options(page, "owner_org") == ["Title of member", "Title of own", "Title of syndicat"]

    def test_the_form_of_a_source_offers_the_sub_tree(self, get: Callable[..., BeautifulSoup]) -> None:
        """Exactly that, by title; editors find none."""
        page = get("/harvest/new", "animateur-syndicat")
        assert self.options(page, "owner_org") == ["Title of member", "Title of own", "Title of syndicat"]
        assert self.options(get("/harvest/new", "editor-own"), "owner_org") == []

    def test_the_members_page_gives_the_role(self, portal: CKANTestApp, get: Callable[..., BeautifulSoup]) -> None:
        """Its list of roles holds those that one may give."""
        url = "/organization/member_new/epci"
        values = {
            user: [one["value"] for one in get(url, user).select("select[name=role] option")]
            for user in ("sysadmin", "admin-epci", "animateur-departement", "animateur-epci")
        }
        assert values == {
            "sysadmin": ["admin", "editor", "member", "animateur"],
            "admin-epci": ["admin", "editor", "member"],
            "animateur-departement": ["admin", "editor", "member", "animateur"],
            "animateur-epci": ["editor", "member"],
        }
        data = {"username": "somebody", "role": "animateur"}
        portal.post(url, headers=self.headers("animateur-departement"), data=data)
        assert subtree.holds("somebody", "own")
        page = get("/organization/manage_members/epci", "animateur-departement")
        [row] = [row for row in page.find_all("tr") if row.find("a", href="/user/somebody")]
        assert "Facilitator" in row.text or "Anima" in row.text
        as_sysadmin("organization_member_delete", id="epci", username="somebody")
        assert not subtree.holds("somebody", "own")

    def test_the_form_of_an_organisation_is_saved(self, portal: CKANTestApp, get: Callable[..., BeautifulSoup]) -> None:
        """As the browser sends it, with all of its fields; a changed code is told beside the field."""
        sent = self._form(get("/organization/edit/own", "animateur-epci"))
        headers, sent = self.headers("animateur-epci"), {**sent, "_csrf_token": "of the form"}
        portal.post("/organization/edit/own", headers=headers, data={**sent, "description": "By the form"}, status=200)
        assert as_sysadmin("organization_show", id="own")["description"] == "By the form"
        answer = portal.post("/organization/edit/own", headers=headers, data={**sent, "siren": "211704150"}, status=200)
        assert "siren" in BeautifulSoup(answer.body, "html.parser").select_one(".error-explanation").text.lower()
        assert not as_sysadmin("organization_show", id="own").get("siren")

    @staticmethod
    def _form(page: BeautifulSoup) -> dict[str, str]:
        form = page.find("form", class_="form-horizontal") or page.find("form", class_="dataset-form")
        sent = {one["name"]: one.get("value", "") for one in form.select("input[name]") if one.get("type") != "file"}
        sent |= {one["name"]: one.text for one in form.select("textarea[name]")}
        for select in form.select("select[name]"):
            chosen = select.select("option[selected]") or select.select("option")[:1]
            sent[select["name"]] = chosen[0].get("value", "")
        return sent


def test_the_command_gives_lists_and_takes_the_role() -> None:
    """As an administrator types it."""

    def type_(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(animateur, list(words))
        return result.exit_code, result.output

    assert type_("add", "somebody", "syndicat")[0] == 0
    assert subtree.holds("somebody", "member")
    assert "somebody" in type_("list", "--organization", "syndicat")[1]
    assert '"organizations": 3' in type_("list", "--user", "somebody", "--json")[1]
    assert type_("remove", "somebody", "syndicat")[0] == 0
    assert not subtree.holds("somebody", "member")
    assert type_("remove", "somebody", "syndicat")[0] == 1
    assert type_("add", "somebody", "nowhere")[0] == 1
    assert type_("add", "nobody-at-all", "syndicat")[0] == 1


def test_switched_off_the_role_gives_nothing() -> None:
    """The rows stay, CKAN takes them for a role without rights, and its pages open."""
    p.unload("opendatafrance_territories")
    try:
        assert not asked("animateur-epci", "package_update", {"id": "public-own"})
        assert not asked("animateur-epci", "package_update", {"id": "public-epci"})
        assert not asked("animateur-epci", "package_show", {"id": "private-epci"})
        assert run("animateur-epci", "organization_list_for_user", {"permission": "read"}) == []
        assert len(run("sysadmin", "member_list", {"id": "epci", "object_type": "user"})) == 4
    finally:
        p.load("opendatafrance_territories")
