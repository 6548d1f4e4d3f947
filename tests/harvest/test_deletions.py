"""Datasets that leave their source: archived when few, held for a person when many, and brought back exactly."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from dcat_catalogue import dataset
from member_site import Answer

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.lib.search import rebuild
from ckan.tests import factories

from ckanext.opendatafrance.harvest.config import MISSING_RUNS
from ckanext.opendatafrance.harvest.deletions import Rules
from ckanext.opendatafrance.harvest.model import HarvestRecord
from ckanext.opendatafrance.harvest.records import Records

THREE = {"a": "Budget", "b": "Délibérations", "c": "Subventions"}
TEN = {letter: f"Jeu {letter}" for letter in "abcdefghij"}
TWO = {"a": "Jeu a", "b": "Jeu b"}


def run(place, times: int = 3) -> dict:
    """Harvest so often; the last result."""
    return [place.harvest() for _ in range(times)][-1]


def call(action: str, user: str | None = None, **data):
    context = {"user": user} if user is not None else {"ignore_auth": True, "user": ""}
    return tk.get_action(action)(context, data)


def states(place) -> dict[str, str]:
    query = sa.select(HarvestRecord.guid, HarvestRecord.state).where(HarvestRecord.source_id == place.source["id"])
    return {guid: state for guid, state in model.Session.execute(query)}


def frozen(place) -> dict[str, dict]:
    """Everything that CKAN stores of the datasets."""
    return place.datasets()


@pytest.fixture
def at_once(ckan_config, monkeypatch) -> None:
    """One harvest without a dataset is enough, which saves the time of two."""
    monkeypatch.setitem(ckan_config, MISSING_RUNS, 1)


@pytest.fixture
def held(town, at_once):
    """A town of ten datasets that lost eight of them, and what that harvest said."""
    place = town(TEN)
    place.harvest()
    place.publish(TWO)
    return place, place.harvest()


@pytest.fixture
def archived(town, at_once):
    """A town of three datasets, of which "Budget" left and is archived, and the datasets as they were."""
    place = town(THREE)
    place.harvest()
    before = frozen(place)
    place.publish({name: title for name, title in THREE.items() if name != "a"})
    assert place.harvest()["deleted"] == 1
    return place, before


def test_a_dataset_is_archived_by_the_third_harvest_without_it(town) -> None:
    """Unless an option says otherwise."""
    place = town(THREE)
    place.harvest()
    place.publish({"b": "Délibérations", "c": "Subventions"})
    assert [place.harvest()["deleted"] for _ in range(3)] == [0, 0, 1]
    assert (place.indexed(), place.harvest()["missing"]) == (2, 0)


def test_an_archived_dataset_is_in_no_search_feed_facet_or_count(archived, app) -> None:
    """And in no list of names; nothing of the dataset itself has changed."""
    place, before = archived
    assert frozen(place) == before
    assert place.indexed() == 2
    name = before["Budget"]["name"]
    organization = place.organization["name"]
    found = call("package_search", fq=f"organization:{organization}", **{"facet.field": ["organization"]})
    assert name not in [one["name"] for one in found["results"]]
    assert found["search_facets"]["organization"]["items"][0]["count"] == 2
    assert call("organization_show", id=organization)["package_count"] == 2
    names = call("package_list")
    assert name not in names
    assert before["Subventions"]["name"] in names
    everywhere = names.index(before["Subventions"]["name"])
    assert call("package_list", limit="1", offset=str(everywhere)) == [before["Subventions"]["name"]]
    for address in (f"/feeds/organization/{organization}.atom", f"/catalog.ttl?fq=organization:{organization}"):
        text = app.get(address).body
        assert "Subventions" in text
        assert "Budget" not in text
    status = call("harvest_source_show_status", id=place.source["id"])
    assert (status["total_datasets"], status["last_job"]["stats"]["deleted"]) == (2, 1)
    everything = call("package_search", fq=f"organization:{organization}", include_deleted=True, include_drafts=True)
    assert everything["count"] == 2


def test_its_page_says_why_and_since_when_to_everybody(archived, app) -> None:
    """With the source, the two dates, and no button for who may not restore it."""
    place, before = archived
    page = app.get(f"/dataset/{before['Budget']['name']}")
    assert page.status_code == 200
    assert "odf-archived-notice" in page.body
    assert place.source["title"] in page.body
    assert 'content="noindex"' in page.body
    assert "/odf/harvest/restore/" not in page.body
    assert "odf-archived-notice" not in app.get(f"/dataset/{before['Subventions']['name']}").body
    told = call("odf_archived_show", user="", id=before["Budget"]["id"])
    assert told["archived"] > told["last_seen"]
    with pytest.raises(tk.ObjectNotFound):
        call("odf_archived_show", user="", id=before["Subventions"]["id"])


def test_edits_and_rebuilds_do_not_bring_it_back(archived) -> None:
    """Whatever indexes it, it stays out of search, and the edit is kept."""
    place, before = archived
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    call("package_patch", user=site, id=before["Budget"]["id"], title="Budget corrigé")
    assert place.indexed() == 2
    rebuild(before["Budget"]["id"])
    assert place.indexed() == 2
    assert "Budget corrigé" in frozen(place)


@pytest.mark.parametrize("change", ["", " 2026"], ids=["as it was", "changed"])
def test_it_comes_back_by_itself(archived, change) -> None:
    """As soon as its record is in the source again, as it was or changed, with its id and its address."""
    place, before = archived
    place.publish(THREE | {"a": f"Budget{change}"})
    done = place.harvest()
    assert (done["added"], done["deleted"], done["missing"]) == (0, 0, 0)
    assert place.indexed() == 3
    assert set(states(place).values()) == {"present"}
    now = frozen(place)
    assert now[f"Budget{change}"]["id"] == before["Budget"]["id"]
    if not change:
        assert now == before


def test_a_person_brings_it_back_for_good(archived, app) -> None:
    """By the button on its page; harvests leave it; when its record is back it is an ordinary one again."""
    place, before = archived
    editor = factories.UserWithToken()
    member = {"id": place.organization["id"], "username": editor["name"], "role": "editor"}
    tk.get_action("organization_member_create")({"ignore_auth": True}, member)
    headers = {"Authorization": editor["token"]}
    page = app.get(f"/dataset/{before['Budget']['name']}", headers=headers)
    button = f"/odf/harvest/restore/{before['Budget']['name']}"
    assert button in page.body
    listed = app.get("/odf/harvest/archived", headers=headers)
    assert button in listed.body
    stranger = {"Authorization": factories.UserWithToken()["token"]}
    assert app.post(button, headers=stranger, follow_redirects=False).status_code == 403
    assert app.post(button, headers=headers).status_code == 200
    assert frozen(place) == before
    assert place.indexed() == 3
    assert place.harvest()["deleted"] == 0
    assert place.indexed() == 3
    place.publish(THREE)
    place.harvest()
    assert set(states(place).values()) == {"present"}
    with pytest.raises(tk.ValidationError):
        call("odf_dataset_restore", id=before["Budget"]["id"])


def test_many_at_once_wait_for_a_person(held) -> None:
    """Nothing is archived, the list names them, the numbers say so, and asking again makes no second list."""
    place, done = held
    assert (done["deleted"], done["held"], done["missing"]) == (0, 8, 8)
    assert place.indexed() == 10
    [waiting] = call("odf_deletions_list", source=place.source["name"])
    assert (waiting["count"], waiting["total"], waiting["state"], waiting["job"]) == (8, 10, "pending", done["job"])
    assert sorted(one["title"] for one in waiting["datasets"]) == sorted(set(TEN.values()) - set(TWO.values()))
    assert place.harvest()["held"] == 8
    assert [one["id"] for one in call("odf_deletions_list", source=place.source["name"])] == [waiting["id"]]
    report = call("odf_harvest_report", id=done["job"])
    assert report["held"] == 8
    assert [issue["code"] for issue in report["issues"]] == ["deletions-held"]


def test_approval_archives_what_is_still_missing_and_nothing_else(held) -> None:
    """What came back meanwhile stays, and so does what left after the list was made."""
    place, _ = held
    [waiting] = call("odf_deletions_list", source=place.source["name"])
    returned = waiting["datasets"][0]["guid"]
    # As a run leaves it that is not finished yet: the list is the old one.
    model.Session.execute(
        sa.update(HarvestRecord)
        .where(HarvestRecord.source_id == place.source["id"], HarvestRecord.guid == returned)
        .values(state="present", missing_runs=0)
    )
    model.Session.commit()
    done = call("odf_deletions_approve", id=waiting["id"])
    assert (done["archived"], done["skipped"]) == (7, 1)
    assert place.indexed() == 3
    assert sorted(states(place).values()).count("archived") == 7
    with pytest.raises(tk.ValidationError):
        call("odf_deletions_approve", id=waiting["id"])
    assert call("odf_deletions_list", source=place.source["name"]) == []


def test_a_rejected_list_stays_rejected_until_the_set_changes(held) -> None:
    """The next runs do not ask; another departure asks again, and even a smaller set is not archived unasked."""
    place, _ = held
    assert call("odf_deletions_reject", id=place.source["name"])["kept"] == 8
    done = place.harvest()
    assert (done["deleted"], done["held"], done["missing"]) == (0, 0, 8)
    assert place.indexed() == 10
    place.publish({**TWO, "c": "Jeu c", "d": "Jeu d", "e": "Jeu e", "f": "Jeu f"})
    done = place.harvest()
    assert (done["deleted"], done["held"]) == (0, 4)
    assert place.indexed() == 10


def test_a_list_is_void_when_the_datasets_are_back(held) -> None:
    """The accident is over: nothing to approve, nothing was lost."""
    place, _ = held
    [waiting] = call("odf_deletions_list", source=place.source["name"])
    place.publish(TEN)
    done = place.harvest()
    assert (done["held"], done["missing"], done["unchanged"]) == (0, 0, 10)
    assert call("odf_deletions_show", id=waiting["id"])["state"] == "outdated"
    with pytest.raises(tk.ValidationError):
        call("odf_deletions_approve", id=waiting["id"])


@pytest.mark.parametrize(
    "answer",
    [
        Answer("<!doctype html><title>Accueil</title><p>Bienvenue", media_type="text/html"),
        Answer("@prefix dcat: <http://www.w3.org/ns/dcat#> . <urn:x> a dcat:Data", media_type="text/turtle"),
        Answer("", media_type="text/turtle"),
        Answer('<urn:x> <urn:y> "Délibérations'.encode("utf-16"), media_type="text/turtle; charset=utf-8"),
        Answer("@prefix dcat: <http://www.w3.org/ns/dcat#> .", media_type="text/turtle"),
    ],
    ids=["web page", "truncated", "empty", "wrong charset", "no dataset"],
)
def test_an_accident_archives_nothing_and_holds_nothing(town, answer) -> None:
    """Not even of a dataset that one more run would archive."""
    place = town(THREE)
    place.harvest()
    place.publish({"b": "Délibérations", "c": "Subventions"})
    run(place, 2)
    place.publish(answer=answer)
    done = place.harvest()
    assert (done["state"], done["deleted"], done["held"], done["missing"]) == ("failed", 0, 0, 0)
    assert place.indexed() == 3
    assert list(states(place).values()).count("archived") == 0


def test_a_run_that_cannot_name_its_records_archives_nothing(town, at_once) -> None:
    """The one whose identifier cannot be read may be the one that seems to have left."""
    place = town({"a": "Budget", "b": "Délibérations"})
    place.harvest()
    place.publish({"b": "Délibérations"}, dataset("z", "Sans identifiant", identifier="x" * 2000))
    done = run(place, 2)
    assert (done["deleted"], place.indexed() >= 2) == (0, True)


def test_a_search_engine_that_is_down_archives_nothing_and_the_next_run_goes_on(archived, monkeypatch, ckan_config):
    """Database and index agree before and after."""
    place, _ = archived
    place.publish({"c": "Subventions"})
    with monkeypatch.context() as broken:
        broken.setitem(ckan_config, "solr_url", "http://127.0.0.1:9/solr/nowhere")
        done = place.harvest()
    assert (done["state"], done["deleted"]) == ("failed", 0)
    assert list(states(place).values()).count("archived") == 1
    assert place.indexed() == 2
    assert place.harvest()["deleted"] == 1
    assert place.indexed() == 1


@pytest.mark.parametrize(
    ("leaving", "total", "asked"),
    [(5, 5, False), (6, 30, False), (6, 29, True), (200, 1000, False), (201, 1000, True), (0, 0, False)],
)
def test_when_a_person_is_asked(leaving, total, asked) -> None:
    """More than 20 % and more than 5, both."""
    assert Rules(3, 20, 5).ask(leaving, total) is asked


@pytest.mark.ckan_config("ckanext.opendatafrance.missing_runs", 1)
@pytest.mark.ckan_config("ckanext.opendatafrance.hold_number", 1)
@pytest.mark.ckan_config("ckanext.opendatafrance.hold_share", 50)
def test_the_limits_are_options(town) -> None:
    """Two of three are more than one and more than half."""
    place = town(THREE)
    place.harvest()
    place.publish({"a": "Budget"})
    assert place.harvest()["held"] == 2


def test_pages_of_lists_are_for_the_organisation(held, app) -> None:
    """Its editor sees the list, its administrator decides, a stranger sees neither list nor button."""
    place, _ = held
    people = {}
    for role in ("admin", "editor"):
        people[role] = factories.UserWithToken()
        member = {"id": place.organization["id"], "username": people[role]["name"], "role": role}
        tk.get_action("organization_member_create")({"ignore_auth": True}, member)
    other = factories.UserWithToken()
    factories.Organization(users=[{"name": other["name"], "capacity": "admin"}])
    [waiting] = call("odf_deletions_list", source=place.source["name"])
    page = f"/odf/harvest/deletions/{waiting['id']}"
    approve = f"{page}/approve"

    def get(user, address="/odf/harvest/deletions"):
        return app.get(address, headers={"Authorization": user["token"]})

    assert approve in get(people["admin"]).body
    assert "Jeu j" in get(people["editor"], page).body
    assert approve not in get(people["editor"], page).body
    assert place.source["title"] not in get(other).body
    assert get(other, page).status_code == 403
    assert app.get("/odf/harvest/deletions").status_code == 403
    refused = app.post(approve, headers={"Authorization": people["editor"]["token"]}, follow_redirects=False)
    assert (refused.status_code, place.indexed()) == (403, 10)
    app.post(approve, headers={"Authorization": people["admin"]["token"]})
    assert place.indexed() == 2
    decided = get(people["admin"], page).body
    assert approve not in decided


def test_commands(town, at_once, cli) -> None:
    """JSON of a harvest holds the true numbers; list, approve, see what is archived, restore."""
    place = town(TEN)
    place.harvest()
    place.publish(TWO)
    name = place.source["name"]

    def odf(*words):
        return cli.invoke(ckan, ["odf", *words], catch_exceptions=False)

    done = json.loads(odf("harvest", name, "--json").stdout)
    assert (done["deleted"], done["held"]) == (0, 8)
    listed = odf("deletions", "list", "--source", name).stdout
    assert "Jeu j" in listed
    assert json.loads(odf("deletions", "list", "--source", name, "--json").stdout)[0]["id"] in listed
    approved = odf("deletions", "approve", name)
    assert (approved.exit_code, place.indexed()) == (0, 2)
    again = odf("deletions", "reject", name)
    assert again.exit_code == 1
    assert name in again.stderr
    found = json.loads(odf("deletions", "archived", "--source", name, "--json").stdout)
    assert found["count"] == 8
    assert odf("deletions", "restore", found["results"][0]["name"]).exit_code == 0
    assert place.indexed() == 3


def test_a_removed_dataset_is_neither_archived_nor_counted(town, at_once) -> None:
    """What a person put in the trash is their affair."""
    place = town(THREE)
    place.harvest()
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    call("package_delete", user=site, id=place.datasets()["Budget"]["id"])
    place.publish({"b": "Délibérations", "c": "Subventions"})
    assert run(place, 2)["deleted"] == 0
    assert Records(place.source["id"]).count() == 2
