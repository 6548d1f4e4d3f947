"""Who may do what with lists: everybody reads them."""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.opendatafrance.territories.rights import subtree


def odf_membership_import(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only system administrators: a facilitator has rights on the members, and could give them to himself."""
    return {"success": False, "msg": tk._("Only a system administrator may change who belongs to an organisation")}


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
