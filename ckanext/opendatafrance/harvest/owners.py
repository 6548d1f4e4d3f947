"""Owners that people gave to harvested datasets: harvests leave these datasets there until a person releases them.

Whatever way a dataset was moved (form, API, another plugin), its owner is then another one than that with which the
harvest stored it. That is looked at when a dataset is saved, and for all datasets of a source when a harvest begins.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckan import model

from ckanext.opendatafrance.harvest.model import HarvestRecord, now
from ckanext.opendatafrance.harvest.model_placing import HarvestOwner

_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_OWNER: sa.Table = HarvestOwner.__table__  # pyright: ignore[reportAssignmentType]
_PACKAGE: sa.Table = model.package_table


def note(*, source_id: str | None = None, dataset_id: str | None = None, user_id: str | None = None) -> int:
    """Note which datasets, of a source or one alone, a person moved since a harvest stored them; how many.

    Without commit.
    """
    mine = _RECORD.c.source_id == source_id if source_id else _RECORD.c.dataset_id == dataset_id
    moved = (
        sa.select(_PACKAGE.c.id, _PACKAGE.c.owner_org)
        .join(_RECORD, _RECORD.c.dataset_id == _PACKAGE.c.id)
        .where(mine, _RECORD.c.placed.is_not(None), _RECORD.c.placed != _PACKAGE.c.owner_org)
    )
    found = {row.id: row.owner_org for row in model.Session.execute(moved)}
    if not found:
        return 0
    statement = insert(_OWNER)
    kept = ("organization_id", "decided", "decided_by")
    model.Session.execute(
        statement.on_conflict_do_update(
            index_elements=["dataset_id"], set_={name: statement.excluded[name] for name in kept}
        ),
        [
            {"dataset_id": one, "organization_id": owner, "decided": now(), "decided_by": user_id}
            for one, owner in sorted(found.items())
        ],
    )
    model.Session.execute(
        sa.update(_RECORD)
        .where(_RECORD.c.dataset_id.in_(list(found)), _RECORD.c.placed.is_not(None))
        .values(placed=_PACKAGE.c.owner_org)
        .where(_PACKAGE.c.id == _RECORD.c.dataset_id)
    )
    return len(found)


def forget(dataset_id: str) -> None:
    """Let harvests choose the owner of a dataset again; without commit."""
    model.Session.execute(sa.delete(_OWNER).where(_OWNER.c.dataset_id == dataset_id))


def about(dataset_id: str) -> dict[str, Any] | None:
    """Who chose the owner of a harvested dataset and when: {organization_id, decided, decided_by (name or None)}."""
    query = (
        sa.select(_OWNER.c.organization_id, _OWNER.c.decided, model.User.name.label("decided_by"))
        .outerjoin(model.User, model.User.id == _OWNER.c.decided_by)
        .where(_OWNER.c.dataset_id == dataset_id)
    )
    row = model.Session.execute(query).first()
    return dict(row._mapping) if row else None
