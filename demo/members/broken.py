"""Sites out of order: their home page works, their catalogue does not."""

from __future__ import annotations

from . import dcat
from .answers import Answer, html
from .model import Site

FAULT = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Erreur 500</title></head>
<body><h1>Erreur interne du serveur</h1>
<p>Le service de données est en panne. Cette page fait partie de la démonstration.</p></body></html>
"""


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """As a DCAT catalogue, but for the catalogue itself: a page of fault, or RDF that stops in the middle."""
    given = dcat.answer(site, path, query)
    if path not in dcat.SERIALISATIONS:
        return given
    if site.broken == "error-500":
        return html(FAULT, 500)
    return Answer(given.body[: len(given.body) * 2 // 3], given.media_type)
