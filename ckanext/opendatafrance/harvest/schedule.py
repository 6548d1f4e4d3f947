"""The pass over all sources that `ckan harvester run` makes every few minutes: which are due, and when next."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.harvest import options, plan
from ckanext.opendatafrance.harvest.model import now
from ckanext.opendatafrance.harvest.sources import PAUSED, TYPE

log = logging.getLogger(__name__)

FIRST_TIME, BETWEEN = 60, timedelta(minutes=5)
"""Sources without any plan yet (new, or resumed) that start at once, and how much later as many others do: a file of
two thousand is spread over hours."""
SOON = timedelta(seconds=30)
"""For the frequency ALWAYS: due at the next pass."""


def run_due(start: Callable[[str], None]) -> None:
    """Start the sources that are due, and plan the others. Commits.

    Args:
        start: puts the job of a source (id) on the queue.
    """
    time = now()
    first_time = 0
    for source in _sources():
        planned = _planned(source.id, source.frequency, source.config, time)
        if source.next_run is None:
            first_time += 1
            if first_time > FIRST_TIME:
                _plan(source.id, time + (first_time - 1) // FIRST_TIME * BETWEEN)
                continue
        if source.next_run is None or source.next_run <= time:
            start(source.id)
            _plan(source.id, planned)
        elif source.next_run > planned:
            _plan(source.id, planned)
    model.Session.commit()


def replan(source: Mapping[str, Any]) -> None:
    """Give an edited source (the dict of its dataset) its next run by its new frequency and hour; without commit."""
    planned = _planned(source["id"], source.get("frequency") or "", source.get("config"), now())
    statement = sa.update(HarvestSource).where(
        HarvestSource.id == source["id"], HarvestSource.type == TYPE, HarvestSource.next_run < PAUSED
    )
    model.Session.execute(statement.values(next_run=planned))


def _plan(source_id: str, next_run: datetime) -> None:
    model.Session.execute(sa.update(HarvestSource).where(HarvestSource.id == source_id).values(next_run=next_run))
    model.Session.commit()


def _sources() -> list[Any]:
    """The sources that a schedule is for, the one that has waited longest first."""
    active: Any = HarvestSource.active
    query = (
        sa.select(HarvestSource.id, HarvestSource.frequency, HarvestSource.next_run, HarvestSource.config)
        .where(
            HarvestSource.type == TYPE,
            active.is_(True),
            HarvestSource.frequency != "MANUAL",
            sa.or_(HarvestSource.next_run.is_(None), HarvestSource.next_run < PAUSED),
        )
        .order_by(HarvestSource.next_run.nulls_last(), HarvestSource.created, HarvestSource.id)
    )
    return list(model.Session.execute(query))


def zone() -> ZoneInfo:
    """Where the hours of the sources are those of the clock on the wall: `ckan.display_timezone`."""
    return ZoneInfo(str(tk.h.get_display_timezone()))


def _planned(source_id: str, frequency: str, config: str | None, time: datetime) -> datetime:
    found = plan.next_run(source_id, frequency, time, zone(), options.hour_of(config))
    return found or time + SOON
