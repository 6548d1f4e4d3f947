"""What a preview needs of the portal: the source that it may be about, and whose the datasets would be."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.harvest import sources
from ckanext.opendatafrance.harvest.bulk import same
from ckanext.opendatafrance.harvest.placements import PlacingTable
from ckanext.opendatafrance.harvest.placing import Owner, Placing


def source(asked: dict[str, Any]) -> Any:
    """The HarvestSource that a whole preview is about, by id, name or address, as it would be harvested; else None."""
    if asked.get("limit"):
        return None
    package = model.Package.get(asked["url"])
    query = sa.select(HarvestSource).filter_by(type=sources.TYPE, active=True)
    if package:
        query = query.where(HarvestSource.id == package.id)
    found: list[Any] = [*model.Session.scalars(query)]
    found = [one for one in found if package or same(one.url) == same(asked["url"])]
    if not found or asked.get("connector") not in (None, "", sources.load(found[0].id).connector):
        return None
    return found[0]


def place(datasets: list[dict[str, Any]], organization: str) -> dict[str, str]:
    """Give the datasets of a new source of an organisation their owners; the names of these by id. Writes nothing."""
    group = model.Group.get(organization)
    assert group
    placing = Placing(Owner(group.id, group.name), PlacingTable("", group.id))
    for dataset in datasets:
        placing.place(dataset)
    return names(datasets)


def names(datasets: list[dict[str, Any]]) -> dict[str, str]:
    """Names of the organisations that own the datasets, by id."""
    ids = {dataset.get("owner_org") for dataset in datasets} - {None}
    rows = model.Session.query(model.Group.id, model.Group.name).filter(model.Group.id.in_(ids)) if ids else ()
    return {identifier: name for identifier, name in rows}
