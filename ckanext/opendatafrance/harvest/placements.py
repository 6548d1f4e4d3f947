"""The mapping table of one source, and what it makes of the publishers that the source names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckan import model

from ckanext.opendatafrance.harvest import publishers
from ckanext.opendatafrance.harvest.directory import Directory
from ckanext.opendatafrance.harvest.model import HarvestRecord, now
from ckanext.opendatafrance.harvest.model_placing import HarvestOwner, HarvestPlacing, HarvestPublisher
from ckanext.opendatafrance.harvest.placing import Place, Verdict
from ckanext.opendatafrance.harvest.publishers import Line, Publisher

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.sources import Source

FACTS = ("name", "number", "insee", "reference")
PERSON = "person"
SAME = "same"
UNNAMED = "unnamed"
OFF = "off"
REASONS = (PERSON, SAME, "number", "insee", "reference", "name", UNNAMED, OFF)
"""Why a publisher is where it is: a person said so; under another name a person did; exactly that organisation has its
SIREN, INSEE code, address or name; the source names nobody; the source does not place by publisher."""

_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_PUBLISHER: sa.Table = HarvestPublisher.__table__  # pyright: ignore[reportAssignmentType]
_LINE: sa.Table = HarvestPlacing.__table__  # pyright: ignore[reportAssignmentType]
_OWNER: sa.Table = HarvestOwner.__table__  # pyright: ignore[reportAssignmentType]
_GROUP: sa.Table = model.group_table


class PlacingTable:
    """What is known of the publishers of a source when it is read; new ones are found out when they are met.

    Attributes:
        locks: datasets whose owner a person chose: id of the dataset → id of the organisation.
        stored: what the database says of the publishers met before.
        found: what is true of them now.
    """

    def __init__(self, source_id: str, owner_id: str, *, by_publisher: bool = True) -> None:
        self.source_id = source_id
        self.owner_id = owner_id
        self.by_publisher = by_publisher
        self._directory = Directory(owner_id)
        self._lines = _lines(source_id)
        self.locks = _locks()
        self.stored = _stored(source_id)
        self.found = self._verdicts(list(self.stored))

    def verdict(self, publisher: Publisher) -> Verdict:
        """Where the datasets of a publisher belong."""
        if publisher not in self.found:
            self.found |= self._verdicts([publisher])
        return self.found[publisher]

    def owner(self, publisher_id: str) -> str:
        """Id of the organisation that owns the datasets of a publisher met before."""
        return self._owners.get(publisher_id, self.owner_id)

    def says(self, about: Publisher, organization: str) -> bool:
        """Whether publishers with these facts, met or not, belong to this organisation already."""
        if about in self.found:
            return self.found[about].organization == organization
        return publishers.placed(about, self._lines) == organization

    def differences(self) -> dict[Publisher, Verdict]:
        """The publishers of which something else is true than what is stored."""
        return {publisher: found for publisher, found in self.found.items() if found != self.stored.get(publisher)}

    @property
    def _owners(self) -> dict[str, str]:
        return {one.id_in(self.source_id): found.organization or self.owner_id for one, found in self.found.items()}

    def _verdicts(self, asked: Sequence[Publisher]) -> dict[Publisher, Verdict]:
        found = {publisher: self._said(publisher) for publisher in asked}
        open_ = [publisher for publisher, verdict in found.items() if verdict is None]
        kept = self._kept(open_)
        matches = self._directory.matches([publisher for publisher in open_ if publisher not in kept])
        sure = {one: Verdict(match.organization.id, match.by) for one, match in matches.items()}
        # Outside the sub-tree only a person may place, who has rights there.
        sure = {one: verdict for one, verdict in sure.items() if matches[one].organization.inside}
        return {publisher: verdict or kept.get(publisher) or sure.get(publisher) or Verdict()
                for publisher, verdict in found.items()}  # fmt: skip

    def _said(self, publisher: Publisher) -> Verdict | None:
        """What needs no look at the organisations of the portal."""
        if publisher.is_empty:
            return Verdict(reason=UNNAMED)
        if organization := publishers.placed(publisher, self._lines):
            return Verdict(organization, PERSON)
        if not self.by_publisher:
            return Verdict(reason=OFF)
        if organization := publishers.same_identifier(publisher, self._lines):
            return Verdict(organization, SAME)
        return None

    def _kept(self, asked: Sequence[Publisher]) -> dict[Publisher, Verdict]:
        """What was found without a person stays while it is in the sub-tree, though it gets another name."""
        before = {one: self.stored[one] for one in asked if one in self.stored and self.stored[one].organization}
        before = {one: verdict for one, verdict in before.items() if verdict.reason not in (PERSON, SAME)}
        inside = self._directory.inside({str(verdict.organization) for verdict in before.values()})
        return {one: verdict for one, verdict in before.items() if verdict.organization in inside}


def load(source: Source) -> PlacingTable:
    """The table as it is now; writes nothing."""
    return PlacingTable(source.id, source.owner.id, by_publisher=source.places_by_publisher)


def save(table: PlacingTable) -> None:
    """Store what is true of the publishers now; without commit."""
    for publisher, found in table.differences().items():
        model.Session.execute(
            sa.update(_PUBLISHER)
            .where(_PUBLISHER.c.id == publisher.id_in(table.source_id))
            .values(organization_id=found.organization, reason=found.reason)
        )


def note(source_id: str, placed: Iterable[tuple[str, Place]]) -> None:
    """Store the publishers of records that are being stored; without commit.

    Args:
        placed: ids of datasets, and where each was placed.
    """
    rows = list(placed)
    seen = {place.publisher: place.verdict for _dataset, place in rows}
    values = [
        {
            "id": publisher.id_in(source_id),
            "source_id": source_id,
            **_facts(publisher),
            "organization_id": verdict.organization,
            "reason": verdict.reason,
            "first_seen": now(),
        }
        for publisher, verdict in seen.items()
    ]
    # Two processes that insert the same rows in another order would wait for each other for ever.
    values.sort(key=lambda row: row["id"])
    model.Session.execute(insert(_PUBLISHER).on_conflict_do_nothing(), values)
    # Another source with the same dataset did not place it as it is now, and must not take that for a person's doing.
    model.Session.execute(
        sa.update(_RECORD)
        .where(_RECORD.c.dataset_id.in_([dataset for dataset, _place in rows]), _RECORD.c.source_id != source_id)
        .where(_RECORD.c.placed.is_not(None))
        .values(placed=None)
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """A line for the mapping table of a source; `organization` None takes the line out."""

    source_id: str
    about: Publisher
    organization: str | None


def decide(decisions: Iterable[Decision], user_id: str | None) -> datetime:
    """Put lines into mapping tables, or take them out; without commit. Returns the time by which they are undone."""
    time = now()
    for one in decisions:
        before = decided(one.source_id, one.about)
        if one.organization is None:
            model.Session.execute(sa.delete(_LINE).where(*_mine(one.source_id, one.about)))
        elif one.organization != before:
            values = {**_facts(one.about), "organization_id": one.organization, "replaced": before}
            values |= {"decided": time, "decided_by": user_id}
            statement = insert(_LINE).values(source_id=one.source_id, key=one.about.key, **values)
            model.Session.execute(statement.on_conflict_do_update(index_elements=["source_id", "key"], set_=values))
    return time


def decided(source_id: str, about: Publisher) -> str | None:
    """Id of the organisation of exactly this line of the mapping table."""
    return model.Session.execute(sa.select(_LINE.c.organization_id).where(*_mine(source_id, about))).scalar()


def undoing(time: datetime, user_id: str | None) -> list[Decision]:
    """What takes back the decisions that a user took at once; empty where others were taken since."""
    query = sa.select(_LINE).where(_LINE.c.decided == time, _LINE.c.decided_by.is_not_distinct_from(user_id))
    return [Decision(row.source_id, publisher_of(row), row.replaced) for row in model.Session.execute(query)]


def _mine(source_id: str, about: Publisher) -> tuple[Any, ...]:
    return _LINE.c.source_id == source_id, _LINE.c.key == about.key


def lines(source_id: str) -> list[Line]:
    """The mapping table of a source, whatever became of the organisations."""
    query = sa.select(_LINE).where(_LINE.c.source_id == source_id).order_by(_LINE.c.name, _LINE.c.key)
    return [Line(publisher_of(row), row.organization_id) for row in model.Session.execute(query)]


def publisher_of(row: Any) -> Publisher:
    """The facts of a row of either table."""
    return Publisher(row.name, row.number, row.insee, row.reference)


def _facts(publisher: Publisher) -> dict[str, str]:
    return {name: getattr(publisher, name) for name in FACTS}


def _lines(source_id: str) -> list[Line]:
    """Lines whose organisation is still there."""
    query = sa.select(_LINE).join(_GROUP, _GROUP.c.id == _LINE.c.organization_id)
    rows = model.Session.execute(query.where(_LINE.c.source_id == source_id, _GROUP.c.state == "active"))
    return [Line(publisher_of(row), row.organization_id) for row in rows]


def _locks() -> dict[str, str]:
    """Of all sources: one may take over a dataset that another has shown until now."""
    query = sa.select(_OWNER.c.dataset_id, _OWNER.c.organization_id)
    query = query.join(_GROUP, _GROUP.c.id == _OWNER.c.organization_id).where(_GROUP.c.state == "active")
    return {row.dataset_id: row.organization_id for row in model.Session.execute(query)}


def _stored(source_id: str) -> dict[Publisher, Verdict]:
    rows = model.Session.execute(sa.select(_PUBLISHER).where(_PUBLISHER.c.source_id == source_id))
    return {publisher_of(row): Verdict(row.organization_id, row.reason) for row in rows}
