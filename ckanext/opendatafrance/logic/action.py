"""Actions of the plugin `opendatafrance`."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from ckan.types import Context

from ckanext.opendatafrance import shown

_A_DAY = 24 * 3600


@tk.side_effect_free
def odf_portal_numbers(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Public datasets, their files and their publishers, counted in the database.

    Returns:
        datasets, files, publishers (organisations with a dataset), organizations (all of them) and last_update, an ISO
        date and time or None.
    """
    tk.check_access("odf_portal_numbers", context, data_dict)
    package, group = model.Package, model.Group
    # Grouped before it is counted: PostgreSQL sorts the whole table for a count of distinct values.
    owners = (
        sa.select(
            package.owner_org, sa.func.count().label("datasets"), sa.func.max(package.metadata_modified).label("latest")
        )
        .where(*shown.public(package))
        .group_by(package.owner_org)
        .subquery()
    )
    datasets, publishers, latest = model.Session.execute(
        sa.select(sa.func.sum(owners.c.datasets), sa.func.count(owners.c.owner_org), sa.func.max(owners.c.latest))
    ).one()
    organizations = sa.select(sa.func.count()).select_from(group)
    return {
        "datasets": int(datasets or 0),
        "files": _files(f"{datasets}:{latest}"),
        "publishers": publishers,
        "organizations": model.Session.scalar(
            organizations.where(group.is_organization.is_(True), group.state == "active")
        ),
        "last_update": latest.isoformat() if latest else None,
    }


def _files(version: str) -> int:
    """Number of files of public datasets; counted once for each state of the catalogue, since it reads them all."""
    key = f"odf:files:{tk.config['ckan.site_id']}:{version}"
    redis = connect_to_redis()
    known = redis.get(key)
    if known is not None:
        return int(known)
    resource, package = model.Resource, model.Package
    statement = sa.select(sa.func.count()).select_from(resource).join(package, resource.package_id == package.id)
    files = model.Session.scalar(statement.where(*shown.public(package), resource.state == "active")) or 0
    redis.set(key, files, ex=_A_DAY)
    return files
