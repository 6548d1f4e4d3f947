"""The report of a file."""

from __future__ import annotations

from flask import Blueprint, Response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.validation import pages

odf_check = Blueprint("odf_check", __name__, url_prefix="/odf/check")


@odf_check.route("/<resource_id>")
def report(resource_id: str) -> str:
    """What the checks of a file found, with the last ten."""
    found = pages.ask("odf_resource_report_show", {"id": resource_id})
    resource = pages.ask("resource_show", {"id": resource_id})
    dataset = pages.ask("package_show", {"id": resource["package_id"]})
    return tk.render("odf_check/report.html", {"found": found, "resource": resource, "dataset": dataset})


@odf_check.route("/<resource_id>/again", methods=["POST"])
def again(resource_id: str) -> Response:
    pages.ask("odf_resource_check", {"id": resource_id})
    tk.h.flash_success(tk._("The file is checked as soon as a worker is free; load this page again in a moment."))
    return tk.redirect_to("odf_check.report", resource_id=resource_id)
