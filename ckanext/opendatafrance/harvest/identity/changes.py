"""Two datasets become one, one becomes two, and back again; each change is noted and can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest.identity import look_up, memory
from ckanext.opendatafrance.harvest.identity.look_up import RECORD, Member, Pair
from ckanext.opendatafrance.harvest.identity.precedence import Precedence
from ckanext.opendatafrance.harvest.identity.tables import APART, COPY, KEY, HarvestIdentity
from ckanext.opendatafrance.harvest.model import now
from ckanext.opendatafrance.harvest.records import pages

_PAGE = 500


class IdentityError(OdfError):
    """Two datasets cannot be merged or told apart."""

    code = "identity-impossible"


def merge(kept_id: str, other_id: str, user_id: str | None, *, kind: str = memory.PERSON) -> HarvestIdentity:
    """Make the dataset `other_id` a part of `kept_id`, whose id and address stay. Commits.

    The other one goes to the trash, and its address leads to the one that stays. Which source shows the dataset is a
    matter of precedence; where it is that of the other, it writes the dataset at its next harvest.

    Raises:
        IdentityError: one of them was not harvested, or both are the same.
    """
    members, facts = look_up.members([kept_id, other_id]), look_up.facts([kept_id, other_id])
    if kept_id == other_id or not members.get(kept_id) or not members.get(other_id):
        raise IdentityError(_NOT_TWO)
    kept, other = members[kept_id], members[other_id]
    leaves, stays = (facts[other_id], other), (facts[kept_id], kept)
    for fact, records in (stays, leaves) if _leads(other, kept) else (leaves,):
        for one in records:
            if one.leads:
                memory.copy(one.pair, kind, fact.title or "", fact.url or "")
    if _leads(other, kept):
        _lead_again(one.pair for one in other if one.leads)
    _repoint([one.pair for one in other], kept_id)
    _tell_apart(kept, other, apart=False)
    row = _note("merge", kept_id, other, user_id, other=facts[other_id])
    identifier = row.id
    tk.get_action("package_delete")(_as_portal(), {"id": other_id})
    return _again(identifier)


def split(dataset_id: str, records: Sequence[Pair], user_id: str | None) -> HarvestIdentity:
    """Take records out of a dataset, for ever: they are another one. Commits.

    A dataset that had been merged away with them comes back; otherwise the next harvest of their source makes one.
    Where they showed the dataset, the next source shows it after its next harvest.

    Raises:
        IdentityError: they are not part of this dataset, or are all of it.
    """
    members = look_up.members([dataset_id]).get(dataset_id, [])
    leaving = [one for one in members if one.pair in set(records)]
    staying = [one for one in members if one.pair not in set(records)]
    if not leaving or not staying:
        raise IdentityError(_NOT_APART)
    _tell_apart(leaving, staying, apart=True)
    _lead_again([one.pair for one in leaving])
    if not any(one.leads for one in staying):
        _forget_content(one.pair for one in staying)
    back = _merged_away(dataset_id, leaving)
    _repoint([one.pair for one in leaving], back.other_id if back else None)
    identifier = _note("split", dataset_id, leaving, user_id).id
    if back:
        back.undone = now()
        model.Session.flush()
        tk.get_action("package_patch")(_as_portal(), {"id": back.other_id, "state": "active"})
    model.Session.commit()
    return _again(identifier)


def tell_apart(one_id: str, other_id: str, user_id: str | None) -> HarvestIdentity:
    """Note for ever that two datasets are not the same. Commits.

    Raises:
        IdentityError: one of them was not harvested, or both are the same.
    """
    members, facts = look_up.members([one_id, other_id]), look_up.facts([one_id, other_id])
    if one_id == other_id or not members.get(one_id) or not members.get(other_id):
        raise IdentityError(_NOT_TWO)
    _tell_apart(members[one_id], members[other_id], apart=True)
    row = _note("apart", one_id, members[other_id], user_id, other=facts[other_id])
    model.Session.commit()
    return row


def undo(identifier: str, user_id: str | None) -> HarvestIdentity:
    """Take back a merge, a split or a "not the same". Commits.

    Raises:
        IdentityError: it was taken back before, or is nothing that can be.
    """
    row = model.Session.get(HarvestIdentity, identifier)
    if row is None or row.undone or row.action not in _BACK:
        raise IdentityError(_UNDONE)
    records = [(source_id, guid) for source_id, guid in row.records]
    if row.action == "merge":
        split(row.dataset_id, records, user_id)
    elif row.action == "split":
        _join_again(row.dataset_id, records, user_id)
    else:
        members = look_up.members([row.dataset_id, row.other_id or ""])
        _tell_apart(members.get(row.dataset_id, []), members.get(row.other_id or "", []), apart=False)
    row = _again(identifier)
    row.undone = row.undone or now()
    model.Session.commit()
    return row


def release(source_id: str) -> list[str]:
    """Let go of the datasets of a source that other sources have too, before it is cleared; their ids. Commits.

    They leave its history, with which ckanext-harvest would delete them; the other sources show them from now on.
    """
    other = RECORD.alias("other")
    shared = sa.exists().where(other.c.dataset_id == RECORD.c.dataset_id, other.c.source_id != source_id)
    query = sa.select(RECORD.c.guid, RECORD.c.dataset_id).where(RECORD.c.source_id == source_id, shared)
    rows = model.Session.execute(query).all()
    for page in pages(rows, _PAGE):
        guids, ids = [row.guid for row in page], [row.dataset_id for row in page]
        for table in (COPY, KEY, RECORD):
            model.Session.execute(sa.delete(table).where(table.c.source_id == source_id, table.c.guid.in_(guids)))
        memory.leave_history(source_id, ids)
    model.Session.commit()
    return [row.dataset_id for row in rows]


_BACK = ("merge", "split", "apart")


def _join_again(dataset_id: str, records: Sequence[Pair], user_id: str | None) -> None:
    """Records that were split off are of that dataset after all, and so is what was made of them since."""
    query = sa.select(RECORD.c.dataset_id).where(sa.tuple_(RECORD.c.source_id, RECORD.c.guid).in_(records))
    own = {one for one in model.Session.execute(query).scalars() if one and one != dataset_id}
    if found := list(look_up.facts(own)):
        for one in found:
            merge(dataset_id, one, user_id)
        return
    fact = look_up.facts([dataset_id]).get(dataset_id)
    if fact is None:
        raise IdentityError(_NOT_TWO)
    _tell_apart([Member(*one, "", False) for one in records], look_up.members([dataset_id])[dataset_id], apart=False)
    for one in records:
        memory.copy(one, memory.PERSON, fact.title or "", "")
    _repoint(records, dataset_id)


def _leads(challengers: Sequence[Member], holders: Sequence[Member]) -> bool:
    precedence = Precedence()
    held = {one.source_id for one in holders if one.leads and one.state != "archived"}
    claiming = [one.source_id for one in challengers if one.leads and one.state != "archived"]
    return any(precedence.of(one).active and precedence.leads(one, held) for one in claiming)


def _merged_away(dataset_id: str, leaving: Iterable[Member]) -> HarvestIdentity | None:
    """The merge that brought these records here, where their own dataset waits in the trash."""
    query = sa.select(HarvestIdentity).where(
        HarvestIdentity.dataset_id == dataset_id, HarvestIdentity.action == "merge", HarvestIdentity.undone.is_(None)
    )
    pairs = {one.pair for one in leaving}
    for row in model.Session.execute(query.order_by(HarvestIdentity.created.desc())).scalars():
        package = model.Session.get(model.Package, row.other_id)
        if package is not None and package.state == "deleted" and pairs & {(one[0], one[1]) for one in row.records}:
            return row
    return None


def _lead_again(records: Iterable[Pair]) -> None:
    """Records that follow nobody; their sources write their datasets at the next harvest."""
    pairs = list(records)
    model.Session.execute(sa.delete(COPY).where(sa.tuple_(COPY.c.source_id, COPY.c.guid).in_(pairs)))
    _forget_content(pairs)


def _forget_content(records: Iterable[Pair]) -> None:
    """Let the next harvest look at records again although they have not changed."""
    mine = sa.tuple_(RECORD.c.source_id, RECORD.c.guid).in_(list(records))
    model.Session.execute(sa.update(RECORD).where(mine).values(fingerprint=""))


def _repoint(records: Sequence[Pair], dataset_id: str | None) -> None:
    mine = sa.tuple_(RECORD.c.source_id, RECORD.c.guid).in_(list(records))
    # Whose the dataset is, its leading source says when it writes it.
    model.Session.execute(sa.update(RECORD).where(mine).values(dataset_id=dataset_id, placed=None))


def _tell_apart(some: Iterable[Member], others: Iterable[Member], *, apart: bool) -> None:
    pairs = [(one.pair, other.pair) for one, other in product(some, list(others)) if one.pair != other.pair]
    rows = [a + b for one, other in pairs for a, b in ((one, other), (other, one))]
    if not rows:
        return
    if apart:
        names = [column.name for column in APART.primary_key.columns]
        values = [dict(zip(names, row, strict=True)) for row in rows]
        model.Session.execute(insert(APART).on_conflict_do_nothing(), values)
    else:
        model.Session.execute(sa.delete(APART).where(sa.tuple_(*APART.primary_key.columns).in_(rows)))


def _note(
    action: str, dataset_id: str, records: Iterable[Member], user_id: str | None, other: Any = None
) -> HarvestIdentity:
    row = HarvestIdentity(
        action=action,
        dataset_id=dataset_id,
        other_id=other.id if other else None,
        other_name=other.name if other else None,
        records=[list(one.pair) for one in records],
        decided_by=user_id,
    )
    model.Session.add(row)
    model.Session.flush()
    return row


def _again(identifier: str) -> HarvestIdentity:
    """The row as it is after CKAN's actions ended the session's transaction."""
    return model.Session.get_one(HarvestIdentity, identifier)


def _as_portal() -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"ignore_auth": True, "user": user}


_NOT_APART = N_("There is nothing to take apart: this dataset comes from one source only, or the source is not of it.")
_NOT_TWO = N_("Name two different datasets that were both harvested; one that was made by hand cannot be merged.")
_UNDONE = N_("This was taken back before, or it cannot be.")
