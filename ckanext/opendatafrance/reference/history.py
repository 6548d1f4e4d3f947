"""Communes that are no more: from an old INSEE code to the commune or communes of today.

Source: INSEE COG (`data/history.csv.gz`): codes before 1943 are not in it, and it gives the final successor, undated.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from ckanext.opendatafrance.reference import cog, files


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an INSEE code means today.

    Attributes:
        code: the code as asked, normalised.
        current: codes of the communes of today, none for a code that never was.
        name: the name that the code had, where it is known.
    """

    code: str
    current: tuple[str, ...]
    name: str = ""

    @property
    def ambiguous(self) -> bool:
        """Whether a person must choose: the old commune was split, or its land went to several."""
        return len(self.current) > 1

    @property
    def changed(self) -> bool:
        """Whether the code is one of the past."""
        return self.current != (self.code,)


def resolve(code: object) -> Resolution:
    """Find the commune or communes of today for a code of today or of the past."""
    wanted = cog.normalise("commune", code)
    alive = cog.commune(wanted)
    if alive:
        return Resolution(wanted, (wanted,), alive.name)
    known = _successors().get(wanted, ())
    return Resolution(wanted, tuple(current for current, _ in known), next((name for _, name in known if name), ""))


def former(code: object) -> tuple[tuple[str, str], ...]:
    """Codes and names (empty where unknown) of the communes that a commune of today has taken in."""
    return _predecessors().get(cog.normalise("commune", code), ())


@files.once_per_folder
def _rows() -> tuple[tuple[str, str, str], ...]:
    return tuple((row[0], row[1], row[2]) for row in csv.reader(files.lines("history")))


@files.once_per_folder
def _successors() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, dict[str, str]] = {}
    for old, name, current in _rows():
        found.setdefault(old, {})[current] = name
    return {old: tuple(sorted(names.items())) for old, names in found.items()}


@files.once_per_folder
def _predecessors() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, dict[str, str]] = {}
    for old, name, current in _rows():
        found.setdefault(current, {})[old] = name
    return {current: tuple(sorted(names.items())) for current, names in found.items()}
