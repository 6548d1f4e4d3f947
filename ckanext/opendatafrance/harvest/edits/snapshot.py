"""What the database holds of the fields of a dataset, as one of its connections sees it.

Inside the transaction of a save, another connection still sees what was before. Both are read as they are stored: in
what form the value came, from a form, the API or a harvest, makes no difference there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.opendatafrance.harvest.edits.fields import COLUMNS, RESOURCE_COLUMNS, TAGS, Fields

_PACKAGE: sa.Table = model.package_table
_RESOURCE: sa.Table = model.resource_table
_TAG: sa.Table = model.tag_table
_LINK: sa.Table = model.package_tag_table
_DERIVED = "harvest_"
"""ckanext-harvest shows extras of this prefix, which a script may send back."""


@dataclass(frozen=True)
class Snapshot:
    """Values by field: of the dataset, and of each of its resources by id, in their order."""

    dataset: dict[str, Any]
    resources: dict[str, dict[str, Any]]


def read(execute: Callable[[Any], Any], dataset_id: str) -> Snapshot | None:
    """The fields of a dataset; None where this connection does not see it.

    Args:
        execute: of a session or of a connection.
    """
    row = execute(sa.select(_PACKAGE).where(_PACKAGE.c.id == dataset_id)).first()
    if row is None:
        return None
    fields = Fields.of(row.type)
    dataset = {name: getattr(row, name) for name in COLUMNS}
    for name, value in (row.extras or {}).items():
        if not name.startswith(_DERIVED):
            dataset[name] = fields.decoded(name, value, of_resource=False)
    dataset[TAGS] = _tags(execute, dataset_id)
    query = sa.select(_RESOURCE).where(_RESOURCE.c.package_id == dataset_id, _RESOURCE.c.state == "active")
    found = execute(query.order_by(_RESOURCE.c.position))
    return Snapshot(dataset, {one.id: _resource(one, fields) for one in found})


def _resource(row: Any, fields: Fields) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in RESOURCE_COLUMNS}
    for name, value in (row.extras or {}).items():
        # The other extras of resources are those of extensions, about files that they read.
        if name in fields.resource:
            values[name] = fields.decoded(name, value, of_resource=True)
    return values


def _tags(execute: Callable[[Any], Any], dataset_id: str) -> list[str]:
    query = sa.select(_TAG.c.name).join(_LINK, _LINK.c.tag_id == _TAG.c.id)
    query = query.where(_LINK.c.package_id == dataset_id, _LINK.c.state == "active", _TAG.c.vocabulary_id.is_(None))
    return sorted(row.name for row in execute(query))
