"""The lines of an administrator's list: which organisation each one means, or why that is not clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference import siren
from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.spreadsheet import Table
from ckanext.opendatafrance.territories.members.directory import Directory, Meant, UnclearError, told

# Spellings of headings, folded; the first that has a value decides, the others must agree.
HEADINGS = {
    "insee": (
        "insee", "code insee", "codes insee", "code", "codes", "code commune", "code insee commune", "insee com",
        "insee commune", "codgeo", "com", "depcom", "insee code", "code geo", "code officiel geographique", "cog",
        "code commune insee", "commune code", "code insee de la commune",
    ),
    "siren": (
        "siren", "n siren", "no siren", "numero siren", "numero de siren", "code siren", "siret", "n siret", "no siret",
        "numero siret", "siren siret", "siren ou siret", "siren epci", "siren commune", "siren number", "siren membre",
    ),
    "address": ("identifiant", "identifier", "id", "slug"),
    "name": (
        "nom", "name", "title", "titre", "libelle", "commune", "communes", "organisation", "organization",
        "collectivite", "collectivites", "membre", "membres", "member", "nom commune", "nom de la commune",
        "nom organisation", "nom de l organisation", "nom collectivite", "nom de la collectivite", "denomination",
        "raison sociale", "nom membre", "nom du membre", "libgeo", "nom com", "adherent", "adherents", "intitule",
    ),
}  # fmt: skip
FIGURES = {
    "agents": (
        "agents", "nombre d agents", "nombre agents", "nb agents", "nb d agents", "effectif", "effectifs", "etp",
        "etpt", "agents etp", "nombre d agents etp", "effectif etp", "staff", "number of agents",
    ),
    "year": (
        "annee", "year", "millesime", "annee agents", "agents year", "annee des agents", "annee de reference",
        "annee de l effectif",
    ),
}  # fmt: skip
_CODE = re.compile(r"^(\d{4,5}|2[AB]\d{3}|\d{9}|\d{14})$", re.IGNORECASE)


@dataclass(slots=True)
class Line:
    """One line of the file, and what came of it.

    Attributes:
        number: as the spreadsheet counts it.
        value: what was written there.
        action: add, keep, update, repeat (said in an earlier line) or refuse.
        message: for a person: how it was read, or what is wrong and what to write.
    """

    number: int
    value: str
    action: str = ""
    row: Any = None
    message: str = ""
    values: dict[str, str] = field(default_factory=dict)

    def refuse(self, message: str) -> None:
        """Leave the line out, with the reason."""
        self.action, self.message = "refuse", message

    def told(self) -> dict[str, Any]:
        """As reports give it."""
        organization = None if self.row is None else told(self.row)
        return {
            "line": self.number,
            "value": self.value,
            "action": self.action,
            "organization": organization,
            "message": self.message,
        }


def read(table: Table, directory: Directory, *, figures: bool = False) -> list[Line]:
    """What each line means; those that are not clear are refused, and a second line on the same is a repetition.

    Args:
        figures: there must be a column of agents, and there may be one of years.

    Raises:
        DataFileError: no column says which organisations are meant, or there is no line.
    """
    lines = list(_lines(table, figures))
    if not lines:
        raise DataFileError(N_("{file} has no line below its headings."), file=table.name)
    seen: dict[str, int] = {}
    for line in lines:
        try:
            meant = _meant(line.values, directory)
        except UnclearError as unclear:
            line.refuse(str(unclear))
            continue
        line.row, line.message = meant.row, meant.note
        first = seen.setdefault(meant.row.organization_id, line.number)
        if first != line.number:
            line.action = "repeat"
            line.message = tk._("already in line {line}").format(line=first)
    return lines


def _lines(table: Table, figures: bool) -> Iterator[Line]:
    columns = table.columns({**HEADINGS, **FIGURES} if figures else HEADINGS)
    headed = bool(columns.keys() & HEADINGS.keys())
    if not headed and not figures:
        # A bare list of codes, as it is often kept.
        places = [place for place, cell in enumerate(table.rows[0].cells) if _CODE.match(siren.clean(cell))]
        columns = {"insee": places[0]} if places else {}
    if not columns.keys() & HEADINGS.keys():
        raise DataFileError(
            N_("{file} does not say which organisations are meant: name a column “insee”, “siren” or “nom”."),
            file=table.name,
        )
    if figures and "agents" not in columns:
        raise DataFileError(N_("{file} has no column “agents”: its first line must name it."), file=table.name)
    for number, values in table.records(columns, headed=headed):
        written = " / ".join(dict.fromkeys(values[name] for name in HEADINGS if values.get(name)))
        if any(values.values()):
            yield Line(number, written, values=values)


def _meant(values: dict[str, str], directory: Directory) -> Meant:
    codes = [values[name] for name in ("insee", "siren", "address") if values.get(name)]
    name = values.get("name", "")
    if not codes:
        if not name:
            raise UnclearError(tk._("Neither code nor name: fill it in, or remove the line."))
        return directory.meant(name)
    found = [directory.meant(code) for code in codes]
    first = found[0]
    for code, other in zip(codes, found, strict=True):
        if other.row.organization_id != first.row.organization_id:
            raise UnclearError(
                tk._("{code} is {title}, but {other_code} is {other}: correct one of them.").format(
                    code=codes[0], title=first.row.title, other_code=code, other=other.row.title
                )
            )
    notes = [one.note for one in found if one.note]
    if name and not _alike(name, first.row.title):
        notes.append(
            tk._("the code is that of {title}, the file calls it “{name}”").format(title=first.row.title, name=name)
        )
    return Meant(first.row, "; ".join(dict.fromkeys(notes)))


def _alike(name: str, title: str) -> bool:
    one, other = set(fold(name).split()), set(fold(title).split())
    return one <= other or other <= one or len(one & other) >= 2
