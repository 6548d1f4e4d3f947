"""Actions behind the tree and the map."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opendatafrance.territories import find
from ckanext.opendatafrance.territories.pages import branches
from ckanext.opendatafrance.territories.pages import points as places


@tk.side_effect_free
def odf_territory_tree(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the organisations at the top of the tree, or right under one, each with those below as far as they fit.

    Args:
        parent: id, name, INSEE code or SIREN of the organisation right above; the top of the tree without.
        open: id, name, INSEE code or SIREN of an organisation whose branch is wanted too.

    Returns:
        by type and title: id, name, title, type, insee_code, siren, datasets (its own), datasets_below (with them),
        below {type: number}, publishing {type: number of them with a dataset}, count (right below), open (on the way to
        `open`), children (a list of the same; None where there are more than a page shows: ask for them by `parent`).

    Raises:
        NotFound: there is no such organisation.
    """
    tk.check_access("odf_territory_tree", context, data_dict)
    parent, opened = (_organization(data_dict.get(name)) for name in ("parent", "open"))
    return branches.tree(parent, opened)


@tk.side_effect_free
def odf_territory_points(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the organisations that have a place: one answer for a whole map.

    Returns:
        by title: name, title, type, insee_code, siren, longitude, latitude (WGS 84), datasets (its own public ones).
    """
    tk.check_access("odf_territory_points", context, data_dict)
    return places.points()


def _organization(text: Any) -> str | None:
    if not text:
        return None
    found = find.organization_id(str(text).strip())
    if found is None:
        raise tk.ObjectNotFound(
            tk._("No organisation of this portal has the name, INSEE code or SIREN “{text}”").format(text=text)
        )
    return found
