"""Reduce words to what they have in common however they are typed, so that code lists recognise them."""

from __future__ import annotations

import re
import unicodedata

_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")
_SCHEME = re.compile(r"^https?://(www\.)?")


def fold(text: str) -> str:
    """Lower case, no accents, other characters a single space: "Licence Ouverte/2.0" → "licence ouverte 2 0"."""
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_ALPHANUMERIC.sub(" ", plain.casefold()).strip()


def fold_url(url: str) -> str:
    """What tells pages apart, in lower case: no scheme, "www.", query, fragment, final slash or .html."""
    bare = _SCHEME.sub("", url.strip().casefold()).split("#")[0].split("?")[0].rstrip("/")
    return bare.removesuffix(".html").removesuffix(".htm").removesuffix(".php").rstrip("/")
