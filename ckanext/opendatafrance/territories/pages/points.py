"""The organisations that have a place, with the number of their datasets."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import ckan.model as model

from ckanext.opendatafrance import shown
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.model import territories


def points() -> list[dict[str, Any]]:
    """Of each, by title: name, title, type, insee_code, siren, longitude, latitude, datasets."""
    columns, package = territories.c, model.package_table.c
    number = sa.func.count().label("number")
    owned = sa.select(package.owner_org, number).where(*shown.public(package)).group_by(package.owner_org).subquery()
    statement = (
        sa.select(
            columns.name, columns.title, columns.type, columns.insee_code, columns.siren, columns.longitude,
            columns.latitude, sa.func.coalesce(owned.c.number, 0).label("datasets"),
        )
        .outerjoin(owned, owned.c.owner_org == columns.organization_id)
        .where(columns.longitude.is_not(None), columns.latitude.is_not(None), is_open())
        .order_by(columns.sort_key, columns.name)
    )  # fmt: skip
    return [dict(row._mapping) for row in model.Session.execute(statement)]
