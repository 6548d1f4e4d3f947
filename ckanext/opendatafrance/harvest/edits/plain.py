"""When two values of a field say the same; pure."""

from __future__ import annotations

import json
from typing import Any

LONGEST = 65536
"""Characters of JSON of a value of a source that is kept beside an edit."""


def plain(value: Any) -> Any:
    """A value without what means nothing: space at line ends, empty parts, the order of keywords and codes."""
    if isinstance(value, bool) or value is None:
        return str(value) if value is not None else None
    if isinstance(value, dict):
        inner = {str(key): plain(one) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one is not None} or None
    if isinstance(value, (list, tuple, set)):
        parts = [one for one in map(plain, value) if one is not None]
        return sorted(parts, key=lambda one: json.dumps(one, sort_keys=True)) or None
    text = "\n".join(line.rstrip() for line in str(value).strip().splitlines())
    return text or None


def is_same(one: Any, other: Any) -> bool:
    return plain(one) == plain(other)


def is_short(value: Any) -> bool:
    """Whether a value is short enough to be kept."""
    return len(json.dumps(value, ensure_ascii=False, default=str)) <= LONGEST
