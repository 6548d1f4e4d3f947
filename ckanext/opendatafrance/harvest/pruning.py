"""ckanext-harvest's rows of earlier harvests, of which only the last few are kept."""

from __future__ import annotations

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestJob, HarvestObject
from ckanext.opendatafrance.harvest.model import HarvestRun

OBJECTS_KEPT = 10
"""Runs of each source whose `harvest_object` rows are all kept; of the earlier ones only those that are current."""
_JOB: sa.Table = HarvestJob.__table__
_OBJECT: sa.Table = HarvestObject.__table__
_RUN: sa.Table = HarvestRun.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause


def prune(source_id: str) -> None:
    """Remove what no dataset needs: replaced and refused objects, then jobs whose run is forgotten. Without commit.

    The database removes what hangs on these rows: errors and extras of objects, errors of jobs.
    """
    finished = _JOB.c.status.in_(("Finished", "Aborted"))
    last = _runs(source_id).limit(OBJECTS_KEPT)
    model.Session.execute(
        sa.delete(_OBJECT).where(
            _OBJECT.c.harvest_source_id == source_id,
            _OBJECT.c.current.is_not(True),
            _OBJECT.c.harvest_job_id.not_in(last),
            _OBJECT.c.harvest_job_id.in_(sa.select(_JOB.c.id).where(_JOB.c.source_id == source_id, finished)),
        ),
        execution_options={"synchronize_session": False},
    )
    first_kept = sa.select(sa.func.min(_RUN.c.started)).where(_RUN.c.source_id == source_id).scalar_subquery()
    model.Session.execute(
        sa.delete(_JOB).where(
            _JOB.c.source_id == source_id,
            finished,
            _JOB.c.finished < first_kept,
            _JOB.c.id.not_in(_runs(source_id)),
            ~sa.exists().where(_OBJECT.c.harvest_job_id == _JOB.c.id),
        ),
        execution_options={"synchronize_session": False},
    )


def _runs(source_id: str) -> sa.Select[tuple[str]]:
    """Jobs of the runs that are remembered, the last first."""
    return sa.select(_RUN.c.job_id).where(_RUN.c.source_id == source_id).order_by(_RUN.c.started.desc())
