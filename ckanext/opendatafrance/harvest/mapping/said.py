"""What a JSON record says, however its keys are spelt and its values are wrapped."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ckanext.opendatafrance.reference.folding import fold

_key = lru_cache(maxsize=4096)(fold)
_LANGUAGES = ("fr", "fr_FR", "fr-FR", "en", "en_GB", "en-GB")
_NAMES = ("title", "display_name", "name")


class Said:
    """What a dataset or resource says, whatever the place and spelling of its keys: top level first, then extras."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._values: dict[str, Any] = {}
        for key, value in raw.items():
            if key != "extras" and _filled(value):
                self._values.setdefault(_key(str(key)), value)
        extras = raw.get("extras")
        for extra in extras if isinstance(extras, list) else []:
            if isinstance(extra, Mapping) and _filled(extra.get("value")):
                self._values.setdefault(_key(str(extra.get("key"))), extra["value"])

    def values(self, *names: str) -> list[Any]:
        """All values under these names, lists and JSON lists taken apart."""
        return [part for name in names for part in unpacked(self._values.get(_key(name))) if _filled(part)]

    def texts(self, *names: str) -> list[str]:
        return [text for value in self.values(*names) if (text := words(value))]

    def text(self, *names: str) -> str:
        return next(iter(self.texts(*names)), "")


def unpacked(value: Any) -> list[Any]:
    """A value as a list; JSON that was put into a text (escaped or not) is read."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        try:
            value = json.loads(html.unescape(value))
        except (ValueError, RecursionError):
            return [value]
    return value if isinstance(value, list) else [value]


def words(value: Any) -> str:
    """A plain value as text; of one in several languages the French, else the English, else the first."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = unpacked(value)[0]
    if isinstance(value, Mapping):
        said = [*(value.get(key) for key in (*_LANGUAGES, *_NAMES)), *value.values()]
        value = next((part for part in said if isinstance(part, str) and part.strip()), "")
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _filled(value: Any) -> bool:
    return value not in (None, "", [], {})
