"""A catalogue too large for the memory, dataset by dataset; what is nested in it is not looked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from ckanext.opendatafrance.harvest.long_json import ITEM, Path, parts
from ckanext.opendatafrance.harvest.mapping.data_json.catalogue import plain, prefixes_of

_LISTS = ("dataset", "dcat:dataset")


def datasets_of(file: IO[bytes], url: str) -> Iterator[Any]:
    """The datasets of a file of JSON in UTF-8, in their order.

    Raises:
        FatalSourceError: what `long_json.parts` raises.
    """
    prefixes: Mapping[str, str] = {}
    for path, value in parts(file, url, _is_open):
        if path == ("@context",):
            prefixes = prefixes_of(value)
        elif path[-1:] == (ITEM,):
            yield plain(value, prefixes)


def _is_open(path: Path, mark: str) -> bool:
    return not path or (len(path) == 1 and path[0] in _LISTS and mark == "[")
