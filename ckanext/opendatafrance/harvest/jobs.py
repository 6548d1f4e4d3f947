"""Running one job of ckanext-harvest from its first record to its report."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask import has_request_context

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import SearchIndexError

from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest import archive, config, deletions, issues, sources
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.lock import source_lock
from ckanext.opendatafrance.harvest.messages import say
from ckanext.opendatafrance.harvest.model import HarvestRun, now
from ckanext.opendatafrance.harvest.pipeline import Change, Pipeline, StoppedError
from ckanext.opendatafrance.harvest.placing import Placing
from ckanext.opendatafrance.harvest.records import Records, Stored
from ckanext.opendatafrance.harvest.report import Report, from_error
from ckanext.opendatafrance.harvest.transport import Transport
from ckanext.opendatafrance.harvest.writer import Item, Result, Writer

log = logging.getLogger(__name__)

RUNS_KEPT = 100
"""Runs remembered for each source."""
FINISHED = ("Finished", "Aborted")

Progress = Callable[[Report], None]
Job = Any
"""A HarvestJob, whose columns a type checker would take for values."""


def run(job: Job, fetch: Transport | None = None, progress: Progress = lambda report: None) -> Report:
    """Harvest the source of a job, in this process, and finish the job.

    A job that is finished already, or that another worker is at, is left as it is: queues deliver twice.

    Args:
        fetch: the guarded client, when the caller allows more hosts than the configuration does.
        progress: called after each page of records.
    """
    report = Report(url=job.source.url)
    if _status(job.id) in FINISHED:
        log.info("Job %s was finished before; nothing to do", job.id)
        report.state = "complete"
        return report
    with source_lock(job.source_id) as held:
        if held:
            _Run(job, fetch or config.transport(), report, progress).run()
        elif _is_running(job.id):
            log.info("Another worker is at job %s", job.id)
            report.add(Issue("already-running", _RUNNING, {"title": job.source.title}))
        else:
            _Run(job, fetch or config.transport(), report, progress).refuse()
    return report


class _Run:
    """One run of one job."""

    def __init__(self, job: Job, fetch: Transport, report: Report, progress: Progress) -> None:
        self.job = job
        self.fetch = fetch
        self.report = report
        self.progress = progress
        self.records = Records(job.source_id)
        self._errors: list[Issue] = []
        self._issues: list[Issue] = []
        self._parts = 0
        report.keep = self._issues.append
        self._batch: dict[str, Change] = {}
        self._previous = _last_complete(job.source_id)
        _start(job)

    def run(self) -> None:
        """Harvest, while the caller holds the lock of the source, and finish the job whatever happens."""
        try:
            self._harvest()
            self.report.state = "complete"
        except StoppedError:
            self._fail("interrupted", Issue("harvest-stopped", _STOPPED))
        except OdfError as error:
            self._fail("failed", from_error(error))
        except BaseException as error:
            self._fail("interrupted", Issue("harvest-interrupted", _INTERRUPTED, {"fault": type(error).__name__}))
            raise
        finally:
            self._finish()

    def refuse(self) -> None:
        """Finish the job at once, because another run of the same source is under way."""
        self._fail("failed", Issue("already-running", _RUNNING, {"title": self.job.source.title}))
        self._finish()

    def _harvest(self) -> None:
        source = sources.load(self.job.source_id)
        connector = sources.open_connector(source, self.fetch)
        report = self.report
        report.connector, report.url, report.count = connector.name, connector.url, connector.count()
        self.progress(report)
        writer = Writer(_site_user(), before_index=self._before_index)
        pipeline = Pipeline(
            connector,
            self.records,
            Placing(source.owner),
            report,
            store=lambda changes: self._store(writer, changes),
            on_issue=self._errors.append,
            after_page=self._after_page,
        )
        absent = pipeline.run()
        archive.bring_back(self.job.source_id, pipeline.returned)
        self._settle(absent)
        self.records.relink(self.job.id)

    def _settle(self, absent: Sequence[str]) -> None:
        """Count what left the source, and archive or hold what has been away for long enough."""
        self.report.missing = len(absent)
        self.records.mark_absent(absent, self._previous.finished if self._previous else None)
        outcome = deletions.settle(self.job.source_id, self.job.id, absent, config.deletion_rules())
        self.report.deleted, self.report.held = len(outcome.archived), outcome.held
        for issue in outcome.issues():
            self.report.add(issue)

    def _store(self, writer: Writer, changes: Sequence[Change]) -> None:
        self._batch = {change.guid: change for change in changes}
        items = [Item(change.guid, change.dataset, change.dataset_id) for change in changes]
        results = list(writer.write(items))
        unchanged = [result for result in results if result.action == "unchanged"]
        # What is written is shown again by being indexed; what turned out to be as it was is not indexed.
        back = archive.archived_of(self.job.source_id, [result.guid for result in unchanged])
        archive.bring_back(self.job.source_id, back)
        self.records.store(self.job.id, self._stored(unchanged))
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
        self.records.store(self.job.id, self._stored(results))

    def _stored(self, results: Sequence[Result]) -> list[Stored]:
        return [
            Stored(result.guid, self._batch[result.guid].fingerprint, result.dataset_id, result.action)
            for result in results
            if result.dataset_id
        ]

    def _refused(self, result: Result) -> None:
        if result.errors:
            issue = Issue("dataset-refused", _REFUSED, {"reasons": _summary(result.errors)}, result.guid)
        else:
            issue = from_error(result.problem or OdfError(_UNEXPLAINED), result.guid)
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
        if _status(self.job.id) in FINISHED:
            raise StoppedError

    def _save(self, **values: Any) -> None:
        """Commit what the pages and the commands of ckanext-harvest, and ours, show of this run."""
        report = self.report
        self.records.refuse(self.job.id, [(issue.record, say(issue.message, issue.params)) for issue in self._errors])
        self._errors.clear()
        if self._issues:
            issues.write(self.job.id, self._parts, self._issues)
            self._issues.clear()
            self._parts += 1
        values |= {"connector": report.connector, "url": report.url, "issues": report.issues, **report.counts}
        model.Session.execute(sa.update(HarvestRun).where(HarvestRun.job_id == self.job.id).values(values))
        model.Session.commit()

    def _finish(self) -> None:
        self._save(state=self.report.state, finished=now())
        _forget_old_runs(self.job.source_id)
        if self.job not in model.Session:
            # A hook of another plugin ended the session; nothing waits in the one that took its place.
            model.Session.expunge_all()
            model.Session.add(self.job)
        # A person's stop, written by another process, must not hide the job from what finishes jobs.
        model.Session.refresh(self.job)
        self.job.status = "Running"
        self.job.gather_finished = now()
        model.Session.commit()
        if has_request_context() or not _wants_mail():
            self._mark_finished()

    def _mark_finished(self) -> None:
        """Let ckanext-harvest mark the job as finished, index the source with its new status and send the mails."""
        try:
            tk.get_action("harvest_jobs_run")({"ignore_auth": True}, {"source_id": self.job.source_id})
        except SearchIndexError:
            # The job is finished; the source is indexed with its status at the end of the next one.
            log.warning("The status of the source %s could not be indexed", self.job.source_id, exc_info=True)
            model.Session.rollback()


def _start(job: Job) -> None:
    """Note that the job runs; one taken over from a worker that died has its row already."""
    job.status = "Running"
    job.gather_started = job.gather_started or now()
    row = model.Session.get(HarvestRun, job.id) or HarvestRun(job_id=job.id, source_id=job.source_id)
    row.state, row.started, row.finished = "running", now(), None
    model.Session.add_all([job, row])
    issues.forget([job.id])
    model.Session.commit()


def _status(job_id: str) -> str:
    """The status as it is in the database now, which another process may have changed."""
    return model.Session.execute(sa.select(HarvestJob.status).where(HarvestJob.id == job_id)).scalar_one()


def _is_running(job_id: str) -> bool:
    query = sa.select(HarvestRun.job_id).where(HarvestRun.job_id == job_id, HarvestRun.state == "running")
    return model.Session.execute(query).first() is not None


def runs(job_ids: Sequence[str]) -> dict[str, HarvestRun]:
    """What is known of the runs of these jobs, by id of the job."""
    query = sa.select(HarvestRun).where(HarvestRun.job_id.in_(job_ids)).execution_options(populate_existing=True)
    return {run.job_id: run for run in model.Session.execute(query).scalars()}


def _last_complete(source_id: str) -> HarvestRun | None:
    query = sa.select(HarvestRun).where(HarvestRun.source_id == source_id, HarvestRun.state == "complete")
    return model.Session.execute(query.order_by(HarvestRun.started.desc()).limit(1)).scalar_one_or_none()


def _forget_old_runs(source_id: str) -> None:
    kept = (
        sa.select(HarvestRun.job_id)
        .where(HarvestRun.source_id == source_id)
        .order_by(HarvestRun.started.desc())
        .limit(RUNS_KEPT)
    )
    forgotten = model.Session.execute(
        sa.delete(HarvestRun)
        .where(HarvestRun.source_id == source_id, HarvestRun.job_id.not_in(kept))
        .returning(HarvestRun.job_id),
        execution_options={"synchronize_session": False},
    ).scalars()
    issues.forget(list(forgotten))
    model.Session.commit()


def _site_user() -> str:
    return tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]


def _wants_mail() -> bool:
    """Mails are made from templates, which need a request; `ckan harvester run` has one."""
    return any(tk.asbool(tk.config.get(f"ckan.harvest.status_mail.{which}")) for which in ("all", "errored"))


def _summary(errors: dict[str, Any]) -> str:
    """CKAN's error dict as one line: field: reason; field: reason."""
    return "; ".join(f"{field}: {_reasons(reasons)}" for field, reasons in errors.items())


def _reasons(reasons: Any) -> str:
    if isinstance(reasons, dict):
        return _summary(reasons)
    if isinstance(reasons, list):
        return ", ".join(_reasons(reason) for reason in reasons if reason)
    return str(reasons)


_INTERRUPTED = N_("The harvest ended before its time because of a fault ({fault}); what was stored before is kept.")
_REFUSED = N_("The dataset was refused: {reasons}")
_RUNNING = N_("Another harvest of the source {title} is under way; this one was not started.")
_STOPPED = N_("The harvest was stopped by a person before its end.")
_UNEXPLAINED = N_("The dataset could not be stored.")
