"""An organisation stands under one other at most, and never under itself, whoever says where: form, API, members."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import N_, OdfError


def parents(child: model.Group) -> list[model.Group]:
    """The organisations right above one, as CKAN stores them."""
    member = model.member_table.c
    above = sa.select(member.table_id).where(
        member.group_id == child.id, member.table_name == "group", member.state == "active"
    )
    return (
        model.Session.query(model.Group)
        .filter(model.Group.id.in_(above), model.Group.is_organization, model.Group.state == "active")
        .order_by(model.Group.name)
        .all()
    )


def check(child: model.Group | None, wanted: list[model.Group], title: str = "") -> None:
    """Refuse several parents, and one that is below the organisation.

    Args:
        child: the organisation that gets the parents; None for one that is being made.
        wanted: the parents to be.
        title: name of the organisation to be.

    Raises:
        OdfError: names the organisations and what to do.
    """
    name = (child.title or child.name) if child is not None else title
    distinct = {one.id: one for one in wanted}
    if len(distinct) > 1:
        raise OdfError(
            N_(
                "{title} can stand under one organisation only, and these were given: {parents}. Keep one of them; "
                "what it also belongs to is a membership (ckan odf territory members import)."
            ),
            title=name,
            parents=", ".join(_title(one) for one in distinct.values()),
        )
    for parent in distinct.values() if child is not None else ():
        way = _way(parent, child.id if child is not None else "")
        if way:
            raise OdfError(
                N_(
                    "{title} cannot stand under {parent}, which stands under it ({way}): "
                    "choose another parent, or move {parent} first."
                ),
                title=name,
                parent=_title(parent),
                way=" › ".join(_title(one) for one in way),
            )


def _way(start: model.Group, target: str) -> list[Any]:
    """From an organisation down to one below it, empty where the second is not above the first."""
    way, level = [start], start
    while level.id != target:
        above = [one for one in parents(level) if one not in way]
        if not above:
            return []
        level = above[0]
        way.insert(0, level)
    return way


def _title(group: Any) -> str:
    return group.title or group.name


def refusal(error: OdfError) -> tk.Invalid:
    """As a validator says it."""
    return tk.Invalid(tk._(error.message).format(**error.params))
