"""Lists as CSV files, with the headings that an import reads back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckanext.opendatafrance import spreadsheet

MEMBERS = ("insee_code", "siren", "title", "type", "name", "origin")
DUTIES = (
    "insee_code", "siren", "title", "type", "name", "population_totale", "population_year", "agents", "agents_year",
    "legal_duty", "source",
)  # fmt: skip
# French, so that the file explains itself where it is opened, and all of them are read back by an import.
_HEADINGS = {
    "insee_code": "insee",
    "title": "nom",
    "name": "identifiant",
    "origin": "origine",
    "population_totale": "population totale",
    "population_year": "année de la population",
    "agents_year": "année des agents",
    "legal_duty": "obligation",
    "source": "source",
}


def csv(rows: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> str:
    """A file of these columns of what `odf_membership_list` or `odf_duty_list` returns."""
    headings = [_HEADINGS.get(name, name) for name in columns]
    return spreadsheet.write(headings, ([row[name] for name in columns] for row in rows))
