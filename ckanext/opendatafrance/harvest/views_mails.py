"""Page on which a user says which mails about harvests they want."""

from __future__ import annotations

from flask import Blueprint, Response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest import pages

odf_mails = Blueprint("odf_mails", __name__, url_prefix="/odf/harvest/mails")


@odf_mails.route("")
def read() -> str:
    return tk.render("odf_harvest/mails.html", {"asked": pages.ask("odf_mails_show", {})})


@odf_mails.route("", methods=["POST"])
def update() -> Response:
    form = tk.request.form
    return pages.do(
        "odf_mails_update",
        {"mails": form.get("mails", ""), "language": form.get("language", "")},
        lambda done: tk._("Your choice is saved."),
        tk.url_for("odf_mails.read"),
    )
