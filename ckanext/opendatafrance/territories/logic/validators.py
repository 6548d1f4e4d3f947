"""Validators of the organisation schema: they mend mere matters of writing, and say what to write otherwise."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.reference import cog, files, history, moves, siren
from ckanext.opendatafrance.territories import duty

_SPACES = re.compile(r"[\s\u00a0\u202f]")


def odf_given(key: Any, data: dict[Any, Any], errors: Any, context: Any) -> None:
    """Leave out a field without a value; unlike CKAN's ignore_empty it keeps the number zero."""
    if _empty(data.get(key)):
        data.pop(key, None)
        raise tk.StopOnError


def odf_siren(value: Any) -> str:
    """Nine digits with a right key; of a SIRET, its first nine."""
    number = siren.siren_of(value)
    if number:
        return number
    digits = siren.clean(value)
    if digits.isdigit() and len(digits) in (9, 14):
        raise tk.Invalid(tk._("“{value}” does not have the right key: check it digit by digit").format(value=value))
    raise tk.Invalid(tk._("“{value}” is not a SIREN: write its nine digits").format(value=value))


def odf_insee_code(key: Any, data: dict[Any, Any], errors: Any, context: Any) -> None:
    """A code of the COG for the type of organisation; a lost leading zero and a small Corsican letter are mended."""
    value = data[key]
    kind = data.get((*key[:-1], "territory_type"))
    find = {"commune": cog.commune, "departement": cog.departement, "region": cog.region}.get(str(kind))
    if find is None:
        raise tk.Invalid(
            tk._("Only communes, départements and régions have an INSEE code: leave this empty, or change the type")
        )
    found = find(value)
    if found is None and kind == "commune" and not _empty(data.get((*key[:-1], "valid_to"))):
        # A commune that is no more keeps the code that it had.
        past = moves.resolve(value)
        if past.why != "unknown":
            data[key] = past.code
            return
    if found is None:
        raise tk.Invalid(_unknown_code(str(kind), value))
    data[key] = found.code


def _unknown_code(kind: str, value: Any) -> str:
    past = history.resolve(value) if kind == "commune" else None
    if past and past.current:
        return tk._("“{value}” is the code of a former commune: use {codes}").format(
            value=value, codes=" / ".join(past.current)
        )
    return tk._("“{value}” is not an INSEE code of the official geographic code {year}: check it").format(
        value=value, year=files.vintage().cog
    )


def odf_postal_codes(value: Any) -> str:
    """Five-digit codes, whatever separates them; stored with spaces between them."""
    codes = value if isinstance(value, list) else re.split(r"[\s,;/]+", str(value).strip())
    codes = list(dict.fromkeys(f"{code:0>5}" if len(code) == 4 else code for code in map(str, codes) if code))
    for code in codes:
        if not re.fullmatch(r"[0-9]{5}", code):
            raise tk.Invalid(tk._("“{value}” is not a postal code: write five digits").format(value=code))
    return " ".join(codes)


def odf_count(value: Any) -> int:
    """A whole number of people, zero included; the spaces between thousands are dropped."""
    text = _SPACES.sub("", str(value)).removesuffix(".0")
    if not (text.isascii() and text.isdigit()):
        raise tk.Invalid(tk._("“{value}” is not a whole number: write digits only").format(value=value))
    return int(text)


def odf_year(value: Any) -> int:
    """A year in four digits."""
    year = odf_count(value)
    if not 1900 <= year <= 2100:
        raise tk.Invalid(tk._("“{value}” is not a year: write its four digits").format(value=value))
    return year


def odf_as_number(value: Any) -> Any:
    """Give back as a number what is stored as a text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else value


def odf_longitude(value: Any) -> str:
    """Degrees east of Greenwich, WGS 84."""
    return _degrees(value, 180)


def odf_latitude(value: Any) -> str:
    """Degrees north of the equator, WGS 84."""
    return _degrees(value, 90)


def odf_bbox(value: Any) -> str:
    """West, south, east, north in degrees."""
    parts = re.split(r"[\s,;]+", str(value).strip(" []"))
    try:
        edges = [float(part) for part in parts]
    except ValueError:
        edges = []
    if len(edges) != 4 or abs(edges[0]) > 180 or abs(edges[2]) > 180 or not -90 <= edges[1] <= edges[3] <= 90:
        raise tk.Invalid(
            tk._(
                "“{value}” is not an extent: write west,south,east,north in degrees, such as -1.6,45.1,0.1,46.4"
            ).format(value=value)
        )
    return ",".join(f"{edge:.9g}" for edge in edges)


def odf_legal_duty(key: Any, data: dict[Any, Any], errors: Any, context: Any) -> None:
    """Computed from the inhabitants and the staff of the same record, whatever was sent."""
    inhabitants, agents = (_figure(data.get((*key[:-1], name))) for name in ("population_totale", "agents"))
    data[key] = duty.legal_duty(inhabitants, agents)


def _figure(value: Any) -> int | None:
    # Validators run in alphabetical order: some of these figures have not been through theirs.
    text = _SPACES.sub("", "" if _empty(value) else str(value)).removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() else None


def _degrees(value: Any, limit: int) -> str:
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        number = float("inf")
    if not abs(number) <= limit:
        raise tk.Invalid(
            tk._("“{value}” is not a coordinate: write degrees between -{limit} and {limit}").format(
                value=value, limit=limit
            )
        )
    return f"{number:.9g}"


def _empty(value: Any) -> bool:
    return value is tk.missing or value is None or value == ""
