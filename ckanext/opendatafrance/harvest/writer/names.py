"""Names for new datasets: readable, unique, and found with two queries a batch instead of one for each dataset."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from ckan import model
from ckan.lib.munge import munge_title_to_name

RESERVED = ("new", "edit", "search")
"""Names that CKAN's name_validator refuses, because they are pages below /dataset."""
LOOK_AHEAD = 50


class Names:
    """Hands out names that no dataset has, neither stored (even deleted) nor earlier in the batch.

    Args:
        wanted: names or titles of the batch, looked up at once.
    """

    def __init__(self, titles: Iterable[str], given: Iterable[str] = ()) -> None:
        self._taken = set(RESERVED) | _stored({base_name(title) for title in titles}) | set(given)

    def claim(self, title: str) -> str:
        """A free name made from a title; the second of the same title ends with -2, and so on."""
        base = base_name(title)
        name, number = base, 1
        while name in self._taken:
            if number % LOOK_AHEAD == 1:
                self._taken |= _stored({_numbered(base, number + step) for step in range(1, LOOK_AHEAD + 1)})
            number += 1
            name = _numbered(base, number)
        self._taken.add(name)
        return name


def is_lost(name: str, dataset_id: str) -> bool:
    """Whether a name that was free a moment ago now belongs to another dataset."""
    query = sa.select(model.Package.id).where(model.Package.name == name, model.Package.id != dataset_id)
    return model.Session.execute(query).first() is not None


def base_name(title: str) -> str:
    """The name that a title has by itself; a title without any Latin letter or digit gives "dataset"."""
    name = munge_title_to_name(title)
    return name if name.strip("-_") else "dataset"


def _numbered(base: str, number: int) -> str:
    suffix = f"-{number}"
    return base[: model.PACKAGE_NAME_MAX_LENGTH - len(suffix)] + suffix


def _stored(names: set[str]) -> set[str]:
    query = sa.select(model.Package.name).where(model.Package.name.in_(names))
    return set(model.Session.execute(query).scalars())
