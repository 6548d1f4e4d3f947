"""The portal does not harvest itself: not its own feed, not through a second portal, not under a name that it had."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from member_site import Answer
from shared_catalogue import Said, answer, host

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories

from ckanext.opendatafrance.harvest.config import ALLOWED_HOSTS, PORTAL_ADDRESSES


def call(action: str, **data: Any) -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return tk.get_action(action)({"ignore_auth": True, "user": user}, data)


@pytest.fixture
def copied(tables, migrate_db_for, member_site, ckan_config, monkeypatch):
    """Factory of sources that read a second portal: `copied("ckan", "/", routes)` gives its name and organisation."""
    if not sa.inspect(model.ensure_engine()).has_table("odf_territory"):
        # Publishers are looked for among the territories.
        migrate_db_for("opendatafrance_territories")

    def open_site(connector: str, path: str, routes: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        site = member_site(routes)
        monkeypatch.setitem(ckan_config, ALLOWED_HOSTS, [*ckan_config[ALLOWED_HOSTS], site.host])
        organization = factories.Organization()
        asked = {"url": site.url + path, "owner_org": organization["name"], "connector": connector}
        return call("odf_source_create", **asked, title=organization["name"], frequency="MANUAL")["name"], organization

    return open_site


def made_here(organization: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Datasets that people made on this portal."""
    return [
        call(
            "package_create",
            name=f"{organization['name']}-{number}",
            title=f"Fait ici {number}",
            owner_org=organization["id"],
            resources=[{"url": f"https://fichiers.{organization['name']}.fr/f/{number}.csv"}],
        )
        for number in range(count)
    ]


def test_its_own_feed_brings_nothing_back(town, app, copied) -> None:
    """What people made here and what was harvested are left out; no error, nothing missing or double."""
    of = host()
    place = town({})
    place.publish(answer=answer([Said("Moissonné", f"{of}/dataset/1", files=(f"{of}/f/1.csv",))]))
    place.harvest()
    made_here(place.organization, 3)
    feed = app.get(f"/organization/{place.organization['name']}/catalog.ttl").body
    name, organization = copied("dcat", "/f.ttl", {"/f.ttl": Answer(feed, media_type="text/turtle")})
    for _ in range(2):
        done = call("odf_harvest_run", id=name)
        assert (done["state"], done["added"], done["unchanged"], done["errored"]) == ("complete", 0, 0, 0), done[
            "errors"
        ]
        assert (done["skipped"], done["missing"]) == (4, 0)
    report = call("odf_harvest_report", id=done["job"])
    assert report["skipped"] == 4
    [cause] = [one for one in report["issues"] if one["code"] == "comes-from-here"]
    assert (cause["level"], cause["count"], bool(cause["advice"])) == ("info", 4, True)
    assert call("package_search", fq=f"owner_org:{organization['id']}")["count"] == 0
    assert place.indexed() == 4


def test_a_second_ckan_that_harvested_this_portal_gives_nothing_back(town, copied) -> None:
    """Neither by the address that it notes as its origin, nor by the id that the dataset has here alone."""
    place = town({})
    here = made_here(place.organization, 2)
    site_url = tk.config["ckan.site_url"]
    packages = [
        {
            "id": f"00000000-1111-2222-3333-{place.organization['id'][-12:]}",
            "name": "copie-0",
            "title": "Fait ici 0",
            "extras": [{"key": "guid", "value": f"{site_url}/dataset/{here[0]['id']}"}],
            "resources": here[0]["resources"],
        },
        {
            "id": f"00000000-1111-2222-4444-{place.organization['id'][-12:]}",
            "name": "copie-1",
            "title": "Fait ici 1",
            "extras": [{"key": "identifier", "value": here[1]["id"]}],
            "resources": here[1]["resources"],
        },
        {
            "id": f"00000000-1111-2222-5555-{place.organization['id'][-12:]}",
            "name": "leur",
            "title": "Le leur",
            "resources": [],
        },
    ]
    answers = {"/api/3/action/package_search": {"success": True, "result": {"count": 3, "results": packages}}}
    name, organization = copied("ckan", "/", answers)
    done = call("odf_harvest_run", id=name)
    assert (done["added"], done["skipped"], done["errored"], done["missing"]) == (1, 2, 0, 0)
    found = call("package_search", fq=f"owner_org:{organization['id']}")["results"]
    assert [one["title"] for one in found] == ["Le leur"]


def test_a_former_address_of_the_portal_counts_too(town, ckan_config, monkeypatch) -> None:
    """Once an option names it; what was harvested before stays, is not missing and is not archived."""
    of = host()
    place = town({})
    own = Said("Le nôtre", f"{of}/dataset/1")
    place.publish(answer=answer([own, Said("Le leur", f"{host()}/dataset/2")]))
    assert place.harvest()["added"] == 2
    monkeypatch.setitem(ckan_config, PORTAL_ADDRESSES, [of])
    place.publish(answer=answer([Said("Le nôtre, changé", own.node), Said("Le leur", f"{host()}/dataset/2")]))
    done = place.harvest()
    assert (done["skipped"], done["added"], done["errored"]) == (1, 1, 0)
    assert "Le nôtre" in place.datasets()
