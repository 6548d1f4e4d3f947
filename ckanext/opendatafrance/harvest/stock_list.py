"""ckanext-harvest's list of sources, with its shape, in a fixed number of queries.

Its own asks for the number of jobs, the next and the last job of each source, and for the last job six times more; none
of these questions had an index (migration 003 makes them).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectError

Dict = dict[str, Any]
_JOB: sa.Table = HarvestJob.__table__
_OBJECT: sa.Table = HarvestObject.__table__
_GATHER_ERROR: sa.Table = HarvestGatherError.__table__
_OBJECT_ERROR: sa.Table = HarvestObjectError.__table__
SUMMARY = 20
"""Messages of a job that ckanext-harvest tells, the most frequent first."""


def dictized(sources: Sequence[Any], with_last_job: bool) -> list[Dict]:
    """HarvestSource rows as `harvest_source_list` gives them."""
    ids = [source.id for source in sources]
    status = _status(ids)
    titles = _publishers({source.publisher_id for source in sources if source.publisher_id})
    last = _last_jobs(ids) if with_last_job else {}
    found = []
    for source in sources:
        out = source.as_dict()
        out["publisher_title"] = titles.get(source.publisher_id, "")
        out["status"] = status.get(source.id, _NO_JOBS)
        if with_last_job:
            out["last_job_status"] = last.get(source.id)
        found.append(out)
    return found


_NO_JOBS = {"job_count": 0, "next_harvest": "", "last_harvest_request": "", "msg": "No jobs yet"}


def _status(source_ids: Sequence[str]) -> dict[str, Dict]:
    finished = _JOB.c.status == "Finished"
    query = (
        sa.select(
            _JOB.c.source_id,
            sa.func.count().label("count"),
            sa.func.bool_or(_JOB.c.status == "New").label("next"),
            sa.func.bool_or(finished).label("harvested"),
            sa.func.max(_JOB.c.gather_finished).filter(finished).label("last"),
        )
        .where(_JOB.c.source_id.in_(source_ids))
        .group_by(_JOB.c.source_id)
    )
    return {
        row.source_id: {
            "job_count": row.count,
            "next_harvest": "Scheduled" if row.next else "Not yet scheduled",
            "last_harvest_request": str(row.last) if row.harvested else "Not yet harvested",
        }
        for row in model.Session.execute(query)
    }


def _publishers(ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = sa.select(model.Group.id, model.Group.title).where(model.Group.id.in_(ids))
    return {identifier: title for identifier, title in model.Session.execute(query)}


def _last_jobs(source_ids: Sequence[str]) -> dict[str, Dict]:
    """The last job of each source, with its numbers and its most frequent errors, as harvest_job_dictize gives them."""
    query = sa.select(HarvestJob).where(HarvestJob.source_id.in_(source_ids)).distinct(HarvestJob.source_id)
    query = query.order_by(HarvestJob.source_id, HarvestJob.created.desc())
    jobs: list[Any] = list(model.Session.execute(query).scalars())
    ids = [job.id for job in jobs]
    numbers = _numbers(ids)
    of_objects = _summaries(
        ids, _OBJECT.c.harvest_job_id, _OBJECT_ERROR.c.message, _OBJECT_ERROR.join(_OBJECT, _ON_OBJECT)
    )
    of_jobs = _summaries(ids, _GATHER_ERROR.c.harvest_job_id, _GATHER_ERROR.c.message, _GATHER_ERROR)
    return {
        job.source_id: {
            **job.as_dict(),
            "stats": numbers[job.id],
            "object_error_summary": of_objects[job.id],
            "gather_error_summary": of_jobs[job.id],
        }
        for job in jobs
    }


_ON_OBJECT = _OBJECT.c.id == _OBJECT_ERROR.c.harvest_object_id


def _numbers(job_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    numbers = {job: {"added": 0, "updated": 0, "not modified": 0, "errored": 0, "deleted": 0} for job in job_ids}
    job = _OBJECT.c.harvest_job_id
    statuses = sa.select(job, _OBJECT.c.report_status, sa.func.count()).group_by(job, _OBJECT.c.report_status)
    for identifier, status, count in model.Session.execute(statuses.where(job.in_(job_ids))):
        numbers[identifier][status] = count
    with_errors = sa.select(job, sa.func.count(_OBJECT.c.id.distinct())).join(_OBJECT_ERROR, _ON_OBJECT)
    for identifier, count in model.Session.execute(with_errors.where(job.in_(job_ids)).group_by(job)):
        numbers[identifier]["errored"] = count
    of_job = _GATHER_ERROR.c.harvest_job_id
    gathering = sa.select(of_job, sa.func.count()).where(of_job.in_(job_ids)).group_by(of_job)
    for identifier, count in model.Session.execute(gathering):
        numbers[identifier]["errored"] += count
    return numbers


def _summaries(job_ids: Sequence[str], job: Any, message: Any, table: Any) -> dict[str, list[Dict]]:
    """The most frequent messages of each job: [{message, error_count}]."""
    count = sa.func.count(message).label("error_count")
    query = sa.select(job.label("job"), message.label("message"), count).select_from(table)
    rows: Iterable[Any] = model.Session.execute(
        query.where(job.in_(job_ids)).group_by(job, message).order_by(count.desc())
    )
    found: dict[str, list[Dict]] = defaultdict(list)
    for row in rows:
        if len(found[row.job]) < SUMMARY:
            found[row.job].append({"message": row.message, "error_count": row.error_count})
    return found
