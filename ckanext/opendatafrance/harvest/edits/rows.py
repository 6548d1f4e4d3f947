"""The rows of local edits: read for many datasets at once, written without commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckan import model

from ckanext.opendatafrance.harvest.edits.plain import is_short
from ckanext.opendatafrance.harvest.model_edits import HarvestEdit

EDIT: sa.Table = HarvestEdit.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
CHANGED, ADDED, REMOVED = "changed", "added", "removed"
Place = tuple[str, str]
"""Id of the resource, "" for the dataset itself; name of the field, "" for the whole resource."""


@dataclass
class Changes:
    """What becomes of the rows of one dataset: places that are forgotten, values of rows by place."""

    gone: set[Place] = field(default_factory=set)
    rows: dict[Place, dict[str, Any]] = field(default_factory=dict)

    def forget(self, place: Place) -> None:
        self.gone.add(place)
        self.rows.pop(place, None)

    def note(self, place: Place, kind: str, source: Any, *, is_known: bool = True, **values: Any) -> None:
        """A row with what the source says at its place, where it is known; what is too long is not kept."""
        kept = is_known and is_short(source)
        self.gone.discard(place)
        self.rows[place] = {"kind": kind, "source": source if kept else None, "kept": kept, **values}


def of(dataset_ids: Iterable[str]) -> dict[str, dict[Place, Any]]:
    """The rows of these datasets, by dataset and place; one query for all of them."""
    found: dict[str, dict[Place, Any]] = defaultdict(dict)
    for row in model.Session.execute(sa.select(EDIT).where(EDIT.c.dataset_id.in_(list(dataset_ids)))):
        found[row.dataset_id][row.resource_id, row.field] = row
    return found


def write(dataset_id: str, changes: Changes) -> None:
    """Store what becomes of the rows of a dataset; without commit."""
    forget(dataset_id, changes.gone)
    for (resource_id, name), values in changes.rows.items():
        key = {"dataset_id": dataset_id, "resource_id": resource_id, "field": name}
        statement = insert(EDIT).values(**key, **values)
        model.Session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def forget(dataset_id: str, places: Iterable[Place]) -> None:
    """Without commit."""
    if wanted := list(places):
        place = sa.tuple_(EDIT.c.resource_id, EDIT.c.field)
        model.Session.execute(sa.delete(EDIT).where(EDIT.c.dataset_id == dataset_id, place.in_(wanted)))


def by_resource(found: Mapping[Place, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Rows of a kind by resource and field; "" for the dataset itself."""
    sorted_: dict[str, dict[str, Any]] = defaultdict(dict)
    for (resource_id, name), row in found.items():
        if row.kind == kind:
            sorted_[resource_id][name] = row
    return sorted_
