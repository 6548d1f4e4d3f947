"""The table of local edits: what people changed in harvested datasets, and what the sources say there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.model import now


class HarvestEdit(tk.BaseModel):
    """A field of a harvested dataset, or of one of its resources, that a person changed here.

    The value that the person gave is that of the dataset itself; this row keeps what it stands against.

    Attributes:
        resource_id: "" for a field of the dataset.
        field: name in the dataset schema, or key of an extra; "" for a whole resource.
        kind: changed (a field), added (a resource that the source has not), removed (one that the source has).
        source: what the source says there, None = nothing; of a removed resource the fields by which it is recognised.
        kept: whether `source` was short enough to be kept.
        edited_by: id of the user; None where the user is not there any more.
        source_changed: when a harvest found that the source says something else than at the time of the edit.
    """

    __tablename__ = "odf_harvest_edit"

    dataset_id: Mapped[str] = mapped_column(
        sa.UnicodeText, sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True
    )
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    field: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    source: Mapped[Any] = mapped_column(JSONB(none_as_null=True))
    kept: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=True)
    edited: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    edited_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
    source_changed: Mapped[datetime | None] = mapped_column(sa.DateTime)
