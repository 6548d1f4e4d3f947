"""Who may do what with sources: administrators of the organisation that owns them; its editors may start a harvest.

ckanext-harvest lets everybody who may create a dataset make the server read an address of their choice.
"""

from __future__ import annotations

from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import AuthResult, Context

from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.harvest.logic import scope
from ckanext.opendatafrance.harvest.model import HarvestDeletion

HARVEST = "harvest"
Data = dict[str, Any] | None


def _source_organization(data_dict: Data, context: Context) -> str | None:
    """Organisation of the source that a call is about; None where there is no such source."""
    reference = (data_dict or {}).get("id") or (data_dict or {}).get("source_id")
    package = model.Package.get(reference) if reference else context.get("package")
    return package.owner_org if package is not None and package.type == HARVEST else None


def _administrator(context: Context, organization: str | None) -> AuthResult:
    """Whether the user administers an organisation; any of theirs where none is named yet."""
    return authz.is_authorized("odf_source_manage", context, {"owner_org": organization})


@tk.auth_allow_anonymous_access
def odf_source_manage(context: Context, data_dict: Data = None) -> AuthResult:
    """Whether a user may add and change the sources of an organisation (`owner_org`); other plugins may chain it."""
    user, organization = context.get("user"), (data_dict or {}).get("owner_org")
    if organization:
        allowed = authz.has_user_permission_for_group_or_org(organization, user, "admin")
    else:
        allowed = authz.has_user_permission_for_some_org(user, "admin")
    if allowed:
        return {"success": True}
    message = tk._("Only administrators of the organisation may add or change its harvest sources.")
    return {"success": False, "msg": message}


@tk.auth_allow_anonymous_access
def odf_source_run(context: Context, data_dict: Data = None) -> AuthResult:
    """Whether a user may harvest the sources of an organisation (`owner_org`); other plugins may chain it."""
    organization = (data_dict or {}).get("owner_org")
    if organization and authz.has_user_permission_for_group_or_org(organization, context.get("user"), "update_dataset"):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors of the organisation may harvest its sources.")}


@tk.chained_auth_function
@tk.auth_allow_anonymous_access
def package_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """A source is a dataset of type harvest; CKAN's own pages and actions create it as such."""
    result = next_auth(context, data_dict)
    if not result.get("success") or (data_dict or {}).get("type") != HARVEST:
        return result
    return _administrator(context, (data_dict or {}).get("owner_org"))


