"""What a COG changes here: the organisations compared with its lists and with INSEE's movements; reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

import ckan.model as model

from ckanext.opendatafrance import registry, shown
from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference import files, moves
from ckanext.opendatafrance.registry import Perimeter
from ckanext.opendatafrance.territories import tree
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.model import territories
from ckanext.opendatafrance.territories.plan import Portal, Step, compare
from ckanext.opendatafrance.territories.tree import Node

_NOT_IN_COG = N_("the COG does not hold its code, and no movement tells what became of it: check the code")
_NO_SUCCESSOR = N_("its commune ended without a successor: close the organisation, or delete it")
_MISSING = N_("INSEE's movements say that it exists, but the list of communes does not hold it: check the files")
_LEVEL = N_("the COG does not hold its code: close the organisation, or correct the code")
_EPCI = N_("the COG does not hold its SIREN, and none of its communes tells what became of it: check it")


@dataclass(frozen=True, slots=True)
class Ending:
    """An organisation to be closed.

    Attributes:
        successor: key of the node that follows it; empty where a person must say.
        candidates: keys of all that have a part of it.
        gives: whether its datasets go to the successor (mergers); those of a dissolved EPCI wait for a person.
    """

    row: Any
    day: str
    successor: str
    candidates: tuple[str, ...]
    gives: bool


@dataclass(slots=True)
class Changes:
    """All that is to be done, and what only a person can do."""

    nodes: dict[str, Node]
    portal: Portal
    creations: list[Step] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    recoded: list[tuple[Any, str]] = field(default_factory=list)
    splits: list[tuple[Any, tuple[str, ...]]] = field(default_factory=list)
    unknown: list[tuple[Any, str]] = field(default_factory=list)
    reborn: list[Any] = field(default_factory=list)


def find(since: str) -> Changes:
    """Compare the portal with the COG.

    Args:
        since: the day of the COG that the portal was made from; splits after it are told.

    Raises:
        DataFileError: the COG lacks too many communes of this portal to be a whole one.
    """
    nodes = {node.key: node for node in tree.build(Perimeter("pays", "FR"))}
    changes = Changes(nodes, Portal())
    here = [row for row in changes.portal.rows.values() if row.open]
    _communes(changes, [row for row in here if row.type == "commune" and row.insee_code], since)
    _epcis(changes, [row for row in here if row.type == "epci" and row.siren])
    for row in here:
        if row.type in ("region", "departement") and row.insee_code and f"{row.type}:{row.insee_code}" not in nodes:
            changes.unknown.append((row, _LEVEL))
    changes.reborn = [
        row
        for row in changes.portal.rows.values()
        if not row.open and f"commune:{row.insee_code}" in nodes and not _here(changes, f"commune:{row.insee_code}")
    ]
    _create(changes)
    _update(changes)
    return changes


def _communes(changes: Changes, rows: list[Any], since: str) -> None:
    day, nodes = files.vintage().date, changes.nodes
    ended: list[tuple[Any, moves.Resolution]] = []
    for row in rows:
        if f"commune:{row.insee_code}" in nodes:
            before = moves.resolve(row.insee_code, since)
            if len(before.today) > 1 and before.live:
                changes.splits.append((row, before.today))
            continue
        found = moves.resolve(row.insee_code, day)
        if found.why in ("unknown", "not-yet", "live"):
            changes.unknown.append((row, _MISSING if found.live else _NOT_IN_COG))
        elif not found.codes:
            changes.unknown.append((row, _NO_SUCCESSOR))
        elif found.ambiguous:
            changes.splits.append((row, found.codes))
        else:
            ended.append((row, found))
    _check_complete(changes, len(rows))
    # Changes of code first: other communes may merge into what they make.
    for row, found in sorted(ended, key=lambda pair: pair[1].why != "recoded"):
        [code] = found.codes
        if f"commune:{code}" not in nodes:
            changes.unknown.append((row, _MISSING))
        elif found.why == "recoded" and ("commune", code) not in changes.portal.by_code:
            changes.portal.by_code["commune", code] = row.organization_id
            changes.recoded.append((row, code))
        else:
            key = f"commune:{code}"
            changes.endings.append(Ending(row, found.until or day, key, (key,), gives=True))


def _check_complete(changes: Changes, total: int) -> None:
    codes = [row.insee_code for row, _ in changes.unknown]
    if len(codes) > max(5, total // 20):
        raise DataFileError(
            N_(
                "communes.csv.gz does not hold {count} of the {total} communes of this portal ({examples}…): it is not "
                "a whole COG. Nothing was changed; make the files again with rebuild.py."
            ),
            count=len(codes),
            total=total,
            examples=", ".join(codes[:5]),
        )


def _epcis(changes: Changes, rows: list[Any]) -> None:
    """Those that the COG no longer holds; what became of them is told by where their communes are now."""
    for row in rows:
        if f"epci:{row.siren}" in changes.nodes:
            continue
        below = (one for one in changes.portal.rows.values() if one.parent_id == row.organization_id and one.open)
        now = Counter(_parent_now(changes, one) for one in below)
        heirs = tuple(key for key, _ in now.most_common() if key.startswith("epci:"))
        if heirs:
            sole = heirs[0] if len(now) == 1 else ""
            changes.endings.append(Ending(row, files.vintage().date, sole, heirs, gives=False))
        else:
            changes.unknown.append((row, _EPCI))


def _parent_now(changes: Changes, row: Any) -> str:
    codes = moves.resolve(row.insee_code, files.vintage().date).codes if row.insee_code else ()
    node = changes.nodes.get(f"commune:{codes[0]}") if codes else None
    return node.parent if node else ""


def _here(changes: Changes, key: str) -> bool:
    return changes.portal.resolve(key) is not None


def _create(changes: Changes) -> None:
    """Successors that are not there yet, and new EPCI of communes that stand under one here."""
    wanted = {ending.successor for ending in changes.endings if ending.gives}
    for (kind, code), organization in list(changes.portal.by_code.items()):
        node = changes.nodes.get(f"{kind}:{code}") if kind == "commune" else None
        above = changes.portal.rows.get(changes.portal.parents.get(organization) or "")
        if node and above is not None and above.type == "epci":
            wanted.add(node.parent)
    wanted = {key for key in wanted if key in changes.nodes and not _here(changes, key)}
    # A successor may itself stand under an EPCI that is not there either: then under its département.
    made = [_placed(changes, node, wanted) for key, node in changes.nodes.items() if key in wanted]
    changes.creations = compare(made, changes.portal)


def _placed(changes: Changes, node: Node, made: set[str]) -> Node:
    """Under the first of its right parents that this portal has, or will have."""
    others = [key for key in node.memberships if key.startswith("departement:")]
    for key in (node.parent, *node.alternatives, *others):
        if key in made or _here(changes, key):
            return replace(node, parent=key)
    return replace(node, parent="")


def _update(changes: Changes) -> None:
    portal = changes.portal
    made = {step.node.key for step in changes.creations if step.action == "create"}
    nodes = [node for node in changes.nodes.values() if node.key not in made and portal.find(node)]
    named = {member.name for member in participants()}
    changes.steps = compare(nodes, portal)
    for step in changes.steps:
        # Where the parent's level is not in this portal, the one that a person chose stays.
        if "parent" in step.fields and step.node.parent not in made and not _here(changes, step.node.parent):
            del step.fields["parent"]
        # The name by which the registry calls it is as right as the COG's.
        if "title" in step.fields and step.fields["title"][0] in named:
            del step.fields["title"]


def participants() -> list[registry.Member]:
    """Named members of all territories; the registry checks their codes by the COG that it was written with."""
    with files.reading(files.DATA):
        return [member for territory in registry.territories().values() for member in territory.participants]


def waiting() -> list[dict[str, Any]]:
    """Closed organisations that still have datasets, for a person to give away."""
    package, columns = model.package_table.c, territories.c
    number = sa.func.count().label("number")
    statement = (
        sa.select(columns.name, columns.title, columns.successor, number)
        .join(model.package_table, package.owner_org == columns.organization_id)
        .where(sa.not_(is_open()), *shown.present(package))
        .group_by(columns.name, columns.title, columns.successor)
        .order_by(columns.name)
    )
    return [
        {"name": row.name, "title": row.title, "successor": row.successor, "datasets": row.number}
        for row in model.Session.execute(statement)
    ]


def counts(ids: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Numbers of datasets (and harvest sources), and of people with a role, by organisation."""
    package, member, wanted = model.package_table.c, model.member_table.c, list(ids)
    datasets = sa.select(package.owner_org, sa.func.count()).where(package.owner_org.in_(wanted))
    people = sa.select(member.group_id, sa.func.count()).where(
        member.group_id.in_(wanted), member.table_name == "user", member.state == "active"
    )
    statements = (
        datasets.where(package.state == "active").group_by(package.owner_org),
        people.group_by(member.group_id),
    )
    one, other = ({key: number for key, number in model.Session.execute(every).tuples()} for every in statements)
    return one, other
