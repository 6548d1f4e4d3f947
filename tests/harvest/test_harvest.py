"""From a member site to the portal and again: what is written, what is left alone, what is told."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from dcat_catalogue import dataset
from member_site import Answer

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import make_connection

from ckanext.activity.model import Activity
from ckanext.harvest.model import HarvestJob, HarvestObject, HarvestSource
from ckanext.opendatafrance.harvest.lease import lease
from ckanext.opendatafrance.harvest.model import HarvestRecord, HarvestRun, now

THREE = {"a": "Budget", "b": "Délibérations", "c": "Subventions"}


def written() -> tuple[int, int]:
    """What any write to a dataset moves: the number of activities, the newest version among index documents."""
    activities = model.Session.execute(sa.select(sa.func.count()).select_from(Activity)).scalar_one()
    found = make_connection().search("*:*", fq="dataset_type:dataset", fl="_version_", sort="_version_ desc", rows=1)
    return activities, found.docs[0]["_version_"]


def counts(done: dict) -> tuple[int, int, int, int]:
    return done["added"], done["updated"], done["unchanged"], done["errored"]


def objects(source_id: str) -> list[HarvestObject]:
    return model.Session.query(HarvestObject).filter_by(harvest_source_id=source_id).all()


def test_a_first_harvest_adds_every_dataset_under_the_organisation_of_the_source(town) -> None:
    """Datasets are stored, found by visitors, and linked to the job and to the source that brought them."""
    la_rochelle = town(THREE)
    done = la_rochelle.harvest()
    assert counts(done) == (3, 0, 0, 0)
    assert done["state"] == "complete"
    assert sorted(la_rochelle.datasets()) == sorted(THREE.values())
    assert la_rochelle.indexed() == 3
    linked = objects(la_rochelle.source["id"])
    assert {(row.guid, row.current, row.report_status, row.state) for row in linked} == {
        (row.guid, True, "added", "COMPLETE") for row in linked
    }
    assert len(linked) == 3
    found = tk.get_action("package_search")({}, {"fq": f"harvest_source_id:{la_rochelle.source['id']}"})
    assert found["count"] == 3


def test_an_unchanged_source_writes_nothing(town) -> None:
    """No dataset, no activity, no index document and no harvest object moves."""
    rochefort = town(THREE)
    rochefort.harvest()
    before = {title: d["metadata_modified"] for title, d in rochefort.datasets().items()}
    state = written()
    done = rochefort.harvest()
    assert counts(done) == (0, 0, 3, 0)
    assert {title: d["metadata_modified"] for title, d in rochefort.datasets().items()} == before
    assert written() == state
    assert len(objects(rochefort.source["id"])) == 3
    job = tk.get_action("harvest_job_show")({"ignore_auth": True}, {"id": done["job"]})
    assert (job["status"], job["stats"]["not modified"], job["stats"]["errored"]) == ("Finished", 3, 0)


def test_only_what_changed_is_written(town) -> None:
    """One new title out of three: one update, same id, one current harvest object for each dataset."""
    saintes = town(THREE)
    saintes.harvest()
    ids = {title: d["id"] for title, d in saintes.datasets().items()}
    saintes.publish({**THREE, "b": "Délibérations 2025"})
    assert counts(saintes.harvest()) == (0, 1, 2, 0)
    after = {title: d["id"] for title, d in saintes.datasets().items()}
    assert after["Délibérations 2025"] == ids["Délibérations"]
    rows = objects(saintes.source["id"])
    assert sorted((row.guid, row.current) for row in rows if row.package_id == ids["Délibérations"])[0][1] is False
    assert sum(row.current for row in rows) == 3
    assert len(rows) == 4


def test_a_bad_record_is_reported_and_the_rest_goes_on(town) -> None:
    """A dataset that cannot be used costs itself only, and the reports name it."""
    royan = town(THREE, dataset("bad", ""))
    royan.publish(THREE | {"bad": ""})
    done = royan.harvest()
    assert counts(done)[0] == 3
    assert done["errored"] == 1
    [error] = done["errors"]
    assert "bad" in error["record"]
    job = tk.get_action("harvest_job_show")({"ignore_auth": True}, {"id": done["job"]})
    assert (job["stats"]["added"], job["stats"]["errored"]) == (3, 1)
    assert [summary["error_count"] for summary in job["object_error_summary"]] == [1]


def test_two_datasets_with_one_identifier_are_told(town) -> None:
    """The first is harvested, the second is named as an error; nothing flips at the next harvest."""
    cognac = town({"a": "Budget"}, dataset("twin", "Jumeau", identifier="a"))
    done = cognac.harvest()
    assert len(cognac.datasets()) == 1
    assert [error["code"] for error in done["errors"]] == ["duplicate-identifier"]
    assert counts(cognac.harvest())[:3] == (0, 0, 1)


@pytest.mark.parametrize(
    "answer",
    [
        Answer("<!doctype html><title>Accueil</title><p>Bienvenue", media_type="text/html"),
        Answer("@prefix dcat: <http://www.w3.org/ns/dcat#> . <urn:x> a dcat:Data", media_type="text/turtle"),
        Answer("Service Unavailable", status=404),
        Answer("", media_type="text/turtle"),
    ],
    ids=["web page", "truncated", "not there", "empty"],
)
def test_a_source_that_fails_changes_nothing(town, answer) -> None:
    """One clear error; every dataset is still there, none is counted as missing, the next good harvest is quiet."""
    surgeres = town(THREE)
    surgeres.harvest()
    surgeres.publish(answer=answer)
    done = surgeres.harvest()
    assert done["state"] == "failed"
    assert (done["missing"], len(done["errors"])) == (0, 1)
    job = tk.get_action("harvest_job_show")({"ignore_auth": True}, {"id": done["job"]})
    assert (job["status"], len(job["gather_error_summary"])) == ("Finished", 1)
    surgeres.publish(THREE)
    assert counts(surgeres.harvest()) == (0, 0, 3, 0)
    assert len(surgeres.datasets()) == 3


def test_a_source_that_holds_nothing_any_more_removes_nothing(town) -> None:
    """An empty catalogue is an accident until somebody says otherwise."""
    marennes = town(THREE)
    marennes.harvest()
    marennes.publish({})
    done = marennes.harvest()
    assert (done["state"], done["missing"]) == ("failed", 0)
    assert len(marennes.datasets()) == 3


def test_datasets_that_left_are_counted_and_forgotten_when_they_are_back(town) -> None:
    """Two runs without them are noted; the third, with them, makes them as they were."""
    jonzac = town(THREE)
    jonzac.harvest()
    jonzac.publish({"a": "Budget"})
    assert [jonzac.harvest()["missing"] for _ in range(2)] == [2, 2]
    assert (len(jonzac.datasets()), jonzac.indexed()) == (3, 3)
    query = sa.select(HarvestRecord.state, HarvestRecord.missing_runs)
    query = query.where(HarvestRecord.source_id == jonzac.source["id"])
    assert sorted(tuple(row) for row in model.Session.execute(query)) == [
        ("missing", 2),
        ("missing", 2),
        ("present", 0),
    ]
    jonzac.publish(THREE)
    assert counts(jonzac.harvest()) == (0, 0, 3, 0)
    assert {tuple(row) for row in model.Session.execute(query)} == {("present", 0)}


def test_clearing_the_history_makes_no_duplicate_and_loses_no_link(town) -> None:
    """The next harvest writes no dataset, and the datasets know their source again."""
    oleron = town(THREE)
    oleron.harvest()
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("harvest_source_job_history_clear")({"user": user}, {"id": oleron.source["id"]})
    assert objects(oleron.source["id"]) == []
    assert counts(oleron.harvest()) == (0, 0, 3, 0)
    assert len(oleron.datasets()) == 3
    assert sum(row.current for row in objects(oleron.source["id"])) == 3


def test_clearing_the_source_lets_its_datasets_come_again(town) -> None:
    """ckanext-harvest's "clear" removes the datasets; the next harvest adds each of them once."""
    re_island = town(THREE)
    re_island.harvest()
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("harvest_source_clear")({"user": user}, {"id": re_island.source["id"]})
    assert re_island.datasets() == {}
    assert counts(re_island.harvest()) == (3, 0, 0, 0)


