"""One side of the benchmark of territories, in a process and a database of its own.

usage: territories_side.py SIDE WHAT PIDS       (PIDS: JSON, server → process number; prints what it cost as JSON)

ours   SIZE             seed the first SIZE organisations of France, or all of them ("france"), twice
stock  PRESENT:NUMBER   NUMBER organisations by organization_create, where PRESENT are there already
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent))

import sqlalchemy as sa
from cost import measured

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.cli import load_config
from ckan.config.middleware import make_app

from ckanext.opendatafrance.reference import cog
from ckanext.opendatafrance.registry import Perimeter
from ckanext.opendatafrance.territories import perimeter, sync, tree
from ckanext.opendatafrance.territories.plan import fields_of, offers_of
from ckanext.opendatafrance.territories.tree import Node

Servers = dict[str, int]


def main(side: str, what: str, servers: Servers) -> dict[str, Any]:
    app = make_app(load_config(None))
    with app._wsgi_app.test_request_context():  # the Flask application that CKAN wraps
        user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
        return ours(what, user, servers) if side == "ours" else stock(what, user, servers)


def ours(what: str, user: str, servers: Servers) -> dict[str, Any]:
    """Seed, then seed again."""
    if what != "france":
        chosen = nodes(int(what))
        tree.build = lambda *_: chosen
    target = perimeter.find("france")
    found = {}
    for phase in ("first", "again"):
        with measured(servers) as cost:
            report = sync.seed(target, user)
        told = "nothing to do" if report.nothing_to_do else f"{report.created} created, {report.updated} updated"
        found[phase] = {**asdict(cost), "number": report.total, "report": f"{told}; {count()} organisations"}
        if report.errors or report.skipped:
            raise SystemExit(f"refused: {(report.errors + report.skipped)[:3]}")
    return found


def stock(what: str, user: str, servers: Servers) -> dict[str, Any]:
    """Create one after the other, as a script would; those that are there already are written as rows."""
    present, number = (int(part) for part in what.split(":"))
    chosen = nodes(present + number)
    names = {node.key: node.name for node in chosen}
    store(chosen[:present])
    create = tk.get_action("organization_create")
    with measured(servers) as cost:
        for node in chosen[present:]:
            given = {"name": node.name, "title": node.title, **offers_of(node), **fields_of(node)}
            groups = [{"name": names[node.parent]}] if node.parent else []
            create({"user": user, "ignore_auth": True}, {**given, "groups": groups})
    return {"first": {**asdict(cost), "number": number, "report": f"{number} created; {count()} organisations"}}


def nodes(number: int) -> list[Node]:
    """The first organisations of France, région by région, each after its parent."""
    return list(_first(number))


def _first(number: int) -> Iterator[Node]:
    seen: set[str] = set()
    for region in cog.regions():
        # An intercommunalité across two régions stands in both.
        for node in tree.build(Perimeter("region", region.code)):
            if node.key not in seen and len(seen) < number:
                seen.add(node.key)
                yield node


def store(chosen: list[Node]) -> None:
    """Organisations and their place in the tree, as rows."""
    if not chosen:
        return
    ids = {node.key: str(uuid4()) for node in chosen}
    groups = [
        {"id": ids[node.key], "name": node.name, "title": node.title, "type": "organization", "is_organization": True,
         "state": "active", "approval_status": "approved", "extras": {**offers_of(node), **fields_of(node)}}
        for node in chosen
    ]  # fmt: skip
    members = [
        {"id": str(uuid4()), "group_id": ids[node.key], "table_id": ids[node.parent], "table_name": "group",
         "capacity": "public", "state": "active"}
        for node in chosen
        if node.parent
    ]  # fmt: skip
    for table, rows in ((model.group_table, groups), (model.member_table, members)):
        model.Session.execute(sa.insert(table), rows)
    model.Session.execute(sa.text("ANALYZE"))
    model.Session.commit()


def count() -> int:
    """How many organisations there are: the proof that work was done."""
    return model.Session.query(model.Group).filter(model.Group.is_organization).count()


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))))
