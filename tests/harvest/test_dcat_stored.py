"""What the DCAT connector maps is what the portal stores: no real dataset refused, no field lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from dcat_corpus import files, served

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories

from ckanext.opendatafrance.harvest.writer import Item, Writer

pytestmark = pytest.mark.usefixtures("tables")


def test_every_real_dataset_is_stored_whole(corpus, member_site, fetch) -> None:
    """All datasets of the corpus, and some at the limits, validate, are indexed, and show every field again."""
    owner = factories.Organization()
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    model.Session.commit()
    found = [dataset for file in files(corpus) for dataset in served(file, member_site, fetch).datasets]
    assert len(found) > 130
    items = [Item(str(number), {**dataset, "owner_org": owner["id"]}) for number, dataset in enumerate(found)]
    results = list(Writer(user).write(items))
    assert {result.guid: result.errors for result in results if result.action != "added"} == {}
    lost = {}
    for dataset, result in zip(found, results, strict=True):
        shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": result.dataset_id})
        if missing := [*absent(dataset, shown)]:
            lost[dataset["title"]] = missing
    assert lost == {}
    indexed = tk.get_action("package_search")({}, {"fq": f"owner_org:{owner['id']}", "rows": 0})["count"]
    assert indexed == len(found)


def absent(dataset: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """Fields of a mapped dataset that the stored one does not show."""
    fields = [field for field in dataset if field != "resources" and shown.get(field) in (None, "", [], {})]
    for one, other in zip(dataset["resources"], shown["resources"], strict=True):
        fields += [f"resources.{field}" for field in one if other.get(field) in (None, "", [], {})]
    return fields
