"""The edits of a dataset, in the words of who reads them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.opendatafrance.harvest.edits import rows
from ckanext.opendatafrance.harvest.edits.fields import Fields
from ckanext.opendatafrance.harvest.edits.rows import EDIT

SHORT = 300
"""Characters of what a source says that a page shows."""


def listed(dataset_id: str) -> list[dict[str, Any]]:
    """The edits of a dataset: first its own fields, then its resources; see odf_local_edits_show."""
    package = model.Session.get(model.Package, dataset_id)
    found = rows.of([dataset_id]).get(dataset_id, {})
    if package is None or not found:
        return []
    fields = Fields.of(package.type or "dataset")
    names = {one.id: one.name or one.url for one in package.resources_all}
    users = _users(row.edited_by for row in found.values() if row.edited_by)
    return [
        {
            "resource_id": resource_id,
            "resource_name": names.get(resource_id) or (row.source or {}).get("name", "") if resource_id else "",
            "field": name,
            "label": fields.label(name, of_resource=bool(resource_id)) if name else "",
            "kind": row.kind,
            "source": row.source,
            "says": words(row.source),
            "kept": row.kept,
            "edited": row.edited.isoformat(),
            "edited_by": users.get(row.edited_by),
            "source_changed": row.source_changed.isoformat() if row.source_changed else None,
        }
        for (resource_id, name), row in sorted(found.items())
    ]


def words(value: Any) -> str:
    """A value as a short text; "" for none."""
    if isinstance(value, dict):
        text = ", ".join(filter(None, map(words, value.values())))
    elif isinstance(value, list):
        text = "; ".join(filter(None, map(words, value)))
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


def has_some(dataset_id: str) -> bool:
    return bool(model.Session.execute(sa.select(sa.exists().where(EDIT.c.dataset_id == dataset_id))).scalar())


def _users(ids: Any) -> dict[str, str]:
    query = sa.select(model.User.id, model.User.name, model.User.fullname).where(model.User.id.in_(set(ids)))
    return {row.id: row.fullname or row.name for row in model.Session.execute(query)}
