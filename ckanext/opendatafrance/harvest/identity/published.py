"""Where else a dataset is published, as far as harvests saw it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.harvest.identity.look_up import PACKAGE, RECORD
from ckanext.opendatafrance.harvest.identity.tables import COPY, IDENTITY

_SOURCE: sa.Table = HarvestSource.__table__


def sources(dataset_id: str) -> list[dict[str, Any]]:
    """The sources that have a dataset, the one that shows it first.

    Each has source, source_name, source_title, organization (id), guid, shows, kind, title, link, since and last_seen
    (ISO 8601).

    Not those that were removed, nor those in which it is no more.
    """
    query = (
        sa.select(
            RECORD.c.source_id.label("source"),
            PACKAGE.c.name.label("source_name"),
            sa.func.coalesce(_SOURCE.c.title, PACKAGE.c.title).label("source_title"),
            PACKAGE.c.owner_org.label("organization"),
            RECORD.c.guid,
            COPY.c.guid.is_(None).label("shows"),
            COPY.c.kind,
            COPY.c.title,
            COPY.c.link,
            sa.func.coalesce(COPY.c.since, RECORD.c.first_seen).label("since"),
            RECORD.c.last_seen,
        )
        .select_from(RECORD)
        .join(PACKAGE, PACKAGE.c.id == RECORD.c.source_id)
        .join(_SOURCE, _SOURCE.c.id == RECORD.c.source_id)
        .outerjoin(COPY, sa.and_(COPY.c.source_id == RECORD.c.source_id, COPY.c.guid == RECORD.c.guid))
        .where(RECORD.c.dataset_id == dataset_id, RECORD.c.state != "archived")
        .where(PACKAGE.c.state == "active", _SOURCE.c.active)
        .order_by(COPY.c.guid.is_not(None), PACKAGE.c.title, RECORD.c.guid)
    )
    rows = [dict(row._mapping) for row in model.Session.execute(query)]
    return [row | {key: row[key].isoformat() for key in ("since", "last_seen")} for row in rows]


def moved_to(reference: str) -> str | None:
    """The name of the dataset that the one of this name or id became, where that one is in the trash or purged."""
    merged = sa.or_(IDENTITY.c.other_name == reference, IDENTITY.c.other_id == reference)
    other = PACKAGE.alias("other")
    query = (
        sa.select(PACKAGE.c.name)
        .select_from(IDENTITY)
        .join(PACKAGE, PACKAGE.c.id == IDENTITY.c.dataset_id)
        .outerjoin(other, other.c.id == IDENTITY.c.other_id)
        .where(merged, IDENTITY.c.action == "merge", IDENTITY.c.undone.is_(None))
        .where(PACKAGE.c.state == "active", sa.func.coalesce(other.c.state, "deleted") != "active")
        .order_by(IDENTITY.c.created.desc())
        .limit(1)
    )
    return model.Session.execute(query).scalar()
