"""What facilitators may do in their sub-tree, beside what CKAN lets them; and who may make one.

Each function asks CKAN first and adds a right only where it is named here: what a later CKAN asks stays refused.
"""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.logic.auth.create import _check_group_auth
from ckan.types import AuthResult, Context

from ckanext.opendatafrance.territories.rights import moving, subtree

Data = dict[str, Any] | None
_MANAGEABLE_AT_THE_TOP = {"member", "editor"}


def _or_facilitator(result: AuthResult, context: Context, organization: str | None) -> AuthResult:
    """CKAN's yes, or that of the role."""
    if result.get("success") or not subtree.holds(context.get("user"), organization):
        return result
    return {"success": True}


# --- Datasets; CKAN asks these two for resources, views, patches, deletions and harvest sources too ------------------


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def package_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """In the sub-tree; without an organisation it is asked whether to offer the form.

    A text that is no id and no name gives no right: the form is read first, and the validator of `owner_org` refuses.
    """
    result = next_auth(context, data_dict)
    if result.get("success"):
        return result
    organization = _owner(data_dict)
    if organization is None and (data_dict or {}).get("owner_org"):
        result = next_auth(context, {**(data_dict or {}), "owner_org": None})
        if result.get("success"):
            return result
    user = context.get("user")
    allowed = subtree.holds(user, organization) if organization else subtree.holds_any(user)
    return {"success": True} if allowed and _check_group_auth(context, data_dict) else result


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def package_update(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """In the sub-tree, and not out of it."""
    result = next_auth(context, data_dict)
    package = _package(context, data_dict)
    if result.get("success") or package is None or not package.owner_org:
        return result
    organizations = {package.owner_org, _owner(data_dict) or package.owner_org}
    allowed = all(subtree.holds(context.get("user"), one) for one in organizations)
    return {"success": True} if allowed and _check_group_auth(context, data_dict) else result


def _owner(data_dict: Data) -> str | None:
    """The organisation that a dataset is for, by id or name; None where it is none, or written in another way."""
    given = (data_dict or {}).get("owner_org")
    return given if given and model.Group.get(given) is not None else None


def _package(context: Context, data_dict: Data) -> model.Package | None:
    reference = (data_dict or {}).get("id")
    return model.Package.get(reference) if reference else context.get("package")


@tk.chained_auth_function
def bulk_update_private(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    return _or_facilitator(next_auth(context, data_dict), context, (data_dict or {}).get("org_id"))


@tk.chained_auth_function
def bulk_update_public(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    return _or_facilitator(next_auth(context, data_dict), context, (data_dict or {}).get("org_id"))


@tk.chained_auth_function
def bulk_update_delete(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    return _or_facilitator(next_auth(context, data_dict), context, (data_dict or {}).get("org_id"))


# --- Organisations; what of the record may change is the action's affair ---------------------------------------------


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def group_show(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """The members too, where the portal keeps them from the public."""
    return _or_facilitator(next_auth(context, data_dict), context, _organization(context, data_dict))


@tk.chained_auth_function
def group_edit_permissions(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """The page of the members."""
    return _or_facilitator(next_auth(context, data_dict), context, _organization(context, data_dict))


@tk.chained_auth_function
def organization_update(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    result = _or_facilitator(next_auth(context, data_dict), context, _organization(context, data_dict))
    return _nobody_raised(result, context, data_dict)


@tk.chained_auth_function
def group_update(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """CKAN lets an organisation be changed through it."""
    return _nobody_raised(next_auth(context, data_dict), context, data_dict)


@tk.chained_auth_function
def organization_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """Below what one facilitates, in the tree; without a record it is asked whether to offer the form."""
    result, user = next_auth(context, data_dict), context.get("user")
    allowed = moving.may_put(user, moving.names(data_dict)) if data_dict else subtree.holds_any(user)
    return _nobody_raised({"success": True} if allowed else result, context, data_dict)


def _organization(context: Context, data_dict: Data) -> str | None:
    group = context.get("group")
    return (data_dict or {}).get("id") or (group.id if group is not None else None)


def _nobody_raised(result: AuthResult, context: Context, data_dict: Data) -> AuthResult:
    """Refuse a record whose list of users makes somebody facilitator: there are actions for that."""
    organization = _organization(context, data_dict) or ""
    for one in (data_dict or {}).get("users") or ():
        if not result.get("success") or one.get("capacity") != subtree.ROLE:
            continue
        reference = one.get("id") or one.get("name") or ""
        if not organization or subtree.capacity(organization, reference) != subtree.ROLE:
            return _no(tk._("The role of facilitator is given on the page of the members, or by a command."))
    return result


# --- Members ---------------------------------------------------------------------------------------------------------


@tk.chained_auth_function
def organization_member_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    data = data_dict or {}
    return _member(next_auth(context, data_dict), context, data.get("id"), data.get("username"), data.get("role"))


@tk.chained_auth_function
def user_invite(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    data = data_dict or {}
    return _member(next_auth(context, data_dict), context, data.get("group_id"), None, data.get("role"))


@tk.chained_auth_function
def member_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """CKAN asks it for every change of a member, removal too (without a capacity)."""
    data = data_dict or {}
    result = next_auth(context, data_dict)
    if data.get("object_type") != "user":
        return result
    return _member(result, context, data.get("id"), data.get("object"), data.get("capacity"))


@tk.chained_auth_function
def package_collaborator_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    return _collaborators(next_auth, context, data_dict)


@tk.chained_auth_function
def package_collaborator_delete(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    return _collaborators(next_auth, context, data_dict)


@tk.chained_auth_function
def package_collaborator_list(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    return _collaborators(next_auth, context, data_dict)


def _collaborators(next_auth: Any, context: Context, data_dict: Data) -> AuthResult:
    package = _package(context, data_dict)
    return _or_facilitator(next_auth(context, data_dict), context, package.owner_org if package else None)


def _member(
    result: AuthResult, context: Context, organization: str | None, member: str | None, role: str | None
) -> AuthResult:
    """Nobody gets more than who gives it has.

    Args:
        member: name or id of whose role changes; None where that is somebody new, or not known yet.
        role: the role to be; None where it is taken away, or not known yet.
    """
    user = context.get("user")
    if not organization or (result.get("success") and role != subtree.ROLE):
        return result
    if not subtree.holds(user, organization):
        return _only_who_has_all() if result.get("success") else result
    if member and authz.get_user_id_for_username(member, allow_none=True) == authz.get_user_id_for_username(user):
        return _no(tk._("Nobody may change the role that they have themselves."))
    roles = {role, subtree.capacity(organization, member) if member else None} - {None}
    if not roles <= _MANAGEABLE_AT_THE_TOP and not subtree.holds(user, organization, below=True):
        return _no(
            tk._("Only administrators of the portal choose administrators and facilitators of this organisation.")
        )
    if roles & {subtree.ROLE, *subtree.cascading_roles()} and not subtree.covers(user, organization):
        return _only_who_has_all()
    return {"success": True}


def _only_who_has_all() -> AuthResult:
    message = tk._(
        "This role reaches all that is below the organisation: only administrators of the portal and facilitators "
        "of all of it may give or take it."
    )
    return _no(message)


def _no(message: str) -> AuthResult:
    return {"success": False, "msg": message}


# --- Our own ---------------------------------------------------------------------------------------------------------


def odf_animateur_list(context: Context, data_dict: Data = None) -> AuthResult:
    """Everybody may ask for themselves, who manages members for the organisation, else administrators of the portal."""
    data = data_dict or {}
    user = context.get("user")
    if data.get("user") and data["user"] in (user, authz.get_user_id_for_username(user, allow_none=True)):
        return {"success": True}
    if data.get("organization"):
        return authz.is_authorized("organization_member_create", context, {"id": data["organization"]})
    return _no(tk._("Only administrators of the portal may list all facilitators."))
