"""What a run asks of identities: is this record ours, which dataset is it, does its source show it or another one?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ckanext.opendatafrance.harvest.identity import look_up, matching, origin
from ckanext.opendatafrance.harvest.identity.keys import Key, keys_of
from ckanext.opendatafrance.harvest.identity.look_up import Member
from ckanext.opendatafrance.harvest.identity.precedence import Precedence

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A new or changed record: mapped, placed, and its dataset as far as it is known."""

    guid: str
    dataset: Mapping[str, Any]
    dataset_id: str | None
    content: Any = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a record is among those of other sources.

    Attributes:
        dataset_id: None for a dataset that the portal does not have.
        follows: another source, nearer to the producer, shows the dataset.
        kind: of the key by which it was recognised now; None where nothing new was found.
        digest: of that key.
        title, link: what its own source says.
        yielding: records that showed the dataset until now.
        before: title and landing page that the dataset has until now.
    """

    dataset_id: str | None
    keys: tuple[Key, ...]
    follows: bool = False
    kind: str | None = None
    digest: bytes | None = None
    title: str = ""
    link: str = ""
    yielding: tuple[Member, ...] = ()
    before: tuple[str, str] = ("", "")


class Ledger:
    """The identities of one source; reads only."""

    def __init__(self, source_id: str, portal: origin.Portal) -> None:
        self.source_id = source_id
        self.portal = portal
        self.precedence = Precedence()

    def ours(self, asked: Sequence[Asked]) -> set[str]:
        """Guids of the records that say that they came from this portal, directly or through others.

        That is by an address, or by the id that a dataset has here alone.
        """
        names = {one.guid: _names(one) for one in asked}
        local = look_up.local({name for some in names.values() for name in some})
        return {
            one.guid
            for one in asked
            if self.portal.published(one.dataset, origin.said(one.content)) or (names[one.guid] & local)
        }

    def judge(self, asked: Sequence[Asked]) -> dict[str, Standing]:
        """What the records of a page are, by guid; a fixed number of queries."""
        if not asked:
            return {}
        keys = {one.guid: keys_of(one.dataset, origin.said(one.content)) for one in asked}
        new = {one.guid: keys[one.guid] for one in asked if one.dataset_id is None}
        matches = matching.match(self.source_id, new) if new else {}
        known = {one.dataset_id for one in asked if one.dataset_id} | {one.dataset_id for one in matches.values()}
        members = look_up.members(known)
        found = {one.guid: self._standing(one, keys[one.guid], matches.get(one.guid), members) for one in asked}
        facts = look_up.facts([one.dataset_id for one in found.values() if one.yielding and one.dataset_id])
        return {guid: _with_facts(one, facts.get(one.dataset_id or "")) for guid, one in found.items()}

    def _standing(
        self,
        asked: Asked,
        keys: tuple[Key, ...],
        match: matching.Match | None,
        members: Mapping[str, list[Member]],
    ) -> Standing:
        dataset_id = match.dataset_id if match else asked.dataset_id
        others = members.get(dataset_id or "", [])
        mine = any(one.pair == (self.source_id, asked.guid) and one.leads for one in others)
        leading = tuple(one for one in others if one.leads and one.pair != (self.source_id, asked.guid))
        follows = not mine and not self.may_lead(leading)
        return Standing(
            dataset_id,
            keys,
            follows,
            kind=match.kind if match else None,
            digest=match.digest if match else None,
            title=str(asked.dataset.get("title") or ""),
            link=str(asked.dataset.get("url") or ""),
            yielding=() if follows else leading,
        )

    def may_lead(self, leading: Sequence[Member]) -> bool:
        """Whether this source shows a dataset rather than these records of it; what is archived shows nothing."""
        return self.precedence.leads(self.source_id, {one.source_id for one in leading if one.state != "archived"})


def _names(asked: Asked) -> set[str]:
    """The identifiers of a record that could be ids of CKAN."""
    said = (
        asked.dataset.get("identifier"),
        *(asked.dataset.get("alternate_identifier") or ()),
        *origin.said(asked.content),
    )
    return {name for name in said if isinstance(name, str) and _ID.fullmatch(name)} - {asked.dataset_id}


def _with_facts(standing: Standing, fact: Any) -> Standing:
    """With what the dataset says before another source writes it."""
    return replace(standing, before=(fact.title or "", fact.url or "")) if fact else standing
