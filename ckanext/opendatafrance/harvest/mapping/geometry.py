"""Geometries as catalogues write them (WKT, GeoJSON, GML envelopes, boxes) to GeoJSON in longitude and latitude."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

Geometry = dict[str, Any]
Box = tuple[float, float, float, float]

_TYPES = {
    name.upper(): name for name in ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
}
_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_CRS = re.compile(r"^\s*(?:<([^>]*)>|SRID=(\d+);)\s*", re.IGNORECASE)
_WKT = re.compile(r"^\s*([A-Z]+)\s*(?:Z|M|ZM)?\s*(\(.*\))\s*$", re.IGNORECASE | re.DOTALL)
_WKT_BODY = re.compile(r"[\d\s.,()eE+-]+")
_WKT_POINT = re.compile(r"[^(),]+")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CORNER = re.compile(r"<(?:\w+:)?(lower|upper)Corner[^>]*>\s*([^<]+?)\s*<", re.IGNORECASE)
_COORDINATES = re.compile(r"<(?:\w+:)?(?:posList|pos|coordinates)[^>]*>\s*([^<]+?)\s*<", re.IGNORECASE)
_SIDES = re.compile(
    r"(westlimit|west|southlimit|south|eastlimit|east|northlimit|north|xmin|ymin|xmax|ymax)\s*[=:]\s*([-+]?\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
_SIDE_ORDER = (("west", "xmin"), ("south", "ymin"), ("east", "xmax"), ("north", "ymax"))
_LARGEST_TEXT = 5_000_000


class GeometryError(ValueError):
    """The text is no geometry in degrees; the message is a short English reason."""


def parse(text: str) -> Geometry:
    """Read any of the forms; raises GeometryError.

    Latitude first is turned round where the reference system says so (EPSG:4326 by its URI) or where it can be
    nothing else. A GeoJSON feature gives its geometry, a collection its box.
    """
    if not text or len(text) > _LARGEST_TEXT:
        raise GeometryError("empty or too long")
    text = " ".join(text.split())  # the patterns below would try every way of sharing out a run of blanks
    if text.startswith(("{", "[")):
        return _checked(_from_json(text))
    if (text.startswith("<") and not _CRS.match(text + "P")) or "Envelope" in text[:200]:
        return _checked(_from_gml(text))
    crs = _CRS.match(text)
    swap = bool(crs and re.search(r"EPSG/[^/]*/4326\b|EPSG::?4326\b", crs[1] or ""))
    body = text[crs.end() :] if crs else text
    return _checked(_from_wkt(body, swap) if _WKT.match(body) else from_box(_numbers_of_box(body)))


def box_of(geometry: Geometry) -> Box:
    """West, south, east, north."""
    points = list(_points(geometry["coordinates"]))
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)


def from_box(sides: Sequence[float]) -> Geometry:
    """A polygon, counter-clockwise; a box without width or height is a point."""
    if len(sides) != 4:
        raise GeometryError("a box has four sides")
    west, south, east, north = sides
    if south > north:
        south, north = north, south
    if (west, south) == (east, north):
        return {"type": "Point", "coordinates": [west, south]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def is_box(geometry: Geometry) -> bool:
    """Whether it is a rectangle along the axes."""
    if geometry["type"] != "Polygon" or len(geometry["coordinates"]) != 1 or len(geometry["coordinates"][0]) != 5:
        return False
    west, south, east, north = box_of(geometry)
    return {tuple(point[:2]) for point in geometry["coordinates"][0]} == {
        (west, south),
        (east, south),
        (east, north),
        (west, north),
    }


def dumps(geometry: Geometry) -> str:
    """Compact GeoJSON text."""
    return json.dumps(geometry, separators=(",", ":"))


def _from_json(text: str) -> Geometry:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GeometryError("not valid JSON") from error
    if isinstance(value, list):
        return from_box([float(side) for side in _flat(value)])
    if not isinstance(value, dict):
        raise GeometryError("not GeoJSON")
    if value.get("type") == "Feature":
        value = value.get("geometry") or {}
    if value.get("type") == "envelope" and len(corners := list(_flat(value.get("coordinates")))) == 4:
        return from_box([corners[0], corners[3], corners[2], corners[1]])  # upper left, lower right
    inner = value.get("geometries") or value.get("features")
    if isinstance(inner, list) and inner:
        boxes = [box_of(_checked(_from_json(json.dumps(one)))) for one in inner[:1000]]
        return from_box(
            [*(min(box[i] for box in boxes) for i in (0, 1)), *(max(box[i] for box in boxes) for i in (2, 3))]
        )
    if value.get("type") not in _DEPTHS:
        raise GeometryError("not a GeoJSON geometry")
    return {"type": value["type"], "coordinates": value.get("coordinates")}


def _from_wkt(text: str, swap: bool) -> Geometry:
    match = _WKT.match(text)
    assert match
    kind, body = match[1].upper(), match[2]
    if kind.endswith("Z") and kind not in _TYPES:
        kind = kind[:-1]
    if not _WKT_BODY.fullmatch(body):
        raise GeometryError("unknown characters in WKT")
    if kind in {"ENVELOPE", "BBOX"}:  # west, east, north, south
        sides = _numbers(body)
        if len(sides) != 4:
            raise GeometryError("an envelope has four sides")
        return from_box([sides[0], sides[3], sides[1], sides[2]])
    if kind == "BOX" or kind == "BOX2D":
        return from_box(_numbers(body))
    if kind not in _TYPES:
        raise GeometryError("unknown kind of WKT")
    listed = _WKT_POINT.sub(lambda part: json.dumps(_numbers(part[0])) if part[0].strip() else "", body)
    try:
        coordinates = json.loads(listed.replace("(", "[").replace(")", "]"))
    except (ValueError, RecursionError) as error:
        raise GeometryError("unbalanced WKT") from error
    name = _TYPES[kind]
    if name == "Point":
        coordinates = coordinates[0] if coordinates else None
    elif name == "MultiPoint":
        coordinates = [one[0] if one and isinstance(one[0], list) else one for one in coordinates]
    return {"type": name, "coordinates": _swapped(coordinates) if swap else coordinates}


def _from_gml(text: str) -> Geometry:
    corners = {side.lower(): _numbers(value) for side, value in _CORNER.findall(text)}
    latitude_first = bool(re.search(r"EPSG(?::|/)[^\"'>]*4326", text)) and "CRS84" not in text
    if len(corners) == 2 and all(len(corner) >= 2 for corner in corners.values()):
        low, high = corners["lower"][:2], corners["upper"][:2]
        if latitude_first and "EPSG:4326" not in text:
            low, high = low[::-1], high[::-1]
        return from_box([*low, *high])
    if (found := _COORDINATES.search(text)) and len(numbers := _numbers(found[1])) >= 2:
        pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
        if latitude_first:
            pairs = [(x, y) for y, x in pairs]
        xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
        return from_box([min(xs), min(ys), max(xs), max(ys)])
    raise GeometryError("no corners in GML")


def _numbers_of_box(text: str) -> list[float]:
    """Four numbers, plain (west, south, east, north) or named as DCMI Box does."""
    sides = {name.lower().removesuffix("limit"): float(value) for name, value in _SIDES.findall(text)}
    if len(sides) >= 4:
        named = [next((sides[name] for name in names if name in sides), None) for names in _SIDE_ORDER]
        if None not in named:
            return [side for side in named if side is not None]
    if re.fullmatch(r"[\s\d.,;eE+()\[\]-]+", text) and len(numbers := _numbers(text)) == 4:
        return numbers
    raise GeometryError("not a geometry")


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def _checked(geometry: Geometry) -> Geometry:
    """The geometry with two numbers a point, in degrees; raises GeometryError."""
    coordinates = _flattened(geometry.get("coordinates"), _DEPTHS[geometry["type"]])
    points = list(_points(coordinates))
    if not points:
        raise GeometryError("without coordinates")
    if any(abs(y) > 90 for _, y in points) and all(abs(x) <= 90 and abs(y) <= 180 for x, y in points):
        coordinates = _swapped(coordinates)
        points = list(_points(coordinates))
    if any(abs(x) > 180 or abs(y) > 90 for x, y in points):
        raise GeometryError("not in degrees")
    return {"type": geometry["type"], "coordinates": coordinates}


def _flattened(value: Any, depth: int) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise GeometryError("coordinates are missing")
    if depth:
        return [_flattened(one, depth - 1) for one in value]
    if len(value) < 2 or not all(isinstance(one, int | float) and abs(one) < 1e9 for one in value[:2]):
        raise GeometryError("a point is no pair of numbers")
    return [round(float(one), 7) for one in value[:2]]


def _points(value: Sequence[Any]) -> Iterator[Sequence[float]]:
    if value and not isinstance(value[0], list | tuple):
        yield value
        return
    for one in value:
        yield from _points(one)


def _swapped(value: Any) -> Any:
    if isinstance(value, list) and value and not isinstance(value[0], list):
        return [*reversed(value[:2])]
    return [_swapped(one) for one in value] if isinstance(value, list) else value


def _flat(value: Any, depth: int = 0) -> Iterator[float]:
    if isinstance(value, list) and depth < 5:
        for one in value:
            yield from _flat(one, depth + 1)
    elif isinstance(value, int | float):
        yield float(value)
    else:
        raise GeometryError("not a list of numbers")
