"""Files that are one dataset: of the same name but for year, date and format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ckanext.opendatafrance.harvest.mapping.texts import line
from ckanext.opendatafrance.harvest.mapping.web.parsing import Link
from ckanext.opendatafrance.reference import formats
from ckanext.opendatafrance.reference.folding import fold

_MONTHS = (
    "janvier|janv|jan|fevrier|fevr|fev|feb|mars|avril|avr|mai|juin|juillet|juil|aout|septembre|sept|sep|octobre|oct"
    "|novembre|nov|decembre|dec"
)
_DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
#: Of a folded name: what differs from one year or sitting to the next.
_PASSING = re.compile(
    rf"\b(?:(?:{_DAYS})\b|\d{{1,2}}(?:er)?(?= (?:{_MONTHS})\b)|(?:{_MONTHS})\b"
    r"|(?:19|20)\d\d(?:s\d|t\d|v\d+)?\b|\d{1,8}\b|[ts][1-4]\b|v\d+\b)"
)
_LOOSE_ENDS = re.compile(r"(?:\b(?:du|de|des|d|le|la|les|au|aux|a|en|et|l|n|no|pour|annee|annees|version)\b ?)+$")
_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?!\d)")
_DATED_FOLDER = re.compile(r"\d{1,2}|\d{4}|\d{4}-\d{2}(?:-\d{2})?")
#: Words of links that name no dataset.
_EMPTY = re.compile(
    r"\b(?:telecharger|telechargement|telechargez|download|consulter|ouvrir|voir|lire|cliquez|cliquer|clic|ici|le|la|les|un|du|de|au"
    r"|en|format|fichier|fichiers|document|documents|donnees|data|lien|ko|mo|kb|mb|octets|csv|xlsx?|ods|pdf|json|geojson|xml|zip"
    r"|docx?|odt|kml|shp|shapefile|excel|tableur|nouvelle|fenetre|poids|taille|version|annee|\d+)\b"
)
_ENDINGS = "csv|xlsx?|ods|pdf|json|geojson|xml|zip|docx?|odt|kml|shp"
_FORMAT_IN_TEXT = re.compile(
    rf"[\s\-–—,:]*[(\[]\s*(?:format\s+)?(?:{_ENDINGS}|\d[\d,. ]*\s*[kmg]i?[ob])\b[^)\]]*[)\]]|\.(?:{_ENDINGS})\b",
    re.IGNORECASE,
)
_YEAR_IN_TEXT = re.compile(
    r"\s*[-–—,:]?\s*(?:\b(?:en|pour|de|du|l[’']année|année)\s+)*\(?(?<!\d)(?:19[5-9]\d|20[0-4]\d)(?:\s*[-/–]\s*(?:19[5-9]\d|20[0-4]\d))?(?!\d)\)?",
    re.I,
)


_LONGEST_NAME = 255  # of a file, on the usual systems


@dataclass(frozen=True, slots=True)
class Family:
    """The files of one dataset, in the order of the site.

    Attributes:
        guid: host, folder and name without years, dates and ending: the same next year.
    """

    guid: str
    title: str
    links: tuple[Link, ...]

    @property
    def is_data(self) -> bool:
        """Whether one of the files is data; otherwise they are documents."""
        return any(link.kind == "data" for link in self.links)


def families(links: Iterable[Link]) -> list[Family]:
    """Put links to files together; one file linked several times counts once, under its first heading."""
    groups: dict[str, dict[str, Link]] = {}
    for link in links:
        groups.setdefault(guid_of(link), {}).setdefault(link.url, link)
    members = {guid: tuple(group.values()) for guid, group in groups.items()}
    shared = _headings_of_several(members)
    return [Family(guid, _title(group, shared), group) for guid, group in members.items()]


def guid_of(link: Link) -> str:
    """What stays of an address from one year to the next; of names that are but a date, the heading stands in."""
    parts = urlsplit(link.url)
    folders = [part for part in unquote(parts.path).split("/")[:-1] if part and not _DATED_FOLDER.fullmatch(part)]
    name = stem(link.file_name)
    if not name:
        above = next((text for one in reversed(link.headings) if (text := stem(one))), "")
        name = "#" + (above or stem(link.text) or fold(link.file_name))
    if link.name or formats.of_address(link.url) is None:
        # The name came with the answer, and the address tells files apart by its query.
        folders = folders[:1]
    return line("/".join([parts.netloc.lower().removeprefix("www."), *folders, name.replace(" ", "-")]))


def stem(name: str) -> str:
    """A name in its essential words: "Subventions_2024 (1).csv" → "subventions"."""
    bare = name[-_LONGEST_NAME:]
    for _ in range(2):
        head, dot, ending = bare.rpartition(".")
        if dot and head and formats.find(ending):
            bare = head
    words = " ".join(_PASSING.sub(" ", fold(bare)).split())
    return _LOOSE_ENDS.sub("", words).strip()


def year_of(link: Link) -> str:
    """The year that a file is about, as its link, its name or the heading above it says; empty where none does."""
    for said in (link.text, link.file_name, *reversed(link.headings)):
        if found := _YEAR.findall(said):
            return found[-1]
    return ""


def label(text: str) -> str:
    """What the text of a link says of the dataset, without format, size and year; empty where it only says "here"."""
    bare = " ".join(_YEAR_IN_TEXT.sub("", _FORMAT_IN_TEXT.sub("", text)).split()).strip(" -–—:,;.")
    return bare if len(" ".join(_EMPTY.sub(" ", _PASSING.sub(" ", fold(bare))).split())) >= 3 else ""


def _headings_of_several(members: dict[str, tuple[Link, ...]]) -> set[str]:
    """Headings below which several families are: they name none of them."""
    seen: dict[str, str] = {}
    several = set()
    for guid, links in members.items():
        for said in {heading for link in links for heading in link.headings}:
            if seen.setdefault(said, guid) != guid:
                several.add(said)
    return several


def _title(links: tuple[Link, ...], shared: set[str]) -> str:
    labels = {fold(said): said for link in links if (said := label(link.text))}
    if len(labels) == 1:
        return _capital(next(iter(labels.values())))
    for heading in reversed(links[0].headings):
        said = _YEAR_IN_TEXT.sub("", heading).strip(" -–—:,;.")
        if heading not in shared and said and all(heading in link.headings for link in links):
            return _capital(said)
    return _capital(_name_in_words(links[0]) or next(iter(labels.values()), "") or links[0].file_name)


def _name_in_words(link: Link) -> str:
    """The name of a file as it is written, without what its stem leaves out."""
    kept = stem(link.file_name).split()
    words = re.split(r"[\s_.\-–()]+", link.file_name)
    said = [word for word in words if word and all(part in kept for part in fold(word).split()) and fold(word)]
    return " ".join(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
