"""File formats: from what sources say (label, media type, EU file type, extension, address) to CKAN's label, and back.

`codes/formats.csv` holds the list. Sources name a CSV file text/plain and a Shapefile application/zip: what says little
(plain text, an archive, "octet-stream") gives way to what the name of the file says.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from ckanext.opendatafrance.reference.folding import fold

_FILE = Path(__file__).parent / "codes" / "formats.csv"
EU_BASE = "http://publications.europa.eu/resource/authority/file-type/"
IANA_BASE = "https://www.iana.org/assignments/media-types/"
_URI = re.compile(
    r"^https?://(?:www\.)?(?:publications\.europa\.eu/resource/authority/file-type/"
    r"|iana\.org/assignments/media-types/|purl\.org/net/mediatypes/|inspire\.ec\.europa\.eu/media-types/)",
    re.IGNORECASE,
)
_VAGUE_LABELS = {"TXT", "BIN", "ZIP", "HTML", "XML", "JSON", "GZIP", "TAR", "7Z", "RAR", "BZIP2", "API"}
_QUERY_KEYS = {"format", "outputformat", "f", "type", "ext", "service"}
_FAMILIES = ({"XLS", "XLSX"}, {"DOC", "DOCX"}, {"PPT", "PPTX"}, {"ODS", "XLS", "XLSX"})
_ARCHIVE_LABELS = {"ZIP", "GZIP", "TAR", "7Z", "RAR", "BZIP2"}


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    Attributes:
        label: what CKAN shows and filters by.
        mimetype: its media type.
        extensions: endings of file names, without dot.
        eu: URI in the EU authority table "file-type" or empty.
        words: other names and media types.
        kind: table, geo, api, document, image, archive or unknown.
    """

    label: str
    mimetype: str
    extensions: tuple[str, ...]
    eu: str
    words: tuple[str, ...]
    kind: str

    @property
    def iana(self) -> str:
        """URI of the media type."""
        return IANA_BASE + self.mimetype


@dataclass(frozen=True, slots=True)
class Guess:
    """What a resource is: its format, and the archive that it is packed in, if any."""

    format: Format | None
    package: Format | None = None


@cache
def formats() -> dict[str, Format]:
    """All formats by label."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["label"]: Format(
                label=row["label"],
                mimetype=row["mimetype"],
                extensions=tuple(filter(None, row["extensions"].split("|"))),
                eu=EU_BASE + row["eu"] if row["eu"] else "",
                words=tuple(filter(None, row["words"].split("|"))),
                kind=row["kind"],
            )
            for row in csv.DictReader(file)
        }


def get(label: str) -> Format | None:
    """The format with exactly this label."""
    return formats().get(label)


def find(text: str) -> Format | None:
    """The format that a label, media type, extension, EU or IANA URI or usual name means; None where none does."""
    bare = _URI.sub("", text.strip())
    if "/" in bare and ";" in bare:  # parameters of a media type: text/csv; charset=utf-8
        bare = bare.split(";")[0]
    return _by_word().get(fold(bare))


def of_address(url: str) -> Format | None:
    """The format that an address names: ending of its file, a query such as format=csv, a last part such as /csv."""
    return next(_named_in(url), None)


def guess(*said: str, url: str = "", name: str = "") -> Guess:
    """Decide between what is said of a resource (format, media type…, best first), its address and its name.

    The first precise statement wins; a vague one (text, archive, XML) is kept only where nothing is more precise.
    """
    stated = [found for text in said if text and (found := find(text))]
    addressed = list(_named_in(url))
    named = [found for word in _words_of(name) if (found := _by_word().get(word))] if name else []
    stated = [_finer(one, addressed) for one in stated]
    archive = next((one for one in [*stated, *addressed] if one.label in _ARCHIVE_LABELS), None)
    for one in [*stated, *addressed]:
        if one.label not in _VAGUE_LABELS:
            return Guess(one, archive)
    if archive:
        inner = next((one for one in named if one.label not in _VAGUE_LABELS and one.kind in {"geo", "table"}), None)
        return Guess(inner, archive) if inner else Guess(archive)
    candidates = [one for one in [*stated, *addressed] if one.label != "BIN"] or stated or addressed
    return Guess(candidates[0] if candidates else None)


def _finer(stated: Format, addressed: list[Format]) -> Format:
    """A statement corrected by the ending of the file within a family: "XLS" for a file named .xlsx."""
    for family in _FAMILIES:
        if stated.label in family and (ending := next((one for one in addressed if one.label in family), None)):
            return ending
    return stated


@cache
def _by_word() -> dict[str, Format]:
    words: dict[str, Format] = {}
    for one in formats().values():
        eu = one.eu.removeprefix(EU_BASE)
        for word in (one.label, one.mimetype, *one.extensions, eu, *one.words):
            if word:
                words.setdefault(fold(word), one)
    return words


def _named_in(url: str) -> Iterator[Format]:
    """Formats that the parts of an address name, the most telling first: "x.shp.zip" gives SHP, then ZIP."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return
    by_word = _by_word()
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]).lower()
    endings = [by_word[fold(end)] for end in last.split(".")[1:][-2:] if fold(end) in by_word]
    for key, value in parse_qsl(parts.query):
        if key.lower() in _QUERY_KEYS and (found := find(value)):
            yield found
    yield from endings
    if "." not in last and last in {
        "csv",
        "xlsx",
        "xls",
        "ods",
        "json",
        "geojson",
        "shp",
        "kml",
        "parquet",
        "gpx",
        "gtfs",
        "wms",
        "wfs",
    }:
        yield by_word[last]


def _words_of(name: str) -> list[str]:
    return fold(name).split()
