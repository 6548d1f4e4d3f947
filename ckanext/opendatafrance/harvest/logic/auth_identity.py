"""Who may say that two datasets are one, or are not.

Merging needs the right over both: the administrator of a commune cannot make the dataset of another one their own. To
take apart, the right over the dataset is enough, or over the source that leaves it.
"""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.opendatafrance.harvest.identity.tables import HarvestIdentity
from ckanext.opendatafrance.harvest.logic.auth import odf_deletions_list

Data = dict[str, Any] | None


def _owner(reference: Any) -> str | None:
    """Organisation of a dataset or of a source."""
    package = model.Package.get(reference) if reference else None
    return package.owner_org if package else None


def _manages(context: Context, *organizations: str | None) -> bool:
    """Whether a user may manage the sources of all these organisations."""
    return all(
        one is not None and authz.is_authorized("odf_source_manage", context, {"owner_org": one}).get("success")
        for one in organizations
    )


def _answer(allowed: bool) -> AuthResult:
    if allowed:
        return {"success": True}
    return {"success": False, "msg": tk._("Only administrators of the organisations concerned may do this.")}


@tk.auth_allow_anonymous_access
def odf_identity_sources(context: Context, data_dict: Data = None) -> AuthResult:
    """Who may see the dataset."""
    return authz.is_authorized("package_show", context, data_dict)


def odf_identity_proposals(context: Context, data_dict: Data = None) -> AuthResult:
    """Everybody who edits some organisation; they get the datasets of theirs."""
    return odf_deletions_list(context, data_dict)


def odf_identity_history(context: Context, data_dict: Data = None) -> AuthResult:
    return odf_deletions_list(context, data_dict)


def odf_identity_merge(context: Context, data_dict: Data = None) -> AuthResult:
    """Administrators of the organisations of both datasets (`id` and `other`)."""
    data = data_dict or {}
    return _answer(_manages(context, _owner(data.get("id")), _owner(data.get("other"))))


def odf_identity_apart(context: Context, data_dict: Data = None) -> AuthResult:
    """Administrators of the organisation of either: both datasets stay as they are."""
    data = data_dict or {}
    return _answer(any(_manages(context, _owner(data.get(key))) for key in ("id", "other")))


def odf_identity_split(context: Context, data_dict: Data = None) -> AuthResult:
    """Administrators of the organisation of the dataset (`id`), or of the source that leaves it (`source`)."""
    data = data_dict or {}
    return _answer(any(_manages(context, _owner(data.get(key))) for key in ("id", "source")))


def odf_identity_undo(context: Context, data_dict: Data = None) -> AuthResult:
    """A merge as for a split; what was taken apart as for a merge."""
    row = model.Session.get(HarvestIdentity, (data_dict or {}).get("id") or "")
    if row is None:
        return _answer(False)
    theirs = [_owner(row.other_id)] if row.other_id else [_owner(source_id) for source_id, _guid in row.records]
    if row.action == "merge":
        return _answer(_manages(context, _owner(row.dataset_id)) or _manages(context, *theirs))
    return _answer(_manages(context, _owner(row.dataset_id), *theirs))
