"""Who may call the actions of the plugin `opendatafrance`."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context


@tk.auth_allow_anonymous_access
def odf_portal_numbers(context: Context, data_dict: dict[str, Any]) -> AuthResult:
    """Anybody who may read the site: the numbers are those of public datasets."""
    return {"success": True}
