"""Pages of who looks after harvests: all sources, one source's difference, problems as a file, and the buttons."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

import ckan.plugins.toolkit as tk

from ckanext.harvest.logic import HarvestJobExists, HarvestSourceInactiveError
from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.harvest import pages

odf_harvest = Blueprint("odf_harvest", __name__, url_prefix="/odf/harvest")
ASKED = ("q", "state", "owner_org", "sort")


@odf_harvest.route("/")
def index() -> str:
    """All sources of the visitor's organisations: filters, sort, fifty a page."""
    asked = {name: tk.request.args.get(name, "").strip() for name in ASKED}
    page = {"limit": pages.PER_PAGE, "offset": (pages.number() - 1) * pages.PER_PAGE}
    try:
        found = pages.ask("odf_harvest_overview", {**asked, **page})
    except tk.ValidationError as error:
        tk.abort(400, pages.sentence(error.error_dict))
    pager = pages.pager("odf_harvest.index", found["results"], found["count"], **asked)
    return tk.render("odf_harvest/index.html", {"asked": asked, "page": pager, "found": found})


@odf_harvest.route("/source/<id>/run", methods=["POST"])
def run(id: str) -> Response:
    """Put a source on the queue now."""
    try:
        pages.ask("harvest_job_create", {"source_id": pages.ask("harvest_source_show", {"id": id})["id"], "run": True})
        tk.h.flash_success(tk._("The harvest starts as soon as a worker is free; load this page again to follow it."))
    except HarvestJobExists:
        tk.h.flash_notice(tk._("A harvest of this source is waiting or under way already."))
    except HarvestSourceInactiveError:
        tk.h.flash_error(tk._("The source is not active; edit it to activate it."))
    return tk.redirect_to("harvester.admin", id=id)


@odf_harvest.route("/source/<id>/pause", methods=["POST"])
def pause(id: str) -> Response:
    return pages.do(
        "odf_source_pause",
        {"id": id},
        lambda done: tk._("“{name}” is paused: the schedule leaves it out until you resume it.").format(**done),
        tk.url_for("odf_harvest.index", q=id),
    )


@odf_harvest.route("/source/<id>/resume", methods=["POST"])
def resume(id: str) -> Response:
    return pages.do(
        "odf_source_resume",
        {"id": id},
        lambda done: tk._("“{name}” is back in the schedule.").format(**done),
        tk.url_for("odf_harvest.index", q=id),
    )


@odf_harvest.route("/source/<id>/difference", methods=["POST"])
def difference(id: str) -> str:
    """What a harvest would change; by POST, because it makes the portal read the site."""
    source = pages.ask("harvest_source_show", {"id": id})
    return tk.render(
        "odf_harvest/difference.html",
        {"source": source, "difference": pages.ask("odf_harvest_difference", {"id": source["id"]})},
    )


@odf_harvest.route("/job/<id>/problems.csv")
def problems(id: str) -> Response:
    """All problems of a job, for a spreadsheet."""
    found = pages.ask("odf_harvest_problems", {"id": id})
    headings = [tk._("Level"), tk._("Code"), tk._("Dataset"), tk._("Message"), tk._("What to do")]
    words = {"error": tk._("Error"), "warning": tk._("Warning"), "info": tk._("Information")}
    rows = ([words[one["level"]], one["code"], one["record"], one["message"], one["advice"]] for one in found)
    response = make_response(spreadsheet.write(headings, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="harvest-{id}.csv"'
    return response
