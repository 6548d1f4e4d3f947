"""SIREN and SIRET numbers: text, nine or fourteen digits, checked by Luhn's key and never derived from another code."""

from __future__ import annotations

import re

# La Poste numbers its thousands of offices otherwise: the digits of their SIRET add up to a multiple of five.
_LA_POSTE = "356000000"
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]")


def clean(value: object) -> str:
    """The number without the spaces, dots and hyphens that people write in it."""
    return _SEPARATORS.sub("", str(value or ""))


def luhn(digits: str) -> bool:
    """Whether the last digit is Luhn's key of the others."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + position % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def is_siren(value: object) -> bool:
    """Whether it is a SIREN: nine digits with a right key."""
    number = clean(value)
    return _all_digits(number, 9) and number != "000000000" and luhn(number)


def is_siret(value: object) -> bool:
    """Whether it is a SIRET: a right SIREN, five digits, and a right key (or La Poste's own rule)."""
    number = clean(value)
    if not _all_digits(number, 14) or not is_siren(number[:9]):
        return False
    return luhn(number) or (number.startswith(_LA_POSTE) and sum(map(int, number)) % 5 == 0)


def siren_of(value: object) -> str | None:
    """The SIREN that a SIREN or SIRET names, None where it is neither.

    Seats move, and a new seat has another SIRET: organisations are known by their SIREN.
    """
    number = clean(value)
    if is_siren(number) or is_siret(number):
        return number[:9]
    return None


def _all_digits(number: str, length: int) -> bool:
    return len(number) == length and number.isascii() and number.isdigit()
