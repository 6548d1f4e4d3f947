"""Who may see schemas and have files checked."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict


@tk.auth_allow_anonymous_access
def odf_table_schema_list(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def odf_table_schema_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def odf_table_schema_template(context: Context, data_dict: DataDict) -> AuthResult:
    """Everybody."""
    return {"success": True}


def odf_table_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever has an account: the portal reads an address, and works, for them."""
    return {"success": True}


def odf_resource_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may edit the file."""
    tk.check_access("resource_update", context, {"id": data_dict.get("id")})
    return {"success": True}


@tk.auth_allow_anonymous_access
def odf_resource_report_show(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may see the file."""
    tk.check_access("resource_show", context, {"id": data_dict.get("id")})
    return {"success": True}
