"""What the connectors of geographic catalogues and Hubs map is what the portal stores."""

from __future__ import annotations

import json
from typing import Any

import csw_catalogue as csw
import pytest
from member_site import Answer

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories

from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.writer import Item, Writer

pytestmark = pytest.mark.usefixtures("tables")
_NO_RECORDS = ("expected", "dcat", "capabilities", "atom", "error_bad")


def absent(dataset: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """Fields of a mapped dataset that the stored one does not show."""
    fields = [field for field in dataset if field != "resources" and shown.get(field) in (None, "", [], {})]
    for one, other in zip(dataset["resources"], shown["resources"], strict=True):
        fields += [f"resources.{field}" for field in one if other.get(field) in (None, "", [], {})]
    return fields


def stored(datasets: list[dict[str, Any]]) -> list[str]:
    """Store the datasets; what the portal lost of them."""
    owner = factories.Organization()
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    model.Session.commit()
    items = [Item(str(number), {**dataset, "owner_org": owner["id"]}) for number, dataset in enumerate(datasets)]
    results = list(Writer(user).write(items))
    assert {result.guid: result.errors for result in results if result.action != "added"} == {}
    show = tk.get_action("package_show")
    shown = [show({"ignore_auth": True}, {"id": result.dataset_id}) for result in results]
    found = tk.get_action("package_search")({}, {"fq": f"owner_org:{owner['id']}", "rows": 0})["count"]
    assert found == len(datasets)
    return [missing for dataset, other in zip(datasets, shown, strict=True) for missing in absent(dataset, other)]


def test_every_real_record_is_stored_whole(corpus, member_site, fetch) -> None:
    """ISO 19139 and Dublin Core as servers gave them, and ISO 19115-3 with a service."""
    paths = sorted((corpus / "csw-iso19139").rglob("*.xml"))
    sites = [Answer(path.read_bytes()) for path in paths if not any(word in str(path) for word in _NO_RECORDS)]
    sites.append(csw.page([csw.mdb("v1"), csw.service("s1", "Vue", "https://v.fr/wms", {"v1": ["voies"]})], 2, 0))
    datasets = []
    for answer in sites:
        site = member_site({"/csw": answer})
        datasets += preview(f"{site.url}/csw", fetch(site, tries=1), "csw").datasets
    assert len(datasets) >= 35
    assert stored(datasets) == []


def test_every_dataset_of_real_catalogues_is_stored_whole(corpus, member_site, fetch) -> None:
    """data.json in its versions."""
    datasets = []
    for path in sorted((corpus / "data-json-us").rglob("*.json")):
        if b'"identifier"' in (body := path.read_bytes()):
            site = member_site({"/data.json": Answer(json.dumps(json.loads(body)), media_type="application/json")})
            datasets += preview(f"{site.url}/data.json", fetch(site), "arcgis").datasets
    assert "arcgis" in connectors()
    assert len(datasets) >= 30
    assert stored(datasets) == []
