"""Names of the codes of official lists, as they stand in the feeds: a reader sees no more than the page. Pure."""

from __future__ import annotations

from functools import cache

from ckanext.opendatafrance.reference import frequencies, hvd, languages, themes

_LISTS = (themes.THEMES, hvd.CATEGORIES, frequencies.FREQUENCIES, languages.LANGUAGES)


@cache
def label(uri: str) -> str:
    """French name of a code, else the last part of its URI."""
    for codes in _LISTS:
        if code := codes.get(uri):
            return code.fr
    return uri.rstrip("/#").replace("#", "/").rpartition("/")[2] or uri
