"""Actions of who looks after many sources: all at a glance, pause and resume, all problems of a job."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.logic.action import get
from ckanext.opendatafrance.harvest import issues, sources, stock_list
from ckanext.opendatafrance.harvest.advice import advice
from ckanext.opendatafrance.harvest.logic import schema, scope
from ckanext.opendatafrance.harvest.logic.asked import counted, site, valid
from ckanext.opendatafrance.harvest.model import HarvestRun
from ckanext.opendatafrance.harvest.overview import overview
from ckanext.opendatafrance.messages import say

Dict = dict[str, Any]


@tk.side_effect_free
def odf_harvest_overview(context: Any, data_dict: Dict) -> Dict:
    """The sources of the organisations of the user, with state, last success, next run, counts and last runs.

    :param q: part of a title, name or address (optional)
    :param state: ok, warning, error, running, never, paused or held (optional)
    :param owner_org: id or name of an organisation (optional)
    :param sort: light (worst first, unless said otherwise), title, organization, last_success, next_run or seconds,
        with "-" before it for the other way round
    :param limit: (optional, 50 otherwise; 500 at most)
    :param offset: (optional)
    :returns: count; states: how many there are of each; results: [{id, name, title, url, organization,
        organization_title, frequency, paused, held, light, job, state, started, seconds, last_success, next_run, added,
        updated, unchanged, deleted, missing, errored, datasets, runs: [{state, datasets, errored}]}]
    """
    tk.check_access("odf_harvest_overview", context, data_dict)
    data = valid(data_dict, schema.overview(), context)
    return overview(
        scope.organizations(context),
        text=data.get("q", ""),
        state=data.get("state", ""),
        owner=data.get("owner_org", ""),
        sort=data.get("sort", "light"),
        limit=min(data.get("limit") or 50, 500),
        offset=data.get("offset") or 0,
    )


def odf_source_pause(context: Any, data_dict: Dict) -> Dict:
    """Leave a source out of the schedule until somebody resumes it; it can still be harvested by hand.

    :param id: id or name of the source
    :returns: id, name, paused
    """
    name, source = site(data_dict)
    tk.check_access("odf_source_pause", context, {"id": source.id})
    sources.pause(source.id)
    return {"id": source.id, "name": name, "paused": True}


def odf_source_resume(context: Any, data_dict: Dict) -> Dict:
    """Put a paused source back into the schedule, which harvests it at its next pass.

    :param id: id or name of the source
    :returns: id, name, paused
    """
    name, source = site(data_dict)
    tk.check_access("odf_source_resume", context, {"id": source.id})
    sources.resume(source.id)
    return {"id": source.id, "name": name, "paused": False}


@tk.chained_action
@tk.side_effect_free
def harvest_source_list(up: Any, context: Any, data_dict: Dict) -> list[Dict]:
    """As ckanext-harvest's, with the true numbers, and quick with any number of sources."""
    tk.check_access("harvest_source_list", context, data_dict)
    limit = tk.config.get("ckan.harvest.harvest_source_limit", 100)
    asked = {"session": model.Session, **context}
    found = get._get_sources_for_user(asked, data_dict, organization_id=data_dict.get("organization_id"), limit=limit)
    with_last_job = tk.asbool(data_dict.get("return_last_job_status", False))
    listed = stock_list.dictized(found, with_last_job)
    counted([source["last_job_status"] for source in listed if source.get("last_job_status")])
    return listed


@tk.side_effect_free
def odf_harvest_problems(context: Any, data_dict: Dict) -> list[Dict]:
    """All problems of a job, however many, in the order in which they were met.

    :param id: id of the job
    :returns: [{level, code, record, message, advice}], in the reader's language
    """
    identifier = tk.get_or_bust(data_dict, "id")
    tk.check_access("odf_harvest_problems", context, {"id": identifier})
    if model.Session.get(HarvestRun, identifier) is None:
        raise tk.ObjectNotFound(tk._("This job was not run by the harvester of member sites."))
    return [
        {
            "level": issue.level,
            "code": issue.code,
            "record": issue.record,
            "message": say(issue.message, issue.params),
            "advice": say(advice(issue.code)) if advice(issue.code) else "",
        }
        for issue in issues.read(identifier)
    ]
