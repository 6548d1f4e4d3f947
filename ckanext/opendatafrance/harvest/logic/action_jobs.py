"""Actions of ckanext-harvest that make, queue and finish jobs, with priorities, a plan and repairs of our own."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.logic import HarvestJobExists
from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.harvest import jobs, schedule, sources, waiting

Dict = dict[str, Any]
SCHEDULED = "odf_scheduled"
"""Key of the context: the schedule asks, not a person."""


@tk.chained_action
def harvest_job_create(up: Any, context: Any, data_dict: Dict) -> Dict:
    """As ckanext-harvest's; a person's job that waits already because of the schedule then goes before the others."""
    try:
        return up(context, data_dict)
    except HarvestJobExists:
        job_id = None if context.get(SCHEDULED) else waiting.hurry(data_dict["source_id"])
        if job_id is None:
            raise
        return tk.get_action("harvest_job_show")(context, {"id": job_id})


@tk.chained_action
def harvest_send_job_to_gather_queue(up: Any, context: Any, data_dict: Dict) -> Dict:
    """As ckanext-harvest's; the job is remembered, in case that the queue is lost."""
    job: Any = HarvestJob.get(tk.get_or_bust(data_dict, "id"))
    if job is not None and job.source.type == sources.TYPE:
        # Its auth function asks who may make a job of the source, and looks for the source's id.
        data_dict = {**data_dict, "source_id": job.source_id}
        tk.check_access("harvest_send_job_to_gather_queue", context, data_dict)
        waiting.put(job.id, urgent=not context.get(SCHEDULED))
    return up(context, data_dict)


@tk.chained_action
def harvest_jobs_run(up: Any, context: Any, data_dict: Dict) -> list[Any]:
    """As ckanext-harvest's, which starts what is due and finishes what is done; member sites follow their own plan."""
    tk.check_access("harvest_jobs_run", context, data_dict)
    if data_dict.get("source_id"):
        return up(context, data_dict)

    def start(source_id: str) -> None:
        asked: Any = tk.fresh_context(context)
        asked[SCHEDULED] = True
        try:
            tk.get_action("harvest_job_create")(asked, {"source_id": source_id})
        except HarvestJobExists:
            model.Session.rollback()

    jobs.reconcile()
    schedule.run_due(start)
    context[SCHEDULED] = True
    waiting.reopen()
    return up(context, data_dict)


@tk.chained_action
def harvest_job_create_all(up: Any, context: Any, data_dict: Dict) -> Any:
    """As ckanext-harvest's; so many jobs are in no hurry."""
    context[SCHEDULED] = True
    return up(context, data_dict)
