"""Which organisation of the portal a person means: by INSEE code, SIREN, SIRET, address of its page, or name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.reference import cog, history, siren
from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.territories import find
from ckanext.opendatafrance.territories.closed import is_open
from ckanext.opendatafrance.territories.model import territories

# 2.11704E+08, as a spreadsheet shows a long number: its last digits may be lost.
_SHORTENED = re.compile(r"^\d([.,]\d+)?E\+?\d+$", re.IGNORECASE)
_CODE = re.compile(r"^(\d{1,5}|2[AB](\d{3})?|\d{9}|\d{14})$")
_BEFORE_A_NAME = re.compile(r"^(commune|ville|mairie) (de|du|des|d) ")
_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}


class UnclearError(Exception):
    """Nobody, or several, can be meant; the text says what to write instead, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Meant:
    """An organisation (a row of `odf_territory`), and what was read otherwise than it was written."""

    row: Any
    note: str = ""


class Directory:
    """The organisations of the portal that exist today, read once."""

    def __init__(self) -> None:
        columns = territories.c
        self.rows: dict[str, Any] = {
            row.organization_id: row
            for row in model.Session.execute(
                sa.select(
                    columns.organization_id, columns.name, columns.title, columns.type, columns.insee_code,
                    columns.siren, columns.postal_codes, columns.ancestors, columns.legal_duty,
                ).where(is_open())
            )
        }  # fmt: skip
        self.by_code = {(row.type, row.insee_code): row for row in self.rows.values() if row.insee_code}
        self.by_siren = {row.siren: row for row in self.rows.values() if row.siren}
        self.by_address = {key: row for row in self.rows.values() for key in (row.name, row.organization_id)}
        self.by_title: dict[str, dict[str, Any]] = {}
        for row in self.rows.values():
            for title in (row.title, _short(row)):
                self.by_title.setdefault(_key(title), {})[row.organization_id] = row

    def meant(self, text: str) -> Meant:
        """The organisation that a code, an address or a name means.

        Raises:
            UnclearError: says why, and what to write instead.
        """
        code = siren.clean(re.sub(r"[.,]0+$", "", text)).upper()
        if _SHORTENED.match(text.replace(" ", "")):
            raise UnclearError(
                tk._(
                    "The spreadsheet has shortened the number “{value}”: format the column as text, and enter it again."
                ).format(value=text)
            )
        if text in self.by_address:
            return Meant(self.by_address[text])
        if not _CODE.match(code):
            if code.isdigit():
                raise UnclearError(
                    tk._("“{value}” has {count} digits: an INSEE code has 5, a SIREN 9, a SIRET 14.").format(
                        value=text, count=len(code)
                    )
                )
            return self._named(text)
        if len(code) >= 9:
            return self._of_siren(code, text)
        return self._of_commune(code, text) if len(code) >= 4 else self._of_level(code, text)

    def _of_siren(self, code: str, text: str) -> Meant:
        number = siren.siren_of(code)
        if number is None:
            raise UnclearError(
                tk._("“{value}” does not have the right key: check it digit by digit.").format(value=text)
            )  # fmt: skip
        row = self.by_siren.get(number)
        if row is None:
            known = cog.by_siren(number)
            raise UnclearError(self._missing(text, known.name if known else ""))
        return Meant(row)

    def _of_commune(self, code: str, text: str) -> Meant:
        number = cog.normalise("commune", code)
        note = "" if number == text else tk._("“{value}” read as {code}").format(value=text, code=number)
        row = self.by_code.get(("commune", number))
        if row is not None:
            return Meant(row, note)
        today = cog.commune(number)
        if today and not today.parent:
            raise UnclearError(self._missing(text, today.name))
        past = history.resolve(number)
        current = (today.parent,) if today else past.current
        found = [self.by_code[one] for one in (("commune", other) for other in current) if one in self.by_code]
        if len(current) == 1 and found:
            words = tk._("“{value}” ({name}) is now {title}, {code}")
            return Meant(found[0], words.format(value=text, name=past.name, title=found[0].title, code=current[0]))
        if len(current) > 1:
            names = ", ".join(f"{code} {getattr(cog.commune(code), 'name', '')}" for code in current)
            raise UnclearError(
                tk._("“{value}” was divided among several communes: write one of {names}.").format(
                    value=text, names=names
                )
            )
        if current:
            raise UnclearError(self._missing(text, getattr(cog.commune(current[0]), "name", "")))
        raise UnclearError(self._no_such_code(number, text))

    def _no_such_code(self, number: str, text: str) -> str:
        there = [row for row in self.rows.values() if row.type == "commune" and number in row.postal_codes]
        if there:
            return tk._("“{value}” is a postal code: write the INSEE code, {names}.").format(
                value=text, names=_listed(there)
            )
        return tk._("“{value}” is not the code of a commune: check it.").format(value=text)

    def _of_level(self, code: str, text: str) -> Meant:
        """A département or a région; two figures mean the département, as everywhere in the suite."""
        for kind in ("departement", "region"):
            row = self.by_code.get((kind, cog.normalise(kind, code)))
            if row is not None:
                return Meant(row)
        known = cog.departement(code) or cog.region(code)
        if known:
            raise UnclearError(self._missing(text, known.name))
        raise UnclearError(
            tk._("“{value}” is not the code of a commune, a département or a région: check it.").format(value=text)
        )

    def _named(self, text: str) -> Meant:
        found = list(self.by_title.get(_key(text), {}).values())
        if len(found) == 1:
            return Meant(found[0])
        if found:
            raise UnclearError(
                tk._("Several organisations are called “{value}”: write the code of one of {names}.").format(
                    value=text, names=_listed(found)
                )
            )
        near = [self.rows[one["id"]] for one in find.search(text, limit=3)[1] if one["id"] in self.rows]
        if near:
            raise UnclearError(
                tk._("No organisation is called “{value}”. Did you mean {names}? Write its code.").format(
                    value=text, names=_listed(near)
                )
            )
        raise UnclearError(
            tk._("No organisation is called “{value}”: write its INSEE code or SIREN, or create it first.").format(
                value=text
            )
        )

    def _missing(self, text: str, name: str) -> str:
        if not name:
            return tk._(
                "No organisation of this portal has the SIREN “{value}”: create it, or remove the line."
            ).format(value=text)
        return tk._(
            "{name} ({value}) is not in this portal: create it with “ckan odf territory seed”, or remove the line."
        ).format(name=name, value=text)


def told(row: Any) -> dict[str, Any]:
    """What reports say of an organisation."""
    return {name: getattr(row, name) for name in ("name", "title", "type", "insee_code", "siren")}


def _listed(rows: list[Any]) -> str:
    return ", ".join(f"{row.title} ({row.insee_code or row.siren or row.name})" for row in rows[:5])


def _short(row: Any) -> str:
    """The name in the address of its page, without type and code: "ca de la rochelle"."""
    prefix = f"{row.type}-{row.insee_code or row.siren or ''}-"
    return row.name.removeprefix(prefix.lower())


def _key(text: str) -> str:
    words = _BEFORE_A_NAME.sub("", fold(text)).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)
