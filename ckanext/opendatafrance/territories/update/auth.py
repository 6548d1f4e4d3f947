"""Who may bring the organisations in line with a COG, and ask what a code meant."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


def odf_territory_update(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Only system administrators, who are let through before this is asked."""
    return {"success": False, "msg": tk._("Only a system administrator may update the organisations of the territory")}


@tk.auth_allow_anonymous_access
def odf_territory_resolve(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """INSEE's lists are public, and so are organisations."""
    return {"success": True}
