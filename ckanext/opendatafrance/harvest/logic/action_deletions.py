"""Actions on what left its source: lists that wait for a person, archived datasets, and what must not show them."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic.schema import default_pagination_schema

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest import archive, config, deletions
from ckanext.opendatafrance.harvest.logic import schema, scope
from ckanext.opendatafrance.harvest.logic.asked import valid
from ckanext.opendatafrance.harvest.model import HarvestDeletion
from ckanext.opendatafrance.messages import say

Dict = dict[str, Any]
SHOWN = 1000
"""Datasets named for each list by odf_deletions_list; odf_deletions_show names all."""


@tk.side_effect_free
def odf_deletions_list(context: Any, data_dict: Dict) -> list[Dict]:
    """Lists of datasets that left their source all at once, of the organisations of the user.

    :param source: id or name of a source (optional)
    :param state: pending (unless said otherwise), approved, rejected, outdated, or all
    :param limit: number of lists (optional, 100 otherwise)
    :param offset: (optional)
    :returns: for each: id, source, source_title, organization, job, state, count, total (datasets that the portal
        showed of the source), created, decided, decided_by, and datasets, at most 1,000: [{guid, id, name, title,
        last_seen, state}]
    """
    tk.check_access("odf_deletions_list", context, data_dict)
    data = valid(data_dict, schema.deletions_list(), context)
    state = None if data.get("state") == "all" else data.get("state") or deletions.PENDING
    found = deletions.listed(
        scope.organizations(context), _source(data), state, data.get("limit") or 100, data.get("offset") or 0
    )
    return [_with_datasets(row, SHOWN) for row in found]


def _source(data: Dict) -> str | None:
    reference = data.get("source")
    package = model.Package.get(reference) if reference else None
    if reference and package is None:
        raise tk.ObjectNotFound(tk._("There is no member site “{name}”.").format(name=reference))
    return package.id if package else None


def _with_datasets(row: Dict, limit: int | None) -> Dict:
    deletion: Any = model.Session.get(HarvestDeletion, row["id"])
    times = {key: row[key] and row[key].isoformat() for key in ("created", "decided")}
    return {**row, **times, "datasets": deletions.concerned(deletion, limit)}


def _found(data_dict: Dict) -> HarvestDeletion:
    reference = tk.get_or_bust(data_dict, "id")
    found = deletions.find(reference)
    if found is None:
        raise tk.ObjectNotFound(tk._("There is no list of deletions “{name}” that waits.").format(name=reference))
    return found


@tk.side_effect_free
def odf_deletions_show(context: Any, data_dict: Dict) -> Dict:
    """One list, with all its datasets.

    :param id: id of the list, or id or name of the source whose list waits
    :returns: as odf_deletions_list
    """
    found = _found(data_dict)
    tk.check_access("odf_deletions_show", context, {"id": found.id})
    [row] = deletions.listed(None, found.source_id, None, 1, 0, found.id)
    return _with_datasets(row, None)


def odf_deletions_approve(context: Any, data_dict: Dict) -> Dict:
    """Archive the datasets of a list that are still missing from their source.

    :param id: id of the list, or id or name of the source whose list waits
    :returns: id, archived and skipped (numbers: skipped are those that came back, or that somebody removed)
    """
    found = _found(data_dict)
    tk.check_access("odf_deletions_approve", context, {"id": found.id})
    identifier, count = found.id, len(found.guids)
    archived = _told(deletions.approve, identifier, _user_id(context), config.deletion_rules())
    return {"id": identifier, "archived": len(archived), "skipped": count - len(archived)}


def odf_deletions_reject(context: Any, data_dict: Dict) -> Dict:
    """Keep the datasets of a list as they are; nobody is asked again until other datasets leave the source.

    :param id: id of the list, or id or name of the source whose list waits
    :returns: id, kept (number)
    """
    found = _found(data_dict)
    tk.check_access("odf_deletions_reject", context, {"id": found.id})
    identifier, count = found.id, len(found.guids)
    _told(deletions.reject, identifier, _user_id(context))
    return {"id": identifier, "kept": count}


def _told(function: Any, *arguments: Any) -> Any:
    """What is wrong with the world, as CKAN's API can say it."""
    try:
        return function(*arguments)
    except OdfError as error:
        raise tk.ValidationError({"id": [say(error.message, error.params)]}) from error


def _user_id(context: Any) -> str | None:
    user = model.User.get(context.get("user"))
    return user.id if user else None


@tk.side_effect_free
def odf_archived_list(context: Any, data_dict: Dict) -> Dict:
    """Archived datasets of the organisations of the user, last archived first.

    :param source: id or name of a source (optional)
    :param limit: (optional, 100 otherwise)
    :param offset: (optional)
    :returns: count, results: [{id, name, title, guid, last_seen, archived, source_name, source_title}]
    """
    tk.check_access("odf_archived_list", context, data_dict)
    data = valid(data_dict, schema.deletions_list(), context)
    count, found = archive.listed(
        scope.organizations(context), _source(data), data.get("limit") or 100, data.get("offset") or 0
    )
    return {"count": count, "results": found}


@tk.side_effect_free
def odf_archived_show(context: Any, data_dict: Dict) -> Dict:
    """Why and since when a dataset is archived.

    :param id: id or name of the dataset
    :returns: id, name, title, guid, last_seen, archived, source_name, source_title

    Raises:
        NotFound: the dataset is not archived.
    """
    package = _dataset(data_dict)
    tk.check_access("odf_archived_show", context, {"id": package.id})
    found = archive.about(package.id)
    if found is None:
        raise tk.ObjectNotFound(_not_archived(package))
    return found


def odf_dataset_restore(context: Any, data_dict: Dict) -> Dict:
    """Show an archived dataset again, although its source has it no more; harvests leave it so.

    :param id: id or name of the dataset
    :returns: the dataset, as package_show gives it
    """
    package = _dataset(data_dict)
    tk.check_access("odf_dataset_restore", context, {"id": package.id})
    if not _told(archive.restore, package.id):
        raise tk.ValidationError({"id": [_not_archived(package)]})
    return tk.get_action("package_show")({"ignore_auth": True}, {"id": package.id})


def _dataset(data_dict: Dict) -> model.Package:
    reference = tk.get_or_bust(data_dict, "id")
    package = model.Package.get(reference)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no dataset “{name}”.").format(name=reference))
    return package


def _not_archived(package: model.Package) -> str:
    return tk._("The dataset “{name}” is not archived.").format(name=package.name)


@tk.chained_action
@tk.side_effect_free
def package_list(up: Any, context: Any, data_dict: Dict) -> list[str]:
    """As CKAN's, which asks the database and not the index, without the archived datasets."""
    hidden = archive.names()
    if not hidden:
        return up(context, data_dict)
    page = valid(data_dict, default_pagination_schema(), context)
    rest = {key: value for key, value in data_dict.items() if key not in ("limit", "offset")}
    found = [name for name in up(context, rest) if name not in hidden]
    first = page.get("offset") or 0
    return found[first : first + page["limit"]] if page.get("limit") else found[first:]
