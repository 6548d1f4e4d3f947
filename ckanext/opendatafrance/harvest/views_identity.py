"""Pages on datasets that several sources have: proposals, history, the buttons, and the addresses that moved."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest import pages
from ckanext.opendatafrance.harvest.identity import published

odf_identity = Blueprint("odf_identity", __name__, url_prefix="/odf/harvest/identity")


@odf_identity.before_app_request
def lead_on() -> Response | None:
    """The address of a dataset that was merged away leads to the one that it became."""
    if tk.request.endpoint != "dataset.read":
        return None
    name = published.moved_to((tk.request.view_args or {})["id"])
    return tk.redirect_to("dataset.read", id=name) if name else None


@odf_identity.route("/")
def index() -> str:
    """Pairs that may be one dataset, and what was decided before."""
    offset = (pages.number() - 1) * pages.PER_PAGE
    found = pages.ask("odf_identity_proposals", {"limit": pages.PER_PAGE, "offset": offset})
    history = pages.ask("odf_identity_history", {"limit": pages.PER_PAGE})
    pager = pages.pager("odf_identity.index", found["results"], found["count"])
    return tk.render("odf_harvest/identity.html", {"proposals": found["results"], "page": pager, "history": history})


@odf_identity.route("/merge", methods=["POST"])
def merge() -> Response:
    return _do("odf_identity_merge", ("id", "other"), tk._("Both are one dataset now; you can undo this below."))


@odf_identity.route("/apart", methods=["POST"])
def apart() -> Response:
    return _do("odf_identity_apart", ("id", "other"), tk._("They stay two datasets and are not proposed again."))


@odf_identity.route("/undo", methods=["POST"])
def undo() -> Response:
    return _do("odf_identity_undo", ("id",), tk._("This was taken back."))


@odf_identity.route("/split", methods=["POST"])
def split() -> Response:
    """From the page of the dataset, and back to it."""
    done = tk._("They are two datasets from now on; the other one appears with the next harvest of its source.")
    asked = _asked(("id", "source", "guid"))
    return pages.do("odf_identity_split", asked, lambda _: done, tk.url_for("dataset.read", id=asked["id"]))


def _do(action: str, fields: tuple[str, ...], done: str) -> Response:
    return pages.do(action, _asked(fields), lambda _: done, tk.url_for("odf_identity.index"))


def _asked(fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: tk.request.form.get(name, "") for name in fields}
