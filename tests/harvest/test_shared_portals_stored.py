"""What the Opendatasoft and udata connectors map is what the portal stores; files keep their ids from run to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import opendatasoft_site as ods
import pytest
import udata_site as udata
from member_site import MemberSite

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories

from ckanext.opendatafrance.harvest.config import ALLOWED_HOSTS
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport
from ckanext.opendatafrance.harvest.writer import Item, Writer

pytestmark = pytest.mark.usefixtures("tables")
Fetch = Callable[..., Transport]


def test_every_field_is_stored(corpus: Path, member_site: Any, fetch: Fetch) -> None:
    """Real datasets and full ones validate, are indexed, and show every field again."""
    site = member_site(
        {
            **ods.domain([ods.FULL, ods.dataset(1)]),
            "/catalog.csv": corpus / "ods-v1/ods-dcat-draft/catalog.given.csv",
        }
    )
    regional = member_site(udata.portal([udata.dataset(1), udata.FULL]))
    found = [
        *preview(site.url, fetch(site), connector="opendatasoft").datasets,
        *preview(f"{site.url}/catalog.csv", fetch(site), connector="opendatasoft").datasets,
        *preview(regional.url, fetch(regional), connector="udata").datasets,
    ]
    assert len(found) > 60
    owner = factories.Organization()
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    model.Session.commit()
    items = [Item(str(number), {**dataset, "owner_org": owner["id"]}) for number, dataset in enumerate(found)]
    results = list(Writer(user).write(items))
    assert {result.guid: result.errors for result in results if result.action != "added"} == {}
    lost = {}
    for dataset, result in zip(found, results, strict=True):
        shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": result.dataset_id})
        if missing := absent(dataset, shown):
            lost[dataset["title"]] = missing
    assert lost == {}


def absent(dataset: dict[str, Any], shown: dict[str, Any]) -> list[str]:
    """Fields of a mapped dataset that the stored one does not show."""
    fields = [field for field in dataset if field != "resources" and shown.get(field) in (None, "", [], {})]
    for one, other in zip(dataset["resources"], shown["resources"], strict=True):
        fields += [f"resources.{field}" for field in one if other.get(field) in (None, "", [], {})]
    return fields


@pytest.fixture
def source(member_site: Any, ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Factory: a site, and what a run of its source returns."""

    def open_source(routes: Any, connector: str) -> tuple[MemberSite, Callable[[], dict[str, Any]], str]:
        site = member_site(routes)
        organization = factories.Organization()
        monkeypatch.setitem(ckan_config, ALLOWED_HOSTS, [*ckan_config[ALLOWED_HOSTS], site.host])
        created = tk.get_action("odf_source_create")(
            {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
            {
                "url": site.url,
                "owner_org": organization["name"],
                "connector": connector,
                "title": f"Site {organization['name']}",
                "frequency": "MANUAL",
            },
        )
        run = tk.get_action("odf_harvest_run")
        return site, lambda: run({"ignore_auth": True}, {"id": created["name"]}), organization["id"]

    return open_source


def files_of(owner: str) -> dict[str, str]:
    """Ids of the resources of an organisation's datasets, by dataset and name."""
    found = tk.get_action("package_search")({}, {"fq": f"owner_org:{owner}", "rows": 100})["results"]
    return {f"{one['title']} {file['name']}": file["id"] for one in found for file in one["resources"]}


@pytest.mark.parametrize("connector", ["opendatasoft", "udata"])
def test_a_second_harvest_writes_nothing_and_files_keep_their_ids(source: Any, connector: str) -> None:
    """Also where the address of an uploaded file changed, as udata does it at each upload."""
    if connector == "opendatasoft":
        before, after = (
            ods.domain([ods.dataset(1), ods.dataset(2)]),
            ods.domain([_renamed(ods.dataset(1)), ods.dataset(2)]),
        )
    else:
        moved = udata.resource(1, url="https://static.data.gouv.fr/resources/arbres/20990101-000000/arbres.csv")
        before = udata.portal([udata.dataset(1), udata.dataset(2)])
        after = udata.portal([udata.dataset(1, resources=[moved]), udata.dataset(2)])
    site, run, owner = source(before, connector)
    assert run()["added"] == 2
    ids = files_of(owner)
    assert len(ids) >= 2
    again = run()
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 2)
    site.routes = dict(after)
    assert run()["updated"] == 1
    assert files_of(owner) == ids


def _renamed(raw: dict[str, Any]) -> dict[str, Any]:
    """The dataset with another licence and one column more; its address stays."""
    raw["metas"]["default"]["license"] = "Open Database License (ODbL)"
    raw["metas"]["default"]["license_url"] = ""
    return {**raw, "fields": [*raw["fields"], {"name": "hauteur", "type": "double"}]}
