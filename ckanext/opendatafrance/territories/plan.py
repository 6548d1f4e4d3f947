"""What seeding would change: the organisations of a tree compared with those of the portal; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

import ckan.model as model

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.reference import files
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.model import memberships, territories
from ckanext.opendatafrance.territories.tree import Node

_CHUNK = 1000
_DELETED = N_("it was deleted here: restore it, or purge it to have it made again")
_CLOSED = N_("the organisation of this address is closed: empty “Dissolved on” in its form to open it again")
_TAKEN = N_("another organisation or group has this address: rename that one, or give it the code")


@dataclass(slots=True)
class Step:
    """One organisation to create, to update, or to leave alone.

    Attributes:
        organization_id: of the organisation of the portal; None for one to create.
        fields: field → (value here, value to be), for what changes.
        reason: English msgid, why a person must look at it first.
    """

    node: Node
    organization_id: str | None = None
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    reason: str = ""

    @property
    def action(self) -> str:
        """create, update, keep or skip."""
        if self.reason:
            return "skip"
        if self.organization_id is None:
            return "create"
        return "update" if self.fields else "keep"


class Portal:
    """The organisations of the portal as they are, looked up by code, SIREN and name."""

    def __init__(self) -> None:
        table = territories.c
        rows = model.Session.execute(
            sa.select(
                table.organization_id, table.name, table.title, table.type, table.insee_code, table.siren,
                table.parent_id, table.seeded_title, is_open().label("open"),
            )
        ).all()  # fmt: skip
        self.rows = {row.organization_id: row for row in rows}
        self.parents: dict[str, str | None] = {row.organization_id: row.parent_id for row in rows}
        # A closed organisation keeps its codes, but is no longer the one that they mean.
        here = [row for row in rows if row.open]
        self.by_code = {(row.type, row.insee_code): row.organization_id for row in here if row.insee_code}
        self.by_siren = {row.siren: row.organization_id for row in here if row.siren}
        self.by_name = {row.name: row.organization_id for row in here}
        self.ids: dict[str, str] = {}

    def find(self, node: Node) -> str | None:
        """Id of the organisation that this node is."""
        return (
            self.by_code.get((node.type, node.insee))
            or (self.by_siren.get(node.siren) if node.siren else None)
            or self.by_name.get(node.name)
        )

    def resolve(self, key: str) -> str | None:
        """Id of the organisation of a node's key, in the tree or only in the portal."""
        kind, _, code = key.partition(":")
        return self.ids.get(key) or self.by_code.get((kind, code)) or self.by_siren.get(code)

    def ancestors(self, organization_id: str) -> list[str]:
        """Ids from the top down to the parent."""
        found: list[str] = []
        parent = self.parents.get(organization_id)
        while parent and parent not in found:
            found.insert(0, parent)
            parent = self.parents.get(parent)
        return found


def compare(nodes: list[Node], portal: Portal) -> list[Step]:
    """One step for each node, in the order of the nodes; fills `portal.ids` with those that are already there."""
    steps = [Step(node, portal.find(node)) for node in nodes]
    portal.ids.update({step.node.key: step.organization_id for step in steps if step.organization_id})
    here = _records(step.organization_id for step in steps if step.organization_id)
    taken = _taken(step.node.name for step in steps if not step.organization_id)
    for step in steps:
        if step.organization_id:
            step.fields = _differences(step, here[step.organization_id], portal)
        elif step.node.name in taken:
            step.reason = taken[step.node.name]
    return steps


def relations(nodes: list[Node], portal: Portal) -> list[tuple[str, str]]:
    """Memberships to be added: (organisation, what it belongs to)."""
    wanted = wanted_relations(nodes, portal)
    stored: set[tuple[str, str]] = set()
    for ids in _chunks(sorted({pair[0] for pair in wanted})):
        columns = memberships.c
        stored.update(
            model.Session.execute(
                sa.select(columns.organization_id, columns.of_id).where(columns.organization_id.in_(ids))
            ).tuples()
        )
    return sorted(wanted - stored)


def wanted_relations(nodes: list[Node], portal: Portal) -> set[tuple[str, str]]:
    """All memberships that should be there; those that the tree already tells are left out."""
    return {pair for node in nodes for pair in _relations(node, portal)}


def fields_of(node: Node) -> dict[str, str]:
    """What the COG says of an organisation, as the schema stores it; fields without a value are left out."""
    place = node.place
    populations = (node.population_municipale, node.population_totale)
    values = {
        "territory_type": node.type,
        "insee_code": node.insee,
        "siren": node.siren,
        "postal_codes": " ".join(node.postal_codes),
        "population_municipale": "" if populations[0] is None else str(populations[0]),
        "population_totale": "" if populations[1] is None else str(populations[1]),
        "population_year": "" if populations == (None, None) else str(files.vintage().populations),
        "longitude": f"{place.longitude:.9g}" if place else "",
        "latitude": f"{place.latitude:.9g}" if place else "",
        "bbox": place.bbox if place else "",
    }
    return {name: value for name, value in values.items() if value}


def offers_of(node: Node) -> dict[str, str]:
    """What the registry suggests where nobody has written anything yet."""
    values = {
        "description": node.description,
        "website": node.contact.website,
        "contact_email": node.contact.email,
    }
    return {name: value for name, value in values.items() if value}


def _differences(step: Step, record: Any, portal: Portal) -> dict[str, tuple[Any, Any]]:
    node, extras = step.node, record.extras or {}
    changes = {name: (extras.get(name, ""), value) for name, value in fields_of(node).items()}
    here = {**extras, "description": record.description}
    changes |= {name: ("", value) for name, value in offers_of(node).items() if not here.get(name)}
    # A title that somebody chose is theirs.
    if record.title == portal.rows[record.id].seeded_title:
        changes["title"] = (record.title, node.title)
    found = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    if node.parent and not _well_placed(node, portal.parents.get(record.id), portal):
        parent = portal.parents.get(record.id)
        found["parent"] = (portal.rows[parent].name if parent in portal.rows else "", node.parent)
    return found


def _well_placed(node: Node, parent: str | None, portal: Portal) -> bool:
    if parent is None:
        return False
    return any(portal.resolve(key) == parent for key in (node.parent, *node.alternatives))


def _relations(node: Node, portal: Portal) -> Iterator[tuple[str, str]]:
    organization = portal.ids.get(node.key)
    if organization is None:
        return
    above = {organization, *portal.ancestors(organization)}
    for key in node.memberships:
        found = portal.resolve(key)
        if found and found not in above:
            yield organization, found


def _records(ids: Iterable[str]) -> dict[str, Any]:
    group = model.group_table.c
    found: dict[str, Any] = {}
    for chunk in _chunks(list(ids)):
        statement = sa.select(group.id, group.title, group.description, group.extras).where(group.id.in_(chunk))
        found.update({row.id: row for row in model.Session.execute(statement)})
    return found


def _taken(names: Iterable[str]) -> dict[str, str]:
    """Names that seeding may not use, and why."""
    group = model.group_table.c
    columns = sa.select(group.name, group.state, sa.not_(is_open()).label("closed"))
    statement = columns.outerjoin(territories, territories.c.organization_id == group.id)
    found: dict[str, str] = {}
    for chunk in _chunks(list(names)):
        for row in model.Session.execute(statement.where(group.name.in_(chunk))):
            found[row.name] = _DELETED if row.state == "deleted" else _CLOSED if row.closed else _TAKEN
    return found


def _chunks(items: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(items), _CHUNK):
        yield items[first : first + _CHUNK]
