"""Tables of the mails: who wants them, and which were sent."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.model import now


class HarvestReader(tk.BaseModel):
    """What a user said of the mails about harvests; most users have no row.

    Attributes:
        mails: whether they want them; None = administrators of an organisation do, everybody else does not.
        language: one of `ckan.locales_offered`; None = that of the portal.
    """

    __tablename__ = "odf_harvest_reader"

    user_id: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    mails: Mapped[bool | None] = mapped_column(sa.Boolean)
    language: Mapped[str | None] = mapped_column(sa.UnicodeText)


class HarvestMailed(tk.BaseModel):
    """A mail that was sent, or was about to be when its process died; none is sent twice.

    Attributes:
        about: id of the job, or of the user for whom a digest is.
        occasion: "job", or the ISO week ("2026-W47") of a digest.
    """

    __tablename__ = "odf_harvest_mailed"

    about: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    occasion: Mapped[str] = mapped_column(sa.UnicodeText, primary_key=True)
    sent: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
