"""A zipped Shapefile (ESRI, 1998) of points, lines or polygons, with their attributes in dBASE III."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from typing import Any

from .tables import Table

_KINDS = {"Point": 1, "LineString": 3, "Polygon": 5}
_WGS_84 = (
    'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
_WIDTH = 80
Point = Sequence[float]


def write(name: str, table: Table) -> bytes:
    """The archive with the four files that make a Shapefile, and the charset of the attributes."""
    records = [_shape(geometry) for geometry in table.geometries]
    kind = _KINDS[table.geometries[0]["type"]]
    box = _box([point for geometry in table.geometries for point in _points(geometry)])
    shapes, index, offset = b"", b"", 50
    for number, record in enumerate(records, 1):
        length = len(record) // 2
        shapes += struct.pack(">ii", number, length) + record
        index += struct.pack(">ii", offset, length)
        offset += length + 4
    parts = {
        "shp": _header(kind, box, shapes) + shapes,
        "shx": _header(kind, box, index) + index,
        "dbf": _dbase(table),
        "prj": _WGS_84.encode(),
        "cpg": b"UTF-8",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for suffix, content in parts.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.{suffix}", (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def _points(geometry: dict[str, Any]) -> list[Point]:
    """All the points; a polygon of the demonstration has one ring."""
    coordinates = geometry["coordinates"]
    return {"Point": [coordinates], "LineString": coordinates}.get(geometry["type"]) or coordinates[0]


def _shape(geometry: dict[str, Any]) -> bytes:
    kind, points = _KINDS[geometry["type"]], _points(geometry)
    if kind == 1:
        return struct.pack("<idd", kind, *points[0])
    listed = b"".join(struct.pack("<dd", *point) for point in points)
    return struct.pack("<i4diii", kind, *_box(points), 1, len(points), 0) + listed


def _box(points: Sequence[Point]) -> tuple[float, float, float, float]:
    longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _header(kind: int, box: tuple[float, float, float, float], content: bytes) -> bytes:
    return (
        struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + len(content) // 2)
        + struct.pack("<2i4d", 1000, kind, *box)
        + bytes(32)
    )


def _dbase(table: Table) -> bytes:
    """All columns as text; names have ten letters at most."""
    columns = table.columns
    header = struct.pack("<4BIHH20x", 3, 126, 1, 1, len(table.rows), 33 + 32 * len(columns), 1 + _WIDTH * len(columns))
    for number, name in enumerate(columns):
        short = name[:10] if name[:10] not in {other[:10] for other in columns[:number]} else f"{name[:7]}_{number}"
        header += struct.pack("<11sc4xBB14x", short.encode("ascii", "replace"), b"C", _WIDTH, 0)
    cells = b"".join(b" " + b"".join(_cell(row.get(name, "")) for name in columns) for row in table.rows)
    return header + b"\r" + cells + b"\x1a"


def _cell(value: Any) -> bytes:
    return str(value).encode()[:_WIDTH].decode("utf-8", "ignore").encode().ljust(_WIDTH)
