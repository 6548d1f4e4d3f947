"""What a territory file says, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TYPES = ("region", "departement", "epci", "commune", "syndicat_mixte", "etat", "association", "gip", "autre")
PERIMETERS = ("region", "departement", "epci")


@dataclass(frozen=True, slots=True)
class Perimeter:
    """What the territory covers: "region", "departement" or "epci", and its INSEE code or SIREN."""

    type: str
    code: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody; empty where nothing is known."""

    name: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation that takes part.

    `siren` is None where nobody could find it, which the file says in words (`siren_unknown: true`); `insee` is the
    code of a commune, département or région; `members` are INSEE and SIREN codes of those that belong to it (a
    syndicat has no perimeter in the COG).
    """

    name: str
    type: str
    siren: str | None = None
    insee: str = ""
    description: str = ""
    contact: Contact = Contact()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """Logo (a path under the territory's public files, or a URL) and colours that are readable under white text."""

    logo: str
    primary: str
    secondary: str


@dataclass(frozen=True, slots=True)
class Source:
    """A member site to harvest: its address, the owner of what it publishes, the connector where it is imposed."""

    url: str
    organization: str
    connector: str = ""


@dataclass(frozen=True, slots=True)
class Territory:
    """One file of `schemas/territories/`; descriptions by language ("fr", "en")."""

    slug: str
    title: str
    perimeter: Perimeter
    description: Mapping[str, str]
    lead: Member
    members: tuple[Member, ...]
    contact: Contact
    look: Look
    sources: tuple[Source, ...]

    @property
    def participants(self) -> tuple[Member, ...]:
        """The lead and the other members."""
        return (self.lead, *self.members)
