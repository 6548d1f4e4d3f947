"""Questions to the tables, each one query for a page of records and bounded by indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ckan import model

from ckanext.opendatafrance.harvest.identity.tables import APART, COPY, KEY
from ckanext.opendatafrance.harvest.model import HarvestRecord

MOST = 20
"""Records that may share a key; what more have says nothing of which dataset it is."""
RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
PACKAGE: sa.Table = model.package_table
Pair = tuple[str, str]
"""A record: id of its source, guid."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A record that has a key.

    Attributes:
        dataset_id: of its dataset where the portal shows it to everybody, else None.
    """

    source_id: str
    guid: str
    kind: str
    dataset_id: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """One of the records of a dataset; `leads` where the dataset is shown as its source has it."""

    source_id: str
    guid: str
    state: str
    leads: bool

    @property
    def pair(self) -> Pair:
        return self.source_id, self.guid


def holders(digests: Iterable[bytes]) -> dict[bytes, list[Holder]]:
    """Who has these keys; those that too many have are left out."""
    array = sa.literal(sorted(set(digests)), ARRAY(sa.LargeBinary))
    asked = sa.func.unnest(array).table_valued("digest").render_derived(name="asked")
    some = sa.select(KEY).where(KEY.c.digest == asked.c.digest).limit(MOST + 1).lateral("some")
    shown = sa.and_(PACKAGE.c.state == "active", PACKAGE.c.private.is_(False), PACKAGE.c.type == "dataset")
    query = (
        sa.select(some.c.digest, some.c.source_id, some.c.guid, some.c.kind, PACKAGE.c.id)
        .select_from(asked)
        .join(some, sa.true())
        .join(RECORD, sa.and_(RECORD.c.source_id == some.c.source_id, RECORD.c.guid == some.c.guid))
        .outerjoin(PACKAGE, sa.and_(PACKAGE.c.id == RECORD.c.dataset_id, shown))
    )
    found: dict[bytes, list[Holder]] = defaultdict(list)
    for digest, source_id, guid, kind, dataset_id in model.Session.execute(query):
        found[bytes(digest)].append(Holder(source_id, guid, kind, dataset_id))
    return {digest: some for digest, some in found.items() if len(some) <= MOST}


def members(dataset_ids: Collection[str]) -> dict[str, list[Member]]:
    """The records of datasets."""
    query = (
        sa.select(RECORD.c.dataset_id, RECORD.c.source_id, RECORD.c.guid, RECORD.c.state, COPY.c.guid.label("copy"))
        .outerjoin(COPY, sa.and_(COPY.c.source_id == RECORD.c.source_id, COPY.c.guid == RECORD.c.guid))
        .where(RECORD.c.dataset_id.in_(dataset_ids))
        .order_by(RECORD.c.first_seen, RECORD.c.source_id, RECORD.c.guid)
    )
    found: dict[str, list[Member]] = defaultdict(list)
    for row in model.Session.execute(query):
        found[row.dataset_id].append(Member(row.source_id, row.guid, row.state, row.copy is None))
    return found


def apart(source_id: str, guids: Sequence[str]) -> set[tuple[str, Pair]]:
    """Which records a person told apart from these: guid, and the other record."""
    query = sa.select(APART).where(APART.c.source_id == source_id, APART.c.guid.in_(guids))
    return {(row.guid, (row.other_source_id, row.other_guid)) for row in model.Session.execute(query)}


def sizes(records: Collection[Pair]) -> dict[tuple[str, str, str], int]:
    """How many keys of each kind records have: (source, guid, kind) → number."""
    query = (
        sa.select(KEY.c.source_id, KEY.c.guid, KEY.c.kind, sa.func.count())
        .where(sa.tuple_(KEY.c.source_id, KEY.c.guid).in_(list(records)))
        .group_by(KEY.c.source_id, KEY.c.guid, KEY.c.kind)
    )
    return {(row[0], row[1], row[2]): row[3] for row in model.Session.execute(query)}


def local(names: Collection[str]) -> set[str]:
    """Those of these names that are ids of datasets here."""
    if not names:
        return set()
    return set(model.Session.execute(sa.select(PACKAGE.c.id).where(PACKAGE.c.id.in_(names))).scalars())


def facts(dataset_ids: Collection[str]) -> dict[str, Any]:
    """Title, landing page and age of datasets as they are stored: rows with id, name, title, url, metadata_created."""
    columns = (PACKAGE.c.id, PACKAGE.c.name, PACKAGE.c.title, PACKAGE.c.url, PACKAGE.c.metadata_created)
    rows = model.Session.execute(sa.select(*columns, PACKAGE.c.owner_org).where(PACKAGE.c.id.in_(dataset_ids)))
    return {row.id: row for row in rows}
