"""An organisation as people write it in a text field: where a list of choices would have thousands of lines.

The field shows a name, and in brackets the code that tells it from its homonyms: "Saintes (17415)". What is typed there
may be that, the code or the name alone, or what CKAN takes itself (an id, or the last part of the address).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

import ckan.authz as authz
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opendatafrance.reference import history, siren
from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.territories import closed, records
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.model import territories

# A list of more is no help: one would scroll through pages of communes.
MOST_IN_A_LIST = 50
_MOST_NAMED = 5
_CODE = re.compile(r"\(([^()\s]+)\)\s*$")


def many(permission: str) -> bool:
    """Whether the current user may do this in more organisations than a list can hold."""
    if not records.ready():
        return False
    if not authz.is_sysadmin(tk.current_user.name):
        return len(tk.h.organizations_available(permission)) > MOST_IN_A_LIST
    group = model.group_table.c
    statement = sa.select(sa.func.count()).where(group.is_organization, group.state == "active")
    return (model.Session.scalar(statement) or 0) > MOST_IN_A_LIST


def allowed(context: Context, permission: str) -> list[str] | None:
    """Ids of the organisations in which a user may do this, None for all."""
    user = context.get("user", "")
    if authz.is_sysadmin(user):
        return None
    found = tk.get_action("organization_list_for_user")({"user": user}, {"permission": permission})
    return [one["id"] for one in found]


def text(typed: str) -> str:
    """What the field shows for an organisation (id or name), and what was typed where it is none."""
    row = closed.known(typed)
    return written(row._mapping) if row is not None else typed


def written(one: Mapping[Any, Any]) -> str:
    """Title and code of an organisation: a row of the table, or a result of `odf_territory_search`."""
    codes = {"commune": one["insee_code"], "epci": one["siren"]}
    # A closed commune may have the code of its successor.
    code = None if closed.past(one.get("valid_to")) else codes.get(one["type"])
    return f"{one['title']} ({code or one['name']})"


def organization_id(typed: str, context: Context) -> str:
    """Id of the organisation that a text names; of several, the only one to which the user may add datasets.

    Raises:
        Invalid: there is none, or there are several; says what to write.
    """
    code = _CODE.search(typed)
    found = (_coded(code[1]) if code else []) or _coded(typed.strip()) or _named(typed)
    if len(found) > 1 and (ids := allowed(context, "create_dataset")) is not None:
        found = [row for row in found if row.organization_id in ids] or found
    if len(found) == 1:
        return found[0].organization_id
    if not found:
        raise tk.Invalid(
            tk._(
                "No organisation is called “{text}”: write a part of its name and choose among the suggestions, or give"
                " its INSEE code, its SIREN or the last part of its address"
            ).format(text=typed)
        )
    names = ", ".join(written(row._mapping) for row in found[:_MOST_NAMED])
    raise tk.Invalid(
        tk._("“{text}” may be several organisations: write one of {choices}").format(text=typed, choices=names)
    )


def _coded(code: str) -> list[Any]:
    """Open organisations with this name, INSEE code (of today or of the past) or SIREN; a name is unique."""
    columns = territories.c
    number = siren.siren_of(code) or code
    codes = {code.upper(), *history.resolve(code).current}
    wanted = sa.or_(columns.name == code, columns.insee_code.in_(sorted(codes)), columns.siren == number)
    found = _open(wanted)
    return [row for row in found if row.name == code] or found


def _named(title: str) -> list[Any]:
    words = fold(title)
    return _open(territories.c.sort_key == words) if words else []


def _open(wanted: sa.ColumnElement[bool]) -> list[Any]:
    columns = territories.c
    statement = sa.select(territories).where(wanted, is_open()).order_by(columns.sort_key, columns.name)
    return list(model.Session.execute(statement.limit(_MOST_NAMED + 1)))
