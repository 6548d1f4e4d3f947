"""Whose datasets a source holds: found out where it is beyond doubt, decided by people elsewhere, kept for good."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest
import sqlalchemy as sa
from pooled_site import Said, communes, pool

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories

from ckanext.opendatafrance.harvest.model import HarvestRecord

A, B = Said("Service des données de Saint-Exemple"), Said("Syndicat des eaux de l’Exemple")
TWO = [("a1", A), ("a2", A), ("b1", B)]


@pytest.fixture
def pooled(tables, migrate_db_for, member_site, ckan_config, monkeypatch):
    """Factory of pooled sources: `pooled([("name", Said(…))])`."""
    if not sa.inspect(model.ensure_engine()).has_table("odf_territory"):
        migrate_db_for("opendatafrance_territories")
    return lambda publishers, **owner: pool(member_site, ckan_config, monkeypatch, publishers, **owner)


def activities(name: str) -> int:
    return len(tk.get_action("package_activity_list")({"ignore_auth": True}, {"id": name, "limit": 100}))


def dataset(title: str, place) -> dict:
    fq = f'harvest_source_id:{place.source["id"]} AND title_string:"{title}"'
    [found] = tk.get_action("package_search")({"ignore_auth": True}, {"fq": fq})["results"]
    return found


def give(place, title: str, organization: dict, user: str) -> None:
    """A person gives a dataset to another organisation, in CKAN's form or by its API."""
    tk.get_action("package_patch")({"user": user}, {"id": dataset(title, place)["id"], "owner_org": organization["id"]})


def change(place, **fields: str) -> None:
    """An administrator edits the source."""
    kept = ("url", "title", "name", "owner_org", "frequency", "config")
    shown = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": place.source["id"]})
    data = {"id": shown["id"], **{key: shown.get(key) or "" for key in kept}, "source_type": "member_site", **fields}
    tk.get_action("harvest_source_update")({"user": factories.Sysadmin()["name"]}, data)


def test_one_pooled_source_of_forty_communes_ends_in_forty_organisations(pooled) -> None:
    """Each known by its SIRET, its INSEE code or its name; none is left with the source, and none needs a person."""
    towns = communes(40)
    place = pooled([("x", A)])
    for town in towns:
        factories.Organization(
            name=f"{place.owner['name']}-{town.code}",
            title=town.name,
            territory_type="commune",
            insee_code=town.code,
            siren=town.siren,
            groups=[{"name": place.owner["name"]}],
        )
    ways = (
        lambda town: Said(f"Mairie de {town.name}"),
        lambda town: Said("Les données", town.code),
        lambda town: Said("Secrétariat", f"{town.siren}"),
        lambda town: Said(town.name.upper()),
    )
    place.publish([(f"{town.code}-{n}", ways[i % 4](town)) for i, town in enumerate(towns) for n in (1, 2)])
    assert place.harvest()["added"] == 80
    assert Counter(place.owners().values()) == {f"{place.owner['name']}-{town.code}": 2 for town in towns}
    assert place.inbox() == []
    assert {one["reason"] for one in place.inbox(state="placed")} == {"number", "insee", "name"}
    again = place.harvest()
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 80)


def test_what_nobody_placed_stays_with_the_source_and_waits_in_the_inbox(pooled) -> None:
    """With the number of datasets and examples; no organisation is made."""
    before = set(tk.get_action("organization_list")({}, {}))
    place = pooled(TWO)
    place.harvest()
    assert set(place.owners().values()) == {place.owner["name"]}
    assert [(one["publisher"], one["datasets"], len(one["examples"])) for one in place.inbox()] == [
        (A.name, 2, 2),
        (B.name, 1, 1),
    ]
    assert set(tk.get_action("organization_list")({}, {})) - before == {place.owner["name"]}


def test_a_decision_moves_exactly_its_datasets_at_once_and_for_good(pooled) -> None:
    """With their ids and addresses; the others are not touched, and the next harvest finds nothing to do."""
    place, target = pooled(TWO), factories.Organization()
    place.harvest()
    other, moved = dataset("Jeu b1", place), dataset("Jeu a1", place)
    done = place.assign(A.name, target["name"])
    assert (done["moved"], done["left"], done["refused"]) == (2, 0, 0)
    owners = {"Jeu a1": target["name"], "Jeu a2": target["name"], "Jeu b1": place.owner["name"]}
    assert place.owners() == owners
    now = dataset("Jeu a1", place)
    assert (now["id"], now["name"], now["resources"][0]["id"]) == (
        moved["id"],
        moved["name"],
        moved["resources"][0]["id"],
    )
    assert dataset("Jeu b1", place)["metadata_modified"] == other["metadata_modified"]
    assert place.harvest()["unchanged"] == 3
    place.publish([*TWO, ("a3", A)], title="Autre")
    assert place.harvest()["updated"] == 3
    assert {title: owner for title, owner in place.owners().items() if title.startswith("Autre a")} == {
        f"Autre a{n}": target["name"] for n in (1, 2, 3)
    }


