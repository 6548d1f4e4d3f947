"""What a source says of a dataset, with what people changed here in its place; pure but for the names of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from ckanext.opendatafrance.harvest.edits.fields import Fields, set_value
from ckanext.opendatafrance.harvest.edits.plain import is_same
from ckanext.opendatafrance.harvest.edits.rows import ADDED, CHANGED, REMOVED, Changes, Place, by_resource
from ckanext.opendatafrance.harvest.model import now
from ckanext.opendatafrance.harvest.writer.resources import match

_WITH_THE_FILE = ("url_type", "mimetype", "size", "hash", "hash_algorithm", "last_modified")
"""What is said of the file at an address, and goes with it."""
_TITLES = ("name", "description", "format")
Dict = dict[str, Any]


class Merge:
    """One dataset of a source, merged with the edits of the stored one.

    Args:
        said: the dataset as the source says it; left as it is.
        here: the stored dataset, in the form in which CKAN takes it back.
        found: the rows of its edits, by place.

    Attributes:
        dataset: to be stored.
        changes: what becomes of the rows when it is.
        overruled: fields of which the source says something else since the last harvest.
        lost: fields whose edits go because their resource left the source.
    """

    def __init__(self, said: Dict, here: Dict, found: Mapping[Place, Any]) -> None:
        self.dataset = deepcopy(said)
        self.changes = Changes()
        self.overruled: list[str] = []
        self.lost: list[str] = []
        self._fields = Fields.of(here.get("type") or "dataset")
        self._edited = by_resource(found, CHANGED)
        for name, row in self._edited.pop("", {}).items():
            value = self._fields.take(here, name)
            if self._stands(row, self._fields.take(said, name), value):
                self._fields.put(self.dataset, name, value)
        added, removed = by_resource(found, ADDED), by_resource(found, REMOVED)
        self._merge_resources(here.get("resources") or [], added, {one: row[""] for one, row in removed.items()})

    def _stands(self, row: Any, said: Any, value: Any) -> bool:
        """Whether an edit stays; notes what the source says now."""
        place = (row.resource_id, row.field)
        if is_same(said, value):
            self.changes.forget(place)
            return False
        if row.kept and not is_same(said, row.source):
            self.changes.note(place, CHANGED, said, edited=row.edited, edited_by=row.edited_by, source_changed=now())
            self.overruled.append(row.field)
        return True

    def _merge_resources(self, stored: list[Dict], added: Mapping[str, Any], removed: Mapping[str, Any]) -> None:
        here = {one["id"]: one for one in stored}
        incoming = self.dataset.get("resources") or []
        # By what the source says of them, whatever a person made of that.
        candidates = [_as_said(one, self._edited.get(one["id"], {})) for one in stored if one["id"] not in added]
        candidates += [{**(row.source or {}), "id": one} for one, row in removed.items()]
        ids = match(incoming, candidates)
        own = {one["url"]: one["id"] for one in stored if one["id"] in added and one.get("url")}
        kept = []
        for resource, identifier in zip(incoming, ids, strict=True):
            if identifier in removed:
                continue
            if identifier in here:
                self._merge_resource(resource, here[identifier])
            elif resource.get("url") in own:
                self._adopt(resource, here[own.pop(resource["url"])])
            kept.append(resource)
        kept += [here[one] for one in own.values()]
        kept += self._left(here, set(self._edited) - set(ids))
        for gone in set(removed) - set(ids):
            self.changes.forget((gone, ""))
        if kept or incoming:
            self.dataset["resources"] = kept

    def _merge_resource(self, resource: Dict, here: Dict) -> None:
        resource["id"] = here["id"]
        for name, row in self._edited.get(here["id"], {}).items():
            if self._stands(row, resource.get(name), here.get(name)):
                set_value(resource, name, here.get(name))
                if name == "url":
                    for one in _WITH_THE_FILE:
                        set_value(resource, one, here.get(one))

    def _adopt(self, resource: Dict, here: Dict) -> None:
        """The source has the file that a person had added: it is the source's now, under the name that it has here."""
        row = {"edited": now(), "edited_by": None, "source_changed": None}
        self.changes.forget((here["id"], ""))
        resource["id"] = here["id"]
        for name in _TITLES:
            if here.get(name) and not is_same(here[name], resource.get(name)):
                self.changes.note((here["id"], name), CHANGED, resource.get(name), **row)
                set_value(resource, name, here[name])

    def _left(self, here: Mapping[str, Dict], ids: Iterable[str]) -> list[Dict]:
        """Resources that left the source: one whose address a person changed stays, as if added here."""
        stay = []
        for identifier in sorted(ids):
            edited = self._edited[identifier]
            for name in edited:
                self.changes.forget((identifier, name))
            if identifier in here and "url" in edited:
                stay.append(here[identifier])
                row = edited["url"]
                who = {"edited": row.edited, "edited_by": row.edited_by, "source_changed": now()}
                self.changes.note((identifier, ""), ADDED, None, **who)
            else:
                self.lost += edited
        return stay


def _as_said(resource: Dict, edited: Mapping[str, Any]) -> Dict:
    return {**resource, **{name: row.source for name, row in edited.items() if row.kept}}
