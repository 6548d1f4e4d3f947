"""Placing: who owns a harvested dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ckanext.opendatafrance.harvest import publishers
from ckanext.opendatafrance.harvest.publishers import Publisher


@dataclass(frozen=True, slots=True)
class Owner:
    """An organisation of the portal."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the datasets of a publisher belong.

    Attributes:
        organization: id; None = with the organisation of the source.
        reason: "person" (a line of the mapping table), why it was found without one (see `placements`), None while
            somebody should decide.
    """

    organization: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dataset was placed, and whose it is according to its source."""

    owner: str
    publisher: Publisher
    verdict: Verdict


class Table(Protocol):
    """What placing needs of the mapping table of a source."""

    @property
    def locks(self) -> Mapping[str, str]:
        """Datasets whose owner a person chose: id of the dataset → id of the organisation."""
        ...

    def verdict(self, publisher: Publisher) -> Verdict: ...


class Placing:
    """Places the datasets of one source: as a person said for the dataset, as the mapping table says for its publisher,
    else with the organisation of the source.

    The place of a record is kept beside its fingerprint and not in it: a line of the mapping table that changes moves
    the datasets of that publisher and makes no other record look changed.

    Args:
        table: None where nothing is mapped.
    """

    def __init__(self, owner: Owner, table: Table | None = None) -> None:
        self.owner = owner
        self.table = table

    def place(self, dataset: dict[str, Any], dataset_id: str | None = None) -> Place:
        """Give a mapped dataset its owner (the dict is changed in place).

        Args:
            dataset_id: of the stored dataset, None for a new one.
        """
        publisher = publishers.of(dataset)
        verdict = self.table.verdict(publisher) if self.table else Verdict()
        locked = self.table.locks.get(dataset_id or "") if self.table else None
        place = Place(locked or verdict.organization or self.owner.id, publisher, verdict)
        dataset["owner_org"] = place.owner
        return place
