"""What a resource is: format, media type, archive, size, checksum."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.markup import to_line
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import shorten
from ckanext.opendatafrance.reference import formats

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)
_SIZE = re.compile(r"(\d[\d  ]*(?:[.,]\d+)?(?:e[+-]?\d{1,2})?)\s*([kmgt]?i?[ob]|octets?|bytes?)?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_LARGEST = 2**53
_HEX = re.compile(r"[0-9a-f]+")
_ALGORITHMS = {32: "md5", 40: "sha1", 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
SPDX_ALGORITHM = "http://spdx.org/rdf/terms#checksumAlgorithm_"


def describe(said: Iterable[str], media_types: Iterable[str] = (), url: str = "", name: str = "") -> dict[str, str]:
    """The fields format, mimetype and package_format of a resource, as far as they are known.

    Args:
        said: what the source calls the format, best first.
        media_types: what it says as media type.
        url: address of the file.
        name: title of the resource.
    """
    wordings = [text for text in (to_line(one) for one in said) if text]
    types = [bare for text in media_types if (bare := _bare_type(text))]
    guess = formats.guess(*wordings, *types, url=url, name=name)
    found: dict[str, str] = {}
    if guess.format:
        found["format"] = guess.format.label
        found["mimetype"] = guess.package.mimetype if guess.package else guess.format.mimetype
        if guess.package and guess.package is not guess.format:
            found["package_format"] = guess.package.iana
    elif wordings:
        found["format"] = shorten(wordings[0].rsplit("/", 1)[-1] if "://" in wordings[0] else wordings[0], 100)
    elif types:
        found["format"] = types[0]
    if "mimetype" not in found and types:
        found["mimetype"] = types[0]
    return found


def size(value: Any, notes: Notes) -> int | None:
    """Number of bytes; "12 Mo" and "1,5 MB" are read, nonsense is left out with an issue."""
    if value is None or isinstance(value, bool) or not str(value).strip():
        return None
    match = _SIZE.fullmatch(str(value).strip())
    if match:
        number = float(re.sub(r"[\s ]", "", match[1]).replace(",", "."))
        unit = (match[2] or "").lower()
        prefix = unit[:-1] if len(unit) in {2, 3} else ""
        total = number * _FACTORS.get(prefix, 1)
        if total <= _LARGEST:
            return round(total)
    notes.left_out("size-unreadable", "size", value)
    return None


def number(value: Any, field: str, notes: Notes) -> str:
    """A number with a decimal point, as text; empty, with an issue, where it is none."""
    text = to_line(value).replace(",", ".").removesuffix("m").strip()
    try:
        if text and abs(float(text)) < _LARGEST:
            return text
    except ValueError:
        pass
    if text:
        notes.left_out("number-unreadable", field, value)
    return ""


def checksum(value: Any, algorithm: str, notes: Notes) -> dict[str, str]:
    """The fields hash and hash_algorithm; the algorithm is told by the length where it is not said."""
    text = to_line(value).lower()
    if not text:
        return {}
    prefix, colon, rest = text.partition(":")
    digits = rest.strip() if colon else text
    kind = re.sub(
        r"[^a-z0-9]", "", (algorithm or (prefix if colon else "")).lower().rsplit("_", 1)[-1].rsplit("#", 1)[-1]
    )
    known = _ALGORITHMS.get(len(digits))
    if not _HEX.fullmatch(digits) or not known or (kind in _ALGORITHMS.values() and kind != known):
        notes.left_out(
            "checksum-unreadable", "hash", value, N_("it is not a hexadecimal checksum of the algorithm that is said.")
        )
        return {}
    return {"hash": digits, "hash_algorithm": SPDX_ALGORITHM + known}


def _bare_type(text: str) -> str:
    bare = re.sub(
        r"^https?://(?:www\.)?(?:iana\.org/assignments/media-types|purl\.org/net/mediatypes)/",
        "",
        text.strip(),
        flags=re.I,
    )
    match = _MEDIA_TYPE.match(bare)
    return match[0].lower() if match else ""
