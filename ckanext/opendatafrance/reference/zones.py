"""Identifiers of French zones: INSEE's URIs, data.gouv.fr's zone ids, the EU's country URI; written and read back."""

from __future__ import annotations

import re
from typing import NamedTuple

from ckanext.opendatafrance.reference import cog

FRANCE = "http://publications.europa.eu/resource/authority/country/FRA"
_INSEE = "http://id.insee.fr/geo/"  # http: the identifiers are not served under https
# COM have a class of their own at INSEE, and are départements at data.gouv.fr.
_INSEE_CLASSES = {"commune": "commune", "departement": "departement", "region": "region"}
_OVERSEAS = "collectiviteDOutreMer"
_FROM_INSEE = {
    **{name.lower(): kind for kind, name in _INSEE_CLASSES.items()},
    _OVERSEAS.lower(): "departement",
    "intercommunalite": "epci",
    "arrondissementmunicipal": "commune",
}
_FROM_UDATA = {"commune": "commune", "epci": "epci", "departement": "departement", "region": "region"}
_INSEE_URI = re.compile(r"^https?://id\.insee\.fr/geo/(?P<kind>[a-z]+)/(?P<code>[0-9AB]{1,9})/?$", re.IGNORECASE)
_UDATA_ID = re.compile(r"^fr[:/](?P<kind>[a-z]+)[:/](?P<code>[0-9ab]{1,9})(?:@.*)?$", re.IGNORECASE)


class Zone(NamedTuple):
    """A type of territory ("commune", "epci", "departement", "region", "country") and its code."""

    type: str
    code: str


def insee_uri(kind: str, code: str) -> str | None:
    """INSEE's URI in its form by code; None for a type that INSEE names by other means (an EPCI)."""
    if kind == "departement" and cog.is_overseas_collectivity(code):
        return f"{_INSEE}{_OVERSEAS}/{code}"
    name = _INSEE_CLASSES.get(kind)
    return f"{_INSEE}{name}/{code}" if name and code else None


def udata_zone(kind: str, code: str) -> str | None:
    """data.gouv.fr's zone id ("fr:commune:17300"); None for a type that has no zone (a syndicat, an association)."""
    if kind == "country":
        return "country:fr"
    return f"fr:{kind}:{code}" if kind in _FROM_UDATA and code else None


def parse(identifier: str) -> Zone | None:
    """Read an INSEE URI, a data.gouv.fr zone id or the EU's URI of France; None for anything else.

    Codes come back as the COG writes them, whatever the case and the leading zeros of the identifier. URIs of INSEE
    that end in a UUID say nothing without INSEE's own table, so they are not read.
    """
    text = identifier.strip()
    if text.rstrip("/") == FRANCE or text.lower() in ("country:fr", "country/fr"):
        return Zone("country", "FR")
    for pattern, kinds in ((_INSEE_URI, _FROM_INSEE), (_UDATA_ID, _FROM_UDATA)):
        found = pattern.match(text)
        kind = kinds.get(found["kind"].lower()) if found else None
        if found and kind:
            return Zone(kind, cog.normalise(kind, found["code"]))
    return None
