"""Actions on fields of harvested datasets that people changed here."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest.edits import listing, releasing
from ckanext.opendatafrance.messages import say

Dict = dict[str, Any]


@tk.side_effect_free
def odf_local_edits_show(context: Any, data_dict: Dict) -> Dict:
    """What people changed in a harvested dataset, and what its source says there.

    :param id: id or name of the dataset
    :returns: id, name, edits: [{resource_id, resource_name, field, label, kind, source, says, kept, edited, edited_by,
        source_changed}]; resource_id is empty for the dataset itself, field for a whole resource; kind is changed,
        added or removed; says is `source` as a short text; kept is false where that is too long to be kept
    """
    package = _dataset(context, "odf_local_edits_show", data_dict)
    return {"id": package.id, "name": package.name, "edits": listing.listed(package.id)}


def odf_local_edits_release(context: Any, data_dict: Dict) -> Dict:
    """Let fields of a harvested dataset follow their source again; what it says is stored at once.

    :param id: id or name of the dataset
    :param resource_id: only of this resource; "" for the fields of the dataset itself (optional)
    :param field: only this field; "" for a resource that was removed here (optional)
    :returns: id, name, title, released (number of edits), later (whether some of it only shows after the next harvest)
    """
    package = _dataset(context, "odf_local_edits_release", data_dict)
    answer = {"id": package.id, "name": package.name}
    user = context.get("user") or ""
    try:
        done = releasing.release(package.id, user, data_dict.get("resource_id"), data_dict.get("field"))
    except OdfError as error:
        raise tk.ValidationError({"id": [say(error.message, error.params)]}) from error
    package = model.Session.get(model.Package, answer["id"])
    return {**answer, "title": package.title if package else "", "released": done.count, "later": done.later}


def _dataset(context: Any, action: str, data_dict: Dict) -> model.Package:
    reference = tk.get_or_bust(data_dict, "id")
    package = model.Package.get(reference)
    if package is None:
        raise tk.ObjectNotFound(tk._("There is no dataset “{name}”.").format(name=reference))
    tk.check_access(action, context, {"id": package.id})
    return package
