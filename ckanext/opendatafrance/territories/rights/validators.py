"""Two validators of CKAN's that know its own roles only; they take their places by name."""

from __future__ import annotations

from typing import Any

import ckan.logic.validators as core
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey

from ckanext.opendatafrance.territories import choosing, closed
from ckanext.opendatafrance.territories.rights import subtree


def role_exists(role: str, context: Context) -> Any:
    return role if role == subtree.ROLE else core.role_exists(role, context)


def owner_org_validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> Any:
    """CKAN's, with the last of its questions (may the user add datasets there?) answered for facilitators.

    A closed organisation keeps its datasets, and gets no others. What is no id and no name is read as people write it.
    """
    value = data.get(key)
    if isinstance(value, str) and value.strip() and model.Group.get(value) is None:
        value = data[key] = choosing.organization_id(value, context)
    old = closed.ended(value) if isinstance(value, str) else None
    package = context.get("package")
    if old is not None and (package is None or package.owner_org != old.organization_id):
        raise tk.Invalid(
            tk._("“{title}” ended on {day} and takes no new datasets: choose its successor").format(
                title=old.title, day=old.valid_to
            )
        )
    if isinstance(value, str) and subtree.holds(context.get("user"), value):
        context = Context(context, ignore_auth=True)
    return core.owner_org_validator(key, data, errors, context)
