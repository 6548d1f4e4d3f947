"""The tree of the portal's organisations by levels: as many as fit on a page, the rest when somebody asks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

import ckan.model as model

from ckanext.opendatafrance import registry, shown
from ckanext.opendatafrance.territories import closed, find
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.model import territories

# Levels are shown while all of them together have no more organisations than this.
PAGE = 300
_RANKS = {kind: rank for rank, kind in enumerate(registry.TYPES)}


def tree(parent: str | None = None, opened: str | None = None) -> list[dict[str, Any]]:
    """The organisations under one (at the top without), each with those below it as far as they fit on a page.

    Args:
        parent: id of the organisation right above.
        opened: id of an organisation whose branch is wanted, whatever its place.

    Returns:
        by type and title: id, name, title, type, insee_code, siren, datasets (own), datasets_below, below
        {type: number}, publishing {type: number of them with a dataset}, count (right below), open (on the way to
        `opened`), children (a list; None where they are left for later).
    """
    row = closed.known(opened)
    wanted = {opened, *row.ancestors} if row is not None else set()
    levels = [_level([parent])]
    nodes = {node["id"]: node for node in levels[0]}
    while levels[-1]:
        whole = len(nodes) + sum(node["count"] for node in levels[-1]) <= PAGE and parent is None
        above = [node for node in levels[-1] if node["count"] and (whole or node["id"] in wanted)]
        levels.append(_level([node["id"] for node in above]) if above else [])
        for node in above:
            node["children"] = []
        for node in levels[-1]:
            nodes[node.pop("parent_id")]["children"].append(node)
            nodes[node["id"]] = node
    _count_below(nodes)
    for node in nodes.values():
        node.pop("parent_id", None)
        node["open"] = node["id"] in wanted
    return levels[0]


def _level(parents: list[str | None]) -> list[dict[str, Any]]:
    columns = territories.c
    below = territories.alias("below")
    count = (
        sa.select(sa.func.count())
        .where(below.c.parent_id == columns.organization_id, is_open(below.c))
        .correlate(territories)
    ).scalar_subquery()
    top = columns.parent_id.is_(None) if None in parents else columns.parent_id.in_(parents)
    rows = model.Session.execute(
        sa.select(
            columns.organization_id, columns.name, columns.title, columns.type, columns.insee_code, columns.siren,
            columns.parent_id, columns.sort_key, count.label("count"),
        ).where(top, is_open())
    ).all()  # fmt: skip
    owned = find.own_datasets([row.organization_id for row in rows])
    return [
        {
            "id": row.organization_id,
            **{name: getattr(row, name) for name in ("name", "title", "type", "insee_code", "siren", "parent_id")},
            "datasets": owned.get(row.organization_id, 0),
            "datasets_below": owned.get(row.organization_id, 0),
            "below": {},
            "publishing": {},
            "count": row.count,
            "children": None,
        }
        for row in sorted(rows, key=lambda row: (_RANKS.get(row.type, len(_RANKS)), row.sort_key, row.name))
    ]


def _count_below(nodes: dict[str, dict[str, Any]]) -> None:
    """Fill in, in place, what is below each of the organisations that are shown, in the tree."""
    parents = [one for one, node in nodes.items() if node["count"]]
    if not parents:
        return
    columns, package = territories.c, model.package_table.c
    number = sa.func.count().label("number")
    owned = sa.select(package.owner_org, number).where(*shown.public(package)).group_by(package.owner_org).subquery()
    wanted = array(parents, type_=sa.UnicodeText)
    pairs = (
        sa.select(columns.organization_id, columns.type, sa.func.unnest(columns.ancestors).label("above"))
        .where(columns.ancestors.overlap(wanted), is_open())
        .subquery()
    )
    statement = (
        sa.select(
            pairs.c.above, pairs.c.type, sa.func.count(), sa.func.count(owned.c.number), sa.func.sum(owned.c.number)
        )
        .outerjoin(owned, owned.c.owner_org == pairs.c.organization_id)
        .where(pairs.c.above == sa.any_(wanted))
        .group_by(pairs.c.above, pairs.c.type)
    )
    found = sorted(model.Session.execute(statement).tuples(), key=lambda one: _RANKS.get(one[1], len(_RANKS)))
    for identifier, kind, count, publishing, datasets in found:
        node = nodes[identifier]
        node["below"][kind] = count
        node["publishing"][kind] = publishing
        node["datasets_below"] += int(datasets or 0)
