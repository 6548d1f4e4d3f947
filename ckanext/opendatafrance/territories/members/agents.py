"""Numbers of agents from a list, and the legal duty that follows from them."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.spreadsheet import Table
from ckanext.opendatafrance.territories import batch, duty, find, records
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.logic import validators
from ckanext.opendatafrance.territories.members.directory import Directory, told
from ckanext.opendatafrance.territories.members.reading import Line, read
from ckanext.opendatafrance.territories.model import memberships, territories
from ckanext.opendatafrance.territories.plan import Portal, Step
from ckanext.opendatafrance.territories.tree import Node

_FIELDS = ("agents", "agents_year")
_DECIMALS = re.compile(r"^([\d\s\u00a0\u202f]+)[.,]\d+$")


def import_list(user: str, table: Table, *, dry_run: bool, partial: bool) -> dict[str, Any]:
    """Store the numbers of agents of a list in the name of a user; see the action odf_agents_import."""
    directory = Directory()
    lines = read(table, directory, figures=True)
    for line in lines:
        if line.action != "refuse":
            _figures(line)
    stored = _stored([line.row.organization_id for line in lines if line.row is not None])
    for line in lines:
        if not line.action:
            _compare(line, stored[line.row.organization_id], user)
    before = {line.number: line.row.legal_duty for line in lines if line.row is not None}
    refused = sum(line.action == "refuse" for line in lines)
    written = not dry_run and bool(partial or not refused) and _write(lines, stored, user, partial)
    after = _duties([line.row.organization_id for line in lines if line.row is not None]) if written else {}
    return {
        "dry_run": dry_run,
        "written": written,
        "lines": [_told(line, stored, before, after) for line in lines],
        "updated": sum(line.action == "update" for line in lines),
        "kept": sum(line.action == "keep" for line in lines),
        "refused": sum(line.action == "refuse" for line in lines),
    }


def duties(within: str = "") -> list[dict[str, Any]]:
    """The legal duty of each organisation, or of one and those below it, by title, with the figures that decide."""
    columns, group = territories.c, model.group_table.c
    statement = sa.select(territories, group.extras).join(
        model.group_table, group.id == columns.organization_id
    )  # fmt: skip
    if within:
        related = sa.select(memberships.c.organization_id).where(memberships.c.of_id == within)
        statement = statement.where(
            sa.or_(
                columns.organization_id == within,
                columns.ancestors.contains([within]),
                columns.organization_id.in_(related),
            )
        )
    rows = model.Session.execute(statement.where(is_open()).order_by(columns.sort_key, columns.name)).all()
    return [
        {
            **told(row),
            "population_totale": row.population_totale,
            **{name: find.whole_number((row.extras or {}).get(name)) for name in ("population_year", *_FIELDS)},
            "legal_duty": row.legal_duty,
            "source": duty.SOURCE,
        }
        for row in rows
    ]


def _figures(line: Line) -> None:
    """Read the number and the year of a line, in place."""
    text = line.values["agents"]
    whole = _DECIMALS.match(text)
    try:
        if not text:
            raise tk.Invalid(tk._("The number of agents is missing: fill it in, or remove the line."))
        agents = validators.odf_count(whole[1] if whole else text)
        year = validators.odf_year(line.values["year"]) if line.values.get("year") else None
    except tk.Invalid as error:
        line.refuse(str(error.error))
        return
    if whole and int(re.sub(r"\D", "", text.replace(whole[1], "", 1)) or 0):
        # Rounding up could make a duty of 49.6 agents.
        note = tk._("“{value}” read as {number}").format(value=text, number=agents)
        line.message = "; ".join(one for one in (line.message, note) if one)
    line.values.update(agents=str(agents), year="" if year is None else str(year))


def _compare(line: Line, extras: dict[str, str], user: str) -> None:
    if not _may_change(line.row.organization_id, user):
        line.refuse(tk._("You may not change {title}: ask one of its administrators.").format(title=line.row.title))
        return
    line.action = "update" if _wanted(line).items() - extras.items() else "keep"


def _may_change(organization_id: str, user: str) -> bool:
    try:
        tk.check_access("organization_update", {"user": user}, {"id": organization_id})
    except tk.NotAuthorized:
        return False
    return True


def _wanted(line: Line) -> dict[str, str]:
    values = {"agents": line.values["agents"], "agents_year": line.values.get("year", "")}
    return {name: value for name, value in values.items() if value}


def _write(lines: list[Line], stored: dict[str, dict[str, str]], user: str, partial: bool) -> bool:
    """Validate and store as the form does; False where nothing was written."""
    todo = {line.row.name: line for line in lines if line.action == "update"}
    report = batch.Report("")
    with records.written_by_seeding():
        writer = batch.Batch(user, Portal(), report, activity=True)
        writer.write([_step(line, stored[line.row.organization_id]) for line in todo.values()])
    for error in report.errors:
        said = "; ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in error["errors"].items())
        todo[error["name"]].refuse(said)
    if not report.updated or (report.errors and not partial):
        model.Session.rollback()
        return False
    model.Session.commit()
    return True


def _step(line: Line, extras: dict[str, str]) -> Step:
    row = line.row
    node = Node(f"{row.type}:{row.name}", row.type, row.name, row.title)
    fields: dict[str, tuple[Any, Any]] = {name: (extras.get(name, ""), new) for name, new in _wanted(line).items()}
    return Step(node, row.organization_id, fields)


def _stored(ids: list[str]) -> dict[str, dict[str, str]]:
    group = model.group_table.c
    found = model.Session.execute(sa.select(group.id, group.extras).where(group.id.in_(ids)))
    return {one: dict(extras or {}) for one, extras in found.tuples()}


def _duties(ids: list[str]) -> dict[str, str]:
    columns = territories.c
    statement = sa.select(columns.organization_id, columns.legal_duty).where(columns.organization_id.in_(ids))
    return {one: said for one, said in model.Session.execute(statement).tuples()}


def _told(
    line: Line, stored: dict[str, dict[str, str]], before: dict[int, str], after: dict[str, str]
) -> dict[str, Any]:
    told_line = line.told()
    if line.row is None or line.action not in ("update", "keep"):
        return told_line
    extras = stored[line.row.organization_id]
    inhabitants = find.whole_number(extras.get("population_totale"))
    computed = duty.legal_duty(inhabitants, int(line.values["agents"]))
    return {
        **told_line,
        "agents": [find.whole_number(extras.get("agents")), int(line.values["agents"])],
        "legal_duty": [before[line.number], after.get(line.row.organization_id, computed)],
    }
