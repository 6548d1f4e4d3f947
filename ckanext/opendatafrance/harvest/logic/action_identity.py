"""Actions on datasets that several sources have: where else they are, what may be one, merge, take apart, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.logic.schema import default_pagination_schema

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest.identity import changes, proposals, published
from ckanext.opendatafrance.harvest.identity.tables import HarvestIdentity
from ckanext.opendatafrance.harvest.logic import scope
from ckanext.opendatafrance.harvest.logic.asked import valid
from ckanext.opendatafrance.messages import say

Dict = dict[str, Any]
LIMIT = 50


@tk.side_effect_free
def odf_identity_sources(context: Any, data_dict: Dict) -> list[Dict]:
    """The sources that publish a dataset, the one that shows it first; none for one that was not harvested.

    :param id: id or name of the dataset
    :returns: [{source, source_name, source_title, organization, guid, shows, kind, title, link, since, last_seen}];
        kind is the reason (identifier, file, checksum, person), link the page of the dataset there
    """
    package = _dataset(data_dict, "id")
    tk.check_access("odf_identity_sources", context, {"id": package.id})
    return published.sources(package.id)


@tk.side_effect_free
def odf_identity_proposals(context: Any, data_dict: Dict) -> Dict:
    """Pairs of datasets that may be one, with at least one of the organisations of the user, the surest first.

    :param limit: (optional, 50 otherwise)
    :param offset: (optional)
    :returns: count, results: [{kinds, sure, one, other}]; one and other: {id, name, title, url, organization,
        organization_title, source}; one is the older of both
    """
    tk.check_access("odf_identity_proposals", context, data_dict)
    data = valid(data_dict, default_pagination_schema(), context)
    count, found = proposals.listed(scope.organizations(context), data.get("limit") or LIMIT, data.get("offset") or 0)
    return {"count": count, "results": found}


@tk.side_effect_free
def odf_identity_history(context: Any, data_dict: Dict) -> list[Dict]:
    """What was merged, taken apart or taken over, the latest first, for the organisations of the user.

    :param limit: (optional, 50 otherwise)
    :param offset: (optional)
    :returns: [{id, action, dataset_id, dataset_name, dataset_title, other_name, created, decided_by, undone}];
        action is merge, split, apart or takeover; decided_by is empty where the portal decided
    """
    tk.check_access("odf_identity_history", context, data_dict)
    data = valid(data_dict, default_pagination_schema(), context)
    return proposals.decided(scope.organizations(context), data.get("limit") or LIMIT, data.get("offset") or 0)


def odf_identity_merge(context: Any, data_dict: Dict) -> Dict:
    """Say that two harvested datasets are the same; the address of the second leads to the first from now on.

    :param id: id or name of the dataset whose id and address stay
    :param other: id or name of the one that goes to the trash
    :returns: id (of the decision, for undo), action, dataset_id
    """
    kept, other = _dataset(data_dict, "id"), _dataset(data_dict, "other")
    tk.check_access("odf_identity_merge", context, {"id": kept.id, "other": other.id})
    return _told(changes.merge, kept.id, other.id, _user_id(context))


def odf_identity_split(context: Any, data_dict: Dict) -> Dict:
    """Say that what a source has is not this dataset; remembered for ever.

    :param id: id or name of the dataset
    :param source: id or name of the source
    :param guid: the record of that source (optional where it has one only)
    :returns: id (of the decision, for undo), action, dataset_id
    """
    package, source = _dataset(data_dict, "id"), _dataset(data_dict, "source")
    tk.check_access("odf_identity_split", context, {"id": package.id, "source": source.id})
    wanted = data_dict.get("guid")
    found = [one for one in published.sources(package.id) if one["source"] == source.id]
    records = [(source.id, one["guid"]) for one in found if not wanted or one["guid"] == wanted]
    return _told(changes.split, package.id, records, _user_id(context))


def odf_identity_apart(context: Any, data_dict: Dict) -> Dict:
    """Say that two datasets are not the same; they are not proposed again.

    :param id: id or name of one
    :param other: id or name of the other
    :returns: id (of the decision, for undo), action, dataset_id
    """
    one, other = _dataset(data_dict, "id"), _dataset(data_dict, "other")
    tk.check_access("odf_identity_apart", context, {"id": one.id, "other": other.id})
    return _told(changes.tell_apart, one.id, other.id, _user_id(context))


def odf_identity_undo(context: Any, data_dict: Dict) -> Dict:
    """Take back a merge, a split or a "not the same".

    :param id: id of the decision
    :returns: id, action, dataset_id
    """
    identifier = tk.get_or_bust(data_dict, "id")
    if model.Session.get(HarvestIdentity, identifier) is None:
        raise tk.ObjectNotFound(tk._("There is no such decision."))
    tk.check_access("odf_identity_undo", context, {"id": identifier})
    return _told(changes.undo, identifier, _user_id(context))


@tk.chained_action
def harvest_source_clear(up: Any, context: Any, data_dict: Dict) -> Dict:
    """As ckanext-harvest's, but what another source has too is left to that one."""
    tk.check_access("harvest_source_clear", context, data_dict)
    package = model.Package.get(tk.get_or_bust(data_dict, "id"))
    kept = changes.release(package.id) if package else []
    done = up(context, data_dict)
    for dataset_id in kept:
        # The document said of which source it was, and went with the others.
        tk.get_action("package_patch")(_as_portal(), {"id": dataset_id})
    return done


def _as_portal() -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user}


def _told(function: Callable[..., HarvestIdentity], *arguments: Any) -> Dict:
    try:
        row = function(*arguments)
    except OdfError as error:
        model.Session.rollback()
        raise tk.ValidationError({"id": [say(error.message, error.params)]}) from error
    return {"id": row.id, "action": row.action, "dataset_id": row.dataset_id}


def _dataset(data_dict: Dict, key: str) -> model.Package:
    reference = tk.get_or_bust(data_dict, key)
    # People paste the address of a page.
    name = str(reference).strip().split("?")[0].rstrip("/").rpartition("/")[2]
    package = model.Package.get(name) if name else None
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no dataset “{name}”.").format(name=reference))
    return package


def _user_id(context: Any) -> str | None:
    user = model.User.get(context.get("user"))
    return user.id if user else None
