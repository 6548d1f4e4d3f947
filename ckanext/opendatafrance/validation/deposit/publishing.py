"""A deposited file published: a new dataset, a file more in one that is there, or a file replaced.

Everything goes through CKAN's own actions in the name of the user, so that their rights, the validators of the schema
and the uploader decide as they do for the forms.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.munge import munge_title_to_name

from ckanext.opendatafrance.validation import indexing
from ckanext.opendatafrance.validation.deposit.drafts import Draft

NEW = "new"
_MANY = 100
_NAME = 80


def organizations() -> list[dict[str, Any]]:
    """Where the visitor may create datasets."""
    found = tk.get_action("organization_list_for_user")(
        {"user": tk.current_user.name}, {"permission": "create_dataset"}
    )
    return sorted(found, key=lambda one: (one.get("title") or one["name"]).casefold())


def published(schema_id: str, owners: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Datasets of these organisations that follow a schema and were not harvested: a harvest would undo the update."""
    ids = {one["id"] for one in owners}
    query = {
        "fq": f'{indexing.SCHEMA}:"{schema_id}" AND -harvest_source_id:["" TO *]',
        "rows": _MANY,
        "include_private": True,
        "sort": "metadata_modified desc",
    }
    if len(ids) == 1:
        query["fq"] += f" AND owner_org:{next(iter(ids))}"
    found = tk.get_action("package_search")({"user": tk.current_user.name}, query)["results"]
    return [one for one in found if one["owner_org"] in ids]


def publish(draft: Draft, form: Mapping[str, str], address: str) -> dict[str, Any]:
    """Publish a draft; `form` is that of the page, `address` that of the schema, empty where it follows none.

    Returns:
        The resource.

    Raises:
        ValidationError, NotAuthorized, ObjectNotFound: as CKAN's actions; nothing is left half done.
    """
    repaired = form.get("file") == "repaired" and draft.repaired.exists()
    path = draft.repaired if repaired else draft.file
    name = f"{Path(draft.name).stem}.csv" if repaired else draft.name
    file: dict[str, Any] = {"name": form.get("file_name") or Path(name).stem}
    if address:
        file["conforms_to"] = [address]
    kind, _, target = form.get("target", NEW).partition(":")
    with path.open("rb") as stream:
        file["upload"] = FileStorage(stream, name, content_type=mimetypes.guess_type(name)[0])
        if kind == "add":
            return _do("resource_create", {"package_id": target, **file})
        if kind == "replace":
            # Format, size and media type are those of the file that goes.
            return _do("resource_patch", {"id": target, "format": "", "mimetype": "", "size": None, "hash": "", **file})
        return _create(_dataset(form, address), file)


def _create(dataset: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    """A draft of CKAN's until its file is there, so that nobody sees a dataset without one."""
    made = _do("package_create", {**dataset, "state": "draft"})
    try:
        resource = _do("resource_create", {"package_id": made["id"], **file})
        _do("package_patch", {"id": made["id"], "state": "active"})
    except (tk.ValidationError, tk.NotAuthorized, tk.ObjectNotFound):
        tk.get_action("dataset_purge")({"ignore_auth": True}, {"id": made["id"]})
        raise
    return resource


def _dataset(form: Mapping[str, str], address: str) -> dict[str, Any]:
    title = form.get("title", "").strip()
    dataset: dict[str, Any] = {
        "title": title,
        "name": _free_name(title),
        "notes": form.get("notes", "").strip(),
        "owner_org": form.get("owner_org", ""),
        "license_id": form.get("license_id", ""),
        "private": False,
    }
    if form.get("frequency"):
        dataset["frequency"] = form["frequency"]
    if address:
        dataset["conforms_to"] = [address]
    period = {end: form[end].strip() for end in ("start", "end") if form.get(end, "").strip()}
    if period:
        dataset["temporal_coverage"] = [period]
    territory = form.get("territory", "").strip() or territory_of(dataset["owner_org"])
    if territory:
        dataset["territory"] = [territory]
    return dataset


def territory_of(organization: str) -> str:
    """Code of the territory that an organisation is; empty where it is none, or is not known."""
    if not organization:
        return ""
    try:
        shown = _do("organization_show", {"id": organization, "include_users": False, "include_dataset_count": False})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return ""
    codes = {"commune": shown.get("insee_code"), "epci": shown.get("siren")}
    return codes.get(shown.get("territory_type") or "") or ""


def _free_name(title: str) -> str:
    base = munge_title_to_name(title or "donnees")[:_NAME].strip("-_").ljust(2, "_")
    name, number = base, 1
    while _taken(name):
        number += 1
        name = f"{base}-{number}"
    return name


def _taken(name: str) -> bool:
    return model.Package.get(name) is not None


def _do(action: str, data: dict[str, Any]) -> Any:
    return tk.get_action(action)({"user": tk.current_user.name}, data)
