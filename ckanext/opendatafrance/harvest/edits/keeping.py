"""Local edits in a harvest: put into the datasets before they are written, and into their rows when they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.errors import N_, SkippableRecordError
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.edits import rows
from ckanext.opendatafrance.harvest.edits.merging import Merge
from ckanext.opendatafrance.harvest.edits.rows import Changes
from ckanext.opendatafrance.harvest.pipeline import Change


class EditedMeanwhileError(SkippableRecordError):
    """A person and a harvest wrote the same dataset at the same moment."""

    code = "edited-meanwhile"


class Keeping:
    """The edits of the datasets of one batch after the other."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._changes: dict[str, Changes] = {}
        self._found: dict[str, dict[rows.Place, Any]] = {}

    def merge(self, batch: Sequence[Change]) -> list[Change]:
        """The batch with what people changed; `issues` says where they and the source differ from now on."""
        found = rows.of(change.dataset_id for change in batch if change.dataset_id)
        self._found, self._changes, self.issues = found, {}, []
        merged = [self._merged(change, found[change.dataset_id]) if change.dataset_id in found else change
                  for change in batch]  # fmt: skip
        # The writer begins with a clean session.
        if found:
            model.Session.commit()
        return merged

    def check(self, dataset_ids: Iterable[str | None]) -> None:
        """Look, in the transaction of the datasets, whether a person edited one since it was merged.

        Raises:
            EditedMeanwhileError: one was; what is about to be stored does not hold that edit.
        """
        ids = [dataset_id for dataset_id in dataset_ids if dataset_id]
        found = rows.of(ids)
        if any(_times(found.get(one)) != _times(self._found.get(one)) for one in ids):
            raise EditedMeanwhileError(_MEANWHILE)

    def store(self, dataset_ids: Iterable[str | None]) -> None:
        """Write what became of the edits of stored datasets; without commit."""
        for dataset_id in dataset_ids:
            if dataset_id in self._changes:
                rows.write(dataset_id, self._changes[dataset_id])

    def _merged(self, change: Change, found: dict[rows.Place, Any]) -> Change:
        assert change.dataset_id
        merge = Merge(change.dataset, shown(change.dataset_id), found)
        self._changes[change.dataset_id] = merge.changes
        self.issues += _issues(change.guid, merge)
        return replace(change, dataset=merge.dataset)


def shown(dataset_id: str) -> dict[str, Any]:
    """A stored dataset in the form in which CKAN takes it back."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"user": user, "ignore_auth": True, "use_cache": False, "for_update": True}
    dataset = tk.get_action("package_show")(context, {"id": dataset_id})
    # CKAN takes the owner from owner_org.
    dataset.pop("organization", None)
    return dataset


def _times(found: Mapping[rows.Place, Any] | None) -> dict[rows.Place, datetime]:
    return {place: row.edited for place, row in (found or {}).items()}


def _issues(guid: str, merge: Merge) -> Iterator[Issue]:
    title = merge.dataset.get("title") or guid
    for code, message, names in (("edit-kept", _KEPT, merge.overruled), ("edit-lost", _LOST, merge.lost)):
        if names:
            params = {"title": title, "fields": ", ".join(sorted(set(names)))}
            yield Issue(code, message, params, guid, "info" if code == "edit-kept" else "warning")


_MEANWHILE = N_(
    "A person edited the dataset at the same moment; the edit is kept, and the next harvest brings the rest."
)
_KEPT = N_("The source changed {fields} of the dataset “{title}”, which a person had changed here; the edit is kept.")
_LOST = N_("A file of the dataset “{title}” left the source, and with it what a person had changed here ({fields}).")