def test_a_dataset_in_the_trash_stays_there(town) -> None:
    """What a person removed is not brought back; the report says so."""
    aytre = town(THREE)
    aytre.harvest()
    gone = aytre.datasets()["Budget"]["id"]
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("package_delete")({"user": user}, {"id": gone})
    aytre.publish({**THREE, "a": "Budget 2026"})
    done = aytre.harvest()
    assert counts(done) == (0, 0, 3, 0)
    assert sorted(aytre.datasets()) == ["Délibérations", "Subventions"]
    report = tk.get_action("odf_harvest_report")({"ignore_auth": True}, {"id": done["job"]})
    assert [(issue["code"], issue["level"]) for issue in report["issues"]] == [("dataset-in-trash", "warning")]


def test_a_source_is_not_harvested_twice_at_once(town) -> None:
    """While another worker holds the source, a second run ends at once, says why, and reads nothing."""
    chatelaillon = town(THREE)
    asked = chatelaillon.site.count()
    with lease(chatelaillon.source["id"], 60) as held:
        assert held
        done = chatelaillon.harvest()
    assert [error["code"] for error in done["errors"]] == ["already-running"]
    assert chatelaillon.site.count() == asked
    assert counts(chatelaillon.harvest()) == (3, 0, 0, 0)


def test_a_job_of_a_worker_that_died_is_taken_over(town) -> None:
    """What it had stored is not done twice, and the same job ends with a report."""
    puilboreau = town(THREE)
    job = HarvestJob(source=HarvestSource.get(puilboreau.source["id"]), status="Running", gather_started=now())
    job.save()
    model.Session.add(HarvestRun(job_id=job.id, source_id=puilboreau.source["id"], state="running"))
    model.Session.commit()
    done = puilboreau.harvest()
    assert (done["job"], done["state"], done["added"]) == (job.id, "complete", 3)


