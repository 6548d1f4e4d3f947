"""Places: those of the dataset, and the territories that it names."""

from __future__ import annotations

import json
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.federation.finding import Findings
from ckanext.opendatafrance.federation.mending import texts
from ckanext.opendatafrance.harvest.mapping import geometry
from ckanext.opendatafrance.reference import cog, zones

_AREAS = ("Polygon", "MultiPolygon")
_NAMES = {"commune": cog.commune, "epci": cog.epci, "departement": cog.departement, "region": cog.region}


def mend(made: dict[str, Any], found: Findings) -> None:
    """Geometries as GeoJSON that is one (points only as centres), and one place more for each territory."""
    kept = [_place(said, found) for said in texts.listed(made.get("spatial_coverage")) if isinstance(said, dict)]
    known = {place.get("uri") for place in kept}
    for zone in texts.listed(made.get("territory")):
        place = territory(str(zone))
        if place and place["uri"] not in known:
            kept.append(place)
    made["spatial_coverage"] = [place for place in kept if place]
    if kept and not any(place.get("bbox") or place.get("geom") for place in kept):
        found.add(
            "place-unread", "lost", "spatial_coverage",
            N_("data.gouv.fr reads only areas drawn as polygons from a feed: the place is not shown there."),
            N_("Nothing to mend here; the territory can be chosen on data.gouv.fr by hand."),
        )  # fmt: skip


def territory(zone: str) -> dict[str, str] | None:
    """A place for a zone id: INSEE's URI, the EU's for France, data.gouv.fr's where neither has one, and its name."""
    parsed = zones.parse(zone)
    if parsed is None:
        return None
    if parsed.type == "country":
        return {"uri": zones.FRANCE, "text": "France"}
    uri = zones.insee_uri(*parsed) or f"https://www.data.gouv.fr/api/1/spatial/zone/{zones.udata_zone(*parsed)}"
    row = _NAMES[parsed.type](parsed.code)
    return {"uri": uri, "text": row.name if row else parsed.code}


def _place(said: dict[str, Any], found: Findings) -> dict[str, str]:
    made = {"uri": texts.uri(said.get("uri")), "text": texts.plain(str(said.get("text") or ""))}
    for name in ("geom", "bbox", "centroid"):
        shape = _shape(said.get(name), found)
        if not shape:
            continue
        area = shape["type"] in _AREAS
        where = name if area == (name != "centroid") else "centroid" if shape["type"] == "Point" else "geom"
        made.setdefault(where, json.dumps(shape, separators=(", ", ": ")))
    return {name: value for name, value in made.items() if value}


def _shape(said: Any, found: Findings) -> dict[str, Any] | None:
    """A geometry out of GeoJSON (also a Feature) or WKT; None, noted, where it is none or not on Earth."""
    if not said:
        return None
    text = said if isinstance(said, str) else json.dumps(said)
    try:
        shape: Any = geometry.parse(text)
        if shape["type"] == "GeometryCollection":
            raise ValueError
    except ValueError:
        found.add(
            "geometry", "lost", "spatial_coverage",
            N_("The geometry “{geometry}” cannot be read and is left out."),
            N_("Give a closed polygon in GeoJSON, longitude first, in degrees."), geometry=text,
        )  # fmt: skip
        return None
    if shape["type"] == "Point":
        found.add(
            "geometry-point", "lost", "spatial_coverage",
            N_("The place is a point: data.gouv.fr reads areas only."),
            N_("Give the area as a polygon, or the territory."),
        )  # fmt: skip
    return shape
