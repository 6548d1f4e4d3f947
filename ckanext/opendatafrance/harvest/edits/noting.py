"""Noting what a person changed in a harvested dataset, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.opendatafrance.harvest.edits import rows, snapshot
from ckanext.opendatafrance.harvest.edits.plain import is_same
from ckanext.opendatafrance.harvest.edits.rows import ADDED, CHANGED, REMOVED, Changes
from ckanext.opendatafrance.harvest.model import HarvestRecord, now
from ckanext.opendatafrance.harvest.writer.resources import match

IDENTIFYING = ("uri", "identifier", "url", "name", "format")
"""Fields by which a harvest knows again a resource that a person removed."""
_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
Values = Mapping[str, Any]


def note(dataset_id: str, user_id: str | None) -> int:
    """Note the fields that the open transaction changes; how many are noted or released. Without commit."""
    if not model.Session.execute(sa.select(sa.exists().where(_RECORD.c.dataset_id == dataset_id))).scalar():
        return 0
    model.Session.flush()
    with model.ensure_engine().connect() as connection:
        before = snapshot.read(connection.execute, dataset_id)
    after = snapshot.read(model.Session.execute, dataset_id)
    if before is None or after is None:
        return 0
    noting = _Noting(rows.of([dataset_id]).get(dataset_id, {}), user_id)
    noting.fields("", before.dataset, after.dataset)
    noting.resources(before.resources, after.resources)
    rows.write(dataset_id, noting.changes)
    return len(noting.changes.rows) + len(noting.changes.gone)


class _Noting:
    def __init__(self, known: dict[rows.Place, Any], user_id: str | None) -> None:
        self.known = known
        self.who = {"edited_by": user_id, "edited": now()}
        self.changes = Changes()

    def fields(self, resource_id: str, before: Values, after: Values, *, formerly: str | None = None) -> None:
        """Compare the fields of a dataset or of a resource (`formerly`: its id before)."""
        for name in {**before, **after}:
            was, is_ = before.get(name), after.get(name)
            row = self.known.get((resource_id if formerly is None else formerly, name))
            if row and formerly is not None:
                self.changes.forget((formerly, name))
            elif is_same(was, is_):
                continue
            # What the source says is what a harvest stored, or what one has found beside an earlier edit.
            source, is_known = (row.source, row.kept) if row else (was, True)
            if is_known and is_same(is_, source):
                self.changes.forget((resource_id, name))
            else:
                changed = row.source_changed if row else None
                known = {"is_known": is_known, "source_changed": changed}
                self.changes.note((resource_id, name), CHANGED, source, **known, **self.who)

    def resources(self, before: Mapping[str, Values], after: Mapping[str, Values]) -> None:
        added = [one for one in after if one not in before]
        removed = [one for one in before if one not in after]
        # Scripts send resources without their ids, and CKAN then gives them others.
        former = match([after[one] for one in added], [{**before[one], "id": one} for one in removed])
        for resource_id, old in zip(added, former, strict=True):
            if old and (old, "") in self.known:
                self.changes.forget((old, ""))
                self._add(resource_id)
            elif old:
                self.fields(resource_id, before[old], after[resource_id], formerly=old)
            else:
                self._add(resource_id)
        for resource_id in set(removed) - set(former):
            self._remove(resource_id, before[resource_id])
        for resource_id in set(before) & set(after):
            if (resource_id, "") not in self.known:
                self.fields(resource_id, before[resource_id], after[resource_id])

    def _add(self, resource_id: str) -> None:
        self.changes.note((resource_id, ""), ADDED, None, source_changed=None, **self.who)

    def _remove(self, resource_id: str, before: Values) -> None:
        mine = {name: row for (one, name), row in self.known.items() if one == resource_id}
        for name in mine:
            self.changes.forget((resource_id, name))
        if "" in mine:  # a person's own
            return
        source = {**before, **{name: row.source for name, row in mine.items() if row.kept}}
        recognised = {name: source[name] for name in IDENTIFYING if source.get(name)}
        self.changes.note((resource_id, ""), REMOVED, recognised, source_changed=None, **self.who)
