"""Everybody reads the tree and the map: organisations are public in CKAN."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def odf_territory_tree(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Public."""
    return {"success": True}


@tk.auth_allow_anonymous_access
def odf_territory_points(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Public."""
    return {"success": True}
