"""Gauges for Prometheus, computed from the database at each question: true whatever process answers, or restarted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from ckan import model

from ckanext.opendatafrance.harvest import inbox
from ckanext.opendatafrance.harvest.model import (
    HarvestDeletion,
    HarvestLease,
    HarvestRecord,
    HarvestRun,
    HarvestWaiting,
    now,
)
from ckanext.opendatafrance.harvest.overview import overview

NAMED = 1000
"""Sources with values of their own, those with the oldest success first: a bound for what Prometheus has to keep."""
DAY = timedelta(days=1)
PREFIX = "odf_harvest_"


def exposition() -> bytes:
    """All gauges in the text format of Prometheus, 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Gauges())
    return generate_latest(registry)


class Gauges(Collector):
    """What the tables say at the moment at which it is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        time = now()
        found = overview(None, sort="last_success", limit=NAMED)
        yield _by("sources", "Sources by state; a paused or held one counts by its light too", "state", found["states"])
        yield from self._of_sources(found["results"], time)
        yield _by("runs", "Harvests that began in the last 24 hours, by result", "result", self._runs(time))
        yield _one("run_seconds", "Mean duration of the harvests that ended in the last 24 hours", self._duration(time))
        yield _by("datasets", "Harvested datasets by state", "state", self._datasets())
        yield _one("held_datasets", "Datasets that wait for approval before they are archived", self._held())
        yield _one("open_publishers", "Publishers that nobody has placed", inbox.listed(None, limit=1)[0])
        yield _by("queue", "Jobs that wait for a worker, by priority", "priority", self._queue())
        yield _by(
            "leases", "Sources that a worker is at; an expired one is of a worker that died", "state", self._leases()
        )

    def _of_sources(self, sources: list[dict[str, Any]], time: Any) -> Iterator[GaugeMetricFamily]:
        ages = GaugeMetricFamily(
            PREFIX + "source_last_success_age_seconds", "Time since the last complete harvest", labels=["source"]
        )
        last = GaugeMetricFamily(
            PREFIX + "source_last_run_seconds", "Duration of the last harvest of a source", labels=["source"]
        )
        for source in sources:
            if source["last_success"]:
                age = time - type(time).fromisoformat(source["last_success"])
                ages.add_metric([source["name"]], age.total_seconds())
            if source["seconds"] is not None:
                last.add_metric([source["name"]], source["seconds"])
        yield ages
        yield last

    def _runs(self, time: Any) -> dict[str, int]:
        query = sa.select(HarvestRun.state, sa.func.count()).where(HarvestRun.started >= time - DAY)
        return dict.fromkeys(("complete", "failed", "interrupted", "running"), 0) | _counted(
            query.group_by(HarvestRun.state)
        )

    def _duration(self, time: Any) -> float:
        seconds = sa.extract("epoch", HarvestRun.finished - HarvestRun.started)
        query = sa.select(sa.func.coalesce(sa.func.avg(seconds), 0)).where(HarvestRun.finished >= time - DAY)
        return float(model.Session.execute(query).scalar_one())

    def _datasets(self) -> dict[str, int]:
        query = sa.select(HarvestRecord.state, sa.func.count()).group_by(HarvestRecord.state)
        return dict.fromkeys(("present", "missing", "archived", "kept"), 0) | _counted(query)

    def _held(self) -> int:
        length = sa.func.jsonb_array_length(HarvestDeletion.guids)
        query = sa.select(sa.func.coalesce(sa.func.sum(length), 0)).where(HarvestDeletion.state == "pending")
        return model.Session.execute(query).scalar_one()

    def _queue(self) -> dict[str, int]:
        found = _counted(sa.select(HarvestWaiting.urgent, sa.func.count()).group_by(HarvestWaiting.urgent))
        return {"person": found.get(True, 0), "schedule": found.get(False, 0)}

    def _leases(self) -> dict[str, int]:
        alive = HarvestLease.expires > sa.func.now()
        found = _counted(sa.select(alive, sa.func.count()).group_by(alive))
        return {"held": found.get(True, 0), "expired": found.get(False, 0)}


def _counted(query: Any) -> dict[Any, int]:
    return {key: number for key, number in model.Session.execute(query)}


def _by(name: str, text: str, label: str, numbers: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(PREFIX + name, text, labels=[label])
    for value, number in numbers.items():
        family.add_metric([value], number)
    return family


def _one(name: str, text: str, number: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, text, value=number)
