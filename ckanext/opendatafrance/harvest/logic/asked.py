"""What several actions need: their input, checked, the source that it names, and jobs with their true numbers."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.harvest import history, sources


def valid(data_dict: dict[str, Any], rules: dict[str, Any], context: Any) -> dict[str, Any]:
    """The input after its validators.

    Raises:
        ValidationError: what is wrong, by field.
    """
    data, errors = tk.navl_validate(data_dict, rules, context)
    if errors:
        raise tk.ValidationError(errors)
    return data


def site(data_dict: dict[str, Any]) -> tuple[str, Any]:
    """Name and HarvestSource of the member site that a call is about.

    Raises:
        NotFound: there is none of that id or name.
    """
    reference = tk.get_or_bust(data_dict, "id")
    package = model.Package.get(reference)
    source: Any = model.Session.get(HarvestSource, package.id) if package else None
    if package is None or source is None or source.type != sources.TYPE:
        raise tk.ObjectNotFound(tk._("There is no member site “{name}”.").format(name=reference))
    return package.name, source


def counted(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the numbers, and the state, of our runs into the jobs of ckanext-harvest that they ran."""
    runs = history.runs([job["id"] for job in found])
    for job in found:
        run = runs.get(job["id"])
        if run is None:
            continue
        job["odf_state"] = run.state
        if "stats" in job:
            job["stats"] = {
                "added": run.added,
                "updated": run.updated,
                "not modified": run.unchanged,
                "deleted": run.deleted,
                "errored": run.errored,
            }
    return found
