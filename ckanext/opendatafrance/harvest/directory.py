"""Which organisations of the portal a publisher may be: by code, by name, and by how alike the names are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

import ckan.plugins as p
from ckan import model

from ckanext.opendatafrance.harvest.publishers import Publisher, spellings
from ckanext.opendatafrance.reference import cog, history, siren
from ckanext.opendatafrance.reference.folding import fold

_GROUP: sa.Table = model.group_table
LEAST_ALIKE = 0.4
"""Share of common groups of three letters below which two names have nothing to do with each other."""


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation of the portal; `inside` = the one that owns the source, or in its sub-tree."""

    id: str
    name: str
    title: str
    siren: str | None
    insee_code: str | None
    folded: str
    inside: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An organisation that a publisher is without doubt, and by which of its facts ("number", "insee", …)."""

    organization: Organization
    by: str


class Directory:
    """The organisations of the portal, seen from the one that owns a source.

    With the plugin of territories its table answers, by indexes and with memberships; without it CKAN's organisations
    and their own tree do.
    """

    def __init__(self, owner_id: str) -> None:
        self.owner_id = owner_id

    def matches(self, publishers: Sequence[Publisher]) -> dict[Publisher, Match]:
        """Those publishers that are exactly one organisation: no fact of theirs is that of another.

        Organisations of the sub-tree come first: a namesake elsewhere makes nothing doubtful.
        """
        if not publishers:
            return {}
        wanted = {publisher: _wanted(publisher) for publisher in publishers}
        found = self._having([facts for facts in wanted.values()])
        matches = {}
        for publisher, facts in wanted.items():
            near = [organization for organization in found if organization.inside]
            match = _match(facts, near) or (None if _any(facts, near) else _match(facts, found))
            if match:
                matches[publisher] = match
        return matches

    def alike(self, publisher: Publisher, limit: int) -> list[Organization]:
        """Organisations whose name or codes resemble, the likeliest first; of the sub-tree where there is one."""
        facts = _wanted(publisher)
        coded = [one for one in self._having([facts]) if any(one.id in ids for ids in _sets(facts, [one]).values())]
        names = [_trigrams(spelling) for spelling in spellings(publisher.name)]
        scores = [
            (max((_likeness(name, letters) for name in names), default=0.0), organization)
            for organization, letters in self._lettered
        ]
        likely = sorted((pair for pair in scores if pair[0] >= LEAST_ALIKE), key=lambda pair: (-pair[0], pair[1].name))
        found = {one.id: one for one in [*coded, *(organization for _score, organization in likely)]}
        return list(found.values())[:limit]

    def named(self, text: str) -> list[Organization]:
        """Organisations that a person may mean by an id, a name (CKAN's or the title), an INSEE code or a SIREN."""
        number = siren.siren_of(text)
        codes = set(history.resolve(text).current) if text.isalnum() else set()
        facts = {"id": {text}, "name": {text}, "folded": {fold(text)}, "insee_code": codes | {text}}
        found = self._having([{**facts, "siren": {number} if number else set()}])
        return [one for one in found if text in (one.id, one.name)] or found

    def inside(self, ids: Collection[str]) -> set[str]:
        """Those of these organisations that are active and in the sub-tree."""
        return {one.id for one in self._rows(lambda columns: columns.id.in_(list(ids))) if one.inside} if ids else set()

    @cached_property
    def _lettered(self) -> list[tuple[Organization, frozenset[str]]]:
        everything = list(self._rows(lambda columns: sa.true()))
        near = [one for one in everything if one.inside]
        return [(one, _trigrams(one.folded)) for one in (near if len(near) > 1 else everything)]

    def _having(self, wanted: Iterable[dict[str, set[str]]]) -> list[Organization]:
        """Organisations with one of these codes, addresses or names."""
        facts: dict[str, list[str]] = {}
        for one in wanted:
            for name, values in one.items():
                facts.setdefault(name, []).extend(values)

        def having(columns: Any) -> Any:
            return sa.or_(*(columns[name].in_(values) for name, values in facts.items() if values), sa.false())

        return list(self._rows(having))

    def _rows(self, where: Any) -> Iterable[Organization]:
        table = self._territories if p.plugin_loaded("opendatafrance_territories") else self._organizations
        query = sa.select(table).where(where(table.c)).order_by(table.c.name)
        return [Organization(**row._mapping) for row in model.Session.execute(query)]

    @cached_property
    def _territories(self) -> sa.Subquery:
        """Open territories; those above the owner are not below it, even where they are members of it."""
        # The table exists only with that plugin.
        from ckanext.opendatafrance.territories.closed import is_open
        from ckanext.opendatafrance.territories.model import memberships, territories

        columns = territories.c
        above = sa.select(sa.func.unnest(columns.ancestors)).where(columns.organization_id == self.owner_id)
        members = sa.select(memberships.c.organization_id).where(
            memberships.c.of_id == self.owner_id, memberships.c.organization_id.not_in(above)
        )
        inside = sa.or_(
            columns.organization_id == self.owner_id,
            columns.ancestors.contains([self.owner_id]),
            columns.organization_id.in_(members),
        )
        return (
            sa.select(
                columns.organization_id.label("id"),
                columns.name,
                columns.title,
                columns.siren,
                columns.insee_code,
                columns.sort_key.label("folded"),
                inside.label("inside"),
            )
            .where(is_open())
            .subquery()
        )

    @cached_property
    def _organizations(self) -> Any:
        """CKAN's own organisations as the same columns; a portal without territories has few."""
        columns = _GROUP.c
        rows = model.Session.execute(
            sa.select(columns.id, columns.name, columns.title, columns.extras).where(
                columns.is_organization, columns.state == "active"
            )
        )
        below = _below(self.owner_id)
        values = [
            (
                row.id,
                row.name,
                row.title or row.name,
                (row.extras or {}).get("siren"),
                (row.extras or {}).get("insee_code"),
                fold(row.title or row.name),
                row.id in below,
            )
            for row in rows
        ]
        text = [sa.column(name, sa.UnicodeText) for name in ("id", "name", "title", "siren", "insee_code", "folded")]
        return sa.values(*text, sa.column("inside", sa.Boolean), name="organizations").data(values)


def _below(owner_id: str) -> set[str]:
    owner = model.Group.get(owner_id)
    found = owner.get_children_group_hierarchy(type="organization") if owner else []
    return {owner_id, *(row[0] for row in found)}


def _wanted(publisher: Publisher) -> dict[str, set[str]]:
    """What an organisation must have to be the publisher: column → values."""
    number = siren.siren_of(publisher.number)
    codes = set(history.resolve(publisher.insee).current or [publisher.insee]) if publisher.insee else set()
    commune = cog.by_siren(number) if number else None
    if isinstance(commune, cog.Commune):
        codes.add(commune.code)
    return {
        "siren": {number} if number else set(),
        "insee_code": codes,
        "name": {publisher.reference} if publisher.reference else set(),
        "folded": set(spellings(publisher.name)),
    }


def _sets(facts: dict[str, set[str]], organizations: Sequence[Organization]) -> dict[str, set[str]]:
    """By fact, the ids of the organisations that have it."""
    by = {"number": "siren", "insee": "insee_code", "reference": "name", "name": "folded"}
    return {
        fact: {one.id for one in organizations if getattr(one, column) in facts[column]} for fact, column in by.items()
    }


def _any(facts: dict[str, set[str]], organizations: Sequence[Organization]) -> bool:
    return any(_sets(facts, organizations).values())


def _match(facts: dict[str, set[str]], organizations: Sequence[Organization]) -> Match | None:
    named = {fact: ids for fact, ids in _sets(facts, organizations).items() if ids}
    common = set.intersection(*named.values()) if named else set()
    if len(common) != 1:
        return None
    [identifier] = common
    return Match(next(one for one in organizations if one.id == identifier), next(iter(named)))


def _trigrams(text: str) -> frozenset[str]:
    padded = f"  {text} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