def test_a_run_that_a_person_stops_ends_and_counts_nothing_as_missing(town) -> None:
    """It ends after the page of records at hand; what was stored stays."""
    thaire = town(THREE)
    thaire.harvest()
    thaire.publish({"a": "Budget", "d": "Nouveau"})

    def stop(report) -> None:
        if report.seen:
            running = HarvestJob.filter(source_id=thaire.source["id"], status="Running").one()
            tk.get_action("harvest_job_abort")({"ignore_auth": True}, {"id": running.id})

    context = {"ignore_auth": True, "odf_progress": stop}
    done = tk.get_action("odf_harvest_run")(context, {"id": thaire.source["name"]})
    assert (done["state"], done["added"], done["missing"]) == ("interrupted", 1, 0)
    assert [error["code"] for error in done["errors"]] == ["harvest-stopped"]


def test_a_dry_run_tells_the_difference_and_writes_nothing(town) -> None:
    """Added, updated, unchanged and missing, by identifier."""
    tonnay = town(THREE)
    tonnay.harvest()
    tonnay.publish({"a": "Budget", "b": "Autre titre", "d": "Nouveau"})
    state = written()
    found = tonnay.harvest(dry_run=True)
    assert written() == state
    assert {key: len(v) if isinstance(v, list) else v for key, v in found["changes"].items()} == {
        "added": 1,
        "updated": 1,
        "unchanged": 1,
        "missing": 1,
    }
    assert sorted(d["title"] for d in found["datasets"]) == ["Autre titre", "Nouveau"]
    assert sorted(tonnay.datasets()) == sorted(THREE.values())
