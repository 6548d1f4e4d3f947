"""Before and after a run: who takes over, what only shows once everything is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from ckan import model

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.deletions import Rules
from ckanext.opendatafrance.harvest.identity import changes, look_up, matching
from ckanext.opendatafrance.harvest.identity.keys import Key
from ckanext.opendatafrance.harvest.identity.look_up import PACKAGE, RECORD
from ckanext.opendatafrance.harvest.identity.precedence import Precedence
from ckanext.opendatafrance.harvest.identity.tables import COPY, KEY
from ckanext.opendatafrance.harvest.records import pages

PAGE = 100
_LEADER = RECORD.alias("leader")


def prepare(source_id: str) -> int:
    """Let the run look again at the followers of a source that shall show their dataset; how many. Commits.

    That is where nobody shows it any more (the record is archived, the source removed), or where the source is nearer
    to the producer than the one that does.
    """
    precedence = Precedence()
    leaders: dict[str, set[str]] = defaultdict(set)
    for guid, leader in model.Session.execute(_led(source_id)):
        leaders[guid] |= {leader} - {None}
    heirs = [guid for guid, sources in leaders.items() if precedence.leads(source_id, sources)]
    for page in pages(heirs, PAGE):
        mine = (RECORD.c.source_id == source_id, RECORD.c.guid.in_(page))
        model.Session.execute(sa.update(RECORD).where(*mine).values(fingerprint=""))
    model.Session.commit()
    return len(heirs)


def _led(source_id: str) -> sa.Select[tuple[str, str | None]]:
    """The followers of a source, and the sources that show their datasets now."""
    other = COPY.alias("other")
    follows = sa.exists().where(other.c.source_id == _LEADER.c.source_id, other.c.guid == _LEADER.c.guid)
    leads = sa.and_(_LEADER.c.dataset_id == RECORD.c.dataset_id, _LEADER.c.state != "archived", ~follows)
    return (
        sa.select(RECORD.c.guid, _LEADER.c.source_id)
        .select_from(COPY)
        .join(RECORD, sa.and_(RECORD.c.source_id == COPY.c.source_id, RECORD.c.guid == COPY.c.guid))
        .outerjoin(_LEADER, leads)
        .where(COPY.c.source_id == source_id, RECORD.c.fingerprint != "")
    )


def undo_ambiguous(source_id: str, joined: Sequence[tuple[str, str, bytes]]) -> int:
    """Take apart what was joined by a key that the source turned out to use for several datasets. Commits.

    Args:
        joined: guid, id of the dataset and key of the records that this run recognised.

    Returns:
        how many records make a dataset of their own at the next harvest.
    """
    count = 0
    for page in pages(joined, PAGE):
        held = look_up.holders(digest for _guid, _dataset, digest in page)
        for guid, dataset_id, digest in page:
            if not matching.tells_apart(held.get(digest, []), source_id, guid):
                with suppress(changes.IdentityError):
                    changes.split(dataset_id, [(source_id, guid)], None)
                    count += 1
    return count


def merge_late(source_id: str, since: datetime, rules: Rules) -> Iterator[Issue]:
    """Merge what this run stored with what other sources have, where both were there before. Commits.

    Two sources that are harvested at the same time do not see each other, and a key may appear later. As with
    deletions, a run that would merge away more than a few and more than a share of its datasets merges none of the
    rest: a person sees them among the proposals.
    """
    matches = {guid: one for page in pages(_alone(source_id, since), PAGE) for guid, one in _matched(source_id, page)}
    allowed = max(rules.number, _count(source_id) * rules.share // 100)
    for (guid, mine), match in islice(matches.items(), allowed):
        kept, other = _older(mine, match.dataset_id)
        try:
            changes.merge(kept, other, None, kind=match.kind)
        except changes.IdentityError:
            continue
        yield Issue("datasets-merged", _MERGED, {"guid": guid}, guid, "info")
    if len(matches) > allowed:
        yield Issue("merges-held", _HELD, {"count": len(matches) - allowed}, level="warning")


def _matched(source_id: str, page: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], matching.Match]]:
    query = sa.select(KEY).where(KEY.c.source_id == source_id, KEY.c.guid.in_([guid for guid, _id in page]))
    keys: dict[str, list[Key]] = {guid: [] for guid, _id in page}
    for row in model.Session.execute(query):
        keys[row.guid].append(Key(row.kind, bytes(row.digest)))
    found = matching.match(source_id, keys)
    for guid, dataset_id in page:
        if guid in found and found[guid].dataset_id != dataset_id:
            yield (guid, dataset_id), found[guid]


def _alone(source_id: str, since: datetime) -> list[tuple[str, str]]:
    """Records stored since a time that no other source has: guid and dataset."""
    others = sa.exists().where(_LEADER.c.dataset_id == RECORD.c.dataset_id, _LEADER.c.source_id != source_id)
    query = (
        sa.select(RECORD.c.guid, RECORD.c.dataset_id)
        .join(PACKAGE, PACKAGE.c.id == RECORD.c.dataset_id)
        .where(RECORD.c.source_id == source_id, RECORD.c.state == "present", RECORD.c.last_seen >= since)
        .where(PACKAGE.c.state == "active", PACKAGE.c.private.is_(False), ~others)
    )
    return [(row.guid, row.dataset_id) for row in model.Session.execute(query.order_by(RECORD.c.guid))]


def _older(one: str, other: str) -> tuple[str, str]:
    """The dataset whose address is known for longer first."""
    facts = look_up.facts([one, other])
    first, second = sorted((one, other), key=lambda each: (facts[each].metadata_created, each))
    return first, second


def _count(source_id: str) -> int:
    query = sa.select(sa.func.count()).where(RECORD.c.source_id == source_id, RECORD.c.state == "present")
    return model.Session.execute(query).scalar_one()


_HELD = N_(
    "{count} more datasets are on the portal from other sources too. So many are not merged without a person: look at"
    " the page “Same dataset”."
)
_MERGED = N_("The dataset {guid} was on the portal twice, from two sources; it is shown once now.")
