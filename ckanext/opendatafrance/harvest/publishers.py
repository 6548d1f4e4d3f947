"""Publishers as sources name them, and the lines of a mapping table that are about them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

from ckanext.opendatafrance.reference import cog, history, siren
from ckanext.opendatafrance.reference.folding import fold

# The page of an organisation on a portal of any software, of which the last part is its address there.
_PAGE = re.compile(r"/(?:organi[sz]ations?|groups?|producteurs?|producers?)/([^/?#]+)/?(?:[?#]|$)")
_INSEE_URI = re.compile(r"id\.insee\.fr/geo/commune(?:Associee|Deleguee)?/([0-9][0-9AB][0-9]{3})", re.IGNORECASE)
_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}", re.IGNORECASE)
_OF_COMMUNE = re.compile(r"(?:mairie|ville|commune|municipalite)(?: de la| de l| des| du| de| d)? (.+)")
_KINDS = {
    "cc": "communaute de communes",
    "ca": "communaute d agglomeration",
    "cu": "communaute urbaine",
    "comcom": "communaute de communes",
    "dept": "departement",
}
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Publisher:
    """What is said of a publisher; as a line of a mapping table, an empty fact stands for any.

    Attributes:
        name: as it is spelt.
        number: SIRET (14 digits) or SIREN (9), with a right key.
        insee: INSEE code of a commune, of today or of the past.
        reference: address of the organisation or group within its portal ("ville-de-x"), else its URI or its own
            identifier.
    """

    name: str = ""
    number: str = ""
    insee: str = ""
    reference: str = ""

    @property
    def key(self) -> str:
        """Digest of the facts as they are compared: capitals and accents of the name do not count."""
        return sha256("\0".join(self._compared()).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def id_in(self, source_id: str) -> str:
        """Digest of the publisher within its source."""
        return sha256(f"{source_id}\0{self.key}".encode()).hexdigest()[:32]

    @property
    def is_empty(self) -> bool:
        return not any(astuple(self))

    @property
    def label(self) -> str:
        """By what a person knows it."""
        return self.name or self.number or self.insee or self.reference

    def fits(self, line: Publisher) -> bool:
        """Whether all facts of a line are said of this publisher; a SIREN fits all its SIRETs."""
        mine = self._compared()
        return all(
            not wanted or wanted == said or (number and len(wanted) == 9 and said[:9] == wanted)
            for wanted, said, number in zip(line._compared(), mine, (False, True, False, False), strict=True)
        )

    def _compared(self) -> tuple[str, str, str, str]:
        return fold(self.name) or self.name, self.number, self.insee, self.reference


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a mapping table: what it is about, and the id of the organisation."""

    about: Publisher
    organization: str


def of(dataset: Mapping[str, Any]) -> Publisher:
    """The publisher of a mapped dataset, empty where the source names none."""
    said = next(iter(dataset.get("publisher") or ()), {})
    identifier, uri, page = (str(said.get(name) or "") for name in ("identifier", "uri", "url"))
    number = siren.clean(identifier) if siren.siren_of(identifier) else ""
    code = _commune(identifier) or _commune_of_uri(uri)
    reference = _address(page) or _address(uri) or uri
    if not reference and identifier and not number and not code:
        reference = identifier
    return Publisher(str(said.get("name") or "")[:_LONGEST], number, code, reference[:_LONGEST])


def placed(publisher: Publisher, lines: Iterable[Line]) -> str | None:
    """Id of the organisation that a mapping table gives to a publisher; the line with most facts decides."""
    fitting = [line for line in lines if publisher.fits(line.about)]
    return max(fitting, key=_weight).organization if fitting else None


def same_identifier(publisher: Publisher, lines: Iterable[Line]) -> str | None:
    """Id of the organisation of the lines about the same reference or SIRET under other names, if they agree.

    A publisher that is renamed in its source stays where a person placed it.
    """
    for fact in ("reference", "number"):
        mine = getattr(publisher, fact)
        found = {line.organization for line in lines if mine and getattr(line.about, fact) == mine}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def spellings(name: str) -> list[str]:
    """The folded name, and the same without "Ville de", with "CC", "CA" and "CU" in full."""
    folded = fold(name)
    found = [folded]
    if of_commune := _OF_COMMUNE.fullmatch(folded):
        found.append(of_commune[1])
    first, _space, rest = folded.partition(" ")
    if rest and first in _KINDS:
        found.append(f"{_KINDS[first]} {rest}")
    return [one for one in found if one]


def _weight(line: Line) -> tuple[int, bool, bool, bool]:
    facts = line.about
    return sum(map(bool, astuple(facts))), bool(facts.reference), len(facts.number) == 14, bool(facts.number)


def _commune(text: str) -> str:
    text = text.strip().upper()
    if not _INSEE.fullmatch(text):
        return ""
    return text if cog.commune(text) or history.resolve(text).current else ""


def _commune_of_uri(uri: str) -> str:
    found = _INSEE_URI.search(uri)
    return _commune(found[1]) if found else ""


def _address(url: str) -> str:
    found = _PAGE.search(urlsplit(url).path) if url.startswith(("http://", "https://")) else None
    return unquote(found[1]) if found else ""
