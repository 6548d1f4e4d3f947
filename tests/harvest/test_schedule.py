"""The pass of `ckan harvester run`: what is due is queued once, and what changes in the plan counts at once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from soundness import rows
from workshop import clock

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.opendatafrance.harvest import plan, schedule
from ckanext.opendatafrance.harvest.model import HarvestWaiting, now

ONE = {"a": "Budget"}


def settle(place: Any, **values: Any) -> None:
    model.Session.execute(sa.update(HarvestSource).where(HarvestSource.id == place.source["id"]).values(**values))
    model.Session.commit()


def edit(place: Any, **fields: Any) -> None:
    """What the form of a source does."""
    source = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": place.source["id"]})
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    tk.get_action("harvest_source_update")({"ignore_auth": True, "user": user}, {**source, **fields})


def next_run(place: Any) -> datetime | None:
    return rows(sa.select(HarvestSource.next_run).where(HarvestSource.id == place.source["id"]))[0].next_run


def jobs(place: Any) -> list[Any]:
    query = sa.select(HarvestJob.id, HarvestWaiting.urgent).outerjoin(
        HarvestWaiting, HarvestWaiting.job_id == HarvestJob.id
    )
    return rows(query.where(HarvestJob.source_id == place.source["id"]))


@pytest.fixture(autouse=True)
def alone(tables) -> None:
    """Sources that other tests left behind have a plan."""
    others = sa.update(HarvestSource).where(HarvestSource.next_run.is_(None))
    model.Session.execute(others.values(next_run=now() + timedelta(hours=1)))
    model.Session.commit()


def test_a_source_that_is_due_is_queued_once_and_planned_anew(town) -> None:
    """Its job is in no hurry; the next harvest is when the plan says, however late this one was."""
    place = town(ONE)
    settle(place, frequency="DAILY", next_run=now() - timedelta(hours=5))
    clock()
    clock()
    assert [job.urgent for job in jobs(place)] == [False]
    assert next_run(place) == plan.next_run(place.source["id"], "DAILY", now(), schedule.zone())


def test_another_frequency_or_hour_counts_at_once(town) -> None:
    """The old next run is not waited for, sooner or later, once the source is edited."""
    place = town(ONE)
    settle(place, frequency="DAILY", next_run=now() + timedelta(minutes=10))
    for frequency, hour in (("MONTHLY", 4), ("DAILY", 3)):
        edit(place, frequency=frequency, config=json.dumps({"hour": hour}))
        clock()
        assert jobs(place) == []
        planned = plan.next_run(place.source["id"], frequency, now(), schedule.zone(), hour)
        assert next_run(place) == planned


def test_a_new_file_of_sources_does_not_start_all_at_once(town, monkeypatch) -> None:
    """Some of those that have no plan yet start, others a little later."""
    places = [town(ONE) for _ in range(5)]
    for place in places:
        settle(place, frequency="MONTHLY")
    monkeypatch.setattr(schedule, "FIRST_TIME", 2)
    clock()
    clock()
    assert sorted(len(jobs(place)) for place in places) == [0, 0, 0, 1, 1]
    later = sorted(moment for place in places if not jobs(place) and (moment := next_run(place)))
    assert [round((moment - now()).total_seconds() / 60) for moment in later] == [5, 5, 10]


@pytest.mark.parametrize("hour", [24, -1, "3", True])
def test_an_hour_that_is_none_is_refused(town, hour) -> None:
    """With what it should be."""
    place = town(ONE)
    with pytest.raises(tk.ValidationError) as refused:
        edit(place, config=json.dumps({"hour": hour}))
    assert "0" in str(refused.value.error_dict["config"])
    assert "23" in str(refused.value.error_dict["config"])
