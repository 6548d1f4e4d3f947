"""Tables of placing: publishers that sources name, what people decided of them, and owners that people chose."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.model import now


class HarvestPublisher(tk.BaseModel):
    """A publisher as the records of one source name it, and what that came to.

    Attributes:
        id: digest of source and facts (`publishers.Publisher.id_in`); records point to it.
        name, number, insee, reference: what was said, see `publishers.Publisher`; they never change.
        organization_id: where its datasets are placed; None = with the organisation of the source.
        reason: "person", or a key of `placing.REASONS` for what was found without one; None where it is not placed.
    """

    __tablename__ = "odf_harvest_publisher"

    id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    source_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, index=True)
    name: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    number: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    insee: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    reference: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    organization_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    reason: Mapped[str | None] = mapped_column(sa.UnicodeText)
    first_seen: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)


class HarvestPlacing(tk.BaseModel):
    """A line of the mapping table of a source: publishers of which all these facts are said belong there.

    Attributes:
        key: digest of the facts, as compared.
        name, number, insee, reference: "" = whatever the publisher says.
        replaced: id of the organisation before, for who wants to take the decision back; None where there was none.
        decided_by: id of the user; None for a command.
    """

    __tablename__ = "odf_harvest_placing"

    source_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    key: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    name: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    number: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    insee: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    reference: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    replaced: Mapped[str | None] = mapped_column(sa.UnicodeText)
    decided: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    decided_by: Mapped[str | None] = mapped_column(sa.UnicodeText)


class HarvestOwner(tk.BaseModel):
    """A harvested dataset whose owner a person chose; harvests leave it there.

    Attributes:
        decided_by: id of the user; None where the change was found afterwards.
    """

    __tablename__ = "odf_harvest_owner"

    dataset_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    organization_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    decided: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    decided_by: Mapped[str | None] = mapped_column(sa.UnicodeText)
