"""Jobs that wait for a worker: those that a person asked for first, and those that the queue, or a worker, lost.

The queue of ckanext-harvest says that there is work; which jobs there are is in the database. So a worker that receives
a job first does those that press, whatever the queue is (Redis and RabbitMQ alike), and a queue that was emptied is
filled again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest import queue
from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.opendatafrance.harvest import lease
from ckanext.opendatafrance.harvest.model import HarvestRun, HarvestWaiting
from ckanext.opendatafrance.harvest.sources import TYPE

log = logging.getLogger(__name__)

TRIES = 5
"""Workers that a job may kill before it is given up."""
_WAITING: sa.Table = HarvestWaiting.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_JOB: sa.Table = HarvestJob.__table__
_RUN: sa.Table = HarvestRun.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_SOURCE: sa.Table = HarvestSource.__table__


def put(job_id: str, urgent: bool) -> None:
    """Remember that a job is put on the queue. Commits."""
    statement = insert(_WAITING).values(job_id=job_id, urgent=urgent)
    set_ = {"urgent": sa.or_(_WAITING.c.urgent, statement.excluded.urgent)}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["job_id"], set_=set_))
    model.Session.commit()


def begin(job_id: str) -> None:
    """A worker is at the job; without commit."""
    model.Session.execute(sa.delete(_WAITING).where(_WAITING.c.job_id == job_id))


def hurry(source_id: str) -> str | None:
    """Let the waiting job of a source go before the others; its id, None where none waits. Commits."""
    jobs = sa.select(_JOB.c.id).where(_JOB.c.source_id == source_id, _JOB.c.status == "Running")
    statement = sa.update(_WAITING).where(_WAITING.c.job_id.in_(jobs)).values(urgent=True)
    job_id = model.Session.execute(statement.returning(_WAITING.c.job_id)).scalars().first()
    model.Session.commit()
    return job_id


def pressing() -> str | None:
    """The job to do first: one that a person asked for, else one whose worker died; None where nothing presses."""
    waits = sa.select(_JOB.c.id, _JOB.c.source_id).join(_WAITING, _WAITING.c.job_id == _JOB.c.id)
    urgent = waits.where(_WAITING.c.urgent, _JOB.c.status == "Running").order_by(_JOB.c.created)
    busy = lease.held()
    for row in model.Session.execute(urgent):
        if row.source_id not in busy:
            return row.id
    return next((job_id for job_id, tries in _abandoned(busy) if tries < TRIES), None)


def hopeless() -> list[str]:
    """Jobs that killed every worker that took them."""
    return [job_id for job_id, tries in _abandoned(lease.held()) if tries >= TRIES]


def _abandoned(busy: Iterable[str]) -> list[tuple[str, int]]:
    """Jobs whose worker died, the oldest first, and how often they were begun."""
    query = (
        sa.select(_JOB.c.id, _RUN.c.attempts)
        .join(_RUN, _RUN.c.job_id == _JOB.c.id)
        .where(_JOB.c.status == "Running", _RUN.c.state == "running", _JOB.c.source_id.not_in(list(busy)))
        .order_by(_JOB.c.created)
    )
    return [(row.id, row.attempts) for row in model.Session.execute(query)]


def send_again() -> int:
    """Put on the queue what it lost, and what workers left when they died; returns how many jobs. Commits."""
    over = sa.select(_JOB.c.id).where(_JOB.c.status == "Running")
    model.Session.execute(sa.delete(_WAITING).where(_WAITING.c.job_id.not_in(over)))
    model.Session.commit()
    waits = sa.select(_JOB.c.id).join(_WAITING, _WAITING.c.job_id == _JOB.c.id).order_by(_JOB.c.created)
    wanted = [
        *model.Session.execute(waits).scalars(),
        *(job for job, tries in _abandoned(lease.held()) if tries < TRIES),
    ]
    queued = _queued() if wanted else set()
    lost = [] if queued is None else [job_id for job_id in wanted if job_id not in queued]
    if lost:
        log.info("%s jobs were not on the queue any more", len(lost))
        publisher: Any = queue.get_gather_publisher()
        for job_id in lost:
            publisher.send({"harvest_job_id": job_id})
        publisher.close()
    return len(lost)


def _queued() -> set[str] | None:
    """The jobs that are on the queue; None where that cannot be told, because RabbitMQ only says how many there are."""
    if tk.config.get("ckan.harvest.mq.type") in ("amqp", "ampq"):
        channel: Any = queue.get_gather_consumer()
        declared = channel.queue_declare(queue=queue.get_gather_queue_name(), durable=True, passive=True)
        channel.connection.close()
        return None if declared.method.message_count else set()
    messages = queue.get_connection_redis().lrange(queue.get_gather_routing_key(), 0, -1)
    return {json.loads(message)["harvest_job_id"] for message in messages}


def reopen() -> None:
    """Take back that jobs are gathered which no worker of ours finished. Commits.

    ckanext-harvest notes it whenever a message was dealt with, and then ends the job, also where the message was a
    second copy and another worker is still at the job.
    """
    done = sa.select(_RUN.c.job_id).where(_RUN.c.finished.is_not(None))
    ours = sa.select(_SOURCE.c.id).where(_SOURCE.c.type == TYPE)
    model.Session.execute(
        sa.update(_JOB)
        .where(
            _JOB.c.status == "Running",
            _JOB.c.gather_finished.is_not(None),
            _JOB.c.source_id.in_(ours),
            _JOB.c.id.not_in(done),
        )
        .values(gather_finished=None)
    )
    model.Session.commit()
