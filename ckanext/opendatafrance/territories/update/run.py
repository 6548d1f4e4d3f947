"""The yearly update: the organisations of the portal follow a new COG, in small transactions, again after a kill.

What is left to do is read from the portal itself each time, so a run that was ended goes on where it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.model as model

from ckanext.opendatafrance.reference import files
from ckanext.opendatafrance.territories import records, reindex, sync
from ckanext.opendatafrance.territories.batch import Batch, Report
from ckanext.opendatafrance.territories.model import memberships
from ckanext.opendatafrance.territories.plan import Step, wanted_relations
from ckanext.opendatafrance.territories.update import changes as changes_
from ckanext.opendatafrance.territories.update import closing, pending
from ckanext.opendatafrance.territories.update.changes import Changes, Ending
from ckanext.opendatafrance.territories.update.report import UpdateReport, describe

BATCH = 200
# Splits of two years are told where nobody noted which COG the portal was made from.
_YEARS_BEFORE = 2
_LEVELS = ("region", "departement", "epci")

Progress = Callable[[int, int], None]
Pair = tuple[str, str]


def update(user: str, *, dry_run: bool = False, progress: Progress = lambda done, total: None) -> UpdateReport:
    """Bring the organisations of the portal in line with the COG that is being read.

    Args:
        user: name of the user in whose name it is done.
        dry_run: only say what would change.
        progress: called with the number of organisations done and of all, then with that of datasets indexed again.

    Raises:
        OdfError: the portal is not ready, a seeding or update is running, the COG is not a whole one, or the search
            engine does not answer; what was done by then stays, and the next run goes on.
    """
    started = time.monotonic()
    report = UpdateReport(files.vintage().cog, dry_run=dry_run)
    with sync.alone():
        sync.check_ready()
        records.complete()
        since = pending.cog_year() or report.cog - _YEARS_BEFORE
        changes = changes_.find(f"{min(since, report.cog)}-01-01")
        describe(changes, report)
        if dry_run:
            sync.as_if_done(changes.portal, [*changes.creations, *changes.steps])
            _count_memberships(changes, report)
            model.Session.rollback()
        else:
            model.Session.commit()
            _Run(user, changes, report, progress).all()
        report.waiting = changes_.waiting()
    report.seconds = round(time.monotonic() - started, 2)
    return report


class _Run:
    """Writes what was found, one transaction for each batch and for each organisation that ends."""

    def __init__(self, user: str, changes: Changes, report: UpdateReport, progress: Progress) -> None:
        self.changes = changes
        self.report = report
        self.written = Report("")
        self.batch = Batch(user, changes.portal, self.written, activity=False)
        self.progress = progress
        self.done = 0
        self.creations = [step for step in changes.creations if step.action == "create"]
        self.updates = [step for step in changes.steps if step.action == "update"]
        self.total = len(self.creations) + len(changes.endings) + len(self.updates)

    def all(self) -> None:
        self.progress(0, self.total)
        self._write(self.creations)
        for ending in self.changes.endings:
            self._end(ending)
        self._write(self.updates)
        self.report.errors = self.written.errors
        self._relate()
        if not self.report.errors:
            pending.set_cog_year(self.report.cog)
        model.Session.commit()
        pending.finish(self.progress)

    def _write(self, steps: list[Step]) -> None:
        for first in range(0, len(steps), BATCH):
            part = steps[first : first + BATCH]
            with records.written_by_seeding():
                self.batch.write(part)
            renamed = [step.organization_id for step in part if step.organization_id and "title" in step.fields]
            self._commit(len(part), renamed=renamed)

    def _end(self, ending: Ending) -> None:
        successor = self.changes.portal.resolve(ending.successor) if ending.successor else None
        if ending.gives and successor is None:
            # Its successor was refused or left alone; that is told, and this waits for it.
            self._commit(1)
            return
        old = ending.row.organization_id
        if ending.gives and successor:
            closing.give(old, successor)
        named = self._name(successor) if successor else ""
        closing.close(old, ending.day, named)
        # The datasets that went to the successor are its own now; one that keeps its own shows them as before.
        self._commit(1, renamed=[successor] if ending.gives and successor else [])

    def _name(self, organization_id: str) -> str:
        group = model.group_table.c
        return model.Session.execute(sa.select(group.name).where(group.id == organization_id)).scalar_one()

    def _commit(self, number: int, renamed: Sequence[str] = ()) -> None:
        pending.note(reindex.take(), renamed)
        model.Session.commit()
        model.Session.expunge_all()
        self.done += number
        self.progress(self.done, self.total)

    def _relate(self) -> None:
        missing, stale = _count_memberships(self.changes, self.report)
        for first in range(0, len(missing), 1000):
            part = missing[first : first + 1000]
            rows = [{"organization_id": one, "of_id": other, "origin": "seed"} for one, other in part]
            model.Session.execute(insert(memberships).values(rows).on_conflict_do_nothing())
        columns = memberships.c
        for one, other in stale:
            model.Session.execute(sa.delete(memberships).where(columns.organization_id == one, columns.of_id == other))
        if missing or stale:
            pending.note({one for one, _ in (*missing, *stale)})


def _count_memberships(changes: Changes, report: UpdateReport) -> tuple[list[Pair], list[Pair]]:
    """Memberships of the COG that are missing, and those that it no longer tells."""
    portal = changes.portal
    nodes = [step.node for step in (*changes.creations, *changes.steps)]
    wanted = wanted_relations(nodes, portal)
    stored, listed = (set(_stored(origin)) for origin in ("seed", "list"))
    # A territory's file may list the members of an EPCI or a département too.
    named = {one.siren for one in changes_.participants() if one.members}
    here = {portal.ids.get(node.key) for node in nodes}
    levels = {row.organization_id for row in portal.rows.values() if row.type in _LEVELS and row.siren not in named}
    missing = sorted(wanted - stored - listed)
    stale = sorted(pair for pair in stored - wanted if pair[0] in here and pair[1] in levels)
    report.memberships_added, report.memberships_removed = len(missing), len(stale)
    return missing, stale


def _stored(origin: str) -> list[Pair]:
    columns = memberships.c
    statement = sa.select(columns.organization_id, columns.of_id).where(columns.origin == origin)
    return [(row.organization_id, row.of_id) for row in model.Session.execute(statement)]
