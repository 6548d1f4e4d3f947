"""Checks of identifiers and of texts that follow a grammar, one cell at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import opening_hours
import phonenumbers
import polars as pl
from stdnum.fr import siren, siret

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.validation.rules.rule import Params, Rule, WrongCheckError

ACTES = (
    "Commande publique",
    "Urbanisme",
    "Domaine et patrimoine",
    "Fonction publique",
    "Institutions et vie politique",
    "Libertés publiques et pouvoirs de police",
    "Finances locales",
    "Domaines de compétences par thèmes",
    "Autres domaines de compétences",
)
"""First level of the national nomenclature of acts (@CTES) that town halls transmit to the préfecture."""
_PERIOD = re.compile(r"^(\d{4})/(\d{4})$")
_YEAR = re.compile(r"^\d{4}$")
_LA_POSTE = "356000000"


def _one(
    code: str, params: Params, holds: Callable[[Any], bool], swift: Callable[[pl.Expr], pl.Expr] | None = None
) -> Rule:
    name = column(params, code)
    accepts = (lambda cells: swift(cells[0].text)) if swift else None
    return Rule(code, name, (name,), lambda value: None if holds(value) else (code, {}), accepts=accepts)


def column(params: Params, check: str, key: str = "column") -> str:
    """A column that a check names.

    Raises:
        WrongCheckError: it names none.
    """
    name = params.get(key)
    if not isinstance(name, str) or not name:
        raise WrongCheckError(N_("the check “{check}” of the schema does not say its “{key}”"), check=check, key=key)
    return name


def siret_rule(params: Params) -> Rule:
    """Fourteen digits with Luhn's key, of which nine are a right SIREN; spaces and dots do not count."""
    return _one("siret", params, lambda value: siret.is_valid(str(value)), _swift_siret)


def siren_rule(params: Params) -> Rule:
    """Nine digits with Luhn's key."""
    return _one("siren", params, lambda value: siren.is_valid(str(value)), lambda text: _luhn(text, 9))


def _swift_siret(text: pl.Expr) -> pl.Expr:
    return _luhn(text, 14) & _luhn(text.str.slice(0, 9), 9) & ~text.str.starts_with(_LA_POSTE)


def _luhn(text: pl.Expr, digits: int) -> pl.Expr:
    """Luhn's key over whole columns: every second digit from the right counts double, less nine above nine."""
    number = text.cast(pl.Int64, strict=False)
    total = pl.lit(0, pl.Int64)
    for place in range(digits):
        digit = number // 10**place % 10
        total = total + (digit if place % 2 == 0 else digit * 2 - pl.when(digit > 4).then(9).otherwise(0))
    return text.str.contains(rf"^[0-9]{{{digits}}}$") & (total % 10 == 0)


def act_rule(params: Params) -> Rule:
    """`subject/whatever`, the subject of the nomenclature of acts whatever its case and accents."""
    name = column(params, "nomenclature-acte")
    subjects = {_plain(one) for one in ACTES}

    def decide(value: Any) -> tuple[str, Params] | None:
        text = str(value)
        subject, slash, _ = text.partition("/")
        if not slash:
            return "act-without-slash", {}
        if _plain(subject) in subjects and "/ " not in text:
            return None
        if _plain(subject.rstrip()) in subjects or "/ " in text:
            return "act-with-space", {}
        return "act-unknown", {"subject": subject.strip(), "allowed": list(ACTES)}

    return Rule("act-unknown", name, (name,), decide)


def _plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(one) != "Mn")


def period_rule(params: Params) -> Rule:
    """`2019/2020`, the second year later; one year alone where the schema allows it."""
    name = column(params, "year-interval-value")
    alone = params.get("allow-year-only") in ("true", "yes", True)

    def decide(value: Any) -> tuple[str, Params] | None:
        found = _PERIOD.match(str(value))
        if not found:
            if alone and _YEAR.match(str(value)):
                return None
            return ("year-or-period" if alone else "period"), {}
        first, last = int(found[1]), int(found[2])
        if first == last:
            return "period-of-one-year", {"year": first}
        return ("period-reversed", {"first": last, "last": first}) if first > last else None

    return Rule("period", name, (name,), decide)


def phone_rule(params: Params) -> Rule:
    """A number valid in France, a French short number, or one with an international prefix."""
    return _one("phone", params, lambda value: _is_phone(str(value), "FR") or _is_phone(str(value), None))


def _is_phone(text: str, country: str | None) -> bool:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) or (country is not None and phonenumbers.is_valid_short_number(number))


def hours_rule(params: Params) -> Rule:
    """The grammar `opening_hours` of OpenStreetMap."""
    return _one("opening-hours", params, lambda value: opening_hours.validate(str(value)))
