"""Template helpers: the badge of a file and of a dataset, and the words of the facets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.validation import catalogue, history, indexing
from ckanext.opendatafrance.validation.model import INVALID, NOT_CHECKED, VALID


def odf_validity_label(state: str) -> str:
    """The state of a check in words."""
    return {VALID: tk._("Valid"), INVALID: tk._("With errors"), NOT_CHECKED: tk._("Not checked")}.get(state, state)


def odf_check_badges(dataset: Mapping[str, Any]) -> dict[str, str]:
    """State of each file of a dataset that follows a schema, by id; files that follow none have no badge."""
    files = dataset.get("resources") or []
    if not files:
        return {}
    of_dataset = indexing.declared(dataset)
    states: dict[str, str] = {}
    known = history.latest(one["id"] for one in files)
    for one in files:
        if one["id"] in known and known[one["id"]].schema_id:
            states[one["id"]] = known[one["id"]].state
        elif of_dataset or indexing.declared(one):
            states[one["id"]] = NOT_CHECKED
    return states


def odf_schema_title(name: str) -> str:
    """Title of a schema, its name where it is not known any more."""
    try:
        return catalogue.shipped().get(name).title
    except catalogue.UnknownSchemaError:
        return name
