"""Which dataset of the portal a record of another source is, by the keys of both."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ckanext.opendatafrance.harvest.identity import look_up
from ckanext.opendatafrance.harvest.identity.keys import IDENTIFIER, ORDER, PAGE, Key
from ckanext.opendatafrance.harvest.identity.look_up import Holder, Member, Pair

Keys = Mapping[str, Sequence[Key]]
"""The keys of records of one source, by guid."""


@dataclass(frozen=True, slots=True)
class Match:
    """A dataset that a record is, and the key that says so."""

    dataset_id: str
    kind: str
    digest: bytes


def match(source_id: str, keys: Keys) -> dict[str, Match]:
    """The datasets that records of a source are; of each dataset a source has one record at most.

    Args:
        keys: of a page of records, none of which has a dataset that another source has too.
    """
    found = _candidates(source_id, keys)
    members = look_up.members({one.dataset_id for some in found.values() for one in some})
    strangers = look_up.apart(source_id, list(found))
    taken: set[str] = set()
    matches: dict[str, Match] = {}
    for guid, some in found.items():
        for one in some:
            others = members[one.dataset_id]
            if one.dataset_id in taken or not _may_join(source_id, guid, others, strangers):
                continue
            taken.add(one.dataset_id)
            matches[guid] = one
            break
    return matches


def _may_join(source_id: str, guid: str, others: Sequence[Member], strangers: set[tuple[str, Pair]]) -> bool:
    """Whether the source has no other record of that dataset, and nobody said that they are not the same."""
    mine = any(other.source_id == source_id and other.guid != guid for other in others)
    return not mine and not any((guid, other.pair) in strangers for other in others)


def _candidates(source_id: str, keys: Keys) -> dict[str, list[Match]]:
    """For each record the datasets that it may be, the strongest reason first."""
    held = look_up.holders(key.digest for some in keys.values() for key in some)
    often = Counter(key.digest for some in keys.values() for key in some)
    reasons = {guid: _reasons(source_id, guid, some, held, often) for guid, some in keys.items()}
    sizes = look_up.sizes({pair for found in reasons.values() for pair, _kind in found})
    return {guid: matches for guid, found in reasons.items() if (matches := _strong(keys[guid], found, sizes))}


def _strong(
    keys: Sequence[Key],
    reasons: Mapping[tuple[Pair, str], list[Match]],
    sizes: Mapping[tuple[str, str, str], int],
) -> list[Match]:
    """The reasons that are enough: an identifier, or more than half of the files of the smaller one."""
    mine = Counter(key.kind for key in keys)
    enough = [
        some[0]
        for (pair, kind), some in reasons.items()
        if kind == IDENTIFIER or 2 * len(some) > min(mine[kind], sizes.get((*pair, kind), 0))
    ]
    return sorted(enough, key=lambda one: ORDER.index(one.kind))


def _reasons(
    source_id: str, guid: str, keys: Sequence[Key], held: Mapping[bytes, list[Holder]], often: Mapping[bytes, int]
) -> dict[tuple[Pair, str], list[Match]]:
    """By record of another source and kind, the keys that both have and that tell their datasets from others."""
    found: dict[tuple[Pair, str], list[Match]] = defaultdict(list)
    for key in keys:
        some = held.get(key.digest, [])
        if often[key.digest] > 1 or not tells_apart(some, source_id, guid):
            continue
        for holder, kind in _others(key, some, source_id):
            if holder.dataset_id:
                found[(holder.source_id, holder.guid), kind].append(Match(holder.dataset_id, kind, key.digest))
    return found


def tells_apart(holders: Sequence[Holder], source_id: str, guid: str) -> bool:
    """Whether no source uses a key for two of its datasets, as it does with a template or with one file for several."""
    records = {(holder.source_id, holder.guid) for holder in holders} | {(source_id, guid)}
    return len({source for source, _guid in records}) == len(records)


def _others(key: Key, holders: Sequence[Holder], source_id: str) -> Iterator[tuple[Holder, str]]:
    """Those of other sources, with what the key is for both: a page is an identifier where one says that it is."""
    for holder in holders:
        kinds = {key.kind, holder.kind}
        kind = IDENTIFIER if kinds == {IDENTIFIER, PAGE} else key.kind
        if holder.source_id != source_id and kind in ORDER:
            yield holder, kind
