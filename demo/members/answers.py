"""What a server says: a body, its type, a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a site."""

    body: bytes
    media_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def html(page: str, status: int = 200) -> Answer:
    """A page for people."""
    return Answer(page.encode(), "text/html; charset=utf-8", status)


def query_number(query: Mapping[str, str], name: str, default: int) -> int:
    """A positive number of the query, or what stands for one that is absent or wrong."""
    text = query.get(name, "")
    return int(text) if text.isdecimal() else default


NOT_FOUND = html(
    '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Page introuvable</title></head>'
    "<body><h1>Page introuvable</h1><p>Cette adresse ne mène à rien.</p></body></html>",
    404,
)
