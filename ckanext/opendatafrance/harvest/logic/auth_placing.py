"""Who may say whose datasets a source holds.

Who manages the source places, and only into organisations whose sources they may manage too: the administrator of a
commune cannot push datasets into another's organisation, nor take them out of one into which somebody else placed.
"""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context

Data = dict[str, Any] | None


def odf_placing_inbox(context: Context, data_dict: Data = None) -> AuthResult:
    """Everybody who manages the sources of some organisation; they get the publishers of theirs."""
    return authz.is_authorized("odf_source_manage", context, {})


def odf_placing_export(context: Context, data_dict: Data = None) -> AuthResult:
    return odf_placing_inbox(context, data_dict)


def odf_placing_undo(context: Context, data_dict: Data = None) -> AuthResult:
    """Only what the user decided is undone, and each line is asked of odf_placing_assign."""
    return odf_placing_inbox(context, data_dict)


def odf_placing_import(context: Context, data_dict: Data = None) -> AuthResult:
    """Each line is asked of odf_placing_assign besides."""
    return odf_placing_assign(context, data_dict)


def odf_placing_choose(context: Context, data_dict: Data = None) -> AuthResult:
    return odf_placing_assign(context, data_dict)


def odf_placing_assign(context: Context, data_dict: Data = None) -> AuthResult:
    """Who manages the sources of the owner of the source (`source`: id or name) and of all `organizations` (ids)."""
    data = data_dict or {}
    package = model.Package.get(data.get("source") or "")
    if package is None or not package.owner_org:
        return odf_placing_inbox(context, data_dict)
    result = authz.is_authorized("odf_source_manage", context, {"owner_org": package.owner_org})
    if not result.get("success"):
        return result
    for one in data.get("organizations") or ():
        if not authz.is_authorized("odf_source_manage", context, {"owner_org": one}).get("success"):
            group = model.Group.get(one)
            message = tk._(
                "You may not place datasets into “{title}”, nor take them out: an administrator or facilitator of it"
                " must do this."
            )
            return {"success": False, "msg": message.format(title=group.title or group.name if group else one)}
    return {"success": True}


def odf_owner_show(context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the dataset."""
    return authz.is_authorized("package_update", context, {"id": (data_dict or {}).get("id")})


def odf_owner_release(context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the dataset."""
    return authz.is_authorized("package_update", context, {"id": (data_dict or {}).get("id")})
