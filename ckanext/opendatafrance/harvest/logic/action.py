"""Actions of the harvest room, and those of ckanext-harvest whose numbers come from our own tables."""

from __future__ import annotations

import time
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.authz import is_authorized_boolean as authorized

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest import archive, config, dry, jobs, options, previewing, sources
from ckanext.opendatafrance.harvest.advice import advice
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.logic import schema
from ckanext.opendatafrance.harvest.logic.asked import counted, site, valid
from ckanext.opendatafrance.harvest.model import HarvestRun
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.safety import check_url
from ckanext.opendatafrance.harvest.writer.names import Names
from ckanext.opendatafrance.messages import say

Dict = dict[str, Any]
PAGE_BUDGET = (500, 60.0)
"""Requests and seconds that a page may spend on a site while somebody waits."""


def odf_source_detect(context: Any, data_dict: Dict) -> Dict:
    """Find out in which ways a site can be harvested; saves nothing.

    :param url: address of the site, as a person pastes it
    :returns: connector and url of the best way (connector null where there is none), count, candidates, tried, message
    """
    tk.check_access("odf_source_detect", context, data_dict)
    return _detected(valid(data_dict, schema.source_detect(), context)["url"])


def _detected(url: str) -> Dict:
    """A site that cannot be asked is one of which nothing is known, with the reason as message."""
    try:
        return detect(url, config.transport()).as_dict(say)
    except OdfError as error:
        message = say(error.message, error.params)
        return {"connector": None, "url": url, "count": None, "candidates": [], "tried": [], "message": message}


def odf_source_preview(context: Any, data_dict: Dict) -> Dict:
    """The datasets that a site would give, mapped; saves nothing.

    :param url: address of the site; or id, name or address of a source, which then is compared with what is there
    :param connector: name of a connector (optional; found out otherwise)
    :param limit: number of datasets (optional; all otherwise, and only then is a source compared)
    :param owner_org: id or name of the organisation that would receive them (optional): each dataset then has its
        owner_org, as its publisher says
    :param brief: give up after a minute (optional)
    :returns: connector, url, count, datasets, errors; with owner_org also owners (names of organisations by id); of a
        source also changes, and `datasets` are those that would be written
    """
    tk.check_access("odf_source_preview", context, data_dict)
    data = valid(data_dict, schema.source_preview(), context)
    fetch = config.transport()
    if data.get("brief"):
        fetch = fetch.limited(*PAGE_BUDGET)
    if (known := previewing.source(data)) and authorized("odf_harvest_difference", context, {"id": known.id}):
        difference = _difference(known.title, dry.run(known.id, fetch))
        shown = {key: difference[key] for key in ("connector", "url", "count", "datasets", "errors", "changes")}
        return {**shown, "owners": previewing.names(difference["datasets"])}
    seen = preview(data["url"], fetch, data.get("connector"), data.get("limit")).as_dict(say)
    if data.get("owner_org"):
        seen["owners"] = previewing.place(seen["datasets"], data["owner_org"])
    return seen


def odf_source_create(context: Any, data_dict: Dict) -> Dict:
    """Add a member site; how it is read is found out now, unless a connector is named.

    :param url: address of the site
    :param owner_org: id or name of the organisation that receives its datasets
    :param connector: name of a connector (optional)
    :param title: (optional; the host of the site otherwise)
    :param name: (optional; made from the title otherwise)
    :param frequency: MANUAL, MONTHLY, WEEKLY, BIWEEKLY, DAILY or ALWAYS (optional, DAILY otherwise)
    :param options: more of the configuration of the source, as a JSON object (optional), for example what is
        harvested of a web page
    :returns: the source, as `harvest_source_show` gives it
    """
    tk.check_access("odf_source_create", context, data_dict)
    data = valid(data_dict, schema.source_create(), context)
    more = data_dict.get("options") or {}
    if not isinstance(more, dict):
        raise tk.ValidationError({"options": [tk._("“options” is a JSON object, the configuration of the source.")]})
    connector, url = data.get("connector"), data["url"]
    if not connector:
        found = _detected(url)
        if not found["connector"]:
            raise tk.ValidationError({"url": [found["message"]]})
        connector, url = found["connector"], found["url"]
    title = data.get("title") or check_url(url).host
    return tk.get_action("harvest_source_create")(
        context,
        {
            "url": url,
            "title": title,
            "name": data.get("name") or Names([title]).claim(title),
            "owner_org": data["owner_org"],
            "source_type": sources.TYPE,
            "frequency": data.get("frequency") or "DAILY",
            "config": options.dump({**more, options.CONNECTOR: connector}),
        },
    )


