"""`Déposer un fichier`: choose a file, see what is wrong with it, have it repaired, describe it, publish it.

Each step is a page and a form of its own, so that nothing needs JavaScript and the browser's “back” works.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, send_file

import ckan.plugins.toolkit as tk
from ckan.lib.uploader import get_max_resource_size

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.messages import say
from ckanext.opendatafrance.reference.frequencies import FREQUENCIES
from ckanext.opendatafrance.reference.licences import choices as licences
from ckanext.opendatafrance.validation import catalogue, keeping, pages, repairing
from ckanext.opendatafrance.validation.deposit import looking, prefilling, publishing
from ckanext.opendatafrance.validation.deposit.drafts import Draft, Drafts, NoDraftError
from ckanext.opendatafrance.validation.repair import Change
from ckanext.opendatafrance.validation.table_schema import TableSchema

odf_deposit = Blueprint("odf_deposit", __name__, url_prefix="/deposer")
_MIB = 1024 * 1024


@odf_deposit.before_request
def only_who_may_publish() -> Response | None:
    """Whoever may create datasets somewhere; a visitor logs in first."""
    if tk.current_user.is_anonymous:
        tk.h.flash_notice(tk._("Log in to deposit a file."))
        return tk.redirect_to("user.login", came_from=tk.url_for("odf_deposit.choose"))
    try:
        tk.check_access("package_create", {"user": tk.current_user.name}, {})
    except tk.NotAuthorized:
        tk.abort(
            403,
            tk._("You may not publish for any organisation yet. Ask the administrator of yours to make you an editor."),
        )
    return None


@odf_deposit.after_request
def private(response: Response) -> Response:
    """What waits is nobody else's: no cache keeps it."""
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _drafts() -> Drafts:
    storage = tk.config.get("ckan.storage_path")
    if not storage:
        raise OdfError(
            N_("This portal keeps no files: its administrator must set ckan.storage_path."), code="no-storage"
        )
    return Drafts(Path(storage) / "odf_drafts")


def _with_draft(view: Callable[..., Any]) -> Callable[[str], Any]:
    """Give a view the draft that its address names, if it is the visitor's; else send them back to the beginning."""

    @wraps(view)
    def found(draft_id: str) -> Any:
        try:
            draft = _drafts().get(draft_id, tk.current_user.id)
        except NoDraftError as error:
            tk.h.flash_error(say(error.message, error.params))
            return tk.redirect_to("odf_deposit.choose")
        return view(draft)

    return found


@odf_deposit.route("", methods=["GET", "POST"])
def choose() -> Any:
    """The first step: a file."""
    problem = ""
    if tk.request.method == "POST":
        upload = tk.request.files.get("file")
        if upload and upload.filename:
            try:
                name = Path(upload.filename.replace("\\", "/")).name
                draft = _drafts().add(tk.current_user.id, name, upload.stream, get_max_resource_size() * _MIB)
                looking.recognise(draft, catalogue.shipped())
                draft.save()
                return tk.redirect_to("odf_deposit.check", draft_id=draft.id)
            except OdfError as error:
                problem = say(error.message, error.params)
        else:
            problem = tk._("Choose a file first.")
    return tk.render("odf_deposit/choose.html", {"problem": problem, "most": get_max_resource_size()})


@odf_deposit.route("/<draft_id>")
@_with_draft
def check(draft: Draft) -> str:
    """The second step: what it is, what is wrong, what can be repaired."""
    return tk.render("odf_deposit/check.html", _shown(draft))


@odf_deposit.route("/<draft_id>/schema", methods=["POST"])
@_with_draft
def change_schema(draft: Draft) -> Response:
    looking.look(draft, catalogue.shipped(), _schema(tk.request.form.get("schema", "")))
    draft.save()
    return tk.redirect_to("odf_deposit.check", draft_id=draft.id)


@odf_deposit.route("/<draft_id>/repaired.csv")
@_with_draft
def repaired(draft: Draft) -> Response:
    """The corrected copy, to look at or to keep."""
    if not draft.repaired.exists():
        tk.abort(404, tk._("There is nothing here."))
    return send_file(
        draft.repaired.resolve(),
        mimetype="text/csv; charset=utf-8",
        as_attachment=True,
        download_name=f"{Path(draft.name).stem}.csv",
    )


@odf_deposit.route("/<draft_id>/discard", methods=["POST"])
@_with_draft
def discard(draft: Draft) -> Response:
    _drafts().remove(draft)
    tk.h.flash_success(tk._("The file was removed; nothing was published."))
    return tk.redirect_to("odf_deposit.choose")


@odf_deposit.route("/<draft_id>/publish", methods=["GET", "POST"])
@_with_draft
def publish(draft: Draft) -> Any:
    """The last step: the description, already filled in."""
    schema = _schema(draft.schema)
    owners = publishing.organizations()
    data = prefilling.description(draft, schema, owners)
    problems: list[str] = []
    if tk.request.method == "POST":
        data = {**data, **tk.request.form.to_dict()}
        problems = _missing(data)
        if not problems:
            try:
                resource = publishing.publish(draft, data, catalogue.addresses(schema)[0] if schema else "")
            except tk.ValidationError as error:
                problems = pages.sentences(error.error_dict)
            except (tk.NotAuthorized, tk.ObjectNotFound):
                problems = [tk._("You may not publish there. Choose another organisation or another dataset.")]
            else:
                _drafts().remove(draft)
                tk.h.flash_success(tk._("The file is published."))
                return tk.redirect_to("dataset.read", id=resource["package_id"])
    asked = tk.request.args.get("file")
    if asked:
        data["file"] = asked
    shown = {"data": data, "problems": problems, "owners": owners, "schema": schema, "draft": draft}
    shown["updates"] = publishing.published(schema.id, owners) if schema else []
    shown["licences"], shown["frequencies"] = licences(), FREQUENCIES.choices()
    return tk.render("odf_deposit/publish.html", shown)


def _missing(data: dict[str, str]) -> list[str]:
    """What a new dataset must have, asked here in words that fit the page."""
    if data.get("target", publishing.NEW) != publishing.NEW:
        return []
    asked = {
        "title": tk._("Give the dataset a title."),
        "notes": tk._("Describe the data in a sentence or two."),
        "owner_org": tk._("Choose the organisation that publishes."),
        "license_id": tk._("Choose a licence."),
    }
    return [message for name, message in asked.items() if not data.get(name, "").strip()]


def _schema(name: str) -> TableSchema | None:
    try:
        return catalogue.shipped().get(name) if name else None
    except catalogue.UnknownSchemaError:
        return None


def _shown(draft: Draft) -> dict[str, Any]:
    seen = draft.seen
    at_hand = catalogue.shipped()
    likely = [schema for schema in map(_schema, draft.likely) if schema]
    shown: dict[str, Any] = {
        "draft": draft,
        "seen": seen,
        "schema": _schema(draft.schema),
        "likely": [(looking.key(one), one) for one in likely],
        "others": [(looking.key(one), one) for one in at_hand.all() if looking.key(one) not in draft.likely],
        "problem": say(*seen["problem"]) if "problem" in seen else "",
    }
    if "report" in seen:
        told = keeping.told(seen["report"], say)
        shown["report"] = told
        shown["marks"] = looking.marks(told["findings"])
        shown["general"] = [one for one in told["findings"] if not one["row"]]
        shown["changes"] = [
            (repairing.sentence(change, say), change.examples)
            for change in (
                Change(one["kind"], one["column"], one["count"], one["examples"]) for one in seen.get("changes", ())
            )
        ]
        shown["after"] = seen.get("after")
    return shown
