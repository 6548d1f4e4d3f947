"""Plain text that PostgreSQL, Solr and XML can hold."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Control characters other than tab and line ends, lone surrogates, non-characters: refused by PostgreSQL or by XML.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_BLANK_LINES = re.compile(r"\n{3,}")
_C1 = re.compile("[\x80-\x9f]")


def line(value: Any) -> str:
    """One line: blanks collapsed, nothing invisible, accents composed. None and nested values give an empty string."""
    return " ".join(paragraphs(value).split())


def paragraphs(value: Any) -> str:
    """Text of several lines: line ends unified, no more than one empty line in a row, ends trimmed."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)
    if text.isprintable() and unicodedata.is_normalized("NFC", text):  # most texts, without further ado
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\u00a0", " ")
    text = _INVISIBLE.sub("", _FORBIDDEN.sub("", _windows(text)))
    text = unicodedata.normalize("NFC", text)
    return _BLANK_LINES.sub("\n\n", "\n".join(part.rstrip() for part in text.split("\n"))).strip()


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    head = cut.rsplit(" ", 1)[0]
    return (head if len(head) > limit // 2 else cut).rstrip(" ,;:.-") + "…"


def _windows(text: str) -> str:
    """Read C1 control characters as what Windows-1252 means by them: typographic quotes and dashes."""
    return (
        _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), text) if _C1.search(text) else text
    )
