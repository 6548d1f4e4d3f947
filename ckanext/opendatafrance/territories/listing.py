"""The organisations of a user, as CKAN's `organization_list_for_user` gives them, quick with thousands.

CKAN loads each organisation as an object and, for the number of members, asks the database once for each of them. Here
rows are read at once and members counted with one query. Whose organisations they are stays CKAN's affair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

import ckan.authz as authz
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib.dictization import table_dictize
from ckan.lib.dictization.model_dictize import get_group_dataset_counts, group_list_dictize
from ckan.types import Action, Context

_KNOWN = {"id", "permission", "include_dataset_count", "include_member_count"}
Listed = dict[str, Any]


def for_user(next_action: Action, context: Context, data_dict: dict[str, Any]) -> list[Listed]:
    """What CKAN's action returns for these parameters; CKAN itself answers where it is asked for more.

    Raises:
        NotFound: there is no such user.
    """
    # With for_view, hooks of other plugins change each organisation.
    if context.get("for_view") or not data_dict.keys() <= _KNOWN:
        return next_action(context, data_dict)
    wanted = {name: data_dict.get(name) for name in ("include_dataset_count", "include_member_count")}
    user = model.User.get(data_dict["id"]) if data_dict.get("id") else None
    if not authz.is_sysadmin(user.name if user else "" if data_dict.get("id") else context.get("user")):
        asked = {name: data_dict[name] for name in ("id", "permission") if name in data_dict}
        return counted(next_action(context, asked), **wanted)
    tk.check_access("organization_list_for_user", context, data_dict)
    return counted(dictized(context), **wanted)


def dictized(context: Context, capacities: Mapping[str, str] | None = None) -> list[Listed]:
    """Active organisations as CKAN's group_list_dictize gives them without any numbers, by title.

    Args:
        capacities: id → role of the user in it; all organisations, with the role "admin", where it is not given.
    """
    table = model.group_table
    statement = sa.select(*(column for column in table.c if column.name != "extras"))
    statement = statement.where(table.c.is_organization, table.c.state == "active")
    if capacities is not None:
        statement = statement.where(table.c.id.in_(capacities))
    found: list[Listed] = []
    pictured: list[str] = []
    for row in model.Session.execute(statement):
        if row.image_url and not row.image_url.startswith("http"):
            pictured.append(row.id)
            continue
        title = row.title or row.name
        one = table_dictize(row, context, display_name=title, image_display_url=row.image_url)
        found.append(one)
    found += _with_picture(pictured, context)
    for one in found:
        one["capacity"] = "admin" if capacities is None else capacities[one["id"]]
    return sorted(found, key=lambda one: tk.h.strxfrm(one["display_name"]))


def _with_picture(ids: Sequence[str], context: Context) -> list[Listed]:
    """Organisations whose picture lies in the storage, where CKAN alone knows its address."""
    if not ids:
        return []
    groups = model.Session.query(model.Group).filter(model.Group.id.in_(ids)).all()
    bare = Context(context, with_capacity=False)
    return group_list_dictize(groups, bare, with_package_counts=False, with_member_counts=False)


def counted(
    found: list[Listed], *, include_dataset_count: Any = False, include_member_count: Any = False
) -> list[Listed]:
    """Add the numbers that are asked for, as CKAN counts them."""
    if tk.asbool(include_dataset_count) and found:
        datasets = get_group_dataset_counts()["owner_org"]
        for one in found:
            one["package_count"] = datasets.get(one["id"], 0)
    if tk.asbool(include_member_count) and found:
        members = _members()
        for one in found:
            one["member_count"] = members.get(one["id"], 0)
    return found


def _members() -> dict[str, int]:
    """Number of users in each organisation that has any."""
    member = model.member_table.c
    user: Any = model.User
    statement = (
        sa.select(member.group_id, sa.func.count())
        .join(user, user.id == member.table_id)
        .where(member.state == "active", member.table_name == "user")
        .group_by(member.group_id)
    )
    return {organization: number for organization, number in model.Session.execute(statement).tuples()}
