"""The parent of an organisation as a person writes it: an INSEE code, a SIREN, an address, a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opendatafrance.territories import choosing
from ckanext.opendatafrance.territories.members import hierarchy
from ckanext.opendatafrance.territories.members.directory import Directory, UnclearError

FIELD = "parent"
# "La Rochelle (17300)", as suggestions and messages write it.
_IN_BRACKETS = re.compile(r"\(([^()\s]+)\)\s*$")


@contextmanager
def placed(context: Context, data_dict: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The record with what `parent` means in `groups`, where CKAN keeps parents; without `parent` it stays as it is.

    Raises:
        ValidationError: no organisation or several can be meant, or the saving refuses the parent: beside `parent`.
    """
    if FIELD not in data_dict or not (context.get("user") or context.get("ignore_auth")):
        # Who is nobody is refused by CKAN, before anything is looked up.
        yield data_dict
        return
    record = {name: value for name, value in data_dict.items() if name != FIELD}
    record["groups"] = _groups(str(data_dict[FIELD] or "").strip(), data_dict.get("id"))
    try:
        yield record
    except tk.ValidationError as error:
        said: Any = dict(error.error_dict)
        if refused := said.pop("groups", None):
            said[FIELD] = _messages(refused)
            raise tk.ValidationError(said) from error
        raise


def written(data: dict[str, Any]) -> str:
    """What the control of a form holds: as it was written, or the parent as suggestions write it."""
    if FIELD in data:
        return str(data[FIELD])
    names = [one["name"] for one in data.get("groups") or () if one.get("name")]
    return choosing.text(names[0]) if names else ""


def _groups(text: str, organization: str | None) -> list[dict[str, str]]:
    if not text:
        return []
    child = model.Group.get(organization) if organization else None
    stored = [one.name for one in hierarchy.parents(child)] if child is not None else []
    # One that is closed by now, so that nobody could mean it any more, stays where nobody touched the field.
    unchanged = text == written({"groups": [{"name": name} for name in stored]})
    return [{"name": name, "capacity": "public"} for name in (stored if unchanged else [_meant(text)])]


def _meant(text: str) -> str:
    """Name of the organisation that is meant."""
    group = model.Group.get(text)
    if group is not None and group.is_organization and group.state == "active":
        return group.name
    code, directory = _IN_BRACKETS.search(text), Directory()
    try:
        return _row(directory, [code[1], text] if code else [text]).name
    except UnclearError as error:
        raise tk.ValidationError({FIELD: [str(error)]}) from error


def _row(directory: Directory, readings: list[str]) -> Any:
    """The organisation of the first reading that means one; the last says why none does."""
    for reading in readings[:-1]:
        with suppress(UnclearError):
            return directory.meant(reading).row
    return directory.meant(readings[-1]).row


def _messages(refused: Any) -> list[str]:
    """All texts in what CKAN says of `groups`: a list of texts, or one of {field: texts} for each group."""
    if isinstance(refused, dict):
        return [text for value in refused.values() for text in _messages(value)]
    if isinstance(refused, (list, tuple)):
        return [text for value in refused for text in _messages(value)]
    return [str(refused)]
