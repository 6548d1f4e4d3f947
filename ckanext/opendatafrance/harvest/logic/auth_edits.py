"""Who sees and releases local edits: who may edit the dataset."""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
from ckan.types import AuthResult, Context

Data = dict[str, Any] | None


def odf_local_edits_show(context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the dataset."""
    return authz.is_authorized("package_update", context, {"id": (data_dict or {}).get("id")})


def odf_local_edits_release(context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the dataset."""
    return authz.is_authorized("package_update", context, {"id": (data_dict or {}).get("id")})
