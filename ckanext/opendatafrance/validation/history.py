"""Checks kept and looked up: the last ten of each file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.opendatafrance.validation.model import ResourceCheck

KEPT = 10


def add(check: ResourceCheck) -> None:
    """Keep a check, and of its file only the last few; the caller commits."""
    model.Session.add(check)
    model.Session.flush()
    table = ResourceCheck
    beyond = sa.select(table.id).where(table.resource_id == check.resource_id).order_by(table.id.desc()).offset(KEPT)
    model.Session.execute(sa.delete(table).where(table.id.in_(beyond)).execution_options(synchronize_session=False))


def of_resource(resource_id: str) -> list[ResourceCheck]:
    """The checks of a file, the latest first."""
    query = sa.select(ResourceCheck).where(ResourceCheck.resource_id == resource_id)
    return list(model.Session.scalars(query.order_by(ResourceCheck.id.desc()).limit(KEPT)))


def latest(resource_ids: Iterable[str]) -> dict[str, Any]:
    """State, schema and basis of the latest check of each of these files that has one, by the id of the file."""
    if not _there():
        return {}
    table = ResourceCheck
    query = (
        sa.select(table.resource_id, table.state, table.schema_id, table.schema_version, table.basis)
        .where(table.resource_id.in_(list(resource_ids)))
        .distinct(table.resource_id)
        .order_by(table.resource_id, table.id.desc())
    )
    return {row.resource_id: row for row in model.Session.execute(query)}


def forget(resource_id: str) -> None:
    """Remove the checks of a file that is gone; the caller commits."""
    if _there():
        model.Session.execute(sa.delete(ResourceCheck).where(ResourceCheck.resource_id == resource_id))


def _there() -> bool:
    """Whether the table is there: the plugin may be on before “ckan db upgrade” ran, and must not stop CKAN."""
    return bool(model.Session.scalar(sa.select(sa.func.to_regclass(ResourceCheck.__tablename__))))
