"""Closing an organisation, and giving what it had to its successor; in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.model as model
import ckan.plugins as p

from ckanext.opendatafrance.territories.model import memberships


def give(old: str, new: str) -> int:
    """Give datasets, harvest sources, organisations below and listed memberships to another organisation.

    Returns the number of datasets and sources. The people with a role stay where they are: a right on the successor is
    for its administrator to give.
    """
    member, package = model.member_table, model.package_table
    moved: Any = model.Session.execute(
        sa.update(package)
        .where(package.c.owner_org == old)
        .values(owner_org=new, metadata_modified=datetime.now(timezone.utc).replace(tzinfo=None))
    )
    model.Session.execute(
        sa.update(member).where(member.c.table_name == "package", member.c.group_id == old).values(group_id=new)
    )
    _hang_below(old, new)
    columns = memberships.c
    listed = sa.select(sa.literal(new), columns.of_id, columns.origin).where(
        columns.organization_id == old, columns.origin == "list", columns.of_id != new
    )
    model.Session.execute(
        insert(memberships)
        .from_select(["organization_id", "of_id", "origin"], listed)
        .on_conflict_do_update(index_elements=["organization_id", "of_id"], set_={"origin": "list"})
    )
    model.Session.execute(sa.delete(memberships).where(columns.organization_id == old))
    return moved.rowcount


def close(organization_id: str, day: str, successor: str) -> None:
    """Give an organisation an end and, where it is known, the name of what follows it; it stays readable."""
    group: Any = model.Group.get(organization_id)
    group.extras = {**(group.extras or {}), "valid_to": day, **({"successor": successor} if successor else {})}
    model.Session.flush()
    _edited(group)


def _hang_below(old: str, new: str) -> None:
    member = model.member_table.c
    below = model.Session.scalars(
        sa.select(member.group_id).where(
            member.table_id == old, member.table_name == "group", member.state == "active", member.group_id != new
        )
    ).all()
    if below:
        model.Session.execute(
            sa.update(model.member_table)
            .where(member.table_id == old, member.table_name == "group", member.group_id.in_(below))
            .values(table_id=new)
        )
    for identifier in below:
        _edited(model.Group.get(identifier))


def _edited(group: Any) -> None:
    for plugin in p.PluginImplementations(p.IOrganizationController):
        plugin.edit(group)
