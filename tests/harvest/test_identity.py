"""The same dataset in several sources: one dataset, of the source nearest to the producer, whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from shared_catalogue import Said, answer, host

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest.config import HOLD_NUMBER, MISSING_RUNS
from ckanext.opendatafrance.harvest.identity import look_up, published
from ckanext.opendatafrance.harvest.identity.precedence import NATIONAL, Precedence


@pytest.fixture
def sites(town) -> Callable[..., Any]:
    """Factory of sites of a kind of territory: `sites("commune", dataset, …)`."""

    def open_site(kind: str, *datasets: Said) -> Any:
        place = town({})
        call("organization_patch", id=place.organization["id"], territory_type=kind)
        publish(place, *datasets)
        return place

    return open_site


@pytest.fixture
def at_once(ckan_config, monkeypatch) -> None:
    """One harvest without a dataset is enough to archive it."""
    monkeypatch.setitem(ckan_config, MISSING_RUNS, 1)


def call(action: str, **data: Any) -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return tk.get_action(action)({"ignore_auth": True, "user": user}, data)


def publish(place: Any, *datasets: Said) -> None:
    place.publish(answer=answer(datasets))


def counts(done: dict) -> tuple[int, int, int]:
    return done["added"], done["updated"], done["unchanged"]


def budget(of: str, title: str = "Budget primitif") -> Said:
    return Said(title, f"{of}/dataset/budget", "budget", f"{of}/jeux/budget-2024", (f"{of}/fichiers/budget.csv",))


def codes(place: Any) -> dict[str, int]:
    job = model.Session.execute(
        sa.text("SELECT job_id FROM odf_harvest_run WHERE source_id = :id ORDER BY started DESC LIMIT 1"),
        {"id": place.source["id"]},
    ).scalar_one()
    return {issue["code"]: issue["count"] for issue in call("odf_harvest_report", id=job)["issues"]}


def only(place: Any) -> dict[str, Any]:
    [dataset] = place.datasets().values()
    return dataset


def leader(dataset_id: str) -> str:
    model.Session.rollback()
    [one] = [member for member in look_up.members([dataset_id])[dataset_id] if member.leads]
    return one.source_id


@pytest.mark.parametrize("first", ["commune", "departement"])
def test_the_source_nearest_to_the_producer_shows_it(sites, first) -> None:
    """Whichever was harvested first; one dataset, one address, and nothing is written twice."""
    of = host()
    city = sites("commune", budget(of, "Budget de la ville"))
    county = sites("departement", budget(of, "Budget (copie)"))
    order = [city, county] if first == "commune" else [county, city]
    assert counts(order[0].harvest()) == (1, 0, 0)
    before = only(order[0])
    second = order[1].harvest()
    assert (counts(second), second["errored"]) == (((0, 0, 1) if order[1] is county else (0, 1, 0)), 0)
    assert list(codes(order[1])) == ["same-dataset" if order[1] is county else "dataset-taken-over"]
    dataset = only(city)
    assert (dataset["title"], dataset["id"], dataset["name"]) == ("Budget de la ville", before["id"], before["name"])
    assert (city.indexed(), county.indexed(), county.datasets()) == (1, 0, {})
    assert [counts(place.harvest()) for place in (*order, *order)] == [(0, 0, 1)] * 4
    publish(county, budget(of, "Budget (copie, corrigée)"))
    assert counts(county.harvest()) == (0, 0, 1)
    assert only(city)["metadata_modified"] == dataset["metadata_modified"]


def test_what_makes_two_records_one_dataset(sites) -> None:
    """URI, global identifier, address of the file, checksum, or the page that a copy names as its origin."""
    of = host()
    checksum = of[-15:-3] * 5 + "beef"
    pairs = [
        (Said("URI", f"{of}/dataset/x"), Said("Autre titre", f"{of.replace('https:', 'http:')}/dataset/x/")),
        (Said("Identifiant", "", f"{of}/id/1"), Said("Deux", f"{host()}/jeu/1", f"{of}/id/1")),
        (
            Said("Fichier", f"{of}/dataset/a", "1", files=(f"{of}/f/a.csv",)),
            Said("Trois", f"{host()}/dataset/b", "2", files=(f"{of}:443/f/a.csv#x",)),
        ),
        (
            Said("Empreinte", "", "3", files=(f"{of}/f/e.csv",), checksum=checksum),
            Said("Quatre", "", "4", files=(f"{of}/g/e.csv",), checksum=checksum),
        ),
        (Said("Page", "", "5", f"{of}/jeux/lieux"), Said("Cinq", f"{of}/jeux/lieux")),
    ]
    city = sites("commune", *(one for one, _other in pairs))
    county = sites("departement", *(other for _one, other in pairs))
    assert counts(city.harvest()) == (5, 0, 0)
    assert counts(county.harvest()) == (0, 0, 5)
    kinds = [call("odf_identity_sources", id=one["id"])[1]["kind"] for one in city.datasets().values()]
    assert sorted(kinds) == ["checksum", "file", "identifier", "identifier", "identifier"]


def test_what_does_not(sites) -> None:
    """Local identifiers, titles, home pages, services of many layers, a notice beside other data, private addresses."""
    of = host()
    wms = f"{of}/geoserver/wms?service=WMS&request=GetCapabilities"
    notice = f"{of}/f/notice.pdf"
    private = "http://10.0.0.1/a.csv"
    pairs = [
        (Said("Un budget", "", "budget"), Said("Un budget", "", "budget")),
        (Said("Accueil", "", "1", files=(f"{of}/",)), Said("Accueil 2", "", "2", files=(of,))),
        (Said("Carte", "", "3", files=(wms,)), Said("Carte 2", "", "4", files=(wms,))),
        (Said("Page", "", "5", f"{of}/jeux/ensemble"), Said("Page 2", "", "6", f"{of}/jeux/ensemble")),
        (
            Said("Lieux", "", "7", files=(f"{of}/f/lieux.csv", notice)),
            Said("Parkings", "", "8", files=(f"{of}/f/parkings.csv", notice)),
        ),
        (
            Said("Privé", "", "http://localhost/dataset/1", files=(private,)),
            Said("Privé 2", "", "http://localhost/dataset/1", files=(private,)),
        ),
    ]
    city = sites("commune", *(one for one, _other in pairs))
    county = sites("departement", *(other for _one, other in pairs))
    assert counts(city.harvest()) == (6, 0, 0)
    assert counts(county.harvest()) == (6, 0, 0)


def test_one_source_never_merges_its_own_datasets(sites) -> None:
    """Nor does anybody by a key that a source uses twice: an identifier from a template, one file for two datasets."""
    of = host()
    file = f"{of}/fichiers/communes.csv"
    here = [Said("Un", f"{of}/d/1", files=(file,)), Said("Deux", f"{of}/d/2", files=(file,))]
    city = sites("commune", *here)
    assert counts(city.harvest()) == (2, 0, 0)
    county = sites("departement", Said("Trois", "", f"3{of[-16:]}", files=(file,)))
    assert counts(county.harvest()) == (1, 0, 0)
    region = sites("region", *(Said(f"Quatre {n}", f"{host()}/q/{n}", files=(file,)) for n in range(2)))
    assert counts(region.harvest()) == (2, 0, 0)


def test_a_key_that_turns_out_to_be_a_template_takes_nothing_away(sites) -> None:
    """The first dataset of a source was recognised by it, a hundred later another one has it too: both are shown."""
    of = host()
    file = f"{of}/fichiers/modele.csv"
    city = sites("commune", Said("Ville", f"{of}/d/1", files=(file,)))
    city.harvest()
    other = host()
    many = [Said(f"Jeu {n:03}", f"{other}/d/{n:03}") for n in range(1, 120)]
    county = sites(
        "departement",
        Said("Premier", f"{other}/d/000", files=(file,)),
        *many,
        Said("Dernier", f"{other}/d/999", files=(file,)),
    )
    county.harvest()
    assert counts(county.harvest()) == (1, 0, 120)
    assert {"Premier", "Dernier"} <= set(county.datasets())
    assert list(city.datasets()) == ["Ville"]
    assert counts(county.harvest()) == (0, 0, 121)


def test_three_sources_hand_one_dataset_on(sites, at_once) -> None:
    """From the région down to the commune and back up, with one id and one address; archived only when all lost it."""
    of = host()
    keep = Said("Autre", f"{of}/dataset/autre")
    region, county, city = (
        sites(kind, budget(of, kind), *([replace(keep, node=f"{host()}/autre", title=f"Autre {kind}")]))
        for kind in ("region", "departement", "commune")
    )
    region.harvest()
    first = region.datasets()["region"]
    for place in (county, city):
        assert place.harvest()["updated"] == 1
    assert city.datasets()["commune"]["id"] == first["id"]
    for place, next_one, kind in ((city, county, "departement"), (county, region, "region")):
        publish(place, replace(keep, node=f"{host()}/reste", title="Reste"))
        done = place.harvest()
        assert done["missing"] == 2
        assert call("package_show", id=first["name"])["state"] == "active"
        assert counts(next_one.harvest()) == (0, 1, 1)
        assert counts(next_one.harvest()) == (0, 0, 2)
        shown = next_one.datasets()[kind]
        assert (shown["id"], shown["name"], leader(first["id"])) == (first["id"], first["name"], next_one.source["id"])
    assert call("package_search", q=f"id:{first['id']}")["count"] == 1
    publish(region, replace(keep, node=f"{host()}/reste", title="Reste"))
    region.harvest()
    assert call("package_search", q=f"id:{first['id']}")["count"] == 0
    assert call("odf_archived_show", id=first["id"])["id"] == first["id"]
    publish(city, budget(of, "commune"))
    city.harvest()
    assert city.datasets()["commune"]["id"] == first["id"]
    assert call("package_search", q=f"id:{first['id']}")["count"] == 1


def test_a_source_that_fails_or_empties_hands_nothing_on(sites, at_once) -> None:
    """Deletion safety first: what is down, empty or held keeps its dataset."""
    of = host()
    city, county = sites("commune", budget(of, "Ville")), sites("departement", budget(of, "Département"))
    for place in (city, county):
        place.harvest()
    before = only(city)
    for broken in ("", "<html>en travaux</html>"):
        city.publish(answer=broken)
        assert city.harvest()["state"] == "failed"
        assert counts(county.harvest()) == (0, 0, 1)
    assert only(city) == before


def test_the_next_source_takes_over_when_one_is_removed(sites) -> None:
    """By the page of ckanext-harvest, with all of its history; the dataset stays where it was."""
    of = host()
    city, county = sites("commune", budget(of, "Ville")), sites("departement", budget(of, "Département"))
    for place in (city, county):
        place.harvest()
    before = only(city)
    call("harvest_source_delete", id=city.source["id"])
    assert counts(county.harvest()) == (0, 1, 0)
    now = only(county)
    assert (now["id"], now["name"], now["title"]) == (before["id"], before["name"], "Département")
    assert (city.indexed(), county.indexed()) == (0, 1)


@pytest.mark.parametrize("cleared", ["commune", "departement"])
def test_clearing_a_source_leaves_what_another_one_has(sites, cleared) -> None:
    """The dataset keeps id and address, whoever showed it; the cleared source finds it again."""
    of = host()
    places = {kind: sites(kind, budget(of, kind)) for kind in ("departement", "commune")}
    for place in places.values():
        place.harvest()
    before = only(places["commune"])
    call("harvest_source_clear", id=places[cleared].source["id"])
    model.Session.rollback()
    other = next(place for kind, place in places.items() if kind != cleared)
    other.harvest()
    assert only(other)["id"] == before["id"]
    assert other.indexed() == 1
    places[cleared].harvest()
    assert only(places["commune"])["id"] == before["id"]
    assert only(places["commune"])["title"] == "commune"


def in_both(sites, count: int = 1) -> tuple[Any, Any]:
    """A commune and a département that had different datasets, and then say that they have the same files."""
    of, other = host(), host()
    here = [Said(f"Ville {n}", f"{of}/dataset/{n}") for n in range(count)]
    there = [Said(f"Département {n}", f"{other}/dataset/{n}") for n in range(count)]
    county, city = sites("departement", *there), sites("commune", *here)
    for place in (county, city):
        assert place.harvest()["added"] == count
    for place, datasets in ((county, there), (city, here)):
        publish(place, *(replace(one, files=(f"{of}/f/{n}.csv",)) for n, one in enumerate(datasets)))
    return county, city


def test_two_that_were_there_before_are_merged(sites) -> None:
    """When a key appears later: the address that is known for longer stays, and the other one leads there."""
    county, city = in_both(sites)
    older, newer = only(county), only(city)
    for place in (county, city, city):
        place.harvest()
    dataset = only(city)
    assert (dataset["id"], dataset["name"], dataset["title"]) == (older["id"], older["name"], "Ville 0")
    assert published.moved_to(newer["name"]) == older["name"]
    assert call("package_search", q=f"id:{newer['id']}")["count"] == 0
    assert [place.harvest()["unchanged"] for place in (city, county)] == [1, 1]


def test_no_run_merges_more_than_a_few_away(sites, ckan_config, monkeypatch) -> None:
    """As with deletions; the rest waits for a person among the proposals."""
    monkeypatch.setitem(ckan_config, HOLD_NUMBER, 1)
    county, city = in_both(sites, 3)
    county.harvest()
    city.harvest()
    assert {"datasets-merged": 1, "merges-held": 1}.items() <= codes(city).items()
    waiting = [
        pair
        for pair in call("odf_identity_proposals", limit=1000)["results"]
        if pair["other"]["organization"] == city.organization["name"]
    ]
    assert [(pair["kinds"], pair["sure"]) for pair in waiting] == [(["file"], True)] * 2


def test_a_stranger_takes_nothing(sites) -> None:
    """A commune that claims the dataset of a territory that it is not part of follows it, however near it is."""
    of = host()
    county = sites("departement", budget(of, "Le budget du département"))
    county.harvest()
    before = only(county)
    other = sites("departement", Said("Ailleurs", f"{host()}/d/1"))
    thief = sites("commune", budget(of, "Pris"))
    call("organization_patch", id=thief.organization["id"], groups=[{"name": other.organization["name"]}])
    assert counts(thief.harvest()) == (0, 0, 1)
    assert only(county) == before
    call("organization_patch", id=thief.organization["id"], groups=[{"name": county.organization["name"]}])
    assert counts(thief.harvest()) == (0, 1, 0)
    assert only(thief)["id"] == before["id"]


def test_data_gouv_fr_is_the_last_to_speak(sites) -> None:
    """Even where a commune reads its own page there."""
    of = host()
    national = sites("commune", budget(of, "Par data.gouv.fr"))
    model.Session.execute(
        sa.text("UPDATE harvest_source SET url = 'https://www.data.gouv.fr/x' WHERE id = :id"),
        {"id": national.source["id"]},
    )
    model.Session.commit()
    region = sites("region", budget(of, "Région"))
    precedence = Precedence()
    assert precedence.of(national.source["id"]).rank == NATIONAL
    assert precedence.leads(region.source["id"], [national.source["id"]])
