"""What earlier runs did, and how long it is remembered."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.harvest import issues, pruning
from ckanext.opendatafrance.harvest.model import HarvestRun, now

OVER = ("Finished", "Aborted")
"""States of a job that nobody works on any more."""
RUNS_KEPT = 100
"""Runs remembered for each source."""


def is_finished(job_id: str) -> bool:
    """Whether a job is over as the database has it now; another process may have ended it."""
    query = sa.select(HarvestJob.status).where(HarvestJob.id == job_id)
    return model.Session.execute(query).scalar_one() in OVER


def runs(job_ids: Sequence[str]) -> dict[str, HarvestRun]:
    """What is known of the runs of these jobs, by id of the job."""
    query = sa.select(HarvestRun).where(HarvestRun.job_id.in_(job_ids)).execution_options(populate_existing=True)
    return {run.job_id: run for run in model.Session.execute(query).scalars()}


def last_complete(source_id: str) -> HarvestRun | None:
    """The last run that read a source to its end."""
    query = sa.select(HarvestRun).where(HarvestRun.source_id == source_id, HarvestRun.state == "complete")
    return model.Session.execute(query.order_by(HarvestRun.started.desc()).limit(1)).scalar_one_or_none()


def forget_old_runs(source_id: str) -> None:
    """Remove the runs, their problems and what ckanext-harvest keeps of them, that are too long ago. Commits."""
    kept = (
        sa.select(HarvestRun.job_id)
        .where(HarvestRun.source_id == source_id)
        .order_by(HarvestRun.started.desc())
        .limit(RUNS_KEPT)
    )
    forgotten = model.Session.execute(
        sa.delete(HarvestRun)
        .where(HarvestRun.source_id == source_id, HarvestRun.job_id.not_in(kept))
        .returning(HarvestRun.job_id),
        execution_options={"synchronize_session": False},
    ).scalars()
    issues.forget(list(forgotten))
    pruning.prune(source_id)
    model.Session.commit()


def end_abandoned(busy: Collection[str]) -> None:
    """End the runs of jobs that were ended while their worker died, of sources (ids) that no worker is at. Commits."""
    over = sa.select(HarvestJob.id).where(HarvestJob.status.in_(OVER))
    statement = sa.update(HarvestRun).where(
        HarvestRun.state == "running", HarvestRun.job_id.in_(over), HarvestRun.source_id.not_in(busy)
    )
    model.Session.execute(
        statement.values(state="interrupted", finished=now()), execution_options={"synchronize_session": False}
    )
    model.Session.commit()
