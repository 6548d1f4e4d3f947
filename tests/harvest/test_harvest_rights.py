"""Who may add, change and harvest sources."""

from __future__ import annotations

import pytest

import ckan.plugins.toolkit as tk
from ckan.tests import factories

THREE = {"a": "Budget"}


@pytest.fixture
def people(town):
    """A town with an administrator, an editor and a stranger who administers another organisation."""
    place = town(THREE)
    admin, editor, stranger = factories.User(), factories.User(), factories.User()
    add = tk.get_action("organization_member_create")
    members = (admin, place.organization, "admin"), (editor, place.organization, "editor")
    for user, organization, role in (*members, (stranger, factories.Organization(), "admin")):
        add({"ignore_auth": True}, {"id": organization["id"], "username": user["name"], "role": role})
    return place, {"admin": admin["name"], "editor": editor["name"], "stranger": stranger["name"]}


def may(user: str, action: str, data: dict) -> bool:
    try:
        tk.check_access(action, {"user": user}, data)
    except tk.NotAuthorized:
        return False
    return True


@pytest.mark.parametrize("action", ["odf_source_create", "odf_source_detect", "odf_source_preview", "package_create"])
def test_only_administrators_of_the_organisation_make_the_portal_open_an_address(people, action) -> None:
    """An editor of a commune cannot aim the server at an address, by whatever door."""
    place, names = people
    data = {"type": "harvest", "owner_org": place.organization["id"], "url": "https://donnees.example.org/"}
    assert {role: may(name, action, data) for role, name in names.items()} == {
        "admin": True,
        "editor": False,
        "stranger": False,
    }


@pytest.mark.parametrize("action", ["harvest_source_update", "package_update", "harvest_source_delete"])
def test_only_administrators_of_the_organisation_change_its_sources(people, action) -> None:
    """Changing an address is as far-reaching as adding one."""
    place, names = people
    data = {"id": place.source["id"]}
    assert [may(names[role], action, dict(data)) for role in ("admin", "editor", "stranger")] == [True, False, False]


@pytest.mark.parametrize("action", ["harvest_job_create", "harvest_job_list"])
def test_editors_start_harvests_and_read_reports(people, action) -> None:
    """What an administrator has added, an editor may run."""
    place, names = people
    data = {"source_id": place.source["id"]}
    assert [may(names[role], action, dict(data)) for role in ("admin", "editor", "stranger")] == [True, True, False]


def test_reports_are_for_people_of_the_organisation(people) -> None:
    """A report names files and addresses that a stranger has no business with."""
    place, names = people
    job = {"id": place.harvest()["job"]}
    for action in ("harvest_job_show", "odf_harvest_report"):
        assert [may(names[role], action, dict(job)) for role in ("admin", "editor", "stranger")] == [True, True, False]


def test_datasets_are_created_as_before(people) -> None:
    """The stricter rule is for sources only."""
    place, names = people
    assert may(names["editor"], "package_create", {"owner_org": place.organization["id"]})


def test_harvesting_outside_the_queue_is_for_administrators_of_the_portal(people) -> None:
    """It keeps a web process busy."""
    place, names = people
    assert not may(names["admin"], "odf_harvest_run", {"id": place.source["id"]})
