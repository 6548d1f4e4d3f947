"""Harvest sources in the sub-tree; apart, because CKAN refuses to chain on what the harvest room does not offer."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

from ckanext.opendatafrance.territories.rights import subtree


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def odf_source_manage(next_auth: Any, context: Context, data_dict: dict[str, Any] | None = None) -> AuthResult:
    """Add and change sources; without an organisation it is asked whether to offer the form."""
    result = next_auth(context, data_dict)
    user, organization = context.get("user"), (data_dict or {}).get("owner_org")
    allowed = subtree.holds(user, organization) if organization else subtree.holds_any(user)
    return {"success": True} if allowed else result


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def odf_source_run(next_auth: Any, context: Context, data_dict: dict[str, Any] | None = None) -> AuthResult:
    """Start a harvest and read its reports."""
    result = next_auth(context, data_dict)
    allowed = subtree.holds(context.get("user"), (data_dict or {}).get("owner_org"))
    return {"success": True} if allowed else result
