"""Actions on whose datasets the sources hold: publishers that nobody placed, the mapping tables, chosen owners."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest import inbox, moving, options, placements
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.directory import Organization
from ckanext.opendatafrance.harvest.logic import deciding, scope
from ckanext.opendatafrance.harvest.logic import schema_placing as schema
from ckanext.opendatafrance.harvest.logic.asked import site, valid
from ckanext.opendatafrance.harvest.placements import Decision
from ckanext.opendatafrance.harvest.publishers import Publisher

Dict = dict[str, Any]


@tk.side_effect_free
def odf_placing_inbox(context: Any, data_dict: Dict) -> Dict:
    """Publishers that the sources of the user's organisations name, those with most datasets first.

    :param source: id or name of a source (optional)
    :param state: open (unless said otherwise: nobody has placed them), placed, or all
    :param limit: (optional, 50 otherwise)
    :param offset: (optional)
    :returns: count, results: [{id, source, source_title, owner, owner_title, publisher, number, insee, reference,
        datasets, examples: [{name, title}], organization, organization_title, reason, suggestions: [{id, name, title,
        insee_code, siren, sure}]}]; suggestions are organisations into which the user may place, for open ones only
    """
    tk.check_access("odf_placing_inbox", context, data_dict)
    data = valid(data_dict, schema.placing_inbox(), context)
    source_id = site({"id": data["source"]})[1].id if data.get("source") else None
    count, rows = inbox.listed(
        scope.managed(context, inbox.owners()),
        source_id=source_id,
        state=data.get("state") or "open",
        limit=data.get("limit") or 50,
        offset=data.get("offset") or 0,
    )
    may = scope.placing(context)
    suggested = inbox.suggestions([row for row in rows if row["reason"] is None])
    results = []
    for row in rows:
        found = [(one, sure) for one, sure in suggested.get(row["id"], ()) if may(one.id)]
        results.append({**row, "suggestions": [_suggestion(one, sure) for one, sure in found]})
    return {"count": count, "results": results}


def _suggestion(one: Organization, sure: bool) -> Dict:
    keys = ("id", "name", "title", "insee_code", "siren")
    return {**{key: getattr(one, key) for key in keys}, "sure": sure}


def odf_placing_assign(context: Any, data_dict: Dict) -> Dict:
    """Say to which organisation publishers belong; their datasets move at once, and stay there.

    :param placings: [{publisher: its id, or with `source` (id or name) its name, number, code or reference;
        organization: id, name, INSEE code or SIREN, empty to take back what was decided}]; or the fields of one
    :returns: placed: [{publisher, organization (name or None)}], moved, refused, left (numbers of datasets: those left
        are moved by a background job, or by the next harvest), decided (for odf_placing_undo)
    """
    asked = data_dict.get("placings") or [data_dict]
    if not isinstance(asked, list):
        raise tk.ValidationError({"placings": [tk._("A list of objects is wanted.")]})
    decisions = [_decision(context, one) for one in asked]
    return deciding.decided(context, decisions)


def _decision(context: Any, asked: Dict) -> Decision:
    source_id, about = _publisher(valid(asked, schema.placing_assign(), context))
    text = str(asked.get("organization") or "").strip()
    organization = deciding.organization(text) if text else None
    decision = Decision(source_id, about, organization.id if organization else None)
    deciding.check(context, decision)
    return decision


def _publisher(data: Dict) -> tuple[str, Publisher]:
    """Source and facts of the publisher that a call is about."""
    text = data["publisher"]
    if not data.get("source"):
        row = model.Session.get(placements.HarvestPublisher, text)
        if row is None:
            raise tk.ObjectNotFound(tk._("There is no publisher “{name}”.").format(name=text))
        return row.source_id, placements.publisher_of(row)
    name, source = site({"id": data["source"]})
    found = inbox.identified(source.id, text)
    if not found:
        raise tk.ObjectNotFound(tk._("The source {source} names no publisher “{name}”.").format(source=name, name=text))
    if len(found) > 1:
        message = tk._("The source {source} names {count} publishers like “{name}”: give the id of one: {ids}.")
        ids = ", ".join(identifier for identifier, _publisher in found)
        raise tk.ValidationError({"publisher": [message.format(source=name, count=len(found), name=text, ids=ids)]})
    return source.id, found[0][1]


def odf_placing_choose(context: Any, data_dict: Dict) -> Dict:
    """Say whether the publishers of a source are looked at; lines of its mapping table hold either way.

    :param source: id or name of the source
    :param placing: publisher (datasets go to the organisations that their publishers are, or wait in the inbox) or
        source (they stay with the organisation of the source)
    :returns: source, placing, moved, refused, left
    """
    data = valid(data_dict, schema.placing_choose(), context)
    name, source = site({"id": data["source"]})
    tk.check_access("odf_placing_choose", context, {"source": source.id})
    config = options.parse(source.config, set(connectors()))
    config[options.PLACING] = "" if data["placing"] == options.BY_PUBLISHER else data["placing"]
    package: Any = model.Package.get(source.id)
    # Not by harvest_source_patch, which cannot read back what ckanext-harvest stored.
    kept = {key: getattr(package, key) for key in ("id", "name", "title", "notes", "url", "owner_org")}
    settings = {"source_type": source.type, "frequency": source.frequency, "config": options.dump(config)}
    tk.get_action("harvest_source_update")(context, {**kept, **settings})
    done = moving.settle(source.id)
    return {"source": name, "placing": data["placing"], "moved": done.moved, "refused": done.refused, "left": done.left}


def odf_placing_undo(context: Any, data_dict: Dict) -> Dict:
    """Take back what the user decided at once, in one call; what was decided before is true again.

    :param decided: the time that the call returned
    :returns: as odf_placing_assign
    """
    tk.check_access("odf_placing_undo", context, data_dict)
    time = valid(data_dict, schema.placing_undo(), context)["decided"]
    try:
        decisions = placements.undoing(datetime.fromisoformat(time), deciding.user_id(context))
    except ValueError:
        decisions = []
    if not decisions:
        raise tk.ValidationError({"decided": [tk._("There is nothing to undo: it was changed since.")]})
    for decision in decisions:
        deciding.check(context, decision)
    return deciding.decided(context, decisions)
