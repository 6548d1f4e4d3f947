"""Table of the checks: what came of them, the last few of each file."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import ckan.plugins.toolkit as tk

VALID, INVALID, NOT_CHECKED = "valid", "invalid", "not-checked"


def now() -> datetime:
    """UTC without zone, as CKAN keeps times."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


class ResourceCheck(tk.BaseModel):
    """One check of a file.

    Attributes:
        state: valid, invalid or not-checked.
        basis: what the verdict rests on: the file (hash, date, address) and the schema; while it is the same, nothing
            is checked again.
        report: as `keeping.keep` makes it; for not-checked {"reason": [msgid, params]}.
    """

    __tablename__ = "odf_resource_check"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    resource_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    package_id: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False, index=True)
    checked: Mapped[datetime] = mapped_column(sa.DateTime, nullable=False, default=now)
    state: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    schema_id: Mapped[str | None] = mapped_column(sa.UnicodeText)
    schema_version: Mapped[str | None] = mapped_column(sa.UnicodeText)
    basis: Mapped[str] = mapped_column(sa.UnicodeText, nullable=False)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
