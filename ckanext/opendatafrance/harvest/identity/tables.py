"""What is remembered of identities: keys of records, who follows whom, what persons decided."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk
from ckan.model.types import make_uuid

from ckanext.opendatafrance.harvest.model import now


class HarvestKey(tk.BaseModel):
    """One key of one record (`keys.Key`); written with the record, so that an unchanged one costs nothing."""

    __tablename__ = "odf_harvest_key"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    guid: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)


class HarvestCopy(tk.BaseModel):
    """A record whose dataset is shown as another source has it; a record without such a row leads its dataset.

    Attributes:
        kind: of the key by which it was recognised, or "person".
        link: landing page of the dataset at this source, None where it names none.
        since: when the portal recognised it.
    """

    __tablename__ = "odf_harvest_copy"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    guid: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    title: Mapped[str | None] = mapped_column(sa.UnicodeText)
    link: Mapped[str | None] = mapped_column(sa.UnicodeText)
    since: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)


class HarvestApart(tk.BaseModel):
    """Two records that a person said are not the same dataset; kept in both directions, for ever."""

    __tablename__ = "odf_harvest_apart"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    guid: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    other_source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    other_guid: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)


class HarvestIdentity(tk.BaseModel):
    """A change of identities, by the portal or by a person, which can be taken back.

    Attributes:
        action: "merge" (the dataset `other_id` became `dataset_id`), "split" (records left `dataset_id`), "takeover"
            (the source of the records shows `dataset_id` from now on) or "apart" (two datasets are not the same).
        other_id, other_name: the dataset that merged away, which is in the trash; its address leads to the other.
        records: [[source id, guid]] that moved.
        decided_by: id of the user, None for the portal.
        undone: when it was taken back.
    """

    __tablename__ = "odf_harvest_identity"
    __table_args__ = (sa.Index("ix_odf_harvest_identity_created", "created"),)

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True, default=make_uuid)
    action: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    dataset_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, index=True)
    other_id: Mapped[str | None] = mapped_column(sa.UnicodeText, index=True)
    other_name: Mapped[str | None] = mapped_column(sa.UnicodeText, index=True)
    records: Mapped[list[list[str]]] = mapped_column(JSONB, nullable=False, default=list)
    created: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    decided_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    undone: Mapped[datetime | None] = mapped_column(sa.DateTime)


# Declared as FromClause, which has no insert.
KEY: sa.Table = HarvestKey.__table__  # pyright: ignore[reportAssignmentType]
COPY: sa.Table = HarvestCopy.__table__  # pyright: ignore[reportAssignmentType]
APART: sa.Table = HarvestApart.__table__  # pyright: ignore[reportAssignmentType]
IDENTITY: sa.Table = HarvestIdentity.__table__  # pyright: ignore[reportAssignmentType]
