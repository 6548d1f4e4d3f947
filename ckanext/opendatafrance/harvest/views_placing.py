"""Pages on whose datasets the sources hold: the inbox, its buttons, the mapping table as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, make_response

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.harvest import pages
from ckanext.opendatafrance.harvest.placing_file import HEADINGS

odf_placing = Blueprint("odf_placing", __name__, url_prefix="/odf/harvest/placing")
ASKED = ("source", "state")
_CHOICES = 8


@odf_placing.route("/")
def index() -> str:
    """Publishers that nobody has placed; or those that are."""
    asked = _asked(tk.request.args)
    limits = {"limit": pages.PER_PAGE, "offset": (pages.number() - 1) * pages.PER_PAGE}
    try:
        found = pages.ask("odf_placing_inbox", {**asked, **limits})
    except tk.ValidationError as error:
        tk.abort(400, pages.sentence(error.error_dict))
    pager = pages.pager("odf_placing.index", found["results"], found["count"], **asked)
    sure = [(one, choice) for one in found["results"] for choice in one["suggestions"] if choice["sure"]]
    return tk.render(
        "odf_harvest/placing.html",
        {"asked": asked, "page": pager, "sure": sure, "undo": tk.request.args.get("undo", "")},
    )


@odf_placing.route("/assign", methods=["POST"])
def assign() -> Response:
    """Place one publisher, or all of a page at once (fields `placing`: publisher and organisation)."""
    form = tk.request.form
    placings = [dict(zip(("publisher", "organization"), one.split(" "), strict=False)) for one in
                form.getlist("placing")]  # fmt: skip
    if form.get("publisher"):
        placings = [{"publisher": form["publisher"], "organization": form.get("organization", "")}]
    return _do("odf_placing_assign", {"placings": placings}, _said, undo=True)


@odf_placing.route("/choose", methods=["POST"])
def choose() -> Response:
    """Whether the publishers of a source are looked at."""
    data = {"source": tk.request.form.get("source"), "placing": tk.request.form.get("placing")}
    return _do("odf_placing_choose", data, lambda done: tk.h.flash_success(_moved(done)))


@odf_placing.route("/undo", methods=["POST"])
def undo() -> Response:
    return _do("odf_placing_undo", {"decided": tk.request.form.get("decided", "")}, _said)


@odf_placing.route("/import", methods=["POST"])
def import_() -> Response:
    """Take over a CSV file."""
    upload = tk.request.files.get("upload")
    return _do("odf_placing_import", {"source": tk.request.form.get("source"), "upload": upload}, _imported, undo=True)


@odf_placing.route("/placing.csv")
def export() -> Response:
    rows = pages.ask("odf_placing_export", {"source": tk.request.args.get("source", "")})
    response = make_response(spreadsheet.write(HEADINGS, ([row[name] for name in HEADINGS] for row in rows)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=placing.csv"
    return response


@odf_placing.route("/organizations")
def organizations() -> Response:
    """Organisations for what somebody is typing, as the combobox of the territories wants them."""
    pages.ask("odf_placing_inbox", {"limit": 1})
    q = tk.request.args.get("q", "").strip()
    found = tk.get_action("odf_territory_search")({}, {"q": q, "limit": _CHOICES})["results"] if q else []
    choices = [
        {"title": one["title"], "detail": tk.h.odf_territory_detail(one, q), "text": one["name"]} for one in found
    ]
    return jsonify(choices)


@odf_placing.route("/release/<id>", methods=["POST"])
def release(id: str) -> Response:
    """Let harvests choose the owner of a dataset again; its own page says how it went."""
    return pages.do(
        "odf_owner_release",
        {"id": id},
        lambda done: tk._("“{title}” belongs to {organization} again, as its source says.").format(**done),
        tk.url_for("dataset.read", id=id),
    )


def _asked(said: Any) -> dict[str, str]:
    return {name: said.get(name, "").strip() for name in ASKED}


def _do(action: str, data: dict[str, Any], told: Any, *, undo: bool = False) -> Response:
    """Do what a form asks for, and go back to the inbox as it was, with the way to take it back."""
    asked = {name: value for name, value in _asked(tk.request.form).items() if value}
    try:
        done = pages.ask(action, data)
        told(done)
    except tk.ValidationError as error:
        tk.h.flash_error(pages.sentence(error.error_dict))
        return tk.redirect_to("odf_placing.index", **asked)
    if undo and done.get("placed"):
        asked["undo"] = done["decided"]
    return tk.redirect_to("odf_placing.index", **asked)


def _said(done: dict[str, Any]) -> None:
    placed = done["placed"]
    if len(placed) == 1 and placed[0]["organization"]:
        said = tk._("“{publisher}” belongs to {organization} now.").format(**placed[0])
    elif len(placed) == 1:
        said = tk._("“{publisher}” is not placed any more.").format(**placed[0])
    else:
        said = tk.ungettext("{count} publisher placed.", "{count} publishers placed.", len(placed)).format(
            count=len(placed)
        )
    tk.h.flash_success(f"{said} {_moved(done)}")


def _imported(done: dict[str, Any]) -> None:
    said = tk._("{placed} lines taken over, {same} were so already, {blank} without an organisation.").format(**done)
    tk.h.flash_success(f"{said} {_moved(done)}")
    for error in done["errors"][:20]:
        tk.h.flash_error(tk._("Line {line}: {message}").format(**error))


def _moved(done: dict[str, Any]) -> str:
    parts = [
        tk.ungettext("{count} dataset moved.", "{count} datasets moved.", done["moved"]).format(count=done["moved"])
    ]
    if done["left"]:
        parts.append(tk._("{count} more move in the background.").format(count=done["left"]))
    if done["refused"]:
        parts.append(tk._("{count} could not be moved; the next harvest tries again.").format(count=done["refused"]))
    return " ".join(parts)
