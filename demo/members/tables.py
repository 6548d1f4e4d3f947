"""The rows behind the files: from the `table` of a kind, the same ones at every start.

A table says how many rows it has (`rows: 40`, one for each of `records`, each combination of `cross`, each commune with
`every: true`), whether each row is somewhere (`points: true`, drawn as `shape`), and what its columns hold:
a text with {fields}, a list to choose from, {between: [low, high]} with `step` or `decimals`, {day: [first, last]}.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from . import scdl
from .model import Dataset, Owner, Spot
from .streets import STREETS

Row = dict[str, Any]
METRES_PER_DEGREE = 111_320


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the same columns; `geometries` (GeoJSON) are one for each row, or none at all."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    geometries: tuple[dict[str, Any], ...] = ()


def make(owner: Owner, dataset: Dataset) -> Table:
    """The table of a dataset."""
    rng = random.Random(f"{owner.key} {dataset.id}")
    if dataset.table is None:
        rows = tuple(scdl.MAKERS[dataset.kind](owner, dataset, rng))
        return Table(tuple(rows[0]), rows)
    return _table(owner, dataset, rng)


def _table(owner: Owner, dataset: Dataset, rng: random.Random) -> Table:
    spec = dataset.table
    rows, geometries = [], []
    crossed = tuple(spec.get("cross", ()))
    for number, (given, spot) in enumerate(_given(spec, owner, rng), 1):
        longitude, latitude = near(spot, rng)
        context = {
            **given,
            "n": number,
            "year": dataset.years[1],
            "name": owner.title,
            "siren": owner.siren,
            "siret": owner.siret,
            "mail": "accueil@mairie.example",
            "commune": spot.name,
            "insee": spot.insee,
            "postal": spot.postal_code,
            "numero": rng.randint(1, 90),
            "voie": rng.choice(STREETS),
            "longitude": longitude,
            "latitude": latitude,
        }
        row = {name: given[name] for name in crossed}
        for name, column in spec["columns"].items():
            row[name] = context[name] = value(column, context, rng)
        rows.append(row)
        if spec.get("points"):
            geometries.append(_geometry(spec.get("shape", "point"), longitude, latitude, rng))
    return Table(tuple(rows[0]), tuple(rows), tuple(geometries))


def _given(spec: Mapping[str, Any], owner: Owner, rng: random.Random) -> Iterator[tuple[Row, Spot]]:
    """What each row starts from, and the commune where it is."""
    if spec.get("every"):
        yield from (({}, spot) for spot in owner.spots)
        return
    if "cross" in spec:
        names = tuple(spec["cross"])
        starts = [dict(zip(names, values, strict=True)) for values in product(*spec["cross"].values())]
    else:
        starts = spec.get("records") or [{}] * spec["rows"]
    for start in starts:
        # YAML reads 2026-06-15 as a date, which not every format knows how to write.
        plain = {name: cell.isoformat() if isinstance(cell, date) else cell for name, cell in start.items()}
        yield plain, rng.choice(owner.spots)


def value(column: Any, context: Mapping[str, Any], rng: random.Random) -> Any:
    """One cell."""
    if isinstance(column, list):
        return rng.choice(column)
    if isinstance(column, str):
        return column.format_map(context)
    if "day" in column:
        first, last = column["day"]
        return (first + timedelta(days=rng.randint(0, (last - first).days))).isoformat()
    if "between" in column:
        low, high = column["between"]
        if "decimals" in column:
            return round(rng.uniform(low, high), column["decimals"])
        return rng.randrange(low, high + 1, column.get("step", 1))
    raise ValueError(f"a column is a text, a list, between or day, not {column!r}")


def near(spot: Spot, rng: random.Random) -> tuple[float, float]:
    """Somewhere within about a kilometre of the middle of a commune."""
    north, east = (max(-1200.0, min(1200.0, rng.gauss(0, 450))) for _ in range(2))
    return _moved(spot.longitude, spot.latitude, east, north)


def _moved(longitude: float, latitude: float, east: float, north: float) -> tuple[float, float]:
    """A point so many metres further."""
    narrow = math.cos(math.radians(latitude))
    return (
        round(longitude + east / METRES_PER_DEGREE / narrow, 6),
        round(latitude + north / METRES_PER_DEGREE, 6),
    )


def _geometry(shape: str, longitude: float, latitude: float, rng: random.Random) -> dict[str, Any]:
    if shape == "point":
        return {"type": "Point", "coordinates": [longitude, latitude]}
    if shape == "line":
        heading = rng.uniform(0, 2 * math.pi)
        path, east, north = [], 0.0, 0.0
        for _ in range(6):
            path.append(list(_moved(longitude, latitude, east, north)))
            heading += rng.uniform(-0.5, 0.5)
            east, north = east + 260 * math.cos(heading), north + 260 * math.sin(heading)
        return {"type": "LineString", "coordinates": path}
    radius = rng.uniform(160, 420)
    corners = [
        list(_moved(longitude, latitude, reach * math.cos(angle), reach * math.sin(angle)))
        for angle in (index * math.pi / 4 for index in range(8))
        for reach in (radius * rng.uniform(0.75, 1.2),)
    ]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
