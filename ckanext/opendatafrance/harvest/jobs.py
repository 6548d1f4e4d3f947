"""Which job is done by whom: from the queue, by hand, or after the death of a worker."""

from __future__ import annotations

import logging
from typing import Any

from ckan import model
from ckan.model.types import make_uuid

from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest import config, doubt, history, job_mail, waiting
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.lease import held, lease
from ckanext.opendatafrance.harvest.report import Report
from ckanext.opendatafrance.harvest.run import Progress, Run
from ckanext.opendatafrance.harvest.transport import Transport

log = logging.getLogger(__name__)


def work(job: Any) -> None:
    """Do a job that the queue handed over, and before it those that press: a person waits, or their worker died."""
    job_id = job.id
    tried: set[str] = set()
    while (other := waiting.pressing()) and other not in {job_id, *tried}:
        tried.add(other)
        try:
            run(HarvestJob.get(other))
        except Exception:
            log.exception("Job %s failed before job %s", other, job_id)
            model.Session.rollback()
    if job not in model.Session:
        # Some hook ended the session; ckanext-harvest saves its own object after us.
        model.Session.expunge_all()
        model.Session.add(job)
    run(job)


def run(job: Any, fetch: Transport | None = None, progress: Progress = lambda report: None) -> Report:
    """Harvest the source of a job, in this process, and finish the job.

    A job that is over already, or whose source another worker is at, is left as it is: queues deliver twice, and what
    waits is sent again.

    Args:
        fetch: the guarded client, when the caller allows more hosts than the configuration does.
        progress: called after each page of records.
    """
    job_id, report = job.id, Report(url=job.source.url)
    with lease(job.source_id, config.lease_seconds()) as mine:
        if mine is None:
            log.info("Another worker is at the source of job %s", job.id)
            report.add(_busy(job.source))
        elif _is_over(job.id):
            log.info("Job %s was finished before; nothing to do", job.id)
            report.state = "complete"
        else:
            Run(job, mine, fetch or config.transport(), report, progress).run()
    job_mail.tell(job_id)
    return report


def run_now(source: Any, progress: Progress = lambda report: None) -> tuple[str | None, Report]:
    """Harvest a source in this process: its job that waits, or that a worker left when it died, else a new one.

    Returns:
        the id of the job, None where another worker is at the source; the report.
    """
    report = Report(url=source.url)
    with lease(source.id, config.lease_seconds()) as mine:
        if mine is None:
            report.add(_busy(source))
            return None, report
        job: Any = _unfinished(source.id) or HarvestJob(id=make_uuid(), source_id=source.id, source=source)
        job_id = job.id
        Run(job, mine, config.transport(), report, progress).run()
    job_mail.tell(job_id)
    return job_id, report


def reconcile() -> None:
    """Mend what crashes left behind: jobs that no worker will do, and documents that the index should not have."""
    history.end_abandoned(held())
    for job_id in waiting.hopeless():
        _give_up(HarvestJob.get(job_id))
    waiting.send_again()
    for source_id in doubt.sources() - held():
        with lease(source_id, config.lease_seconds()) as mine:
            if mine is not None and not doubt.settle(source_id):
                return


def _give_up(job: Any) -> None:
    """End a job that killed every worker that took it, so that it does not go on for ever."""
    log.error("Job %s of source %s ended %s workers and is given up", job.id, job.source.url, waiting.TRIES)
    job_id, report = job.id, Report(url=job.source.url)
    with lease(job.source_id, config.lease_seconds()) as mine:
        if mine is not None:
            Run(job, mine, config.transport(), report, lambda report: None).give_up()
    job_mail.tell(job_id)


def _unfinished(source_id: str) -> Any:
    query: Any = model.Session.query(HarvestJob)
    query = query.filter(HarvestJob.source_id == source_id, HarvestJob.status.in_(("New", "Running")))
    return next((job for job in query.order_by(HarvestJob.created.desc()) if not _is_over(job.id)), None)


def _is_over(job_id: str) -> bool:
    """Also where only ckanext-harvest's mark is missing, because a worker died just before it."""
    done = history.runs([job_id]).get(job_id)
    return history.is_finished(job_id) or (done is not None and done.finished is not None)


def _busy(source: Any) -> Issue:
    return Issue("already-running", _RUNNING, {"title": source.title})


_RUNNING = N_("Another harvest of the source {title} is under way; this one was not started.")
