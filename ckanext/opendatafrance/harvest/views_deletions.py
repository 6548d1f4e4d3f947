"""Pages on what left its source: lists that wait for a person, archived datasets, and the buttons on them."""

from __future__ import annotations

from flask import Blueprint, Response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest import pages

odf_deletions = Blueprint("odf_deletions", __name__, url_prefix="/odf/harvest")


@odf_deletions.route("/deletions")
def index() -> str:
    """The lists that wait, and those that were decided last."""
    waiting = pages.ask("odf_deletions_list", {"state": "pending", "limit": 500})
    decided = pages.ask("odf_deletions_list", {"state": "all", "limit": 50})
    return tk.render(
        "odf_harvest/deletions.html",
        {"waiting": waiting, "decided": [one for one in decided if one["state"] in ("approved", "rejected")]},
    )


@odf_deletions.route("/deletions/<id>")
def read(id: str) -> str:
    """One list with all its datasets."""
    return tk.render("odf_harvest/deletion.html", {"deletion": pages.ask("odf_deletions_show", {"id": id})})


@odf_deletions.route("/deletions/<id>/approve", methods=["POST"])
def approve(id: str) -> Response:
    return pages.do(
        "odf_deletions_approve",
        {"id": id},
        lambda done: tk._("{archived} datasets archived, {skipped} left as they are.").format(**done),
        tk.url_for("odf_deletions.index"),
    )


@odf_deletions.route("/deletions/<id>/reject", methods=["POST"])
def reject(id: str) -> Response:
    return pages.do(
        "odf_deletions_reject",
        {"id": id},
        lambda done: tk._("{kept} datasets stay as they are.").format(**done),
        tk.url_for("odf_deletions.index"),
    )


@odf_deletions.route("/archived")
def archived() -> str:
    """The archived datasets, of one source or of all."""
    source = tk.request.args.get("source", "")
    found = pages.ask(
        "odf_archived_list",
        {"source": source, "limit": pages.PER_PAGE, "offset": (pages.number() - 1) * pages.PER_PAGE},
    )
    pager = pages.pager("odf_deletions.archived", found["results"], found["count"], source=source)
    return tk.render("odf_harvest/archived.html", {"page": pager, "datasets": found["results"], "source": source})


@odf_deletions.route("/restore/<id>", methods=["POST"])
def restore(id: str) -> Response:
    """Show an archived dataset again; its own page says how it went."""
    return pages.do(
        "odf_dataset_restore",
        {"id": id},
        lambda done: tk._("“{title}” is found by search again.").format(title=done["title"]),
        tk.url_for("dataset.read", id=id),
    )
