"""A validator of CKAN's that refuses without saying which organisations are meant; this one takes its place by name."""

from __future__ import annotations

from typing import Any

import ckan.logic.validators as core
import ckan.model as model
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.territories.members import hierarchy


def no_loops_in_hierarchy(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> Any:
    """CKAN's for groups; for organisations it also refuses a second parent, once."""
    identifier = data.get(("id",))
    group = model.Group.get(identifier) if identifier else None
    parent = model.Group.get(data[key])
    if parent is None or not parent.is_organization:
        return core.no_loops_in_hierarchy(key, data, errors, context)
    names = [value for field, value in sorted(data.items(), key=str) if field[::2] == ("groups", "name")]
    if data[key] != names[0]:
        return None
    found = [one for one in map(model.Group.get, names) if one is not None and one.is_organization]
    title = data.get(("title",)) or data.get(("name",)) or ""
    try:
        hierarchy.check(group, found, str(title))
    except OdfError as error:
        raise hierarchy.refusal(error) from error
    return None
