"""A preview says whose the datasets would be, and of a source that is there what a harvest would change."""

from __future__ import annotations

import json

import pytest

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories

from ckanext.opendatafrance.harvest.model_placing import HarvestPublisher

THREE = {"a": "Budget", "b": "Délibérations", "c": "Subventions"}
BY_PUBLISHER = """
<urn:ex:p> a dcat:Dataset ; dct:title "Arbres"@fr ; dct:identifier "p" ; dct:publisher [ foaf:name "{name}" ] .
"""


@pytest.fixture
def odf(cli):
    """Run `ckan odf …`."""
    return lambda *words: cli.invoke(ckan, ["odf", *words], catch_exceptions=False)


def test_each_dataset_says_which_organisation_would_receive_it(town, odf) -> None:
    """By its publisher where that is an organisation below the one named, else that one; nothing is written."""
    place = town(THREE)
    child = factories.Organization(
        title=f"Commune de {place.organization['name']}", groups=[{"name": place.organization["name"]}]
    )
    place.publish(THREE, BY_PUBLISHER.format(name=child["title"]))
    before = model.Session.query(HarvestPublisher).count()
    words = ("source", "preview", f"{place.source['url']}?x=1", "--organization", place.organization["name"])
    seen = json.loads(odf(*words, "--json").stdout)
    assert seen["owners"][place.organization["id"]] == place.organization["name"]
    owners = {one["title"]: one["owner_org"] for one in seen["datasets"]}
    assert owners == {**dict.fromkeys(THREE.values(), place.organization["id"]), "Arbres": child["id"]}
    [line] = [line for line in odf(*words).stdout.splitlines() if "Arbres" in line]
    assert line.endswith(f"→ {child['name']}")
    assert place.datasets() == {}
    assert model.Session.query(HarvestPublisher).count() == before


def test_a_source_is_compared_with_what_is_there(town, odf) -> None:
    """By its name or its address, in the shape of a dry run; with a limit it is only shown."""
    place = town(THREE)
    place.harvest()
    place.publish({"a": "Budget", "b": "Nouveau titre", "d": "Arbres"})
    for reference in (place.source["name"], place.source["url"]):
        seen = json.loads(odf("source", "preview", reference, "--json").stdout)
        assert set(seen) == {"connector", "url", "count", "datasets", "errors", "changes", "owners"}
        changes = {key: value if isinstance(value, int) else len(value) for key, value in seen["changes"].items()}
        assert changes == {"added": 1, "updated": 1, "unchanged": 1, "missing": 1}
        assert sorted(one["title"] for one in seen["datasets"]) == ["Arbres", "Nouveau titre"]
    assert place.organization["name"] in odf("source", "preview", place.source["name"]).stdout
    limited = json.loads(odf("source", "preview", place.source["url"], "--limit", "2", "--json").stdout)
    assert "changes" not in limited
    assert set(place.datasets()) == set(THREE.values())


def test_who_may_not_harvest_a_source_sees_the_site_without_the_comparison(town) -> None:
    """An administrator of another organisation may look at any public site."""
    place, other, user = town(THREE), factories.Organization(), factories.User()
    tk.get_action("organization_member_create")(
        {"ignore_auth": True}, {"id": other["id"], "username": user["name"], "role": "admin"}
    )
    seen = tk.get_action("odf_source_preview")({"user": user["name"]}, {"url": place.source["url"]})
    assert "changes" not in seen
    assert len(seen["datasets"]) == 3
