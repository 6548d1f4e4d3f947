"""`ckan odf feed check`: what data.gouv.fr would lose, and the remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest

import ckan.plugins.toolkit as tk
from ckan.cli.cli import ckan
from ckan.tests import factories
from ckan.tests.helpers import call_action, call_auth


@pytest.fixture
def portal(fill_once: Any) -> None:
    fill_once(make)


def make() -> None:
    owner = factories.Organization(name="check-town", title="Bourg")["id"]
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    factories.Organization(name="check-empty")
    values = {"owner_org": owner, "title": "Sans licence", "tags": [{"name": "PC"}]}
    call_action("package_create", {"user": user}, name="check-poor", **values)


@pytest.mark.usefixtures("portal")
def test_findings_name_dataset_and_remedy(cli: Any) -> None:
    answer = cli.invoke(ckan, ["odf", "feed", "check", "--organization", "check-town", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)
    assert found["checked"] == 1
    [dataset] = found["datasets"]
    assert dataset["name"] == "check-poor"
    assert {"licence-missing", "tag-length", "files-missing"} <= {one["code"] for one in dataset["findings"]}
    assert all(one["message"] and one["remedy"] for one in dataset["findings"])
    text = cli.invoke(ckan, ["odf", "feed", "check", "--organization", "check-town"]).output
    assert "Sans licence (check-poor)" in text
    assert cli.invoke(ckan, ["odf", "feed", "check", "--organization", "nulle-part"]).exit_code == 2


@pytest.mark.usefixtures("portal")
def test_editors_check_their_own_organisation_only() -> None:
    editor = factories.User()
    member = {"id": "check-town", "username": editor["name"], "role": "editor"}
    call_action("organization_member_create", {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, **member)
    context = {"user": editor["name"], "model": None}
    assert call_auth("odf_feed_check", context, organization="check-town")
    for data in ({"organization": "check-empty"}, {}):
        with pytest.raises(tk.NotAuthorized):
            call_auth("odf_feed_check", context, **data)
