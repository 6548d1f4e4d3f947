"""Search and show the territories of the portal: plain queries on `odf_territory`, quick with all of France."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import shown
from ckanext.opendatafrance.reference import cog, history, siren
from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.territories import closed
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.model import memberships, territories

# Field of the index that holds an organisation's name and those of all above it.
INDEX = "vocab_odf_territory"
SORTS = ("relevance", "title", "population", "insee", "datasets")
_DIGITS = re.compile(r"^[\d\s\u00a0\u202f]+$")


def organization_id(text: str) -> str | None:
    """Id of the organisation with this id, name, INSEE code (of today or of the past) or SIREN; communes come first."""
    columns = territories.c
    if (row := closed.known(text)) is not None:
        return row.organization_id
    number = siren.siren_of(text) or text
    # A code of two characters is a département's and often a région's: the more local one is meant.
    rank = sa.case({"commune": 0, "epci": 1, "departement": 2, "region": 3}, value=columns.type, else_=4)
    codes = {cog.normalise("commune", text), cog.normalise("departement", text), *history.resolve(text).current}
    statement = (
        sa.select(columns.organization_id)
        .where(sa.or_(columns.insee_code.in_(sorted(codes)), columns.siren == number))
        .order_by(sa.not_(is_open()), rank)
        .limit(1)
    )
    return model.Session.execute(statement).scalar()


def organization_of(kind: str, code: str) -> str | None:
    """Name of the organisation of this type with this INSEE code or SIREN."""
    columns = territories.c
    column = columns.siren if kind == "epci" else columns.insee_code
    wanted = (columns.type == kind, column == code, is_open())
    return model.Session.scalar(sa.select(columns.name).where(*wanted).limit(1))


def extras(identifier: str) -> dict[str, str]:
    """The other fields of an organisation, as CKAN stores them."""
    group = model.group_table.c
    return model.Session.scalar(sa.select(group.extras).where(group.id == identifier)) or {}


def whole_number(text: str | None) -> int | None:
    """A figure among the extras, None where there is none."""
    return int(text) if text and text.isdigit() else None


def search(
    q: str = "",
    *,
    types: list[str] | None = None,
    parent: str = "",
    within: str = "",
    only: list[str] | None = None,
    sort: str = "relevance",
    limit: int = 20,
    offset: int = 0,
) -> tuple[int, list[dict[str, Any]]]:
    """Number of territories found, and the wanted page of them; closed ones are not.

    Args:
        q: words of the name (of today or of the past), or an INSEE code, postal code, SIREN; each may be a beginning.
        types: only these types.
        parent: id of the organisation right above.
        within: id of an organisation above, at any height, in the tree or by membership.
        only: ids of those that may be found; all where it is not given.
        sort: one of SORTS; most inhabitants and most datasets first.
    """
    columns = territories.c
    conditions = [is_open(), *(columns.search_text.contains(f" {word}", autoescape=True) for word in _words(q))]
    if types:
        conditions.append(columns.type.in_(types))
    if only is not None:
        conditions.append(columns.organization_id.in_(only))
    if parent:
        conditions.append(columns.parent_id == parent)
    if within:
        related = sa.select(memberships.c.organization_id).where(memberships.c.of_id == within)
        conditions.append(sa.or_(columns.ancestors.contains([within]), columns.organization_id.in_(related)))
    statement = sa.select(territories).where(*conditions).limit(limit).offset(offset)
    if sort == "datasets":
        # Joined, not asked row by row: CKAN has no index on the owner of a dataset.
        package = model.package_table.c
        number = sa.func.count().label("number")
        owned = (
            sa.select(package.owner_org, number).where(*shown.public(package)).group_by(package.owner_org).subquery()
        )
        statement = statement.outerjoin(owned, owned.c.owner_org == columns.organization_id)
        statement = statement.order_by(owned.c.number.desc().nulls_last())
    statement = statement.order_by(*_order(q, sort))
    rows = model.Session.execute(statement).all() if limit else []
    if not offset and len(rows) < limit:
        return len(rows), summaries(rows)
    count = model.Session.scalar(sa.select(sa.func.count()).select_from(territories).where(*conditions)) or 0
    return count, summaries(rows)


def ending(row: Any) -> dict[str, Any]:
    """Whether an organisation is closed, and what was before it: {closed, valid_to, reason, successor, formerly}."""
    old = row if closed.past(row.valid_to) else None
    new = closed.successor(old) if old is not None else None
    brief = {"id": new.organization_id, "name": new.name, "title": new.title} if new is not None else None
    before = closed.predecessors(row.organization_id, row.name)
    return {
        "closed": old is not None,
        "valid_to": row.valid_to,
        "reason": closed.why(old) if old is not None else None,
        "successor": brief,
        "formerly": [
            {"id": one.organization_id, "name": one.name, "title": one.title, "valid_to": one.valid_to}
            for one in before
        ],
    }


def summaries(rows: Any) -> list[dict[str, Any]]:
    """What lists show of territories, with the number of public datasets of each."""
    counts = own_datasets([row.organization_id for row in rows])
    return [
        {
            "id": row.organization_id,
            "name": row.name,
            "title": row.title,
            "type": row.type,
            "insee_code": row.insee_code,
            "siren": row.siren,
            "postal_codes": row.postal_codes,
            "population_municipale": row.population_municipale,
            "population_totale": row.population_totale,
            "legal_duty": row.legal_duty,
            "longitude": row.longitude,
            "latitude": row.latitude,
            "parent_id": row.parent_id,
            "datasets": counts.get(row.organization_id, 0),
        }
        for row in rows
    ]


def by_ids(ids: list[str]) -> list[dict[str, Any]]:
    """Summaries of organisations, in the order of their ids."""
    found = model.Session.execute(sa.select(territories).where(territories.c.organization_id.in_(ids))).all()
    by_id = {one["id"]: one for one in summaries(found)}
    return [by_id[one] for one in ids if one in by_id]


def titles(names: list[str]) -> dict[str, str]:
    """Titles by name."""
    columns = territories.c
    found = model.Session.execute(sa.select(columns.name, columns.title).where(columns.name.in_(names)))
    return {name: title for name, title in found.tuples()}


def beside(identifier: str) -> list[str]:
    """Ids of the memberships of an organisation beside the tree, by title."""
    columns = memberships.c
    found = model.Session.scalars(
        sa.select(columns.of_id)
        .join(territories, territories.c.organization_id == columns.of_id)
        .where(columns.organization_id == identifier)
        .order_by(territories.c.sort_key)
    )
    return list(found)


def children_by_type(identifier: str) -> dict[str, int]:
    """How many organisations of each type are below, at any height, in the tree or by membership."""
    columns = territories.c
    inside = columns.ancestors.contains([identifier])
    in_tree = sa.select(columns.type).where(is_open(), inside)
    # Of the members only those that the tree does not have: with thousands, to compare ids takes twice as long.
    beside = (
        sa.select(columns.type)
        .join(memberships, memberships.c.organization_id == columns.organization_id)
        .where(memberships.c.of_id == identifier, is_open(), sa.not_(inside))
    )
    kinds = sa.union_all(in_tree, beside).subquery().c
    statement = sa.select(kinds.type, sa.func.count()).group_by(kinds.type).order_by(kinds.type)
    return {kind: count for kind, count in model.Session.execute(statement).tuples()}


def own_datasets(ids: list[str]) -> dict[str, int]:
    """Number of public datasets of each organisation; those without any are left out."""
    package = model.package_table.c
    statement = (
        sa.select(package.owner_org, sa.func.count())
        .where(package.owner_org.in_(ids), *shown.public(package))
        .group_by(package.owner_org)
    )
    return {owner: count for owner, count in model.Session.execute(statement).tuples()}


def datasets_below(name: str) -> int:
    """Number of public datasets of an organisation and of all that is below it.

    Asked of the index, which knows it at once; the database would read all datasets of a région.
    """
    asked = {"fq": f'+{INDEX}:"{name}" +dataset_type:dataset', "rows": 0, "facet": "false"}
    return tk.get_action("package_search")({"user": "", "auth_user_obj": None}, asked)["count"]


def _words(q: str) -> list[str]:
    if _DIGITS.match(q):
        digits = siren.clean(q)
        # A SIRET is looked for by its SIREN, and a code of four digits has lost its zero in a spreadsheet.
        return [siren.siren_of(digits) or (f"0{digits}" if len(digits) == 4 and _is_code(f"0{digits}") else digits)]
    return fold(q).split()


def _is_code(code: str) -> bool:
    return cog.commune(code) is not None


def _order(q: str, sort: str) -> list[Any]:
    columns = territories.c
    people = columns.population_municipale.desc().nulls_last()
    if sort == "population":
        return [people, columns.sort_key, columns.name]
    if sort == "insee":
        return [columns.insee_code.asc().nulls_last(), columns.sort_key, columns.name]
    words = " ".join(_words(q))
    if sort == "relevance" and words:
        exact = sa.case(
            (sa.or_(columns.sort_key == words, columns.insee_code == words.upper(), columns.siren == words), 0),
            (columns.sort_key.startswith(words, autoescape=True), 1),
            else_=2,
        )
        return [exact, people, columns.sort_key, columns.name]
    return [columns.sort_key, columns.name]
