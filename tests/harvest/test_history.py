"""History is bounded: unchanged runs leave nothing behind, changed ones a bounded rest, and none of it holds a link."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectError
from ckanext.opendatafrance.harvest import history, pruning
from ckanext.opendatafrance.harvest.model import HarvestIssues, HarvestRecord, HarvestRun

NAMES = tuple("abcdefghij")
#: Refused, because nothing names it.
UNTITLED = "<https://ville.example/x> a dcat:Dataset ."


def titles(edition: int = 0, changed: int = 0) -> dict[str, str]:
    """Ten datasets, the first of which have the title of an edition."""
    return {name: f"Jeu {name}{f', édition {edition}' if place < changed else ''}" for place, name in enumerate(NAMES)}


def rows(town, table: Any) -> int:
    """What is kept of a town in one table."""
    source = town.source["id"]
    jobs = sa.select(HarvestJob.id).where(HarvestJob.source_id == source)
    of_source = {
        HarvestJob: HarvestJob.source_id == source,
        HarvestRun: HarvestRun.source_id == source,
        HarvestRecord: HarvestRecord.source_id == source,
        HarvestObject: HarvestObject.harvest_source_id == source,
        HarvestGatherError: HarvestGatherError.harvest_job_id.in_(jobs),
        HarvestIssues: HarvestIssues.job_id.in_(jobs),
        HarvestObjectError: HarvestObjectError.harvest_object_id.in_(
            sa.select(HarvestObject.id).where(HarvestObject.harvest_source_id == source)
        ),
    }
    return model.Session.execute(sa.select(sa.func.count()).select_from(table).where(of_source[table])).scalar_one()


def links(town) -> dict[str, int]:
    """Current harvest objects of each dataset of a town, by its id."""
    query = (
        sa.select(HarvestObject.package_id, sa.func.count())
        .where(HarvestObject.harvest_source_id == town.source["id"], HarvestObject.current.is_(True))
        .group_by(HarvestObject.package_id)
    )
    return {row[0]: row[1] for row in model.Session.execute(query)}


def ids(town) -> dict[str, str]:
    return {dataset["title"]: dataset["id"] for dataset in town.datasets().values()}


def one_link_each(town) -> bool:
    return links(town) == dict.fromkeys(ids(town).values(), 1)


def clear_history(town, **options: Any) -> None:
    tk.get_action("harvest_source_job_history_clear")({"ignore_auth": True}, {"id": town.source["id"], **options})
    model.Session.remove()


@pytest.fixture
def short_memory(monkeypatch) -> None:
    """Six runs are remembered, and the objects of three."""
    monkeypatch.setattr(history, "RUNS_KEPT", 6)
    monkeypatch.setattr(pruning, "OBJECTS_KEPT", 3)


def test_unchanged_runs_leave_no_object(town) -> None:
    """Twelve of them: not a row more than after the first."""
    site = town(titles())
    assert site.harvest()["added"] == 10
    before = {table: rows(site, table) for table in (HarvestObject, HarvestObjectError, HarvestRecord, HarvestIssues)}
    for _ in range(12):
        assert site.harvest()["unchanged"] == 10
    assert {table: rows(site, table) for table in before} == before
    assert before[HarvestObject] == 10
    assert one_link_each(site)


@pytest.mark.usefixtures("short_memory")
def test_changing_runs_leave_a_bounded_rest(town) -> None:
    """A fifth changed each time, and one refused: objects of the last three runs stay, and each current one."""
    site = town(titles())
    first = site.harvest()
    stable = ids(site)["Jeu j"]
    for edition in range(1, 10):
        site.publish(titles(edition, changed=2), UNTITLED)
        result = site.harvest()
        assert (result["updated"], result["unchanged"], result["errored"]) == (2, 8, 1)
        assert one_link_each(site)
        # Ten current; of the last three runs one refused and, but for the last, two replaced.
        assert rows(site, HarvestObject) <= 10 + 3 * 1 + 2 * 2 + 2
        assert rows(site, HarvestObjectError) <= 3
        assert rows(site, HarvestRun) <= 6
        # Besides the remembered ones, the first, which still has the objects of eight datasets.
        assert rows(site, HarvestJob) <= 6 + 1
    assert rows(site, HarvestRecord) == 10
    assert ids(site)["Jeu j"] == stable
    assert len(site.datasets()) == site.indexed() == 10
    job = tk.get_action("harvest_job_show")({"ignore_auth": True}, {"id": first["job"]})
    assert job["status"] == "Finished"


@pytest.mark.usefixtures("short_memory")
def test_failing_runs_leave_a_bounded_rest(town) -> None:
    """A site that is down for months: neither jobs nor their errors pile up, and nothing is lost."""
    site = town(titles())
    site.harvest()
    site.publish(answer=b"<html><title>Maintenance</title></html>")
    for _ in range(8):
        site.harvest()
    assert rows(site, HarvestJob) <= 6 + 1
    assert rows(site, HarvestGatherError) <= 6
    site.publish(titles())
    assert site.harvest()["unchanged"] == 10
    assert one_link_each(site)


@pytest.mark.parametrize("keep_current", [False, True])
def test_cleared_history_loses_no_link_and_makes_no_duplicate(town, keep_current) -> None:
    """Cleared before each of five runs, some of which change datasets."""
    site = town(titles())
    site.harvest()
    known = set(ids(site).values())
    for edition in range(5):
        clear_history(site, keep_current=keep_current)
        changed = edition % 2 * 2
        site.publish(titles(edition, changed=changed or (2 if edition > 1 else 0)))
        result = site.harvest()
        assert (result["added"], result["errored"], result["missing"]) == (0, 0, 0)
        assert set(ids(site).values()) == known
        assert one_link_each(site)
    assert site.indexed() == 10
    dataset = tk.get_action("package_show")({"ignore_auth": True}, {"id": known.pop()})
    assert {extra["key"]: extra["value"] for extra in dataset["extras"]}["harvest_source_id"] == site.source["id"]
