"""What becomes of datasets that left their source: archived when they are few, held for a person when they are many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest import archive
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.model import HarvestDeletion, HarvestRecord, now

PENDING, APPROVED, REJECTED, OUTDATED = "pending", "approved", "rejected", "outdated"
_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_PACKAGE: sa.Table = model.package_table


class DecidedError(OdfError):
    """The list is not waiting any more."""

    code = "deletion-decided"


@dataclass(frozen=True, slots=True)
class Rules:
    """When a dataset is archived, and when a person is asked.

    Attributes:
        runs: complete harvests in a row without it.
        share: percentage of the datasets of a source that may be archived at once.
        number: number of datasets that may be archived at once, however large a share they are.
    """

    runs: int
    share: int
    number: int

    def ask(self, leaving: int, total: int) -> bool:
        """Whether so many are too many for the portal to decide alone."""
        return leaving > self.number and leaving * 100 > self.share * total


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did with the datasets that left: guids archived; how many wait, and how many were refused before."""

    archived: list[str] = field(default_factory=list)
    held: int = 0
    total: int = 0
    rejected: int = 0

    def issues(self) -> Iterator[Issue]:
        """What the report says of it."""
        for guid in self.archived:
            yield Issue("dataset-archived", _ARCHIVED, {"guid": guid}, guid, "warning")
        if self.held:
            yield Issue("deletions-held", _HELD, {"count": self.held, "total": self.total}, level="warning")
        if self.rejected:
            yield Issue("deletions-rejected", _REJECTED, {"count": self.rejected}, level="warning")


def settle(source_id: str, job_id: str, absent: Sequence[str], rules: Rules) -> Outcome:
    """Archive, or hold for a person, what has been missing for long enough at the end of a complete run. Commits.

    A list that a person rejected is not asked about again while it stays the same; once it is another one, none of
    what was rejected goes without a person.

    Args:
        absent: guids that this run did not meet.

    Raises:
        IndexUnavailableError: the search engine does not answer; the next run tries again.
    """
    waiting = _waiting(source_id)
    leaving = _leaving(source_id, rules.runs)
    if not set(leaving) <= set(absent):
        # This run does not know enough to say that they are still away.
        model.Session.commit()
        return Outcome(held=len(waiting.guids) if waiting else 0, total=waiting.total if waiting else 0)
    refused = _refused(source_id)
    total = _shown(source_id)
    if leaving and leaving != refused and (rules.ask(len(leaving), total) or set(leaving) & set(refused)):
        _hold(waiting, source_id, job_id, leaving, total)
        return Outcome(held=len(leaving), total=total)
    if waiting:
        waiting.state = OUTDATED
    model.Session.commit()
    if leaving == refused:
        return Outcome(rejected=len(leaving))
    return Outcome(archive.archive(source_id, leaving, rules.runs))


def approve(deletion_id: str, user_id: str | None, rules: Rules) -> list[str]:
    """Archive the datasets of a list that are still missing; returns their guids. Commits.

    Raises:
        DecidedError: somebody decided before, or the set changed.
        IndexUnavailableError: the search engine does not answer; the list still waits, or the next run goes on.
    """
    deletion = _decide(deletion_id, user_id, APPROVED)
    return archive.archive(deletion.source_id, list(deletion.guids), rules.runs)


def reject(deletion_id: str, user_id: str | None) -> None:
    """Leave the datasets of a list as they are. Commits.

    Raises:
        DecidedError: somebody decided before, or the set changed.
    """
    _decide(deletion_id, user_id, REJECTED)
    model.Session.commit()


def find(reference: str) -> HarvestDeletion | None:
    """A list by its id, or the one that waits of a source (id or name)."""
    found = model.Session.get(HarvestDeletion, reference)
    package = None if found else model.Package.get(reference)
    if package is None:
        return found
    query = sa.select(HarvestDeletion).where(HarvestDeletion.source_id == package.id, HarvestDeletion.state == PENDING)
    return model.Session.execute(query).scalar_one_or_none()


