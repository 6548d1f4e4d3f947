"""Memberships by an administrator's list: compared with those of the portal, then written in one transaction or not."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.reference import cog
from ckanext.opendatafrance.spreadsheet import Table
from ckanext.opendatafrance.territories import find, reindex
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.helpers import odf_territory_type_label
from ckanext.opendatafrance.territories.members.directory import Directory, told
from ckanext.opendatafrance.territories.members.reading import Line, read
from ckanext.opendatafrance.territories.model import memberships, territories

ORIGIN = "list"
# A commune stands in one of each; the levels of the tree cannot have what is above them among their members.
_LEVELS = ("epci", "departement", "region")


@dataclass(slots=True)
class Difference:
    """What a list would change in a group.

    Attributes:
        removed: ids of members by list that the list leaves out.
        left: members that it leaves out and that stay, with the reason.
    """

    lines: list[Line]
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Number of lines that are not clear."""
        return sum(line.action == "refuse" for line in self.lines)


def import_list(
    group_id: str, table: Table, *, within: Set[str] | None = None, dry_run: bool, replace: bool, partial: bool
) -> dict[str, Any]:
    """Make those that a list names members of a group; see the action odf_membership_import.

    Args:
        within: ids of the organisations that may be added and ended; None for all.
    """
    directory = Directory()
    group = directory.rows[group_id]
    found = compare(group, read(table, directory), directory, replace=replace, within=within)
    writes = not dry_run and bool(partial or not found.refused)
    changes = bool(found.added or found.removed)
    if writes and changes:
        _write(group_id, found)
    return {
        "group": told(group),
        "dry_run": dry_run,
        "written": writes and changes,
        "lines": [line.told() for line in found.lines],
        "added": [told(directory.rows[one]) for one in found.added],
        "removed": [told(directory.rows[one]) for one in found.removed],
        "left": [{**told(directory.rows[one]), "reason": reason} for one, reason in found.left],
        "kept": sum(line.action == "keep" for line in found.lines),
        "refused": found.refused,
    }


def compare(
    group: Any, lines: list[Line], directory: Directory, *, replace: bool = False, within: Set[str] | None = None
) -> Difference:
    """Say of each line whether it adds a member; refuses what cannot be a member. Reads only."""
    origins = _origins(group.organization_id)
    chains = _above(group.organization_id)
    for line in lines:
        if line.action:
            continue
        row = line.row
        if group.organization_id in row.ancestors:
            line.action = "keep"
            line.message = _joined(line.message, tk._("stands below it in the tree already"))
        elif row.organization_id in origins:
            line.action = "keep"
        elif reason := _impossible(group, row, chains, directory):
            line.refuse(reason)
        elif within is not None and row.organization_id not in within:
            words = tk._(
                "{title} is not among those that you facilitate: ask an administrator of the portal to add it."
            )
            line.refuse(words.format(title=row.title))
        else:
            line.action = "add"
    found = Difference(lines, added=[line.row.organization_id for line in lines if line.action == "add"])
    if replace:
        _leave_out(found, origins, directory, within)
    return found


def members(group_id: str) -> list[dict[str, Any]]:
    """Those right below a group in the tree and those beside the tree, by title, with their origin."""
    columns, beside = territories.c, memberships.c
    origin = sa.func.coalesce(beside.origin, "tree")
    statement = (
        sa.select(territories, origin.label("origin"))
        .outerjoin(memberships, sa.and_(beside.organization_id == columns.organization_id, beside.of_id == group_id))
        .where(is_open(), sa.or_(columns.parent_id == group_id, beside.of_id == group_id))
        .order_by(columns.sort_key, columns.name)
    )
    rows = model.Session.execute(statement).all()
    return [{**one, "origin": row.origin} for one, row in zip(find.summaries(rows), rows, strict=True)]


def _leave_out(found: Difference, origins: dict[str, str], directory: Directory, within: Set[str] | None) -> None:
    named = {line.row.organization_id for line in found.lines if line.row is not None}
    others = [one for one in origins if one not in named and one in directory.rows]
    for one in sorted(others, key=lambda one: directory.rows[one].name):
        if origins[one] != ORIGIN:
            reason = tk._("from the official lists or the territory's YAML file: change it there")
            found.left.append((one, reason))
        elif within is not None and one not in within:
            found.left.append((one, tk._("not among those that you facilitate")))
        elif found.refused:
            found.left.append((one, tk._("lines of the file are not clear: one of them may mean it")))
        else:
            found.removed.append(one)


def _write(group_id: str, found: Difference) -> None:
    table = memberships
    if found.removed:
        model.Session.execute(
            sa.delete(table).where(
                table.c.of_id == group_id, table.c.origin == ORIGIN, table.c.organization_id.in_(found.removed)
            )
        )
    if found.added:
        rows = [{"organization_id": one, "of_id": group_id, "origin": ORIGIN} for one in found.added]
        model.Session.execute(insert(table).values(rows).on_conflict_do_nothing())
    reindex.later(*found.added, *found.removed)
    model.Session.commit()
    reindex.start()


def _origins(group_id: str) -> dict[str, str]:
    columns = memberships.c
    statement = sa.select(columns.organization_id, columns.origin).where(columns.of_id == group_id)
    return {member: origin for member, origin in model.Session.execute(statement).tuples()}


def _above(group_id: str) -> dict[str, list[str]]:
    """Ids of all that a group belongs to by memberships, at any height, each with the ids on the way to it."""
    columns = memberships.c
    chains: dict[str, list[str]] = {group_id: []}
    level = [group_id]
    while level:
        statement = sa.select(columns.organization_id, columns.of_id).where(columns.organization_id.in_(level))
        level = []
        for member, of in model.Session.execute(statement).tuples():
            if of not in chains:
                chains[of] = [*chains[member], of]
                level.append(of)
    del chains[group_id]
    return chains


def _impossible(group: Any, row: Any, chains: dict[str, list[str]], directory: Directory) -> str:
    """Why an organisation cannot be member of a group, empty where it can."""
    if row.organization_id == group.organization_id:
        return tk._("An organisation is not a member of itself: remove the line.")
    if row.organization_id in chains or (group.type in _LEVELS and row.organization_id in group.ancestors):
        way = [directory.rows[one].title for one in chains.get(row.organization_id, ()) if one in directory.rows]
        return tk._(
            "{title} cannot be a member of {group}, which belongs to it ({way}): "
            "remove the line, or end that membership."
        ).format(title=row.title, group=group.title, way=" › ".join([group.title, *(way or [row.title])]))
    if row.type != "commune" or group.type not in _LEVELS or _official(group, row):
        return ""
    other = next((one for one in map(directory.rows.get, row.ancestors) if one and one.type == group.type), None)
    if other is None:
        return ""
    return tk._(
        "{title} stands in {other}, and a commune stands in one organisation of the type {type} only: "
        "remove the line, or give the commune another parent first (organization_patch, groups)."
    ).format(title=row.title, other=other.title, type=odf_territory_type_label(group.type))


def _official(group: Any, row: Any) -> bool:
    """Whether the COG says that a commune belongs there (an EPT, the département of an EPCI across several)."""
    commune = cog.commune(row.insee_code)
    if commune is None:
        return False
    return (group.siren or "-") in (commune.epci, commune.ept) or (group.type, group.insee_code) in (
        ("departement", commune.departement),
        ("region", commune.region),
    )


def _joined(*texts: str) -> str:
    return "; ".join(text for text in texts if text)
