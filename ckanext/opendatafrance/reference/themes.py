"""Themes of a dataset: the EU authority table "data-theme", and a guess from the words of French portals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ckanext.opendatafrance.reference.codelist import Code, CodeList

THEMES = CodeList("themes", "http://publications.europa.eu/resource/authority/data-theme/")
_SEPARATORS = re.compile(r"[,;/|&>]| - | – ")


def find(text: str) -> Code | None:
    """The theme that a URI, a code, a label or a usual word means; None where it is not one theme's."""
    return THEMES.find(text)


def guess(words: Iterable[str]) -> list[Code]:
    """Themes named by the words of a catalogue, such as "Culture, Patrimoine", in order and each once.

    A whole word is tried first, then its parts between commas: nothing is deduced from parts of sentences.
    """
    found: dict[str, Code] = {}
    for word in words:
        code = find(word)
        codes = [code] if code else [find(part) for part in _SEPARATORS.split(word) if part.strip()]
        for code in codes:
            if code:
                found.setdefault(code.uri, code)
    return list(found.values())
