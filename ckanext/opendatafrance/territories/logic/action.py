"""Actions on territories."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Action, Context

from ckanext.opendatafrance import registry
from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.reference import zones
from ckanext.opendatafrance.territories import choosing, closed, duty, find, perimeter, showing, sync
from ckanext.opendatafrance.territories.logic import schema


@tk.chained_action
@tk.side_effect_free
def organization_show(next_action: Action, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """CKAN's, quick with thousands of organisations."""
    return showing.show(next_action, context, data_dict)


@tk.side_effect_free
def odf_territory_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Show an organisation as a territory.

    Args:
        id: id, name, INSEE code (a former one leads to its successor) or SIREN. Two characters that are the code of a
            département and of a région mean the département.

    Returns:
        the fields of odf_territory_search, and
        closed, valid_to (day of its end), reason (merged, recoded, split, suppressed, dissolved or None), successor
        ({id, name, title} or None): of an organisation that is no more;
        formerly: {id, name, title, valid_to} of the closed organisations that this one follows;
        uri (INSEE) and zone (data.gouv.fr) or None;
        duty: {duty, population_totale, population_year, agents, agents_year, source};
        parent (None at the top), ancestors (from the top), memberships (beside the tree): each as in a search;
        below: {type: number of organisations under it}, datasets (its own), datasets_below (with those under it).

    Raises:
        NotFound: no organisation has this code.
    """
    tk.check_access("odf_territory_show", context, data_dict)
    text = _validated(data_dict, schema.territory_show(), context)["id"]
    found = find.organization_id(text.strip())
    row = closed.known(found)
    if found is None or row is None:
        raise tk.ObjectNotFound(
            tk._("No organisation of this portal has the name, INSEE code or SIREN “{text}”").format(text=text)
        )
    beside = find.beside(found)
    by_id = {one["id"]: one for one in find.by_ids([found, *row.ancestors, *beside])}
    summary, ancestors = by_id[found], [by_id[one] for one in row.ancestors if one in by_id]
    below = find.children_by_type(found)
    code = summary["siren"] if summary["type"] == "epci" else summary["insee_code"]
    return {
        **summary,
        **find.ending(row),
        "uri": zones.insee_uri(summary["type"], code or ""),
        "zone": zones.udata_zone(summary["type"], code or ""),
        "duty": _duty(found, summary),
        "parent": ancestors[-1] if ancestors else None,
        "ancestors": ancestors,
        "memberships": [by_id[one] for one in beside if one in by_id],
        "below": below,
        "datasets_below": find.datasets_below(summary["name"]) if below else summary["datasets"],
    }


@tk.side_effect_free
def odf_territory_search(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Find organisations by name, INSEE code, postal code or SIREN, whatever the accents and capitals.

    Args:
        q: words or beginnings of words; former names and codes of merged communes are found too.
        type: one type or several (a list, or commas between them).
        parent: id, name or code of the organisation right above.
        ancestor: id, name or code of an organisation above, at any height, in the tree or by membership.
        permission: "create_dataset": only those to which the user may add datasets.
        sort: relevance (by title without words), title, population, insee, datasets.
        limit: at most 1000; 20 by default.
        offset: where the page begins.

    Returns:
        count, and results: id, name, title, type, insee_code, siren, postal_codes, population_municipale,
        population_totale, legal_duty, longitude, latitude, parent_id, datasets (its own public ones).
    """
    tk.check_access("odf_territory_search", context, data_dict)
    data = _validated(data_dict, schema.territory_search(), context)
    above = {name: _above(data.get(name)) for name in ("parent", "ancestor")}
    if None in above.values():
        return {"count": 0, "results": []}
    count, results = find.search(
        data["q"],
        types=data.get("type"),
        parent=above["parent"] or "",
        within=above["ancestor"] or "",
        only=choosing.allowed(context, data["permission"]) if data.get("permission") else None,
        sort=data["sort"] or "relevance",
        limit=data["limit"],
        offset=data["offset"],
    )
    return {"count": count, "results": results}


@tk.side_effect_free
def odf_territory_list_pilots(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the territories that are described in `schemas/territories`.

    Returns:
        for each: slug, title, description {fr, en}, perimeter {type, code}, lead and members (name, type, siren,
        insee), and organization: name of the perimeter's organisation where this portal has it, None elsewhere.
    """
    tk.check_access("odf_territory_list_pilots", context, data_dict)
    return [_pilot(territory) for territory in registry.territories().values()]


def odf_territory_seed(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Create and update the organisations of a territory; nothing is deleted, and it can be run again.

    Args:
        code: name of a territory, code of a région or département ("departement:17"), SIREN of an EPCI, or "france".
        dry_run: only say what would change.
        activity: note each change in the activity stream.

    Returns:
        territory, total, created, updated, unchanged, memberships, dry_run, seconds; changes ({action, name, title,
        fields: {field: [here, to be]}}), skipped ({name, title, reason}), errors ({name, title, errors}).

    Raises:
        ValidationError: the code is unknown or ambiguous, or the portal is not ready; says what to do.
    """
    tk.check_access("odf_territory_seed", context, data_dict)
    data = _validated(data_dict, schema.territory_seed(), context)
    try:
        report = sync.seed(
            perimeter.find(data["code"]),
            context.get("user", ""),
            dry_run=data["dry_run"],
            activity=data["activity"],
        )
    except OdfError as error:
        raise tk.ValidationError({"code": [tk._(error.message).format(**error.params)]}) from error
    return asdict(report)


def _validated(data_dict: dict[str, Any], wanted: Any, context: Context) -> dict[str, Any]:
    data, errors = tk.navl_validate(data_dict, wanted, context)
    if errors:
        raise tk.ValidationError(errors)
    return data


def _above(text: str | None) -> str | None:
    """Id of an organisation that a filter names: empty without a filter, None where there is no such organisation."""
    return find.organization_id(text.strip()) if text else ""


def _duty(organization_id: str, summary: dict[str, Any]) -> dict[str, Any]:
    extras = find.extras(organization_id)
    return {
        "duty": summary["legal_duty"],
        "population_totale": summary["population_totale"],
        "population_year": find.whole_number(extras.get("population_year")),
        "agents": find.whole_number(extras.get("agents")),
        "agents_year": find.whole_number(extras.get("agents_year")),
        "source": duty.SOURCE,
    }


def _pilot(territory: registry.Territory) -> dict[str, Any]:
    code = territory.perimeter.code
    found = find.organization_of(territory.perimeter.type, code)
    return {
        "slug": territory.slug,
        "title": territory.title,
        "description": dict(territory.description),
        "perimeter": {"type": territory.perimeter.type, "code": code},
        "lead": _member(territory.lead),
        "members": [_member(member) for member in territory.members],
        "organization": found,
    }


def _member(member: registry.Member) -> dict[str, Any]:
    return {"name": member.name, "type": member.type, "siren": member.siren, "insee": member.insee or None}