@tk.chained_auth_function
def package_update(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """Changing the address of a source is as far-reaching as adding one."""
    result = next_auth(context, data_dict)
    return _also_administrator(result, context, data_dict)


@tk.chained_auth_function
def package_delete(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    result = next_auth(context, data_dict)
    return _also_administrator(result, context, data_dict)


def _also_administrator(result: AuthResult, context: Context, data_dict: Data = None) -> AuthResult:
    package = context.get("package")
    if package is None and data_dict and data_dict.get("id"):
        package = model.Package.get(data_dict["id"])
    if not result.get("success") or package is None or package.type != HARVEST:
        return result
    moved_to = (data_dict or {}).get("owner_org")
    for organization in {package.owner_org, moved_to} - {None, ""}:
        if not (refusal := _administrator(context, organization)).get("success"):
            return refusal
    return result


@tk.chained_auth_function
def harvest_source_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """Whether the pages offer to add a source."""
    return _administrator(context, (data_dict or {}).get("owner_org"))


@tk.chained_auth_function
def harvest_job_create(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the organisation may start a harvest of a source that its administrators added."""
    return _editor(context, data_dict)


@tk.chained_auth_function
def harvest_job_show(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the organisation may read the reports."""
    job = model.Session.get(HarvestJob, (data_dict or {}).get("id") or "")
    return _editor(context, {"id": job.source_id}) if job else next_auth(context, data_dict)


@tk.chained_auth_function
def harvest_job_list(next_auth: Any, context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the organisation may read the reports."""
    return _editor(context, data_dict)


def _editor(context: Context, data_dict: Data = None) -> AuthResult:
    return authz.is_authorized("odf_source_run", context, {"owner_org": _source_organization(data_dict, context)})


def odf_source_detect(context: Context, data_dict: Data = None) -> AuthResult:
    """Makes the server read an address: only for who may add sources."""
    return _administrator(context, (data_dict or {}).get("owner_org"))


def odf_source_preview(context: Context, data_dict: Data = None) -> AuthResult:
    """Makes the server read an address: only for who may add sources."""
    return _administrator(context, (data_dict or {}).get("owner_org"))


def odf_source_create(context: Context, data_dict: Data = None) -> AuthResult:
    return _administrator(context, (data_dict or {}).get("owner_org"))


def odf_source_import(context: Context, data_dict: Data = None) -> AuthResult:
    """Each line is then only for who may add sources to its organisation."""
    return _administrator(context, None)


@tk.auth_allow_anonymous_access
def odf_source_list(context: Context, data_dict: Data = None) -> AuthResult:
    """Sources are public, as those of ckanext-harvest are."""
    return {"success": True}


def odf_harvest_run(context: Context, data_dict: Data = None) -> AuthResult:
    """Keeps a web process busy for as long as a harvest takes: administrators of the portal only."""
    return {"success": False, "msg": tk._("Only administrators of the portal may harvest outside the queue.")}


def odf_harvest_report(context: Context, data_dict: Data = None) -> AuthResult:
    """Who may read the job may read its report."""
    return {"success": authz.is_authorized_boolean("harvest_job_show", context, {"id": (data_dict or {}).get("id")})}


def odf_deletions_list(context: Context, data_dict: Data = None) -> AuthResult:
    """Everybody who edits some organisation; they get the lists of theirs."""
    if scope.is_editor(context):
        return {"success": True}
    return {"success": False, "msg": tk._("Only editors of an organisation may see what was harvested for it.")}


def odf_archived_list(context: Context, data_dict: Data = None) -> AuthResult:
    """Everybody who edits some organisation; they get the datasets of theirs."""
    return odf_deletions_list(context, data_dict)


def odf_deletions_show(context: Context, data_dict: Data = None) -> AuthResult:
    """Editors of the organisation of the source."""
    return authz.is_authorized("odf_source_run", context, {"owner_org": _deletion_organization(data_dict)})


def odf_deletions_approve(context: Context, data_dict: Data = None) -> AuthResult:
    """Administrators of the organisation of the source: it takes many datasets out of the catalogue."""
    return _decider(context, data_dict)


def odf_deletions_reject(context: Context, data_dict: Data = None) -> AuthResult:
    return _decider(context, data_dict)


def _decider(context: Context, data_dict: Data) -> AuthResult:
    organization = _deletion_organization(data_dict)
    if organization:
        return _administrator(context, organization)
    return {"success": False, "msg": tk._("Only administrators of the portal may do this.")}


def _deletion_organization(data_dict: Data) -> str | None:
    deletion = model.Session.get(HarvestDeletion, (data_dict or {}).get("id") or "")
    return _source_organization({"id": deletion.source_id}, {}) if deletion else None


@tk.auth_allow_anonymous_access
def odf_archived_show(context: Context, data_dict: Data = None) -> AuthResult:
    """Who may see the dataset may see why it is archived."""
    return authz.is_authorized("package_show", context, data_dict)


def odf_dataset_restore(context: Context, data_dict: Data = None) -> AuthResult:
    """Who may change the dataset."""
    return authz.is_authorized("package_update", context, data_dict)


def odf_harvest_overview(context: Context, data_dict: Data = None) -> AuthResult:
    """Everybody who edits some organisation; they get the sources of theirs."""
    return odf_deletions_list(context, data_dict)


def odf_harvest_difference(context: Context, data_dict: Data = None) -> AuthResult:
    """Who may harvest the source; it is read for a minute at most."""
    return _editor(context, data_dict)


def odf_harvest_problems(context: Context, data_dict: Data = None) -> AuthResult:
    """Who may read the job."""
    return odf_harvest_report(context, data_dict)


def odf_source_pause(context: Context, data_dict: Data = None) -> AuthResult:
    """Administrators of the organisation: its datasets grow old."""
    return _administrator_of_source(context, data_dict)


def odf_source_resume(context: Context, data_dict: Data = None) -> AuthResult:
    return _administrator_of_source(context, data_dict)


def _administrator_of_source(context: Context, data_dict: Data) -> AuthResult:
    organization = _source_organization(data_dict, context)
    if organization:
        return _administrator(context, organization)
    return {"success": False, "msg": tk._("Only administrators of the portal may do this.")}
