"""Who may do what with lists: everybody reads them."""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.opendatafrance.territories import find
from ckanext.opendatafrance.territories.rights import subtree


def odf_membership_import(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """System administrators, and facilitators for a group below them in the tree; the action asks for each member.

    A facilitator has rights on the members of a group, and could give them to himself otherwise.
    """
    user = context.get("user")
    group = find.organization_id(str(data_dict.get("group") or "").strip()) if user else None
    if group and subtree.reaches(user, group):
        return {"success": True}
    message = tk._("Only administrators of the portal and facilitators of an organisation may change who belongs to it")
    return {"success": False, "msg": message}


@tk.auth_allow_anonymous_access
def odf_membership_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Memberships are shown on the pages of organisations."""
    return {"success": True}


def odf_agents_import(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Who may change the record of some organisation; the action asks for each one."""
    user = context.get("user") or ""
    if authz.has_user_permission_for_some_org(user, "update") or subtree.holds_any(user):
        return {"success": True}
    return {"success": False, "msg": tk._("Only administrators of organisations may enter numbers of agents")}


@tk.auth_allow_anonymous_access
def odf_duty_list(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The figures are shown on the pages of organisations."""
    return {"success": True}