def test_a_decision_is_taken_back(pooled) -> None:
    """By undo, which brings back what was before, or by naming no organisation."""
    place, first, second = pooled(TWO), factories.Organization(), factories.Organization()
    place.harvest()
    user = factories.Sysadmin()["name"]
    place.assign(A.name, first["name"], user)
    decided = place.assign(A.name, second["name"], user)["decided"]
    undo = tk.get_action("odf_placing_undo")
    assert undo({"user": user}, {"decided": decided})["moved"] == 2
    assert place.owners()["Jeu a1"] == first["name"]
    with pytest.raises(tk.ValidationError):
        undo({"user": user}, {"decided": decided})
    assert place.assign(A.name, "", user)["moved"] == 2
    assert place.owners()["Jeu a1"] == place.owner["name"]
    assert A.name in [one["publisher"] for one in place.inbox()]


def test_a_dataset_given_away_by_hand_stays_where_it_is(pooled) -> None:
    """Through harvests of changed data, and through a decision on its publisher, until a person releases it."""
    place, mine, target = pooled(TWO), factories.Organization(), factories.Organization()
    place.harvest()
    person = factories.Sysadmin()
    give(place, "Jeu a1", mine, person["name"])
    shown = tk.get_action("odf_owner_show")({"ignore_auth": True}, {"id": dataset("Jeu a1", place)["id"]})
    assert (shown["decided_by"], shown["organization"]) == (person["name"], mine["title"])
    assert place.assign(A.name, target["name"])["moved"] == 1
    place.publish(TWO, title="Neuf")
    assert place.harvest()["updated"] == 3
    assert place.owners() == {"Neuf a1": mine["name"], "Neuf a2": target["name"], "Neuf b1": place.owner["name"]}
    identifier = dataset("Neuf a1", place)["id"]
    tk.get_action("odf_owner_release")({"user": person["name"]}, {"id": identifier})
    assert place.owners()["Neuf a1"] == target["name"]
    assert tk.get_action("odf_owner_show")({"ignore_auth": True}, {"id": identifier}) is None
    assert place.harvest()["unchanged"] == 3
    assert place.owners()["Neuf a1"] == target["name"]


def test_a_dataset_moved_past_the_forms_is_noticed_by_the_next_harvest(pooled) -> None:
    """Another plugin, or a script of an administrator, is a person's doing too."""
    place, mine = pooled(TWO), factories.Organization()
    place.harvest()
    identifier = dataset("Jeu a1", place)["id"]
    tk.get_action("package_owner_org_update")(
        {"ignore_auth": True, "user": ""}, {"id": identifier, "organization_id": mine["id"]}
    )
    place.publish(TWO, title="Neuf")
    place.harvest()
    assert place.owners()["Neuf a1"] == mine["name"]
    assert tk.get_action("odf_owner_show")({"ignore_auth": True}, {"id": identifier})["decided_by"] is None


def test_the_datasets_follow_a_source_that_is_given_to_another_organisation(pooled) -> None:
    """Those that nobody placed; without being read again."""
    place, other, target = pooled(TWO), factories.Organization(), factories.Organization()
    place.harvest()
    place.assign(B.name, target["name"])
    change(place, owner_org=other["id"])
    assert place.harvest()["unchanged"] == 3
    assert place.owners() == {"Jeu a1": other["name"], "Jeu a2": other["name"], "Jeu b1": target["name"]}


def test_a_namesake_outside_the_sub_tree_is_suggested_and_not_taken(pooled) -> None:
    """The organisation of a source decides nothing over what is not below it."""
    name = f"Commune homonyme {uuid4()}"
    elsewhere = factories.Organization(title=name)
    place = pooled([("a1", Said(name))])
    place.harvest()
    assert set(place.owners().values()) == {place.owner["name"]}
    [waiting] = place.inbox()
    assert [(one["name"], one["sure"]) for one in waiting["suggestions"]][:1] == [(elsewhere["name"], True)]


