"""Who is facilitator of what: each question is one query on `member`, `odf_territory` and `odf_membership`.

The sub-tree of an organisation is itself, all below it in the tree, and its members by `odf_membership`; of these not
what is below them, and never an organisation above it (a département that is member of a syndicate under it).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

import ckan.authz as authz
import ckan.model as model

from ckanext.opendatafrance.territories import records
from ckanext.opendatafrance.territories.model import memberships, territories

# Kept in CKAN's own table `member` as a capacity. CKAN gives no right to one that it does not know, so that the role is
# worth nothing once the plugin is disabled.
ROLE = "animateur"
# CKAN's names of what the role gives; "update", "delete" and "admin" of an organisation are not among them.
PERMISSIONS = frozenset({"read", "create_dataset", "update_dataset", "delete_dataset", "manage_group", "membership"})

_top, _mine = territories.alias("top"), territories.alias("mine")


def holds(user: str | None, organization: str | None, *, below: bool = False) -> bool:
    """Whether a user (name or id) is facilitator of a sub-tree that an organisation (name or id) is in.

    Args:
        below: count only the roles on other organisations, that this one is below or member of.
    """
    group = model.Group.get(organization) if organization else None
    user_id = _user_id(user)
    if group is None or user_id is None:
        return False
    inside = sa.and_(_inside(_mine), _top.c.organization_id != group.id) if below else _inside(_mine)
    found = _roles(user_id).join(_mine, inside)
    return _exists(sa.select(sa.true()).select_from(found).where(_mine.c.organization_id == group.id))


def reaches(user: str | None, organization: str | None) -> bool:
    """Whether an organisation (name or id) is one of which a user is facilitator, or below it in the tree."""
    group = model.Group.get(organization) if organization else None
    user_id = _user_id(user)
    if group is None or user_id is None:
        return False
    own = _mine.c.organization_id == _top.c.organization_id
    found = _roles(user_id).join(_mine, sa.or_(own, _mine.c.ancestors.contains(array([_top.c.organization_id]))))
    return _exists(sa.select(sa.true()).select_from(found).where(_mine.c.organization_id == group.id))


def holds_any(user: str | None) -> bool:
    """Whether a user is facilitator of anything."""
    user_id = _user_id(user)
    return user_id is not None and _exists(sa.select(sa.true()).select_from(_roles(user_id)))


def covers(user: str | None, organization: str) -> bool:
    """Whether the whole sub-tree of an organisation is in those of which a user is facilitator."""
    group, user_id = model.Group.get(organization), _user_id(user)
    if group is None or user_id is None or not holds(user, group.id):
        return False
    other = territories.alias("other")
    mine = sa.select(_mine.c.organization_id).select_from(_roles(user_id).join(_mine, _inside(_mine)))
    theirs = (
        sa.select(other.c.organization_id)
        .select_from(territories.join(other, _inside(other, territories)))
        .where(territories.c.organization_id == group.id)
    )
    return not _exists(theirs.where(other.c.organization_id.not_in(mine)))


def organizations(user: str | None) -> list[str]:
    """Ids of all organisations that a user facilitates."""
    user_id = _user_id(user)
    member = model.member_table
    # Most users have no such role, and the question is asked for each page of theirs.
    if user_id is None or not _exists(sa.select(member.c.id).where(member.c.table_id == user_id, *_role(member))):
        return []
    found = _roles(user_id).join(_mine, _inside(_mine))
    return list(model.Session.execute(sa.select(_mine.c.organization_id.distinct()).select_from(found)).scalars())


def roles(user_id: str) -> list[tuple[str, str]]:
    """Ids of the organisations on which a user has a role of CKAN's or ours, and the role."""
    member, group = model.member_table.c, model.group_table.c
    statement = (
        sa.select(member.group_id, member.capacity)
        .join(model.group_table, group.id == member.group_id)
        .where(member.table_name == "user", member.table_id == user_id, member.state == "active")
        .where(group.is_organization, group.state == "active")
    )
    return [(row.group_id, row.capacity) for row in model.Session.execute(statement)]


def cascading_roles() -> set[str]:
    """CKAN's roles that count on all below, as the portal is configured."""
    found = authz.check_config_permission("roles_that_cascade_to_sub_groups")
    return set(found) if isinstance(found, list) else set()


def above(organization_id: str) -> list[str]:
    """Ids of the organisations whose sub-tree an organisation is in, itself among them."""
    if not records.ready():
        return []
    statement = sa.select(_top.c.organization_id).select_from(_top.join(_mine, _inside(_mine)))
    return list(model.Session.execute(statement.where(_mine.c.organization_id == organization_id)).scalars())


def capacity(organization: str, user: str) -> str | None:
    """Role of a user on an organisation itself."""
    return authz.users_role_for_group_or_org(organization, user)


def holders(user: str = "", organization: str = "") -> list[dict[str, Any]]:
    """Who has the role where, by organisation and user; one user or one organisation where an id is given.

    Returns:
        for each: user, fullname, organization, title, organizations (how many the sub-tree has).
    """
    if not records.ready():
        return []
    person, member = model.user_table, model.member_table
    conditions = [person.c.state == "active", *_role(member)]
    if user:
        conditions.append(person.c.id == user)
    if organization:
        conditions.append(_top.c.organization_id == organization)
    size = sa.select(sa.func.count()).select_from(_mine).where(_inside(_mine)).correlate(_top).scalar_subquery()
    statement = (
        sa.select(
            person.c.name.label("user"),
            person.c.fullname,
            _top.c.name.label("organization"),
            _top.c.title,
            size.label("organizations"),
        )
        .select_from(
            member.join(_top, _top.c.organization_id == member.c.group_id).join(
                person, person.c.id == member.c.table_id
            )
        )
        .where(*conditions)
        .order_by(_top.c.sort_key, person.c.name)
    )
    return [dict(row._mapping) for row in model.Session.execute(statement)]


def _inside(mine: Any, top: Any = _top) -> sa.ColumnElement[bool]:
    """Whether `mine` is in the sub-tree of `top`."""
    related = sa.exists().where(
        memberships.c.organization_id == mine.c.organization_id, memberships.c.of_id == top.c.organization_id
    )
    return sa.or_(
        mine.c.organization_id == top.c.organization_id,
        mine.c.ancestors.contains(array([top.c.organization_id])),
        sa.and_(related, sa.not_(top.c.ancestors.contains(array([mine.c.organization_id])))),
    )


def _roles(user_id: str) -> Any:
    member = model.member_table
    mine = sa.and_(_top.c.organization_id == member.c.group_id, member.c.table_id == user_id, *_role(member))
    return member.join(_top, mine)


def _role(member: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return member.c.table_name == "user", member.c.state == "active", member.c.capacity == ROLE


def _user_id(user: str | None) -> str | None:
    return authz.get_user_id_for_username(user, allow_none=True) if user and records.ready() else None


def _exists(statement: Any) -> bool:
    return bool(model.Session.execute(sa.select(sa.exists(statement))).scalar())
