"""Who may have the feeds checked."""

from __future__ import annotations

import ckan.authz as authz
import ckan.model as model
from ckan.types import AuthResult, Context, DataDict


def odf_feed_check(context: Context, data_dict: DataDict) -> AuthResult:
    """Whoever may edit datasets of the organisation; for the whole portal its administrators, since it is long work."""
    if not data_dict.get("organization"):
        return {"success": False}
    group = model.Group.get(data_dict["organization"])
    if group is None:
        return {"success": False}
    allowed = authz.has_user_permission_for_group_or_org(group.id, context.get("user"), "update_dataset")
    return {"success": allowed}
