"""CKAN's actions that must know of the sub-tree, and the list of facilitators."""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opendatafrance.territories import listing
from ckanext.opendatafrance.territories.members import parent
from ckanext.opendatafrance.territories.rights import moving, record, subtree


@tk.chained_action
@tk.side_effect_free
def organization_list_for_user(next_action: Any, context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """CKAN's list and the sub-trees of which the user is facilitator, where the role gives the permission."""
    found = listing.for_user(next_action, context, data_dict)
    if data_dict.get("permission", "manage_group") not in subtree.PERMISSIONS:
        return found
    known = {one["id"] for one in found}
    ids = [one for one in subtree.organizations(data_dict.get("id") or context.get("user")) if one not in known]
    if not ids:
        return found
    more = listing.counted(
        listing.dictized(context, dict.fromkeys(ids, subtree.ROLE)),
        include_dataset_count=data_dict.get("include_dataset_count"),
        include_member_count=data_dict.get("include_member_count"),
    )
    return sorted(found + more, key=lambda one: tk.h.strxfrm(one["display_name"]))


@tk.chained_action
def organization_create(next_action: Any, context: Context, data_dict: dict[str, Any]) -> Any:
    """CKAN's, with the parent as a person writes it (`parent`); facilitators make organisations below them."""
    with parent.placed(context, data_dict) as placed:
        moving.check_new(context, placed)
        return next_action(context, placed)


@tk.chained_action
def organization_update(next_action: Any, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """CKAN's, with the parent as a person writes it (`parent`).

    A facilitator changes what an organisation says of itself, and moves it within the tree below them; CKAN's own
    rights change the rest.
    """
    with parent.placed(context, data_dict) as placed:
        return _updated(next_action, context, placed)


def _updated(next_action: Any, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    user, organization = context.get("user"), data_dict.get("id")
    if (
        context.get("ignore_auth")
        or not subtree.holds(user, organization)
        or authz.has_user_permission_for_group_or_org(organization, user, "update")
    ):
        return next_action(context, data_dict)
    stored = tk.get_action("organization_show")(
        {"ignore_auth": True}, {"id": organization, "include_dataset_count": False, "include_followers": False}
    )
    named = data_dict | {"id": stored["id"]}
    moves = moving.may_put(user, moving.names(stored)) and moving.may_put(user, moving.names(named))
    return next_action(context, record.kept(stored, named, record.EDITABLE | ({"groups"} if moves else set())))


@tk.chained_action
@tk.side_effect_free
def member_roles_list(next_action: Any, context: Context, data_dict: dict[str, Any]) -> list[dict[str, str]]:
    """The role among those of organisations."""
    roles = next_action(context, data_dict)
    if data_dict.get("group_type", "organization") == "group":
        return roles
    return [*roles, {"text": tk._("Facilitator of all below"), "value": subtree.ROLE}]


@tk.chained_action
@tk.side_effect_free
def member_list(next_action: Any, context: Context, data_dict: dict[str, Any]) -> list[tuple[str, str, str]]:
    """CKAN translates the roles that it knows."""
    found = next_action(context, data_dict)
    return [
        (one, kind, tk._("Facilitator of all below") if role == subtree.ROLE else role) for one, kind, role in found
    ]


@tk.side_effect_free
def odf_animateur_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List who is facilitator of which sub-tree.

    Args:
        user: name or id; only theirs.
        organization: name or id; only those of this one.

    Returns:
        for each: user, fullname, organization (name), title, organizations (how many the sub-tree has).

    Raises:
        NotFound: there is no such user or organisation.
    """
    tk.check_access("odf_animateur_list", context, data_dict)
    user = model.User.get(data_dict.get("user"))
    organization = model.Group.get(data_dict.get("organization"))
    for name, found in (("user", user), ("organization", organization)):
        if data_dict.get(name) and found is None:
            raise tk.ObjectNotFound(tk._("“{text}” is not known here: check the name.").format(text=data_dict[name]))
    return subtree.holders(user.id if user else "", organization.id if organization else "")
