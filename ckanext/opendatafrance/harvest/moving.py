"""Bringing stored datasets to their owners, without asking their source again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest import owners, placements, sources
from ckanext.opendatafrance.harvest.model import HarvestRecord
from ckanext.opendatafrance.harvest.placements import PlacingTable
from ckanext.opendatafrance.harvest.records import pages
from ckanext.opendatafrance.harvest.sources import Source
from ckanext.opendatafrance.harvest.writer import Item, Result, Writer

AT_ONCE = 200
"""Datasets that are moved while somebody waits."""
_PAGE = 100
_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_PACKAGE: sa.Table = model.package_table


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it: datasets moved, refused by CKAN, and left for later."""

    moved: int = 0
    refused: int = 0
    left: int = 0


def prepare(source: Source) -> PlacingTable:
    """The mapping table for a harvest, after what people moved was noted and what they mapped was moved. Commits."""
    owners.note(source_id=source.id)
    found = placements.load(source)
    _settle(found, None)
    return found


def settle(source_id: str, limit: int | None = AT_ONCE) -> Moved:
    """Make the datasets of a source belong to whom its mapping table says. Commits.

    Args:
        limit: datasets to move at most; a background job moves the rest, or the next harvest does.
    """
    done = _settle(table(source_id), limit)
    if done.left:
        tk.enqueue_job(settle_rest, [source_id], title=f"Place the datasets of {source_id}")
    return done


def table(source_id: str) -> PlacingTable:
    """The mapping table of a source as it is now."""
    return placements.load(sources.load(source_id))


def settle_rest(source_id: str) -> None:
    """The background job of `settle`."""
    settle(source_id, None)


def release(dataset_id: str) -> str | None:
    """Forget that a person chose the owner of a dataset, and give it to whom its source says; id of that. Commits."""
    row = model.Session.execute(
        sa.select(_RECORD).where(_RECORD.c.dataset_id == dataset_id, _RECORD.c.placed.is_not(None)).limit(1)
    ).first()
    owners.forget(dataset_id)
    if row is None or row.publisher_id is None:
        model.Session.commit()
        return None
    owner = table(row.source_id).owner(row.publisher_id)
    model.Session.commit()
    _write(_writer(row.source_id, {dataset_id: owner}), {dataset_id: owner})
    return owner


def _settle(found: PlacingTable, limit: int | None) -> Moved:
    placements.save(found)
    model.Session.commit()
    misplaced = _misplaced(found)
    if not misplaced:
        return Moved()
    now_, later = list(misplaced)[:limit], list(misplaced)[limit:] if limit is not None else []
    targets = {dataset_id: misplaced[dataset_id] for dataset_id in now_}
    writer = _writer(found.source_id, targets)
    results = [result for page in pages(now_, _PAGE) for result in _write(writer, {one: targets[one] for one in page})]
    refused = sum(result.action == "errored" for result in results)
    return Moved(len(results) - refused, refused, len(later))


def _misplaced(table: PlacingTable) -> dict[str, str]:
    """Datasets that are not with their owner, and the owner; the groups are few, whatever the number of records."""
    mine = (_RECORD.c.source_id == table.source_id, _RECORD.c.placed.is_not(None), _RECORD.c.publisher_id.is_not(None))
    groups = model.Session.execute(sa.select(_RECORD.c.publisher_id, _RECORD.c.placed).where(*mine).distinct())
    found: dict[str, str] = {}
    for publisher_id, placed in groups.all():
        if (owner := table.owner(publisher_id)) == placed:
            continue
        query = sa.select(_RECORD.c.dataset_id).join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
        query = query.where(*mine, _RECORD.c.publisher_id == publisher_id, _RECORD.c.placed == placed)
        query = query.where(_PACKAGE.c.state == "active").order_by(_RECORD.c.guid)
        found |= {one: owner for one in model.Session.execute(query).scalars() if one not in table.locks}
    return found


def _writer(source_id: str, targets: dict[str, str]) -> Writer:
    def note(results: Sequence[Result]) -> None:
        for result in results:
            model.Session.execute(
                sa.update(_RECORD)
                .where(_RECORD.c.source_id == source_id, _RECORD.c.dataset_id == result.guid)
                .values(placed=targets[result.guid])
            )

    return Writer(_site_user(), before_index=note)


def _write(writer: Writer, targets: dict[str, str]) -> list[Result]:
    """Store datasets as package_patch would, with another owner."""
    items = [Item(dataset_id, {**_shown(dataset_id), "owner_org": owner}, dataset_id)
             for dataset_id, owner in targets.items()]  # fmt: skip
    model.Session.commit()
    return list(writer.write(items))


def _shown(dataset_id: str) -> dict[str, Any]:
    context: Any = {"user": _site_user(), "ignore_auth": True, "use_cache": False, "for_update": True}
    dataset = tk.get_action("package_show")(context, {"id": dataset_id})
    # CKAN takes the owner from owner_org. Lists of relationships, which are empty, keep the writer from batches.
    left_out = {"organization", *(key for key in ("relationships_as_subject", "relationships_as_object")
                                  if not dataset.get(key))}  # fmt: skip
    return {key: value for key, value in dataset.items() if key not in left_out}


def _site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
