"""Organisations that are no more: they stay readable, take no new datasets, and lead to their successor."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import sqlalchemy as sa

import ckan.model as model

from ckanext.opendatafrance import shown
from ckanext.opendatafrance.reference import moves
from ckanext.opendatafrance.territories import records
from ckanext.opendatafrance.territories.model import territories

# The addresses that seeding gives, which hold the code: of today's name, or of the one that a commune had.
_ADDRESS = re.compile(r"(?P<type>commune|epci|departement|region)-(?P<code>[0-9]{2,9}|2[ab][0-9]{0,3})(?:-.*)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_open(columns: Any = territories.c) -> sa.ColumnElement[bool]:
    """Whether an organisation exists today: one whose end is announced still does."""
    return sa.or_(columns.valid_to.is_(None), columns.valid_to > date.today().isoformat())


def past(day: str | None) -> bool:
    """Whether the day of an end (ISO) has come."""
    return day is not None and day <= date.today().isoformat()


def ended(identifier: str | None) -> Any | None:
    """Row of an organisation (id or name) that is closed, None for one that is not."""
    row = known(identifier)
    return row if row is not None and past(row.valid_to) else None


def known(identifier: str | None) -> Any | None:
    """Row of an organisation (id or name), open or closed, None where there is none."""
    columns = territories.c
    if not identifier or not records.ready():
        return None
    wanted = sa.or_(columns.organization_id == identifier, columns.name == identifier)
    return model.Session.execute(sa.select(territories).where(wanted)).first()


def successor(row: Any) -> Any | None:
    """Row of the open organisation that a closed one leads to, over as many as were closed since."""
    seen: set[str] = set()
    while row is not None and row.organization_id not in seen:
        seen.add(row.organization_id)
        row = known(row.successor)
        if row is not None and ended(row.organization_id) is None:
            return row
    return None


def why(row: Any) -> str | None:
    """How an organisation ended: merged, recoded, split or suppressed (communes, from INSEE's movements), dissolved
    (EPCI); None where nothing tells."""
    if row.type == "epci":
        return "dissolved"
    if row.type != "commune" or not row.insee_code or not _DAY.fullmatch(row.valid_to):
        return None
    found = moves.resolve(row.insee_code, row.valid_to).why
    return found if found in ("merged", "recoded", "split", "suppressed") else None


def predecessors(organization_id: str, name: str) -> list[Any]:
    """Rows of the closed organisations that this one follows, the last one first."""
    columns = territories.c
    wanted = (columns.successor.in_([organization_id, name]), sa.not_(is_open()))
    statement = sa.select(territories).where(*wanted).order_by(columns.valid_to.desc(), columns.sort_key)
    return list(model.Session.execute(statement).all())


def forward(name: str) -> tuple[Any | None, Any] | None:
    """Where the page of an organisation is found now: (the closed organisation, its successor), None to stay.

    A closed organisation that still has datasets keeps its page, until a person has given them away. An address that
    nobody has, but that seeding would give to a code, leads to the organisation with that code: (None, organisation).
    """
    if not records.ready():
        return None
    old = known(name)
    if old is not None:
        if not past(old.valid_to) or _has_datasets(old.organization_id):
            return None
        found = successor(old)
        return (old, found) if found is not None else None
    address = _ADDRESS.fullmatch(name)
    if address is None or model.Group.get(name) is not None:
        return None
    found = _by_code(address["type"], address["code"].upper())
    return (None, found) if found is not None else None


def _has_datasets(organization_id: str) -> bool:
    package = model.package_table.c
    wanted = sa.exists().where(package.owner_org == organization_id, *shown.present(package))
    return bool(model.Session.scalar(sa.select(wanted)))


def _by_code(kind: str, code: str) -> Any | None:
    columns = territories.c
    column = columns.siren if kind == "epci" else columns.insee_code
    codes = moves.resolve(code).codes if kind == "commune" else (code,)
    if len(codes) != 1:
        return None
    return model.Session.execute(
        sa.select(territories).where(columns.type == kind, column == codes[0], is_open()).limit(1)
    ).first()