def test_what_resembles_is_suggested_and_never_taken(pooled) -> None:
    """A misspelt name, and two facts that name two organisations."""
    town, other = communes(60)[50:52]
    place = pooled([("a1", Said("Commune de Saint-Xandrre-les-Essais")), ("b1", Said(other.name, town.siren))])
    below = {"groups": [{"name": place.owner["name"]}], "territory_type": "commune"}
    likely = factories.Organization(title="Saint-Xandre-les-Essais", **below)
    one = factories.Organization(title="Bourg premier", siren=town.siren, insee_code=town.code, **below)
    two = factories.Organization(title=other.name, **below)
    place.harvest()
    assert set(place.owners().values()) == {place.owner["name"]}
    found = {row["publisher"]: row["suggestions"] for row in place.inbox()}
    assert [suggestion["name"] for suggestion in found["Commune de Saint-Xandrre-les-Essais"]][:1] == [likely["name"]]
    assert {suggestion["name"] for suggestion in found[other.name]} >= {one["name"], two["name"]}
    assert not any(suggestion["sure"] for suggestions in found.values() for suggestion in suggestions)


def test_a_renamed_publisher_stays_where_a_person_placed_it(pooled) -> None:
    """As long as its identifier is the same."""
    town = communes(61)[60]
    place, target = pooled([("a1", Said("Ancien nom", town.siren))]), factories.Organization()
    place.harvest()
    place.assign("Ancien nom", target["name"])
    place.publish([("a1", Said("Nouveau nom", town.siren))])
    place.harvest()
    assert place.owners() == {"Jeu a1": target["name"]}
    assert place.inbox() == []


def test_a_source_may_keep_its_datasets_together(pooled) -> None:
    """Nothing is placed and nothing waits, except what a person placed; and back again."""
    place, target = pooled(TWO), factories.Organization()
    below = factories.Organization(title=A.name, groups=[{"name": place.owner["name"]}])
    place.harvest()
    place.assign(B.name, target["name"])
    choose = tk.get_action("odf_placing_choose")
    user = {"user": factories.Sysadmin()["name"]}
    assert choose(dict(user), {"source": place.source["name"], "placing": "source"})["moved"] == 2
    together = {"Jeu a1": place.owner["name"], "Jeu a2": place.owner["name"], "Jeu b1": target["name"]}
    assert (place.harvest()["unchanged"], place.owners(), place.inbox()) == (3, together, [])
    assert choose(dict(user), {"source": place.source["name"], "placing": "publisher"})["moved"] == 2
    assert place.owners()["Jeu a1"] == below["name"]


def test_a_dry_run_says_where_datasets_would_go_and_writes_nothing(pooled) -> None:
    """Publishers that it meets are not in the inbox afterwards."""
    place = pooled([("a1", A)])
    mine = factories.Organization(title=A.name, groups=[{"name": place.owner["name"]}])
    seen = place.harvest(dry_run=True)
    assert [one["owner_org"] for one in seen["datasets"]] == [mine["id"]]
    assert place.inbox(state="all") == []


def test_unchanged_datasets_are_looked_up_and_not_written(pooled) -> None:
    """A publisher whose place is known makes no record look changed, and no activity."""
    place, target = pooled(TWO), factories.Organization()
    place.harvest()
    place.assign(A.name, target["name"])
    name = dataset("Jeu a1", place)["name"]
    query = sa.select(HarvestRecord.last_seen).where(HarvestRecord.source_id == place.source["id"])
    before, written = list(model.Session.execute(query).scalars()), activities(name)
    assert place.harvest()["unchanged"] == 3
    assert (list(model.Session.execute(query).scalars()), activities(name)) == (before, written)


@pytest.mark.ckan_config("ckan.plugins", "activity opendatafrance opendatafrance_harvest harvest scheming_datasets")
def test_without_the_territories_ckans_own_organisations_are_searched(pooled) -> None:
    """By name, in CKAN's own tree; the rest is the same."""
    place = pooled(TWO)
    factories.Organization(title=A.name, name=f"{place.owner['name']}-a", groups=[{"name": place.owner["name"]}])
    place.harvest()
    assert place.owners()["Jeu a1"] == f"{place.owner['name']}-a"
    assert [one["publisher"] for one in place.inbox()] == [B.name]
