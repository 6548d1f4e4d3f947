"""What a dataset dict says of which dataset it is, as short keys that are equal where two sources mean one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ckanext.opendatafrance.harvest.identity import addresses

IDENTIFIER, PAGE, FILE, CHECKSUM, TITLE = "identifier", "page", "file", "checksum", "title"
ORDER = (IDENTIFIER, FILE, CHECKSUM)
"""Kinds that say by themselves that two datasets are one, strongest first; the others are for a person to judge."""
MOST = 60
"""Keys of one record; one with more files is recognised by the first ones."""
#: Identifiers that are nowhere given twice: UUID, the ids of udata (MongoDB), long hexadecimal numbers, DOI, URN, ARK.
_UNIQUE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|^[0-9a-f]{24}$|^[0-9a-f]{32,64}$"
    r"|^(?:doi:|urn:(?!.*\b(?:example|test)\b)|ark:|info:).{6,}|^10\.\d{4,9}/\S+$",
    re.IGNORECASE,
)
_ZEROS = re.compile(r"^[0f-]+$", re.IGNORECASE)
_CHECKSUM = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$")
#: Checksums of the empty file: MD5, SHA-1, SHA-256.
_EMPTY = {
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
}
_SHORTEST_TITLE = 8


@dataclass(frozen=True, slots=True)
class Key:
    """One reason to take two records for the same dataset.

    Attributes:
        kind: identifier (dct:identifier, URI, address of origin), page (landing page), file (address of a file),
            checksum, or title (with the owner). An identifier and a page may have the same digest: a copy names the
            page of its original.
        digest: 16 bytes of the sha256 of what is compared.
    """

    kind: str
    digest: bytes


def keys_of(dataset: Mapping[str, Any], origins: tuple[str, ...] = ()) -> tuple[Key, ...]:
    """The keys of a mapped and placed dataset, the strongest first, each digest once.

    Args:
        origins: addresses and identifiers of the dataset that this one is a copy of, as `origin.said` finds them.
    """
    found: dict[bytes, Key] = {}
    for kind, value in _said(dataset, origins):
        digest = sha256(value.encode("utf-8", "surrogatepass")).digest()[:16]
        found.setdefault(digest, Key(kind, digest))
        if len(found) >= MOST:
            break
    return tuple(found.values())


def _said(dataset: Mapping[str, Any], origins: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for value in (
        dataset.get("uri"),
        dataset.get("identifier"),
        *(dataset.get("alternate_identifier") or ()),
        *origins,
    ):
        if text := _identifier(value):
            yield IDENTIFIER, f"identifier {text}"
    if text := addresses.particular(dataset.get("url")):
        yield PAGE, f"identifier {text}"
    title = _title(str(dataset.get("title") or ""))
    if title and dataset.get("owner_org"):
        yield TITLE, f"title {dataset['owner_org']} {title}"
    for resource in dataset.get("resources") or ():
        if text := addresses.particular(resource.get("download_url") or resource.get("url")):
            yield FILE, f"file {text}"
        if text := _checksum(resource.get("hash")):
            yield CHECKSUM, f"checksum {text}"


def _identifier(value: object) -> str:
    """An identifier by which nobody else calls another dataset; empty for a number, a slug and the like."""
    text = value.strip() if isinstance(value, str) else ""
    if text.lower().startswith(("http:", "https:")):
        return addresses.particular(text)
    bare = text.strip("{}").removeprefix("urn:uuid:")
    return bare.lower() if _UNIQUE.search(bare) and not _ZEROS.match(bare) and len(bare) < 500 else ""


def _checksum(value: object) -> str:
    text = value.strip().lower().rpartition(":")[2] if isinstance(value, str) else ""
    return text if _CHECKSUM.match(text) and text not in _EMPTY and not _ZEROS.match(text) else ""


def _title(title: str) -> str:
    """The words of a title without capitals, accents and signs; empty where they are too few to mean anything."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    words = re.findall(r"[a-z0-9]+", "".join(sign for sign in plain if not unicodedata.combining(sign)))
    return " ".join(words) if sum(map(len, words)) >= _SHORTEST_TITLE else ""
