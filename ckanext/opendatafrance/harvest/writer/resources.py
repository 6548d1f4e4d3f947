"""Which stored resource an incoming one is: links to a file, its views and its statistics hang on the id."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Resource = Mapping[str, Any]


def _values(resource: Resource, *names: str) -> tuple[str, ...] | None:
    """The values of these fields as a key; None where the first is empty."""
    values = tuple(str(resource.get(name) or "").strip() for name in names)
    return values if values[0] else None


_KEYS: tuple[Callable[[Resource], Any], ...] = (
    lambda resource: _values(resource, "id"),
    lambda resource: _values(resource, "uri"),
    lambda resource: _values(resource, "identifier"),
    # Several resources may share a URL, for instance the layers of a service: the most alike first.
    lambda resource: _values(resource, "url", "name", "format"),
    lambda resource: _values(resource, "url", "name"),
    lambda resource: _values(resource, "url"),
    lambda resource: (key := _values(resource, "name", "format")) and (key[0], key[1].casefold()),
)


def match(incoming: Sequence[Resource], stored: Sequence[Resource]) -> list[str | None]:
    """The stored id for each incoming resource, None for a new one; each stored one is used at most once.

    By id, then URI, then identifier, then URL, then name and format; among equals in their order.
    """
    ids: list[str | None] = [None] * len(incoming)
    left = list(stored)
    for key in _KEYS:
        by_key: defaultdict[Any, deque[Resource]] = defaultdict(deque)
        for resource in left:
            if value := key(resource):
                by_key[value].append(resource)
        used: set[str] = set()
        for position, resource in enumerate(incoming):
            if ids[position] is None and (candidates := by_key.get(key(resource))):
                ids[position] = candidates.popleft()["id"]
                used.add(ids[position] or "")
        left = [resource for resource in left if resource["id"] not in used]
    return ids
