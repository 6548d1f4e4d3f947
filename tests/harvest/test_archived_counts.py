"""Datasets that their source has no more are in no number of the territories and of the home page."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests.helpers import call_action

from ckanext.opendatafrance.harvest.config import MISSING_RUNS


@pytest.fixture
def place(tables: None, migrate_db_for: Any, town: Any, monkeypatch: pytest.MonkeyPatch, ckan_config: Any) -> Any:
    """A town on the map with three datasets, of which one has left its source; and the numbers before it left."""
    if not sa.inspect(model.ensure_engine()).has_table("odf_territory"):
        migrate_db_for("opendatafrance_territories")
    monkeypatch.setitem(ckan_config, MISSING_RUNS, 1)
    place = town({"a": "Budget", "b": "Subventions", "c": "Arrêtés"})
    written("organization_patch", id=place.organization["id"], longitude="-1.15", latitude="46.16")
    place.harvest()
    place.before = numbers(place.organization["name"])
    place.publish({"b": "Subventions", "c": "Arrêtés"})
    assert place.harvest()["deleted"] == 1
    return place


def written(action: str, **data: Any) -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return call_action(action, {"user": user}, **data)


def numbers(name: str) -> dict[str, Any]:
    shown = call_action("odf_territory_show", id=name)
    found = call_action("odf_territory_search", q=name, sort="datasets")["results"]
    return {
        "show": (shown["datasets"], shown["datasets_below"]),
        "search": [one["datasets"] for one in found if one["name"] == name],
        "map": [one["datasets"] for one in call_action("odf_territory_points") if one["name"] == name],
        "tree": [one["datasets_below"] for one in call_action("odf_territory_tree") if one["name"] == name],
        "home": call_action("odf_portal_numbers")["datasets"],
    }


def test_no_number_counts_an_archived_dataset(place: Any) -> None:
    """Page, list, map, tree, home page."""
    home = place.before["home"]
    assert place.before == {"show": (3, 3), "search": [3], "map": [3], "tree": [3], "home": home}
    assert numbers(place.organization["name"]) == {
        "show": (2, 2), "search": [2], "map": [2], "tree": [2], "home": home - 1
    }  # fmt: skip


def test_a_closed_organisation_with_archived_datasets_only_leads_to_its_successor(place: Any, app: Any) -> None:
    """As one without datasets: nothing of it is found any more."""
    heir = written("organization_create", name=f"{place.organization['name']}-heir", title="Heir")
    for dataset in place.datasets().values():
        if dataset["title"] != "Budget":
            written("package_delete", id=dataset["id"])
    # The harvest source stays an organisation's own until somebody gives it away.
    model.Package.get(place.source["id"]).owner_org = heir["id"]
    model.Session.commit()
    written("organization_patch", id=place.organization["id"], valid_to="2020-01-01", successor=heir["name"])
    answer = app.get(f"/organization/{place.organization['name']}", follow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/organization/{heir['name']}")
