"""The territories that a dataset covers: what people write, the zone ids that are stored, the names that are shown."""

from __future__ import annotations

import re

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.reference import cog, siren, zones

_COMMUNE = re.compile(r"^(?:\d{5}|2[AB]\d{3}|\d{4})$", re.IGNORECASE)
_WITH_TYPE = re.compile(
    r"^(?:fr[:/])?(?P<type>commune|epci|d[ée]partement|r[ée]gion)[:/ ]+(?P<code>[0-9AB]+)$", re.IGNORECASE
)
_LOOKUPS = {"commune": cog.commune, "epci": cog.epci, "departement": cog.departement, "region": cog.region}


def parse_territory(text: str, *, must_exist: bool = False) -> str:
    """The zone id ("fr:commune:17415") that a code, a SIREN, a zone id or a URI names.

    Args:
        text: what was written.
        must_exist: refuse codes that the COG of this year does not hold.

    Raises:
        tk.Invalid: names no territory, or none that exists.
    """
    text = text.strip()
    zone = zones.parse(text) or _typed(text) or _bare(text)
    if zone is None:
        # Another vocabulary (NUTS, GeoNames, a zone of another country): kept as it is.
        if re.match(r"^(?:https?://|country[:-])\S+$", text):
            return text
        raise tk.Invalid(
            tk._(
                '"{value}" is not a territory. Write the INSEE code of a commune (17415), the SIREN of an '
                "intercommunality (241700434), departement:17 or region:75."
            ).format(value=text)
        )
    if must_exist and zone.type in _LOOKUPS and _LOOKUPS[zone.type](zone.code) is None:
        raise tk.Invalid(
            tk._(
                'No territory of today has the code "{value}". Look it up on insee.fr: a merged commune has a new one.'
            ).format(value=text)
        )
    return zones.udata_zone(zone.type, zone.code) or text


def territory_label(zone_id: str) -> str:
    """Name of a territory with its type and code, the id itself where it is unknown."""
    zone = zones.parse(zone_id)
    if zone is None:
        return zone_id
    if zone.type == "country":
        return tk._("France")
    found = _LOOKUPS[zone.type](zone.code)
    if found is None:
        return zone_id
    kinds = {
        "commune": tk._("commune"),
        "epci": tk._("intercommunality"),
        "departement": tk._("département"),
        "region": tk._("region"),
    }
    return f"{found.name} ({kinds[zone.type]}, {zone.code})"


def _typed(text: str) -> zones.Zone | None:
    found = _WITH_TYPE.match(text)
    if not found:
        return None
    kind = found["type"].lower().replace("é", "e")
    return zones.Zone(kind, cog.normalise(kind, found["code"]))


def _bare(text: str) -> zones.Zone | None:
    number = siren.clean(text)
    if siren.is_siren(number):
        found = cog.by_siren(number)
        kinds = {cog.Commune: "commune", cog.Departement: "departement", cog.Region: "region"}
        kind = kinds.get(type(found), "epci")
        return zones.Zone(kind, getattr(found, "code", number))
    if _COMMUNE.match(text):
        return zones.Zone("commune", cog.normalise("commune", text))
    return None
