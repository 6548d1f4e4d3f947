"""Decisions on publishers, checked, stored and carried out; what several actions do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest import moving, placements
from ckanext.opendatafrance.harvest.directory import Directory, Organization
from ckanext.opendatafrance.harvest.placements import Decision


def check(context: Any, decision: Decision) -> None:
    """Refuse who may not place into an organisation, or not take out of one into which somebody else placed."""
    both = (decision.organization, placements.decided(decision.source_id, decision.about))
    concerned = {one for one in both if one}
    tk.check_access("odf_placing_assign", context, {"source": decision.source_id, "organizations": sorted(concerned)})


def decided(context: Any, decisions: list[Decision]) -> dict[str, Any]:
    """Store decisions that were checked, and move the datasets; the shape that odf_placing_assign returns."""
    time = placements.decide(decisions, user_id(context))
    model.Session.commit()
    done = [moving.settle(source_id) for source_id in sorted({one.source_id for one in decisions})]
    known = names(one.organization for one in decisions)
    return {
        "placed": [
            {"publisher": one.about.label, "organization": known.get(one.organization or "")} for one in decisions
        ],
        **{key: sum(getattr(one, key) for one in done) for key in ("moved", "refused", "left")},
        "decided": time.isoformat(),
    }


def organization(text: str) -> Organization:
    """The organisation that a person names by id, name, title, INSEE code or SIREN.

    Raises:
        ValidationError: there is none, or several.
    """
    found = Directory("").named(text)
    if not found:
        message = tk._("No organisation of this portal has the name, INSEE code or SIREN “{text}”.")
        raise tk.ValidationError({"organization": [message.format(text=text)]})
    if len(found) > 1:
        message = tk._("Several organisations are called “{text}”: write one of {names}.")
        choices = ", ".join(one.name for one in found[:5])
        raise tk.ValidationError({"organization": [message.format(text=text, names=choices)]})
    return found[0]


def names(ids: Iterable[str | None]) -> dict[str, str]:
    """Names of organisations by their ids."""
    wanted = sorted({one for one in ids if one})
    if not wanted:
        return {}
    found = model.Session.query(model.Group.id, model.Group.name).filter(model.Group.id.in_(wanted))
    return {identifier: name for identifier, name in found}


def user_id(context: Any) -> str | None:
    """Id of the user of a call, None for a command."""
    user = model.User.get(context.get("user"))
    return user.id if user else None