def listed(
    organizations: Sequence[str] | None,
    source_id: str | None,
    state: str | None,
    limit: int,
    offset: int,
    deletion_id: str | None = None,
) -> list[dict[str, Any]]:
    """Lists of the sources of these organisations (ids; None = all), the latest first, without their datasets."""
    query = (
        sa.select(
            HarvestDeletion.id,
            HarvestDeletion.job_id.label("job"),
            HarvestDeletion.state,
            HarvestDeletion.total,
            sa.func.jsonb_array_length(HarvestDeletion.guids).label("count"),
            HarvestDeletion.created,
            HarvestDeletion.decided,
            model.User.name.label("decided_by"),
            _PACKAGE.c.name.label("source"),
            HarvestSource.title.label("source_title"),
            model.Group.name.label("organization"),
        )
        .join(_PACKAGE, _PACKAGE.c.id == HarvestDeletion.source_id)
        .join(HarvestSource, HarvestSource.id == HarvestDeletion.source_id)
        .outerjoin(model.Group, model.Group.id == _PACKAGE.c.owner_org)
        .outerjoin(model.User, model.User.id == HarvestDeletion.decided_by)
    )
    if organizations is not None:
        query = query.where(_PACKAGE.c.owner_org.in_(organizations))
    if source_id:
        query = query.where(HarvestDeletion.source_id == source_id)
    if state:
        query = query.where(HarvestDeletion.state == state)
    if deletion_id:
        query = query.where(HarvestDeletion.id == deletion_id)
    page = query.order_by(HarvestDeletion.created.desc(), HarvestDeletion.id).limit(limit).offset(offset)
    return [dict(row._mapping) for row in model.Session.execute(page)]


def concerned(deletion: HarvestDeletion, limit: int | None = None) -> list[dict[str, Any]]:
    """The datasets of a list: guid, id, name, title, last_seen, state (of the record as of now)."""
    query = (
        sa.select(
            _RECORD.c.guid, _PACKAGE.c.id, _PACKAGE.c.name, _PACKAGE.c.title, _RECORD.c.last_seen, _RECORD.c.state
        )
        .outerjoin(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
        .where(
            _RECORD.c.source_id == deletion.source_id,
            _RECORD.c.guid == sa.any_(sa.literal(list(deletion.guids), sa.ARRAY(sa.UnicodeText))),
        )
        .order_by(_RECORD.c.guid)
        .limit(limit)
    )
    return [{**row._mapping, "last_seen": row.last_seen.isoformat()} for row in model.Session.execute(query)]


def _decide(deletion_id: str, user_id: str | None, state: str) -> HarvestDeletion:
    """Mark a waiting list, whose row stays locked until the next commit."""
    query = sa.select(HarvestDeletion).where(HarvestDeletion.id == deletion_id).with_for_update()
    deletion = model.Session.execute(query, execution_options={"populate_existing": True}).scalar_one()
    if deletion.state != PENDING:
        model.Session.rollback()
        raise DecidedError(_DECIDED)
    deletion.state, deletion.decided, deletion.decided_by = state, now(), user_id
    model.Session.flush()
    return deletion


def _hold(waiting: HarvestDeletion | None, source_id: str, job_id: str, leaving: list[str], total: int) -> None:
    """Let this list wait, instead of one that waits with other datasets."""
    if waiting and waiting.guids == leaving:
        model.Session.commit()
        return
    if waiting:
        waiting.state = OUTDATED
        model.Session.flush()
    model.Session.add(HarvestDeletion(source_id=source_id, job_id=job_id, guids=leaving, total=total))
    model.Session.commit()


def _waiting(source_id: str) -> HarvestDeletion | None:
    query = sa.select(HarvestDeletion).where(HarvestDeletion.source_id == source_id, HarvestDeletion.state == PENDING)
    options = {"populate_existing": True}
    return model.Session.execute(query.with_for_update(), execution_options=options).scalar_one_or_none()


def _refused(source_id: str) -> list[str]:
    """What a person refused to archive last; empty where the last decision was another one."""
    query = (
        sa.select(HarvestDeletion.state, HarvestDeletion.guids)
        .where(HarvestDeletion.source_id == source_id, HarvestDeletion.state.in_((APPROVED, REJECTED)))
        .order_by(HarvestDeletion.decided.desc())
        .limit(1)
    )
    last = model.Session.execute(query).first()
    return last.guids if last and last.state == REJECTED else []


def _leaving(source_id: str, runs: int) -> list[str]:
    """Records that have been missing for long enough and whose dataset is still shown."""
    query = sa.select(_RECORD.c.guid).join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
    query = query.where(_RECORD.c.source_id == source_id, _PACKAGE.c.state == "active")
    return sorted(
        model.Session.execute(query.where(_RECORD.c.state == "missing", _RECORD.c.missing_runs >= runs)).scalars()
    )


def _shown(source_id: str) -> int:
    """Number of datasets that the portal shows of a source."""
    query = sa.select(sa.func.count()).select_from(_RECORD).join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
    query = query.where(_RECORD.c.source_id == source_id, _RECORD.c.state != archive.STATE)
    return model.Session.execute(query.where(_PACKAGE.c.state == "active")).scalar_one()


_ARCHIVED = N_("The dataset {guid} has not been in the source for several harvests; it was archived.")
_DECIDED = N_("This list is not waiting for a decision any more: somebody decided, or the source has changed since.")
_HELD = N_(
    "{count} of {total} datasets are not in the source any more. None of them was archived: somebody must say whether"
    " this is meant."
)
_REJECTED = N_("{count} datasets are not in the source any more; they stay, because a person decided so.")
