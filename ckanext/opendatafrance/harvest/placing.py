"""Placing: who owns a harvested dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Owner:
    """An organisation of the portal."""

    id: str
    name: str


class Placing:
    """Places the datasets of one source: all belong to the organisation of the source."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner

    @property
    def signature(self) -> str:
        """Changes when the same record would be placed elsewhere, so that it no longer counts as unchanged."""
        return self.owner.id

    def place(self, dataset: dict[str, Any]) -> None:
        """Give a mapped dataset its owner (the dict is changed in place)."""
        dataset["owner_org"] = self.owner.id
