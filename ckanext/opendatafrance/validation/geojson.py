"""JSON Schema of GeoJSON (RFC 7946), for cells that hold an object."""

from __future__ import annotations

from typing import Any

_POSITION = {"type": "array", "minItems": 2, "items": {"type": "number"}}
_LINE = {"type": "array", "minItems": 2, "items": _POSITION}
_RINGS = {"type": "array", "items": {"type": "array", "minItems": 4, "items": _POSITION}}
_COORDINATES: dict[str, dict[str, Any]] = {
    "Point": _POSITION,
    "MultiPoint": {"type": "array", "items": _POSITION},
    "LineString": _LINE,
    "MultiLineString": {"type": "array", "items": _LINE},
    "Polygon": _RINGS,
    "MultiPolygon": {"type": "array", "items": _RINGS},
}


def _one(name: str, required: tuple[str, ...], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", *required],
        "properties": {
            "type": {"const": name},
            "bbox": {"type": "array", "minItems": 4, "items": {"type": "number"}},
            **properties,
        },
    }


_GEOMETRIES = [_one(name, ("coordinates",), {"coordinates": form}) for name, form in _COORDINATES.items()]
_GEOMETRY = {
    "oneOf": [
        *_GEOMETRIES,
        _one("GeometryCollection", ("geometries",), {"geometries": {"type": "array", "items": {"oneOf": _GEOMETRIES}}}),
    ]
}
_FEATURE = _one(
    "Feature",
    ("properties", "geometry"),
    {
        "id": {"type": ["number", "string"]},
        "properties": {"type": ["object", "null"]},
        "geometry": {"oneOf": [{"type": "null"}, _GEOMETRY]},
    },
)
GEOJSON: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "oneOf": [
        *_GEOMETRY["oneOf"],
        _FEATURE,
        _one("FeatureCollection", ("features",), {"features": {"type": "array", "items": _FEATURE}}),
    ],
}
