"""One run of one job: from the first record of its source to its report, under a lease of the source."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import has_request_context

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import SearchIndexError

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest import (
    archive,
    config,
    deletions,
    doubt,
    history,
    issues,
    moving,
    sources,
    waiting,
)
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.edits.keeping import Keeping
from ckanext.opendatafrance.harvest.identity.session import Identities
from ckanext.opendatafrance.harvest.lease import Lease, LeaseLostError
from ckanext.opendatafrance.harvest.model import HarvestRun, now
from ckanext.opendatafrance.harvest.pipeline import Change, Pipeline, StoppedError
from ckanext.opendatafrance.harvest.placing import Placing
from ckanext.opendatafrance.harvest.records import Records, Stored
from ckanext.opendatafrance.harvest.report import Report, from_error, refused
from ckanext.opendatafrance.harvest.transport import Transport
from ckanext.opendatafrance.harvest.writer import Item, Result, Writer
from ckanext.opendatafrance.messages import say

log = logging.getLogger(__name__)

Progress = Callable[[Report], None]
Job = Any
"""A HarvestJob, whose columns a type checker would take for values."""


class Run:
    """One run of one job. Each of its transactions begins with `lease.fence()`: who lost the source writes nothing."""

    def __init__(self, job: Job, lease: Lease, fetch: Transport, report: Report, progress: Progress) -> None:
        self.job = job
        self.lease = lease
        self.fetch = fetch
        self.report = report
        self.progress = progress
        self.records = Records(job.source_id)
        self.identities = Identities(job.source_id, config.portal())
        self.edits = Keeping()
        self._errors: list[Issue] = []
        self._issues: list[Issue] = []
        self._parts = 0
        report.keep = self._issues.append
        self._batch: dict[str, Change] = {}
        self._previous = history.last_complete(job.source_id)

    def run(self) -> None:
        """Harvest, and finish the job whatever happens, unless another worker took it over."""
        try:
            self._start()
            fault = self._attempt()
            self._finish()
        except LeaseLostError:
            model.Session.rollback()
            log.warning("Another worker took over the source %s; nothing more was written", self.lease.source_id)
            self.report.state = "interrupted"
            self.report.add(Issue("lease-lost", _LOST))
            return
        if fault:
            raise fault

    def give_up(self) -> None:
        """Finish the job without another try."""
        self.report.state = "interrupted"
        self._errors.append(Issue("workers-died", _DIED, {"count": waiting.TRIES}))
        self.report.add(self._errors[0])
        self._finish()

    def _start(self) -> None:
        """Note that the job runs; one taken over from a worker that died has its row already."""
        job = self.job
        self.lease.fence()
        job.status = "Running"
        job.gather_started = job.gather_started or now()
        model.Session.add(job)
        model.Session.flush()
        row = model.Session.get(HarvestRun, job.id) or HarvestRun(job_id=job.id, source_id=job.source_id, attempts=0)
        row.state, row.started, row.finished = "running", now(), None
        row.attempts += 1
        # What the worker that died had counted as missing already is not counted twice.
        self.report.missing = row.missing or 0
        model.Session.add(row)
        waiting.begin(job.id)
        issues.forget([job.id])
        model.Session.commit()

    def _attempt(self) -> BaseException | None:
        """Harvest; returns what a worker should not survive, which an ordinary fault is not."""
        try:
            self._harvest()
            self.report.state = "complete"
        except LeaseLostError:
            raise
        except StoppedError:
            self._fail("interrupted", Issue("harvest-stopped", _STOPPED))
        except OdfError as error:
            self._fail("failed", from_error(error))
        except BaseException as error:
            log.exception("The harvest of source %s met a fault", self.job.source_id)
            self._fail("interrupted", Issue("harvest-interrupted", _INTERRUPTED, {"fault": type(error).__name__}))
            return None if isinstance(error, Exception) else error
        return None

    def _harvest(self) -> None:
        doubt.settle(self.job.source_id)
        source = sources.load(self.job.source_id)
        connector = sources.open_connector(source, self.fetch)
        report = self.report
        report.connector, report.url, report.count = connector.name, connector.url, connector.count()
        self.progress(report)
        writer = Writer(_site_user(), before_index=self._before_index)
        pipeline = Pipeline(
            connector,
            self.records,
            Placing(source.owner, moving.prepare(source)),
            self.identities.ledger,
            report,
            store=lambda changes: self._store(writer, changes),
            follow=self._follow,
            on_issue=self._errors.append,
            after_page=self._after_page,
        )
        self.identities.prepare()
        absent = pipeline.run()
        self.lease.fence()
        archive.bring_back(self.job.source_id, pipeline.returned)
        self._settle(absent)
        self.lease.fence()
        for issue in self.identities.settle(config.deletion_rules()):
            report.add(issue)
            self.lease.fence()
        self.records.relink(self.job.id)

    def _settle(self, absent: Sequence[str]) -> None:
        """Count what left the source, and archive or hold what has been away for long enough."""
        if not self.report.missing:
            self.report.missing = len(absent)
            self._note(missing=len(absent))
            self.records.mark_absent(absent, self._previous.finished if self._previous else None)
        self.lease.fence()
        outcome = deletions.settle(self.job.source_id, self.job.id, absent, config.deletion_rules())
        self.report.deleted, self.report.held = len(outcome.archived), outcome.held
        for issue in outcome.issues():
            self.report.add(issue)

    def _store(self, writer: Writer, changes: Sequence[Change]) -> None:
        changes = self.edits.merge(changes)
        for issue in self.edits.issues:
            self.report.add(issue)
        self._batch = {change.guid: change for change in changes}
        items = [Item(change.guid, change.dataset, change.dataset_id) for change in changes]
        results = list(writer.write(items))
        unchanged = [result for result in results if result.action == "unchanged"]
        # What is written is shown again by being indexed; what turned out to be as it was is not indexed.
        back = archive.archived_of(self.job.source_id, [result.guid for result in unchanged])
        self.lease.fence()
        archive.bring_back(self.job.source_id, back)
        self._keep(unchanged)
        for result in results:
            if result.action == "errored":
                self._refused(result)
                continue
            setattr(self.report, result.action, getattr(self.report, result.action) + 1)
            if result.problem:
                problem = result.problem
                self.report.add(Issue(problem.code, problem.message, problem.params, result.guid, "warning"))

    def _before_index(self, results: Sequence[Result]) -> None:
        """Records and harvest objects belong to the transaction of their datasets, and to their index documents."""
        self.lease.fence()
        doubt.note(self.job.source_id, [result.dataset_id for result in results if result.dataset_id])
        self.edits.check(result.dataset_id for result in results)
        self._keep(results)

    def _follow(self, changes: Sequence[Change]) -> None:
        self.lease.fence()
        self.identities.follow(changes)

    def _keep(self, results: Sequence[Result]) -> None:
        """What is remembered of stored records; without commit."""
        self.records.store(self.job.id, self._stored(results))
        self.edits.store(one.dataset_id for one in results)
        self.identities.store(
            {one.guid: (one.dataset_id, self._batch[one.guid].standing) for one in results if one.dataset_id}
        )

    def _stored(self, results: Sequence[Result]) -> list[Stored]:
        return [
            Stored(result.guid, change.fingerprint, result.dataset_id, result.action, change.place)
            for result in results
            if result.dataset_id and (change := self._batch[result.guid])
        ]

    def _refused(self, result: Result) -> None:
        issue = refused(result.guid, result.errors, result.problem)
        if self.report.add(issue):
            self._errors.append(issue)

    def _fail(self, state: str, issue: Issue) -> None:
        model.Session.rollback()
        self.report.state = state
        self.report.add(issue)
        self._errors.append(issue)

    def _after_page(self) -> None:
        self._save()
        self.progress(self.report)
        if history.is_finished(self.job.id):
            raise StoppedError

    def _save(self, **values: Any) -> None:
        """Commit what the pages and the commands of ckanext-harvest, and ours, show of this run."""
        report = self.report
        self._note(**values, connector=report.connector, url=report.url, issues=report.issues, **report.counts)
        self.records.refuse(self.job.id, [(issue.record, say(issue.message, issue.params)) for issue in self._errors])
        self._errors.clear()
        if self._issues:
            issues.write(self.job.id, self._parts, self._issues)
            self._issues.clear()
            self._parts += 1
        model.Session.commit()

    def _note(self, **values: Any) -> None:
        """Begin a transaction with the row of the run."""
        self.lease.fence()
        model.Session.execute(sa.update(HarvestRun).where(HarvestRun.job_id == self.job.id).values(values))

    def _finish(self) -> None:
        doubt.settle(self.job.source_id)
        if self.job not in model.Session:
            # A hook of another plugin ended the session; nothing waits in the one that took its place.
            model.Session.expunge_all()
            model.Session.add(self.job)
        # A person's stop, written by another process, must not hide the job from what finishes jobs.
        model.Session.refresh(self.job)
        self.job.status = "Running"
        self.job.gather_finished = now()
        model.Session.flush()
        self._save(state=self.report.state, finished=now())
        history.forget_old_runs(self.job.source_id)
        if has_request_context() or config.mails() != config.STOCK:
            # Mails of ckanext-harvest are made from templates, which need a request; `ckan harvester run` has one.
            self._mark_finished()

    def _mark_finished(self) -> None:
        """Let ckanext-harvest mark the job as finished, index the source with its new status and send the mails."""
        try:
            tk.get_action("harvest_jobs_run")({"ignore_auth": True}, {"source_id": self.job.source_id})
        except SearchIndexError:
            # The job is finished; the source is indexed with its status at the end of the next one.
            log.warning("The status of the source %s could not be indexed", self.job.source_id, exc_info=True)
            model.Session.rollback()


def _site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


_DIED = N_("The harvest was tried {count} times, and each time the process that did it was killed.")
_INTERRUPTED = N_("The harvest ended before its time because of a fault ({fault}); what was stored before is kept.")
_LOST = N_("Another worker took this source over, because nothing was heard of this one for too long.")
_STOPPED = N_("The harvest was stopped by a person before its end.")
