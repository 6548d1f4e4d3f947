"""What a cell was meant to say, where that is beyond doubt: the damage that spreadsheets and habits do.

Each mender gives a text or None; a mended text counts only if its column accepts it. Nothing is ever guessed: a SIRET
that a spreadsheet rounded to 2,43E+13 has lost its digits, and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.validation.cells import Judge
from ckanext.opendatafrance.validation.table_schema import Field

_BLANKS = " \t\n\r\u00a0\u202f\u2009\ufeff"
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]")
_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 00:00(?::00)?)?$")
_MIDNIGHT = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?Z?$")
_NUMBER = re.compile(r"^[+-]?\d+(?:[.,]\d+)?$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:[\s\u00a0\u202f\u2009']\d{3})+(?:[.,]\d+)?$")
_UNIT = re.compile(r"[\s\u00a0\u202f]*(?:€|euros?|EUR|%)$")
_SCIENTIFIC = re.compile(r"^(\d)[.,](\d+)E\+?(\d{1,2})$", re.IGNORECASE)
_LENGTH = re.compile(r"^\^?(?:\\d|\[0-9\])\{(\d+)\}\$?$")
_YES = {"oui", "vrai", "o", "true", "yes", "1", "x"}
_NO = {"non", "faux", "n", "false", "no", "0"}


class Mender:
    """Mends the cells of one column.

    Args:
        judge: the exact rules of the column.
    """

    def __init__(self, field: Field, judge: Judge) -> None:
        self.field = field
        self.judge = judge
        self.mend = lru_cache(maxsize=65536)(self._mend)

    def _mend(self, text: str) -> tuple[str, str] | None:
        """A better text and how it was mended; None where the cell is right, or nothing is certain."""
        if not self.judge(text)[1]:
            return None
        stripped = text.strip(_BLANKS)
        if stripped != text and self._right(stripped):
            return stripped, "spaces"
        for kind, mender in _MENDERS.get(self.field.type, ()):
            better = mender(self.field, stripped)
            if better is not None and better != text and self._right(better):
                return better, kind
        return None

    def _right(self, text: str) -> bool:
        return not self.judge(text)[1]


def _date(field: Field, text: str) -> str | None:
    found = _MIDNIGHT.match(text)
    if found:
        return found[1]
    found = _DAY.match(text)
    if not found:
        return None
    try:
        day = datetime(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None
    return day.strftime("%Y-%m-%d" if field.format in ("default", "any") else field.format)


def _year(field: Field, text: str) -> str | None:
    return text[:4] if re.match(r"^\d{4}(?:\.0|-01-01)$", text) else None


def _number(field: Field, text: str) -> str | None:
    bare = _UNIT.sub("", text)
    if _GROUPED.match(bare):
        bare = _SPACES.sub("", bare).replace("'", "")
    if not _NUMBER.match(bare):
        return None
    plain = bare.replace(",", ".")
    return plain.partition(".")[0] if field.type == "integer" and re.match(r"^[+-]?\d+\.0+$", plain) else plain


def _boolean(field: Field, text: str) -> str | None:
    word = fold(text)
    if word in _YES:
        return next(iter(field.true_values), None)
    return next(iter(field.false_values), None) if word in _NO else None


def _enum(field: Field, text: str) -> str | None:
    wanted = [one for one in field.constraints.get("enum", ()) if isinstance(one, str)]
    same = [one for one in wanted if fold(one) == fold(text)]
    return same[0] if len(same) == 1 else None


def _number_without_spaces(field: Field, text: str) -> str | None:
    bare = _SPACES.sub("", text).replace(".", "")
    return bare if bare != text and bare.isdigit() else None


def _zeros(field: Field, text: str) -> str | None:
    """A zero that a spreadsheet took from the front of a number of fixed length."""
    found = _LENGTH.match(str(field.constraints.get("pattern", "")))
    if not found or not text.isdigit() or len(text) != int(found[1]) - 1:
        return None
    return f"0{text}"


def _scientific(field: Field, text: str) -> str | None:
    """1,3579246800043E+13: only where no digit was lost."""
    found = _SCIENTIFIC.match(text)
    if not found or len(found[2]) != int(found[3]):
        return None
    return str(int(Decimal(f"{found[1]}.{found[2]}E{found[3]}")))


def _whole(field: Field, text: str) -> str | None:
    return text[:-2] if re.match(r"^\d+\.0$", text) else None


def _address(field: Field, text: str) -> str | None:
    return f"https://{text}" if field.format == "uri" and re.match(r"^www\.[^\s/]+\.[a-z]{2,}", text) else None


_Menders = tuple[tuple[str, Callable[[Field, str], str | None]], ...]
_MENDERS: dict[str, _Menders] = {
    "date": (("date", _date),),
    "datetime": (("date", _date),),
    "year": (("year", _year),),
    "number": (("number", _number),),
    "integer": (("number", _number),),
    "boolean": (("boolean", _boolean),),
    "string": (
        ("spelling", _enum),
        ("spaces", _number_without_spaces),
        ("zeros", _zeros),
        ("scientific", _scientific),
        ("decimals", _whole),
        ("address", _address),
    ),
}
