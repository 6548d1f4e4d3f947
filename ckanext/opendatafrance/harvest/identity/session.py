"""Identities in one run: asked before it, kept with what it stores, settled after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.deletions import Rules
from ckanext.opendatafrance.harvest.identity import memory, settling
from ckanext.opendatafrance.harvest.identity.ledger import Ledger, Standing
from ckanext.opendatafrance.harvest.identity.origin import Portal
from ckanext.opendatafrance.harvest.model import now

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.pipeline import Change


class Identities:
    """The identities of a source while it is harvested; `store` and `follow` belong to the transaction of their caller.

    Attributes:
        ledger: what the pipeline asks.
    """

    def __init__(self, source_id: str, portal: Portal) -> None:
        self.source_id = source_id
        self.ledger = Ledger(source_id, portal)
        self._started = now()
        self._joined: dict[str, tuple[str, bytes]] = {}
        self._stored = False

    def prepare(self) -> None:
        """Let this source take over what is its own to show. Commits."""
        settling.prepare(self.source_id)

    def store(self, stored: Mapping[str, tuple[str, Standing]]) -> None:
        """Note what is known of records that are being stored: guid → id of the dataset, what it is."""
        memory.remember(self.source_id, stored)
        self._note(stored)

    def follow(self, changes: Sequence[Change]) -> None:
        """Note records whose dataset another source shows."""
        memory.follow(self.source_id, [(one.guid, one.fingerprint, one.standing) for one in changes])
        self._note({one.guid: (one.dataset_id or "", one.standing) for one in changes})

    def settle(self, rules: Rules) -> Iterator[Issue]:
        """Mend what only shows once everything is stored; yields what a person should know. Commits."""
        if not self._stored:
            return
        joined = [(guid, dataset_id, digest) for guid, (dataset_id, digest) in self._joined.items()]
        settling.undo_ambiguous(self.source_id, joined)
        yield from settling.merge_late(self.source_id, self._started, rules)

    def _note(self, stored: Mapping[str, tuple[str, Standing]]) -> None:
        self._stored = self._stored or bool(stored)
        for guid, (dataset_id, standing) in stored.items():
            if standing.digest:
                self._joined[guid] = dataset_id, standing.digest
