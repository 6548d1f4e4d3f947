"""The pass over all sources that `ckan harvester run` makes every few minutes: which are due, and when next."""

from __future__ import annotations

import logging
from collections.abc import Callable
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

FIRST_TIME = 60
"""Sources without any plan yet (new, or resumed) that one pass takes: a file of two thousand is spread over hours."""
SOON = timedelta(seconds=30)
"""For the frequency ALWAYS: due at the next pass."""


def run_due(start: Callable[[str], None]) -> None:
    """Start the sources that are due, and plan the others. Commits.

    A next run that the plan does not name, because somebody changed the frequency or the hour, is planned anew.

    Args:
        start: puts the job of a source (id) on the queue.
    """
    time = now()
    zone = ZoneInfo(str(tk.h.get_display_timezone()))
    first_time = 0
    for source in _sources():
        planned = _planned(source, time, zone)
        due = source.next_run is None or source.next_run <= time
        if source.next_run is None:
            first_time += 1
            if first_time > FIRST_TIME:
                continue
        if due:
            start(source.id)
        if source.next_run != planned:
            model.Session.execute(
                sa.update(HarvestSource).where(HarvestSource.id == source.id).values(next_run=planned)
            )
            model.Session.commit()


def _sources() -> list[Any]:
    """The sources that a schedule is for, the one that has waited longest first."""
    query = (
        sa.select(HarvestSource.id, HarvestSource.frequency, HarvestSource.next_run, HarvestSource.config)
        .where(
            HarvestSource.type == TYPE,
            HarvestSource.active.is_(True),
            HarvestSource.frequency != "MANUAL",
            sa.or_(HarvestSource.next_run.is_(None), HarvestSource.next_run < PAUSED),
        )
        .order_by(HarvestSource.next_run.nulls_last(), HarvestSource.created, HarvestSource.id)
    )
    return list(model.Session.execute(query))


def _planned(source: Any, time: datetime, zone: ZoneInfo) -> datetime:
    found = plan.next_run(source.id, source.frequency, time, zone, options.hour_of(source.config))
    return found or time + SOON
