"""A large file of datasets in one of the forms of CKAN's API, read dataset by dataset."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from ckanext.opendatafrance.harvest.long_json import ITEM, Path, parts
from ckanext.opendatafrance.harvest.mapping.ckan_api import flat, is_package, number

BATCH = 200
#: The envelopes of a list of datasets, the outer before the inner; each may be missing.
_ENVELOPES = ("result", "results", "packages")


def look(file: IO[bytes], url: str) -> tuple[bool, int | None]:
    """Whether the file holds datasets, and how many it says that there are; reads all of it.

    Raises:
        FatalSourceError: what `long_json.parts` raises.
    """
    found, said, of = False, dict[Path, Any](), Path()
    for path, value in parts(file, url, _is_open):
        if path[-1:] == (ITEM,):
            found, of = found or any(map(is_package, flat([value]))), path[:-1]
        elif path[-1:] in (("count",), ("package_count",)):
            said.setdefault(path[:-1], value)
    return found, number(said.get(of[:-1])) if of[-1:] in (("results",), ("packages",)) else None


def batches(file: IO[bytes], url: str) -> Iterator[list[Any]]:
    """What is in its lists, in their order."""
    batch: list[Any] = []
    for path, value in parts(file, url, _is_open):
        if path[-1:] == (ITEM,):
            batch += flat([value])
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _is_open(path: Path, mark: str) -> bool:
    """The way to the list: only envelopes, each inside an outer one."""
    places = [_ENVELOPES.index(key) if key in _ENVELOPES else -1 for key in path]
    return -1 not in places and places == sorted(set(places))
