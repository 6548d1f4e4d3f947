"""Writing down what a run found out of identities, in the transaction of its datasets; nothing here commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckan import model
from ckan.model.types import make_uuid

from ckanext.harvest.model import HarvestObject
from ckanext.opendatafrance.harvest.identity.ledger import Standing
from ckanext.opendatafrance.harvest.identity.look_up import RECORD, Pair
from ckanext.opendatafrance.harvest.identity.tables import COPY, IDENTITY, KEY
from ckanext.opendatafrance.harvest.model import now

PERSON = "person"
_OBJECT: sa.Table = HarvestObject.__table__


def remember(source_id: str, stored: Mapping[str, tuple[str, Standing]]) -> None:
    """Note keys and roles of records whose datasets are being stored: guid → id of the dataset, what it is."""
    if not stored:
        return
    _replace_keys(source_id, {guid: standing for guid, (_id, standing) in stored.items()})
    leading = [guid for guid, (_id, standing) in stored.items() if not standing.follows]
    model.Session.execute(sa.delete(COPY).where(COPY.c.source_id == source_id, COPY.c.guid.in_(leading)))
    taken = {stored[guid][0]: (guid, stored[guid][1]) for guid in leading if stored[guid][1].yielding}
    if taken:
        _hand_over(source_id, taken)


def _replace_keys(source_id: str, standings: Mapping[str, Standing]) -> None:
    model.Session.execute(sa.delete(KEY).where(KEY.c.source_id == source_id, KEY.c.guid.in_(list(standings))))
    rows = [
        {"source_id": source_id, "guid": guid, "digest": key.digest, "kind": key.kind}
        for guid, standing in standings.items()
        for key in standing.keys
    ]
    if rows:
        model.Session.execute(sa.insert(KEY), rows)


def _hand_over(source_id: str, taken: Mapping[str, tuple[str, Standing]]) -> None:
    """Records that led these datasets follow from now on; their jobs keep their history without the dataset."""
    for _guid, standing in taken.values():
        for one in standing.yielding:
            copy(one.pair, standing.kind or PERSON, *standing.before)
    detach(source_id, list(taken))
    time = now()
    model.Session.execute(
        sa.insert(IDENTITY),
        [
            {
                "id": make_uuid(),
                "action": "takeover",
                "dataset_id": dataset_id,
                "records": [[source_id, guid]],
                "created": time,
            }
            for dataset_id, (guid, _standing) in taken.items()
        ],
    )


def detach(source_id: str, dataset_ids: Sequence[str]) -> None:
    """Take datasets out of the history of other sources: ckanext-harvest's "clear" would delete them with it."""
    _forget(_OBJECT.c.package_id.in_(dataset_ids), _OBJECT.c.harvest_source_id != source_id)


def leave_history(source_id: str, dataset_ids: Sequence[str]) -> None:
    """Take datasets out of the history of this source."""
    _forget(_OBJECT.c.package_id.in_(dataset_ids), _OBJECT.c.harvest_source_id == source_id)


def _forget(*which: sa.ColumnElement[bool]) -> None:
    model.Session.execute(sa.update(_OBJECT).where(*which).values(package_id=None, current=False))


def follow(source_id: str, followers: Iterable[tuple[str, str, Standing]]) -> None:
    """Note records whose dataset another source shows: guid, fingerprint, what it is."""
    rows = list(followers)
    if not rows:
        return
    _replace_keys(source_id, {guid: standing for guid, _fingerprint, standing in rows})
    time = now()
    common = {"source_id": source_id, "last_seen": time, "missing_runs": 0, "state": "present", "archived": None}
    # Where another source shows the dataset, this one does not say whose it is.
    values = [
        {
            "guid": guid,
            "fingerprint": fingerprint,
            "dataset_id": standing.dataset_id,
            "first_seen": time,
            "publisher_id": None,
            "placed": None,
            **common,
        }
        for guid, fingerprint, standing in rows
    ]
    _upsert(RECORD, values, but=("source_id", "guid", "first_seen"))
    for guid, _fingerprint, standing in rows:
        copy((source_id, guid), standing.kind or PERSON, standing.title, standing.link)


def copy(record: Pair, kind: str, title: str, link: str) -> None:
    """Note that a record follows; the reason and the date stay those of the first time."""
    row = {
        "source_id": record[0],
        "guid": record[1],
        "kind": kind,
        "title": title,
        "link": link or None,
        "since": now(),
    }
    _upsert(COPY, [row], but=("source_id", "guid", "kind", "since"))


def _upsert(table: sa.Table, rows: list[dict[str, Any]], but: tuple[str, ...]) -> None:
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in but}
    model.Session.execute(statement.on_conflict_do_update(index_elements=["source_id", "guid"], set_=changed), rows)
