"""The mapping table of a source as a CSV file: read line by line, and written so that it can be read again; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.harvest.publishers import Publisher
from ckanext.opendatafrance.reference import cog, history, siren

COLUMNS = {
    "organization": ("organization", "organisation", "portal organization", "organisation du portail"),
    "publisher": ("publisher", "name", "nom", "producteur", "editeur", "publisher name", "nom du producteur"),
    "identifier": ("identifier", "siret", "siren", "number", "identifiant", "siret siren", "siret ou siren"),
    "insee": ("insee", "insee code", "code insee", "code commune", "code officiel geographique"),
    "reference": ("reference", "slug", "group", "groupe", "uri", "organization slug"),
}
"""Column → spellings of its heading, folded."""
FACTS = ("publisher", "identifier", "insee", "reference")
HEADINGS = ("source", *FACTS, "organization", "state", "datasets")
_SCIENTIFIC = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file; `number` is that of the spreadsheet, counted from 1.

    Attributes:
        organization: as written; empty where nobody has decided yet.
        wrong: (message, params) of what is wrong with the line, None where nothing is.
    """

    number: int
    about: Publisher
    organization: str
    wrong: tuple[str, dict[str, Any]] | None = None


def read(content: bytes, name: str) -> list[Row]:
    """Read a file: commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252; other columns do not matter.

    Raises:
        DataFileError: it is no CSV file, or its first line lacks a column; says what to write.
    """
    table = spreadsheet.read(content, name)
    columns = table.columns(COLUMNS)
    if "organization" not in columns or not any(fact in columns for fact in FACTS):
        raise DataFileError(
            N_(
                "{file}: the first line must name the column “organization” and at least one of: {names}. A file to"
                " begin with is what the export gives."
            ),
            file=name,
            names=", ".join(FACTS),
        )
    return list(_rows(table, columns))


def _rows(table: spreadsheet.Table, columns: dict[str, int]) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for number, said in table.records(columns):
        values = {name: _unquoted(said.get(name, "")) for name in COLUMNS}
        about, wrong = _about(values)
        if not wrong and not about.is_empty and values["organization"]:
            first = seen.setdefault(about.key, number)
            if first != number:
                wrong = (
                    N_("says of the same publisher as line {first} where it belongs: keep one of them"),
                    {"first": first},
                )
        yield Row(number, about, values["organization"], wrong)


def _about(values: dict[str, str]) -> tuple[Publisher, tuple[str, dict[str, Any]] | None]:
    number, code = values["identifier"], values["insee"]
    wrong: tuple[str, dict[str, Any]] | None = None
    if number and not siren.siren_of(number):
        scientific = bool(_SCIENTIFIC.fullmatch(number.replace(" ", "")))
        message = _SPOILT if scientific else _NO_NUMBER
        wrong = message, {"value": number}
    elif code and not history.resolve(code).current:
        wrong = N_("“{value}” is not the INSEE code of a commune, of today or of the past"), {"value": code}
    elif not any(values[fact] for fact in FACTS):
        wrong = N_("names no publisher: fill in one of {names}"), {"names": ", ".join(FACTS)}
    publisher = Publisher(
        values["publisher"],
        siren.clean(number),
        cog.normalise("commune", code) if code else "",
        values["reference"],
    )
    return publisher, wrong


def _unquoted(text: str) -> str:
    """Without the apostrophe by which the export keeps a spreadsheet from taking a cell for a formula."""
    return text[1:] if re.match(r"'[=+\-@]", text) else text


_NO_NUMBER = N_("“{value}” is neither a SIRET (14 digits) nor a SIREN (9): a digit is wrong or missing")
_SPOILT = N_(
    "a spreadsheet has spoilt the number “{value}”: format the column as text and write all the digits of the SIRET"
)
