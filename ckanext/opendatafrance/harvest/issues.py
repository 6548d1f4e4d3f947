"""All problems of a job, however many: written a page at a time, read for a file that a person downloads."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from ckan import model

from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.model import HarvestIssues
from ckanext.opendatafrance.harvest.report import plain

_ISSUES: sa.Table = HarvestIssues.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause


def write(job_id: str, part: int, issues: Sequence[Issue]) -> None:
    """Keep a part of the problems of a job; without commit."""
    lines = (json.dumps([one.level, one.code, one.record, one.message, plain(one.params)]) for one in issues)
    content = zlib.compress("\n".join(lines).encode())
    model.Session.execute(sa.insert(_ISSUES).values(job_id=job_id, part=part, content=content))


def read(job_id: str) -> Iterator[Issue]:
    """The problems of a job in the order in which they were met, a part at a time."""
    query = sa.select(_ISSUES.c.content).where(_ISSUES.c.job_id == job_id).order_by(_ISSUES.c.part)
    for content in model.Session.execute(query.execution_options(yield_per=20)).scalars():
        for line in zlib.decompress(content).decode().split("\n"):
            level, code, record, message, params = json.loads(line)
            yield Issue(code, message, params, record, level)


def forget(job_ids: Sequence[str]) -> None:
    """Remove the problems of jobs that begin again, or are themselves forgotten; without commit."""
    model.Session.execute(sa.delete(_ISSUES).where(_ISSUES.c.job_id.in_(job_ids)))