@tk.side_effect_free
def odf_source_list(context: Any, data_dict: Dict) -> list[Dict]:
    """All active member sites, each with its last run.

    :param owner_org: id or name of an organisation, to list only its sites (optional)
    """
    tk.check_access("odf_source_list", context, data_dict)
    return sources.listed(data_dict.get("owner_org"))


def odf_harvest_run(context: Any, data_dict: Dict) -> Dict:
    """Harvest a source now, in this process; the pages and `ckan harvester job` use the queue instead.

    :param id: id or name of the source
    :param dry_run: only tell what would change (optional)
    :returns: source, job, added, updated, unchanged, deleted, held, errored, seconds, missing, state and errors; of a
        dry run: connector, url, count, datasets, errors and changes
    """
    tk.check_access("odf_harvest_run", context, data_dict)
    name, source = site(data_dict)
    if tk.asbool(data_dict.get("dry_run")):
        return _difference(name, dry.run(source.id, config.transport()))
    if not source.active:
        raise tk.ValidationError({"id": [tk._("The source is not active; edit it to activate it.")]})
    begun = time.monotonic()
    job_id, report = jobs.run_now(source, context.get("odf_progress", lambda report: None))
    seconds = round(time.monotonic() - begun, 2)
    return {
        "source": name,
        "job": job_id,
        "state": report.state,
        **report.counts,
        "seconds": seconds,
        "errors": [_error(issue) for issue in report.errors],
    }


def odf_harvest_difference(context: Any, data_dict: Dict) -> Dict:
    """What a harvest of a source would change, found out in a minute or not at all; writes nothing.

    :param id: id or name of the source
    :returns: as a dry run of odf_harvest_run, and titles by guid
    """
    name, source = site(data_dict)
    tk.check_access("odf_harvest_difference", context, {"id": source.id})
    return _difference(name, dry.run(source.id, config.transport().limited(*PAGE_BUDGET)))


def _difference(name: str, found: dry.Difference) -> Dict:
    report = found.report
    changes = {
        "added": found.added,
        "updated": found.updated,
        "unchanged": report.unchanged,
        "missing": found.missing,
    }
    return {
        "source": name,
        "state": report.state,
        "connector": report.connector,
        "url": report.url,
        "count": report.seen if report.count is None else report.count,
        "datasets": found.datasets,
        "errors": [_error(issue) for issue in report.errors],
        "changes": changes,
        "titles": found.titles,
    }


def _error(issue: Issue) -> Dict:
    return {"record": issue.record, "code": issue.code, "message": say(issue.message, issue.params)}


@tk.side_effect_free
def odf_harvest_report(context: Any, data_dict: Dict) -> Dict:
    """What one job did, with its problems grouped by cause.

    :param id: id of the job
    :returns: state, connector, url, started, finished, the counts, and issues: [{code, level, message, count, advice,
        examples: [{record, message}]}], in the reader's language
    """
    tk.check_access("odf_harvest_report", context, data_dict)
    run = model.Session.get(HarvestRun, tk.get_or_bust(data_dict, "id"))
    if run is None:
        raise tk.ObjectNotFound(tk._("This job was not run by the harvester of member sites."))
    report = run.as_dict()
    report["issues"] = [_told(cause) for cause in run.issues]
    return report


def _told(cause: Dict) -> Dict:
    """A cause in the reader's language; its sentence is that of its first example, which stands for the others."""
    examples = [{"record": e["record"], "message": say(e["message"], e["params"])} for e in cause["examples"]]
    return {
        "code": cause["code"],
        "level": cause["level"],
        "count": cause["count"],
        "message": examples[0]["message"] if examples else say(cause["message"]),
        "advice": say(advice(cause["code"])) if advice(cause["code"]) else "",
        "examples": examples,
    }


# Jobs of ckanext-harvest count their objects; unchanged datasets have none, so the numbers come from our table.


@tk.chained_action
@tk.side_effect_free
def harvest_job_show(up: Any, context: Any, data_dict: Dict) -> Dict:
    """As ckanext-harvest's, with the true numbers."""
    return counted([up(context, data_dict)])[0]


@tk.chained_action
@tk.side_effect_free
def harvest_job_list(up: Any, context: Any, data_dict: Dict) -> list[Dict]:
    """As ckanext-harvest's, with the true numbers."""
    return counted(up(context, data_dict))


@tk.chained_action
@tk.side_effect_free
def harvest_source_show_status(up: Any, context: Any, data_dict: Dict) -> Dict:
    """As ckanext-harvest's, with the true numbers."""
    status = up(context, data_dict)
    if status.get("last_job"):
        counted([status["last_job"]])
        status["total_datasets"] -= archive.count(data_dict["id"])
    return status
