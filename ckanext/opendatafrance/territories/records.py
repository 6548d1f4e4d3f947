"""Keeps `odf_territory` true to CKAN's organisations, whoever changes them: form, API, seeding, another plugin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.model as model

from ckanext.opendatafrance.reference import history
from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.territories import reindex
from ckanext.opendatafrance.territories.model import memberships, territories

_seeding: ContextVar[bool] = ContextVar("odf_territories_seeding", default=False)
_present: list[bool] = []


def ready() -> bool:
    """Whether the tables are there: a plugin that is enabled before its migration ran must not break every save."""
    if not _present and sa.inspect(model.Session.connection()).has_table(territories.name):
        _present.append(True)
    return bool(_present)


@contextmanager
def written_by_seeding() -> Iterator[None]:
    """Within it the hooks of single organisations do nothing: seeding writes the rows of a batch at once."""
    token = _seeding.set(True)
    try:
        yield
    finally:
        _seeding.reset(token)


def refresh(group: model.Group) -> None:
    """Write the row of an organisation after it was created, edited or restored; in the caller's transaction."""
    if _seeding.get() or not ready():
        return
    model.Session.flush()
    if not group.is_organization or group.state != "active":
        remove(group.id)
        return
    parent = _parent(group.id)
    row = row_of(group, parent, _ancestors(group.id, parent))
    table = territories.c
    old = model.Session.execute(
        sa.select(table.name, table.type, table.ancestors).where(table.organization_id == group.id)
    ).first()
    write([row])
    if old is None:
        return
    if old.ancestors != row["ancestors"]:
        move_below(group.id, row["ancestors"])
    if tuple(old) != (row["name"], row["type"], row["ancestors"]):
        reindex.later(group.id)


def remove(organization_id: str) -> None:
    """Forget an organisation that is no longer active; those that were under it become tops of trees."""
    if not ready():
        return
    reindex.later(*_below(organization_id))
    model.Session.execute(
        sa.update(territories).where(territories.c.parent_id == organization_id).values(parent_id=None)
    )
    _cut_below(organization_id)
    model.Session.execute(sa.delete(territories).where(territories.c.organization_id == organization_id))
    for column in (memberships.c.organization_id, memberships.c.of_id):
        model.Session.execute(sa.delete(memberships).where(column == organization_id))


def complete() -> int:
    """Write the rows of active organisations that have none (made before the plugin was enabled); give their number."""
    missing = (
        model.Session.query(model.Group)
        .outerjoin(territories, territories.c.organization_id == model.Group.id)
        .filter(model.Group.is_organization, model.Group.state == "active", territories.c.organization_id.is_(None))
        .all()
    )
    for group in missing:
        refresh(group)
    return len(missing)


def write(rows: list[dict[str, Any]]) -> None:
    """Insert or replace rows; a row without `seeded_title` keeps the one that is there."""
    if not rows:
        return
    statement = insert(territories)
    changed = {name: statement.excluded[name] for name in rows[0] if name != "organization_id"}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["organization_id"], set_=changed), rows)


def row_of(group: model.Group, parent_id: str | None, ancestors: list[str]) -> dict[str, Any]:
    """The row of an organisation, from CKAN's own record."""
    extras: dict[str, str] = dict(getattr(group, "extras", None) or {})
    insee, siren = extras.get("insee_code") or None, extras.get("siren") or None
    postal_codes = (extras.get("postal_codes") or "").split()
    title = group.title or group.name
    kind = extras.get("territory_type") or "autre"
    words = [fold(title), *filter(None, (insee, siren)), *postal_codes, fold(group.name)]
    if kind == "commune" and insee:
        words += [word for old in history.former(insee) for word in (old[0], fold(old[1]))]
    return {
        "organization_id": group.id,
        "name": group.name,
        "title": title,
        "type": kind,
        "insee_code": insee,
        "siren": siren,
        "postal_codes": postal_codes,
        "population_municipale": _number(extras.get("population_municipale"), int),
        "population_totale": _number(extras.get("population_totale"), int),
        "legal_duty": extras.get("legal_duty") or "unknown",
        "longitude": _number(extras.get("longitude"), float),
        "latitude": _number(extras.get("latitude"), float),
        "parent_id": parent_id,
        "ancestors": ancestors,
        "sort_key": fold(title),
        "valid_to": extras.get("valid_to") or None,
        "successor": extras.get("successor") or None,
        "search_text": " " + " ".join(dict.fromkeys(" ".join(words).lower().split())),
    }


def index_terms(organization_id: str) -> tuple[list[str], str] | None:
    """Names of an organisation and of all that it belongs to, and its type; one query, None where it has no row."""
    mine, above = territories.alias("mine"), territories.alias("above")
    relations = sa.select(memberships.c.of_id).where(memberships.c.organization_id == organization_id)
    everything = sa.func.array_cat(
        mine.c.ancestors, sa.func.array_append(sa.func.array(relations.scalar_subquery()), mine.c.organization_id)
    )
    found = model.Session.execute(
        sa.select(mine.c.type, above.c.name)
        .select_from(mine)
        .join(above, above.c.organization_id == sa.any_(everything))
        .where(mine.c.organization_id == organization_id)
    ).all()
    return (sorted({row.name for row in found}), found[0].type) if found else None


def _parent(organization_id: str) -> str | None:
    """The parent in CKAN's tree; the first by name where the API was given several."""
    member, group = model.member_table.c, model.group_table.c
    return model.Session.execute(
        sa.select(group.id)
        .join(model.member_table, member.table_id == group.id)
        .where(
            member.group_id == organization_id,
            member.table_name == "group",
            member.state == "active",
            group.state == "active",
            group.is_organization,
        )
        .order_by(group.name)
        .limit(1)
    ).scalar()


def _ancestors(organization_id: str, parent: str | None) -> list[str]:
    """From the top down to the parent; walks CKAN's own tree, because a parent may have no row yet."""
    found: list[str] = []
    while parent and parent not in found and parent != organization_id:
        found.insert(0, parent)
        parent = _parent(parent)
    return found


def _below(organization_id: str) -> list[str]:
    statement = sa.select(territories.c.organization_id).where(territories.c.ancestors.contains([organization_id]))
    return list(model.Session.execute(statement).scalars())


def move_below(organization_id: str, ancestors: list[str]) -> None:
    """Put new ancestors above all that is below an organisation that moved."""
    _set_below(organization_id, [*ancestors, organization_id])


def _cut_below(organization_id: str) -> None:
    _set_below(organization_id, [])


def _set_below(organization_id: str, above: list[str]) -> None:
    column = territories.c.ancestors
    place = sa.func.array_position(column, organization_id)
    tail = column[place + 1 : sa.func.cardinality(column)]
    start = sa.cast(sa.literal(above, column.type), column.type)
    model.Session.execute(
        sa.update(territories)
        .where(column.contains([organization_id]))
        .values(ancestors=sa.func.array_cat(start, tail))
    )


def _number(text: str | None, kind: type[int] | type[float]) -> Any:
    try:
        return kind(text) if text else None
    except ValueError:
        # Written before the schema was in force; the validators refuse it at the next edit.
        return None
