"""Pages and files of the plugin `opendatafrance` that CKAN does not have."""

from __future__ import annotations

from flask import Blueprint, Response, make_response

import ckan.plugins.toolkit as tk

odf_look = Blueprint("odf_look", __name__)


@odf_look.route("/odf/mark.svg")
def mark() -> Response:
    """The sign of the territory, as the icon of the site."""
    response = make_response(tk.render("odf/mark.svg"))
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    return response
