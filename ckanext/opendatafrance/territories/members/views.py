"""Pages where lists of members and of agents are uploaded: first what would change, line by line, then doing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.territories.members import export, uploads

odf_lists = Blueprint("odf_lists", __name__, url_prefix="/territoires")


@odf_lists.route("/<group>/membres", methods=["GET", "POST"])
def members(group: str) -> Any:
    """Who belongs to an organisation, and a list that changes it."""
    found = _group(group)
    _allow("odf_membership_import", {"group": found["name"]})
    address = tk.h.url_for("odf_lists.members", group=found["name"])
    more = {"group": found, "members": _act("odf_membership_list", {"group": found["name"]})}
    return _page(
        "odf_membership_import", {"group": found["name"]}, address, "odf_territories/members.html", more, _told
    )


@odf_lists.route("/<group>/membres.csv")
def members_csv(group: str) -> Response:
    """Who belongs to an organisation, as a file that can be imported."""
    found = _group(group)
    text = export.csv(_act("odf_membership_list", {"group": found["name"]}), export.MEMBERS)
    response = make_response(text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f"attachment; filename=membres-{found['name']}.csv"
    return response


@odf_lists.route("/agents", methods=["GET", "POST"])
def agents() -> Any:
    """Numbers of agents by list."""
    _allow("odf_agents_import", {})
    address = tk.h.url_for("odf_lists.agents")
    return _page("odf_agents_import", {}, address, "odf_territories/agents.html", {}, _told_of_agents)


def _page(
    action: str,
    asked: dict[str, Any],
    address: str,
    template: str,
    more: dict[str, Any],
    done: Callable[[dict[str, Any]], str],
) -> Any:
    """The form; after a file was sent, with what it would change; after that was confirmed, the form with a note."""
    shown: dict[str, Any] = {**more, "address": address, "report": None, "error": "", "kept": "", "options": {}}
    if tk.request.method == "POST":
        form = tk.request.form
        options = {name: name in form for name in ("replace", "partial")}
        applies = "apply" in form
        try:
            content, name = _sent()
            data = {**asked, **options, "csv": content, "file_name": name, "dry_run": not applies}
            report = tk.get_action(action)({}, data)
            shown |= {"report": report, "kept": uploads.keep(content), "options": options, "file_name": name}
        except OdfError as error:
            shown["error"] = tk._(error.message).format(**error.params)
        except tk.ValidationError as error:
            shown["error"] = " ".join(map(str, error.error_summary.values()))
        else:
            if applies and report["written"]:
                tk.h.flash_success(done(report))
                return redirect(address)
    return tk.render(template, shown)


def _sent() -> tuple[bytes, str]:
    """Content and name of the file, from the form or as its preview kept it."""
    form, file = tk.request.form, tk.request.files.get("file")
    if form.get("kept"):
        return uploads.kept(form["kept"]), form.get("file_name", "")
    name = (file.filename or "") if file else ""
    return uploads.checked(file.read(uploads.MOST_BYTES + 1) if file else b"", name), name


def _told(report: dict[str, Any]) -> str:
    return tk._("{group}: {added} added, {removed} ended, {kept} as they are, {refused} lines refused").format(
        group=report["group"]["title"],
        added=len(report["added"]),
        removed=len(report["removed"]),
        kept=report["kept"],
        refused=report["refused"],
    )


def _told_of_agents(report: dict[str, Any]) -> str:
    return tk._("{updated} updated, {kept} as they are, {refused} lines refused").format(**report)


def _group(text: str) -> dict[str, Any]:
    try:
        return tk.get_action("odf_territory_show")({}, {"id": text})
    except tk.ObjectNotFound as error:
        return tk.abort(404, error.message or "")


def _act(action: str, data: dict[str, Any]) -> Any:
    return tk.get_action(action)({}, data)


def _allow(action: str, data: dict[str, Any]) -> None:
    try:
        tk.check_access(action, {"user": tk.current_user.name}, data)
    except tk.NotAuthorized as error:
        tk.abort(403, error.message or "")
