"""Seeding: the organisations of a territory are created and brought up to date in bulk, and nothing is deleted.

CKAN's `organization_create` loads every organisation at each call, so its cost grows with the square of their number.
Here each is validated with the same schema as the form, batches are inserted with one commit each, and the hooks of
other plugins run. Killed at any point, the next run goes on from the last batch: what is there is found by its codes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.reference import files
from ckanext.opendatafrance.territories import records, reindex, tree
from ckanext.opendatafrance.territories.batch import Batch, Report
from ckanext.opendatafrance.territories.model import memberships
from ckanext.opendatafrance.territories.perimeter import Target
from ckanext.opendatafrance.territories.plan import Portal, Step, compare, relations
from ckanext.opendatafrance.territories.update import pending

BATCH = 200
_LOCK = 7_017_300


def seed(
    target: Target,
    user: str,
    *,
    dry_run: bool = False,
    activity: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Create and update the organisations of a territory.

    Args:
        target: the perimeter and its named members.
        user: name of the user in whose name it is done.
        dry_run: only say what would change.
        activity: note each in CKAN's activity stream, where that plugin is on.
        progress: called after each batch with the number done and the number of all.

    Raises:
        OdfError: the tables or the organisation schema are missing, or another seeding is running.
    """
    started = time.monotonic()
    nodes = tree.build(target.perimeter, target.participants)
    report = Report(target.title, total=len(nodes), dry_run=dry_run)
    with alone(), records.written_by_seeding():
        check_ready()
        records.complete()
        portal = Portal()
        steps = compare(nodes, portal)
        _sum_up(steps, report)
        if dry_run:
            report.memberships = len(relations(nodes, as_if_done(portal, steps)))
            model.Session.rollback()
        else:
            model.Session.commit()
            _apply(steps, portal, Batch(user, portal, report, activity), progress)
            report.memberships = _relate(relations(nodes, portal))
            _note_cog()
            reindex.start()
    report.seconds = round(time.monotonic() - started, 2)
    return report


def check_ready() -> None:
    if not records.ready():
        raise OdfError(
            N_("The tables of the territories are missing: run “ckan db upgrade -p opendatafrance_territories”."),
            code="tables-missing",
        )
    schema = p.plugin_loaded("scheming_organizations") and tk.h.scheming_get_organization_schema("organization")
    fields = {one["field_name"] for one in schema["fields"]} if schema else set()
    if not {"territory_type", "insee_code", "siren"} <= fields:
        raise OdfError(
            N_("Organisations have no codes here: enable the plugin scheming_organizations with organization.yaml."),
            code="schema-missing",
        )


@contextmanager
def alone() -> Iterator[None]:
    """Two seedings at once would create the same organisation twice."""
    with model.ensure_engine().connect() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK))):
            raise OdfError(N_("Another seeding is running: wait until it has ended."), code="seeding-running")
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))


def _sum_up(steps: list[Step], report: Report) -> None:
    for step in steps:
        node = step.node
        if step.action == "skip":
            report.skipped.append({"name": node.name, "title": node.title, "reason": tk._(step.reason)})
        elif step.action == "keep":
            report.unchanged += 1
        else:
            report.changes.append(
                {"action": step.action, "name": node.name, "title": node.title, "fields": step.fields}
            )
    if report.dry_run:
        report.created = sum(step.action == "create" for step in steps)
        report.updated = sum(step.action == "update" for step in steps)


def as_if_done(portal: Portal, steps: list[Step]) -> Portal:
    """The portal as it would be, for the memberships of a dry run."""
    for step in steps:
        if step.action == "create":
            portal.ids[step.node.key] = step.node.key
    for step in steps:
        if step.action == "create" or "parent" in step.fields:
            portal.parents[portal.ids[step.node.key]] = portal.resolve(step.node.parent)
    return portal


def _apply(steps: list[Step], portal: Portal, batch: Batch, progress: Callable[[int, int], None]) -> None:
    todo = [step for step in steps if step.action in ("create", "update")]
    progress(0, len(todo))
    for first in range(0, len(todo), BATCH):
        part = todo[first : first + BATCH]
        batch.write(part)
        model.Session.commit()
        # Thousands of objects that stay in the session would make each flush slower than the one before.
        model.Session.expunge_all()
        progress(first + len(part), len(todo))


def _note_cog() -> None:
    """The yearly update tells of what changed since the COG that the portal was first made from."""
    if pending.cog_year() is None:
        pending.set_cog_year(files.vintage().cog)
    model.Session.commit()


def _relate(pairs: list[tuple[str, str]]) -> int:
    for first in range(0, len(pairs), 1000):
        rows = [
            {"organization_id": one, "of_id": other, "origin": "seed"} for one, other in pairs[first : first + 1000]
        ]
        model.Session.execute(insert(memberships).values(rows).on_conflict_do_nothing())
        model.Session.commit()
    return len(pairs)
