"""Publishers of the sources as a person sees them: those that are not placed first of all, with what they may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.harvest.directory import Directory, Organization
from ckanext.opendatafrance.harvest.model import HarvestRecord
from ckanext.opendatafrance.harvest.model_placing import HarvestPublisher
from ckanext.opendatafrance.harvest.placements import OFF, UNNAMED, publisher_of
from ckanext.opendatafrance.harvest.publishers import Publisher

STATES = ("open", "placed", "all")
EXAMPLES = 3
SUGGESTIONS = 3
_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_PUBLISHER: sa.Table = HarvestPublisher.__table__  # pyright: ignore[reportAssignmentType]
_PACKAGE: sa.Table = model.package_table
_GROUP: sa.Table = model.group_table


def owners() -> list[str]:
    """Ids of the organisations whose sources name publishers."""
    query = sa.select(_PACKAGE.c.owner_org.distinct()).join(_PUBLISHER, _PUBLISHER.c.source_id == _PACKAGE.c.id)
    return [owner for owner in model.Session.execute(query).scalars() if owner]


def listed(
    organizations: Sequence[str] | None,
    *,
    source_id: str | None = None,
    state: str = "open",
    publisher_id: str | None = None,
    limit: int | None = 50,
    offset: int = 0,
) -> tuple[int, list[dict[str, Any]]]:
    """How many publishers with datasets there are, and one page of them: most datasets first.

    Args:
        organizations: ids of the owners of the sources; None = all.
        state: "open" (nobody has placed them), "placed" (by a person or without), "all".
    """
    query = _query(organizations, source_id)
    if state == "open":
        query = query.where(_PUBLISHER.c.reason.is_(None))
    elif state == "placed":
        query = query.where(_PUBLISHER.c.reason.is_not(None))
    if publisher_id:
        query = query.where(_PUBLISHER.c.id == publisher_id)
    count = model.Session.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(sa.desc("datasets"), _PUBLISHER.c.name, _PUBLISHER.c.id).limit(limit).offset(offset)
    rows = [dict(row._mapping) for row in model.Session.execute(page)]
    examples = _examples([row["id"] for row in rows])
    return count, [{**row, "examples": examples.get(row["id"], [])} for row in rows]


def suggestions(rows: Sequence[dict[str, Any]]) -> dict[str, list[tuple[Organization, bool]]]:
    """By id of the publisher, the organisations that it may be, each with whether there is no doubt of it."""
    by_owner: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_owner.setdefault(row["owner_id"], []).append(row)
    return {one: found for owner, mine in by_owner.items() for one, found in _suggested(Directory(owner), mine)}


def _suggested(
    directory: Directory, rows: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, list[tuple[Organization, bool]]]]:
    publishers = {row["id"]: Publisher(*(row[name] for name in ("publisher", "number", "insee", "reference")))
                  for row in rows}  # fmt: skip
    sure = directory.matches(list(publishers.values()))
    for identifier, publisher in publishers.items():
        match = sure.get(publisher)
        found = directory.alike(publisher, SUGGESTIONS)
        if match:
            found = [match.organization, *(one for one in found if one.id != match.organization.id)][:SUGGESTIONS]
        yield identifier, [(one, bool(match) and one.id == match.organization.id) for one in found]


def identified(source_id: str, text: str) -> list[tuple[str, Publisher]]:
    """Publishers of a source that a person may mean by an id, a name, a number, a code or a reference."""
    rows = model.Session.execute(sa.select(_PUBLISHER).where(_PUBLISHER.c.source_id == source_id)).all()
    named = Publisher(name=text).key
    found = [
        row
        for row in rows
        if text in (row.id, row.number, row.insee, row.reference) or Publisher(name=row.name).key == named
    ]
    exact = [row for row in found if row.id == text]
    return [(row.id, publisher_of(row)) for row in exact or found]


def _query(organizations: Sequence[str] | None, source_id: str | None) -> sa.Select[Any]:
    site, owner, target = _PACKAGE.alias("site"), _GROUP.alias("owner"), _GROUP.alias("target")
    query = (
        sa.select(
            _PUBLISHER.c.id,
            _PUBLISHER.c.name.label("publisher"),
            _PUBLISHER.c.number,
            _PUBLISHER.c.insee,
            _PUBLISHER.c.reference,
            _PUBLISHER.c.reason,
            _PUBLISHER.c.source_id,
            site.c.name.label("source"),
            sa.func.coalesce(HarvestSource.title, site.c.title).label("source_title"),
            owner.c.id.label("owner_id"),
            owner.c.name.label("owner"),
            owner.c.title.label("owner_title"),
            target.c.name.label("organization"),
            target.c.title.label("organization_title"),
            sa.func.count().label("datasets"),
        )
        .select_from(_PUBLISHER)
        .join(_RECORD, _RECORD.c.publisher_id == _PUBLISHER.c.id)
        .join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
        .join(site, site.c.id == _PUBLISHER.c.source_id)
        .join(owner, owner.c.id == site.c.owner_org)
        .outerjoin(HarvestSource, HarvestSource.id == _PUBLISHER.c.source_id)
        .outerjoin(target, target.c.id == _PUBLISHER.c.organization_id)
        .where(_PACKAGE.c.state == "active", site.c.state == "active")
        .where(sa.or_(_PUBLISHER.c.reason.is_(None), _PUBLISHER.c.reason.not_in((UNNAMED, OFF))))
        .group_by(_PUBLISHER.c.id, site.c.id, HarvestSource.id, owner.c.id, target.c.id)
    )
    if organizations is not None:
        query = query.where(site.c.owner_org.in_(list(organizations)))
    return query.where(_PUBLISHER.c.source_id == source_id) if source_id else query


def _examples(ids: Sequence[str]) -> dict[str, list[dict[str, str]]]:
    """Some datasets of each publisher: name and title."""
    number = sa.func.row_number().over(partition_by=_RECORD.c.publisher_id, order_by=_RECORD.c.guid).label("number")
    ranked = (
        sa.select(_RECORD.c.publisher_id, _PACKAGE.c.name, _PACKAGE.c.title, number)
        .join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
        .where(_RECORD.c.publisher_id.in_(ids), _PACKAGE.c.state == "active")
        .subquery()
    )
    found: dict[str, list[dict[str, str]]] = {}
    for row in model.Session.execute(sa.select(ranked).where(ranked.c.number <= EXAMPLES)):
        found.setdefault(row.publisher_id, []).append({"name": row.name, "title": row.title or row.name})
    return found
