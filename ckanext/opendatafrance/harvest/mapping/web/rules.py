"""What a person chose among the files of a site, kept as rules that later runs apply."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from ckanext.opendatafrance.errors import N_, FatalSourceError

KEYS = ("include", "exclude", "titles")


class Rules:
    """The part of a source's configuration that says which datasets of a site are harvested.

    Args:
        options: `include` and `exclude`, lists of identifiers or of patterns with `*`; `titles`, better titles by
            identifier. Without `include` everything is harvested that is not excluded.

    Raises:
        FatalSourceError: `bad-rules`.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.include, self.exclude = (_texts(options.get(key), key) for key in KEYS[:2])
        titles = options.get("titles") or {}
        if not isinstance(titles, Mapping):
            raise _bad("titles")
        self.titles = {str(guid): str(title) for guid, title in titles.items()}
        self.chosen = options.get("include") is not None

    def on(self, guid: str) -> Literal["take", "leave", "new"]:
        """Whether a dataset is harvested, was refused, or is one that nobody decided on yet."""
        if _matches(guid, self.include):
            return "take"
        if _matches(guid, self.exclude):
            return "leave"
        return "new" if self.chosen else "take"


def _matches(guid: str, patterns: list[str]) -> bool:
    return any(pattern == guid or fnmatchcase(guid, pattern) for pattern in patterns)


def _texts(said: Any, key: str) -> list[str]:
    if said is None:
        return []
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise _bad(key)
    return said


def _bad(key: str) -> FatalSourceError:
    return FatalSourceError(BAD_RULES, code="bad-rules", key=key)


BAD_RULES = N_(
    "The configuration of the source: “{key}” cannot be used. “include” and “exclude” are lists of texts, “titles” is "
    'an object, for example {{"include": ["mairie.fr/docs/*"], "titles": {{"mairie.fr/docs/budget": "Budget"}}}}.'
)
