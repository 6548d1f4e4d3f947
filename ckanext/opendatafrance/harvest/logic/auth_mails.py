"""Who reads mails about harvests, and who sends them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context

Data = dict[str, Any] | None


def odf_mails_show(context: Context, data_dict: Data = None) -> AuthResult:
    """Every user, of themselves."""
    return {"success": True}


def odf_mails_update(context: Context, data_dict: Data = None) -> AuthResult:
    """Every user, for themselves; what they may not manage they get no mail about."""
    return {"success": True}


def odf_harvest_digest(context: Context, data_dict: Data = None) -> AuthResult:
    """It names all readers with their addresses."""
    return {"success": False, "msg": tk._("Only administrators of the portal may do this.")}
