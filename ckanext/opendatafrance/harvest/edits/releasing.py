"""Letting go of edits: the dataset says again what its source says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest.edits import rows
from ckanext.opendatafrance.harvest.edits.fields import Fields, set_value
from ckanext.opendatafrance.harvest.edits.keeping import shown
from ckanext.opendatafrance.harvest.edits.rows import ADDED, CHANGED, Place
from ckanext.opendatafrance.harvest.model import HarvestRecord

_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause


class NothingEditedError(OdfError):
    """There is no such edit."""

    code = "nothing-edited"


@dataclass(frozen=True, slots=True)
class Released:
    """Number of edits taken back, and whether some of it only shows after the next harvest."""

    count: int
    later: bool


def release(dataset_id: str, user: str, resource_id: str | None = None, field: str | None = None) -> Released:
    """Give fields back to their source: one, those of one resource, or all. Commits.

    Resources that people added are no part of this: they are deleted like any other.

    Raises:
        NothingEditedError: nothing of this is edited here.
        ckan.plugins.toolkit.ValidationError: CKAN refuses what the source says.
    """
    found = rows.of([dataset_id]).get(dataset_id, {})
    wanted = {
        place: row
        for place, row in found.items()
        if row.kind != ADDED and resource_id in (None, place[0]) and field in (None, place[1])
    }
    if not wanted:
        raise NothingEditedError(_NOTHING)
    at_once = {place: row for place, row in wanted.items() if row.kind == CHANGED and row.kept}
    if at_once:
        dataset = shown(dataset_id)
        _put_back(dataset, at_once)
        # In the name of the person, so that the history of the dataset says who did it.
        tk.get_action("package_update")({"user": user, "ignore_auth": True}, dataset)
    rows.forget(dataset_id, wanted)
    later = len(at_once) < len(wanted)
    if later:
        model.Session.execute(sa.update(_RECORD).where(_RECORD.c.dataset_id == dataset_id).values(fingerprint=""))
    model.Session.commit()
    return Released(len(wanted), later)


def _put_back(dataset: dict[str, Any], wanted: dict[Place, Any]) -> None:
    fields = Fields.of(dataset.get("type") or "dataset")
    resources = {one["id"]: one for one in dataset.get("resources") or ()}
    for (resource_id, name), row in wanted.items():
        if not resource_id:
            fields.put(dataset, name, row.source)
        elif resource_id in resources:
            resource = resources[resource_id]
            set_value(resource, name, row.source)
            if name == "url" and resource.get("url_type") == "upload":
                resource["clear_upload"] = True


_NOTHING = N_("Nothing of this is edited here.")
