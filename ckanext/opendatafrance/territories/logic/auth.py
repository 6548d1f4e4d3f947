"""Who may do what with territories: everybody reads, system administrators seed."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def odf_territory_show(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Organisations are public in CKAN, so are their codes."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def odf_territory_search(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """As for odf_territory_show."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def odf_territory_list_pilots(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """The files of the registry are public."""
    return {"success": True}


def odf_territory_seed(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only system administrators, who are let through before this is asked."""
    return {"success": False, "msg": tk._("Only a system administrator may create the organisations of a territory")}
