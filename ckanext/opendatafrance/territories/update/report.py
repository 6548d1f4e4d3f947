"""What an update did, or would do, in the shape that the API and the command give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.reference import moves
from ckanext.opendatafrance.territories.plan import Step
from ckanext.opendatafrance.territories.update.changes import Changes, Ending, counts


@dataclass(slots=True)
class UpdateReport:
    """What changed, and what a person must look at.

    Attributes:
        cog: year of the COG.
        renamed: {name, title, old}; recoded: {name, title, old, new}; moved: {name, title, old, new} (parents);
        merged: {name, title, code, successor, day, datasets, people}; created: {name, title};
        dissolved: {name, title, siren, successor (or None), candidates, datasets}: its datasets stay where they are;
        other: organisations of which only figures and codes changed; fields: {name: {field: [here, to be]}} of all.
        splits: {name, title, code, into: [{code, name, organization}], datasets}: for a person;
        reborn: {name, title, code}: closed here, but a commune again; unknown: {name, title, code, reason};
        waiting: {name, title, successor, datasets}: closed organisations that still have datasets.
    """

    cog: int
    dry_run: bool = False
    total: int = 0
    renamed: list[dict[str, Any]] = field(default_factory=list)
    recoded: list[dict[str, Any]] = field(default_factory=list)
    merged: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    created: list[dict[str, Any]] = field(default_factory=list)
    dissolved: list[dict[str, Any]] = field(default_factory=list)
    other: int = 0
    fields: dict[str, dict[str, Any]] = field(default_factory=dict)
    memberships_added: int = 0
    memberships_removed: int = 0
    splits: list[dict[str, Any]] = field(default_factory=list)
    reborn: list[dict[str, Any]] = field(default_factory=list)
    unknown: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def nothing_to_do(self) -> bool:
        """Whether the portal already followed this COG."""
        done = (self.renamed, self.recoded, self.merged, self.moved, self.created, self.dissolved, self.errors)
        return not any(done) and not (self.other or self.memberships_added or self.memberships_removed)


def describe(changes: Changes, report: UpdateReport) -> None:
    """Write the plan into the report."""
    rows = [ending.row for ending in changes.endings] + [row for row, _ in changes.splits]
    datasets, people = counts(row.organization_id for row in rows)
    report.total = len(changes.steps)
    report.recoded = [_recoded(row, code) for row, code in changes.recoded]
    for ending in changes.endings:
        line = _ending(changes, ending, datasets.get(ending.row.organization_id, 0))
        if ending.gives:
            report.merged.append({**line, "people": people.get(ending.row.organization_id, 0)})
        else:
            report.dissolved.append(line)
    for step in (*changes.creations, *changes.steps):
        row = changes.portal.rows.get(step.organization_id or "")
        # The address stays when the name changes, so it may be another than the COG's name would make.
        _step(changes, step, row.name if row is not None else step.node.name, report)
    report.splits = [
        {**_who(row), "into": [_heir(changes, code) for code in codes], "datasets": own}
        for row, codes in changes.splits
        for own in [datasets.get(row.organization_id, 0)]
    ]
    report.reborn = [_who(row) for row in changes.reborn]
    report.unknown = [{**_who(row), "reason": tk._(reason)} for row, reason in changes.unknown]


def _who(row: Any) -> dict[str, Any]:
    return {"name": row.name, "title": row.title, "code": row.insee_code or row.siren}


def _recoded(row: Any, code: str) -> dict[str, Any]:
    return {"name": row.name, "title": row.title, "old": row.insee_code, "new": code}


def _ending(changes: Changes, ending: Ending, datasets: int) -> dict[str, Any]:
    candidates = _names(changes, ending.candidates)
    successor = _names(changes, [ending.successor])[0] if ending.successor else None
    return {
        **_who(ending.row), "day": ending.day, "successor": successor, "candidates": candidates, "datasets": datasets
    }  # fmt: skip


def _names(changes: Changes, keys: Iterable[str]) -> list[str]:
    """Names of the organisations of nodes: those that they have here, or will have."""
    here = {key: changes.portal.rows.get(changes.portal.resolve(key) or "") for key in keys}
    return [row.name if row is not None else changes.nodes[key].name for key, row in here.items()]


def _heir(changes: Changes, code: str) -> dict[str, Any]:
    organization = changes.portal.resolve(f"commune:{code}")
    return {
        "code": code,
        "name": moves.resolve(code).name,
        "organization": changes.portal.rows[organization].name if organization else None,
    }


def _step(changes: Changes, step: Step, name: str, report: UpdateReport) -> None:
    who = {"name": name, "title": step.node.title}
    if step.action == "skip":
        report.skipped.append({**who, "reason": tk._(step.reason)})
    elif step.action == "create":
        report.created.append(who)
    elif step.action == "update":
        report.fields[name] = {key: list(pair) for key, pair in step.fields.items()}
        if "title" in step.fields:
            report.renamed.append({**who, "old": step.fields["title"][0]})
        if "parent" in step.fields:
            old, [new] = step.fields["parent"][0], _names(changes, [step.node.parent])
            report.moved.append({**who, "old": old, "new": new})
        if not {"title", "parent", "insee_code"} & step.fields.keys():
            report.other += 1
