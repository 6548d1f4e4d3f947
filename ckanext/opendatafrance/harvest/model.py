"""Tables of our own beside ckanext-harvest's: what each source holds, what each run did, what waits for a person."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan.model.types import make_uuid


def now() -> datetime:
    """UTC without time zone, as CKAN's and ckanext-harvest's own columns are."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


class HarvestRecord(tk.BaseModel):
    """One dataset of one source, from one run to the next.

    The link from a source's record to its dataset lives here and not in `harvest_object`, so that clearing the history
    of a source neither loses it nor makes duplicates.

    Attributes:
        guid: identifier of the record within its source.
        fingerprint: sha256 (hex) of what was stored last: the record's meaning and how it was mapped and placed.
        dataset_id: id of the dataset; no foreign key, because a dataset may be purged behind our back.
        last_seen: when the record was last stored, or, for one that left, the last run that still had it.
        missing_runs: number of complete runs in a row that did not have it.
        state: present, missing (not in the last complete runs), archived (out of search, its dataset untouched) or kept
            (a person showed the dataset again although its source has it no more).
        archived: since when it is archived; None in every other state.
        publisher_id: id of the HarvestPublisher that the source names, None until the record is mapped again.
        placed: id of the owner with which the dataset was stored; another owner was given by a person. None where
            another record of the same dataset says it.
    """

    __tablename__ = "odf_harvest_record"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    guid: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    dataset_id: Mapped[str | None] = mapped_column(sa.UnicodeText, index=True)
    first_seen: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    last_seen: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    missing_runs: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="present")
    archived: Mapped[datetime | None] = mapped_column(sa.DateTime)
    publisher_id: Mapped[str | None] = mapped_column(sa.UnicodeText, index=True)
    placed: Mapped[str | None] = mapped_column(sa.UnicodeText)


class HarvestRun(tk.BaseModel):
    """What one job did; the numbers that the reports show, because an unchanged dataset leaves no `harvest_object`.

    Attributes:
        job_id: id of the `harvest_job`; no foreign key, so that runs outlive a cleared history.
        state: running, complete, failed (the source could not be read) or interrupted (stopped, or a fault of ours).
        issues: what a person should know, grouped: [{code, level, message, count, examples: [{record, message,
            params}]}], bounded in length.
        attempts: how often a worker began the job; more than once where one died at it.
    """

    __tablename__ = "odf_harvest_run"
    __table_args__ = (sa.Index("ix_odf_harvest_run_source_id_started", "source_id", "started"),)

    job_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    source_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    connector: Mapped[str | None] = mapped_column(sa.UnicodeText)
    url: Mapped[str | None] = mapped_column(sa.UnicodeText)
    state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="running")
    started: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    finished: Mapped[datetime | None] = mapped_column(sa.DateTime)
    added: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    updated: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    unchanged: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    deleted: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    held: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    skipped: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    missing: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    errored: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    issues: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)

    def as_dict(self) -> dict[str, Any]:
        """The row with the times as ISO 8601, without the issues, which can be long."""
        row = {column.key: getattr(self, column.key) for column in sa.inspect(HarvestRun).columns}
        del row["issues"]
        return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}


class HarvestDeletion(tk.BaseModel):
    """Datasets that left a source all at once, and that are archived only when a person approves.

    Attributes:
        state: pending (at most one of each source), approved, rejected, or outdated (the set changed before anybody
            decided).
        total: number of datasets that the portal showed of this source.
        guids: of the records concerned, sorted.
        decided_by: id of the user; None where nobody decided.
    """

    __tablename__ = "odf_harvest_deletion"
    __table_args__ = (
        sa.Index(
            "uq_odf_harvest_deletion_pending", "source_id", unique=True, postgresql_where=sa.text("state = 'pending'")
        ),
        sa.Index("ix_odf_harvest_deletion_source_id_created", "source_id", "created"),
    )

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=make_uuid)
    source_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    job_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, default="pending")
    total: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    guids: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    created: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    decided: Mapped[datetime | None] = mapped_column(sa.DateTime)
    decided_by: Mapped[str | None] = mapped_column(sa.UnicodeText)


class HarvestIssues(tk.BaseModel):
    """All problems of a job, in parts of a page of records each: zlib over JSON lines, a tenth of what rows would take.

    Each line is [level, code, record, message, params]; message and params are translated when they are read.
    """

    __tablename__ = "odf_harvest_issues"

    job_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    part: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False)


class HarvestLease(tk.BaseModel):
    """Which worker is at a source, and until when, should nothing be heard of it any more.

    Attributes:
        token: known to that worker alone.
        holder: its process, as `holder.identity` says it.
        expires: by the clock of the database.
    """

    __tablename__ = "odf_harvest_lease"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    token: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    holder: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    expires: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)


class HarvestWaiting(tk.BaseModel):
    """A job that was put on the queue and that no worker has begun; the queue itself can be lost.

    Attributes:
        urgent: a person asked for it, and it goes before what the schedule asked for.
    """

    __tablename__ = "odf_harvest_waiting"

    job_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    urgent: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)


class HarvestDoubt(tk.BaseModel):
    """A dataset whose index document may not be what the database holds: its batch began and did not end."""

    __tablename__ = "odf_harvest_doubt"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
