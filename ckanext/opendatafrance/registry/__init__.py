"""The territories of `schemas/territories/`, one YAML file each, as frozen dataclasses; a wrong file fails loudly."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from ckanext.opendatafrance import paths
from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.registry.reading import Reader, contrast_with_white
from ckanext.opendatafrance.registry.records import (
    PERIMETERS,
    TYPES,
    Contact,
    Look,
    Member,
    Perimeter,
    Source,
    Territory,
)

__all__ = [
    "PERIMETERS",
    "TYPES",
    "Contact",
    "Look",
    "Member",
    "Perimeter",
    "Source",
    "Territory",
    "contrast_with_white",
    "read",
    "territories",
    "territory",
]


@lru_cache(maxsize=1)
def territories() -> Mapping[str, Territory]:
    """All territories by slug, in the order of their names.

    Raises:
        DataFileError: a file is not what it should be; names the file, the key and the remedy.
    """
    return {path.stem: read(path) for path in sorted((paths.SCHEMAS / "territories").glob("*.yaml"))}


def territory(slug: str) -> Territory:
    """The territory with this slug.

    Raises:
        DataFileError: there is none; names the nearest ones.
    """
    known = territories()
    if slug in known:
        return known[slug]
    near = get_close_matches(slug, known, n=3) or list(known)
    raise DataFileError(
        N_("There is no territory “{slug}”. Did you mean {near}? “ckan odf territory list” shows them all."),
        code="territory-unknown",
        slug=slug,
        near=", ".join(near),
    )


def read(path: Path) -> Territory:
    """Read one territory file.

    Raises:
        DataFileError: names the file, the key and the remedy.
    """
    return Reader(path).territory()
