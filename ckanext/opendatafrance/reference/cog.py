"""The official geographic code (COG) of communes, intercommunalités, départements and régions, from files of the suite.

Sources: INSEE COG 2026 and populations of reference year 2023, DGCL, La Poste, IGN Admin Express COG; Licence Ouverte
2.0. `data/rebuild.py` makes the files. Lines are read once and parsed only when they are asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ckanext.opendatafrance.reference.files import DATA, lines, once_per_folder


@dataclass(frozen=True, slots=True)
class Place:
    """Where a territory is: a point inside it, and its box, in degrees (WGS 84)."""

    longitude: float
    latitude: float
    west: float
    south: float
    east: float
    north: float

    @property
    def bbox(self) -> str:
        """The box as "west,south,east,north"."""
        return ",".join(f"{edge:.9g}" for edge in (self.west, self.south, self.east, self.north))


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, or an arrondissement of Paris, Lyon or Marseille (then `parent` is its commune).

    `article` is INSEE's TNCC; `epci` and `ept` are SIREN numbers, empty where there is none; populations are of
    the year that files.vintage() tells, None where INSEE gives none (Paris, Lyon and Marseille have no population
    totale of their own).
    """

    code: str
    name: str
    article: int
    departement: str
    region: str
    epci: str
    ept: str
    siren: str
    population_municipale: int | None
    population_totale: int | None
    postal_codes: tuple[str, ...]
    parent: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Epci:
    """An EPCI with its own taxation (CC, CA, CU, METRO, MET69), or an établissement public territorial (EPT)."""

    siren: str
    name: str
    kind: str
    departements: tuple[str, ...]
    regions: tuple[str, ...]
    population_municipale: int
    population_totale: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class Departement:
    """A département or an overseas collectivity; `article` is INSEE's TNCC, `siren` empty where it has none."""

    code: str
    name: str
    article: int
    region: str
    seat: str
    zone: str
    siren: str
    population_municipale: int
    population_totale: int
    place: Place | None


@dataclass(frozen=True, slots=True)
class Region:
    """A région; `article` is INSEE's TNCC, `siren` empty where unknown."""

    code: str
    name: str
    article: int
    seat: str
    zone: str
    siren: str
    population_municipale: int
    population_totale: int
    place: Place | None


def normalise(kind: str, code: object) -> str:
    """Write a code as the COG does: leading zero and capital letter back ("1001" → "01001", "2a004" → "2A004")."""
    text = "".join(str(code or "").split()).upper().removesuffix(".0")
    width = {"commune": 5, "departement": 2, "region": 2, "epci": 9}.get(kind, 0)
    # Only one zero can have been lost: a shorter text is another thing, not a damaged code.
    return "0" + text if len(text) == width - 1 and text.isdigit() else text


def commune(code: object) -> Commune | None:
    """The commune (or arrondissement of Paris, Lyon, Marseille) with this INSEE code, None for an unknown one."""
    line = _communes_by_code().get(normalise("commune", code))
    return _commune(line) if line else None


def communes(region: str = "", departement: str = "", epci: str = "") -> Iterator[Commune]:
    """Communes in the order of their codes: all, or those of a région, a département, an EPCI or an EPT."""
    region = region and normalise("region", region)
    departement = departement and normalise("departement", departement)
    wanted = [f",{code}," for code in (region, departement, epci) if code]
    for line in _communes_by_code().values():
        # A cheap look before the costly parsing; the fields are compared afterwards.
        if all(code in line for code in wanted):
            found = _commune(line)
            if (
                not found.parent
                and region in ("", found.region)
                and departement in ("", found.departement)
                and epci in ("", found.epci, found.ept)
            ):
                yield found


def epci(siren: object) -> Epci | None:
    """The intercommunalité with this SIREN, None for an unknown one."""
    return _epcis().get(normalise("epci", siren))


def epcis(region: str = "", departement: str = "") -> list[Epci]:
    """Intercommunalités that have a commune there, in the order of their SIREN."""
    region = region and normalise("region", region)
    departement = departement and normalise("departement", departement)
    return [
        found
        for found in _epcis().values()
        if (not region or region in found.regions) and (not departement or departement in found.departements)
    ]


def departement(code: object) -> Departement | None:
    """The département or overseas collectivity with this code, None for an unknown one."""
    return _departements().get(normalise("departement", code))


def departements(region: str = "") -> list[Departement]:
    """All départements, or those of one région, in the order of their codes."""
    region = region and normalise("region", region)
    return [found for found in _departements().values() if not region or found.region == region]


def region(code: object) -> Region | None:
    """The région with this code, None for an unknown one."""
    return _regions().get(normalise("region", code))


def regions() -> list[Region]:
    """All régions, in the order of their codes."""
    return list(_regions().values())


def by_siren(siren: str) -> Commune | Epci | Departement | Region | None:
    """The territory with this SIREN, None for an unknown one."""
    found = epci(siren)
    if found:
        return found
    for level in (_departements(), _regions()):
        for territory in level.values():
            if territory.siren == siren:
                return territory
    for line in _communes_by_code().values():
        if f",{siren}," in line and (candidate := _commune(line)).siren == siren:
            return candidate
    return None


def is_overseas_collectivity(code: str) -> bool:
    """Whether the code is one of a collectivité d'outre-mer, which INSEE does not call a département."""
    found = departement(code)
    return found is not None and found.zone == "com"


@once_per_folder
def _communes_by_code() -> dict[str, str]:
    return {line.split(",", 1)[0]: line for line in lines("communes")}


def _commune(line: str) -> Commune:
    # The file quotes nothing: rebuild.py refuses a name of commune with a comma.
    code, name, article, dep, reg, epci_, ept, siren, pmun, ptot, postal, parent, *where = line.split(",")
    return Commune(
        code,
        name,
        int(article or 0),
        dep,
        reg,
        epci_,
        ept,
        siren,
        _int(pmun),
        _int(ptot),
        tuple(postal.split()),
        parent,
        _place(where),
    )


@once_per_folder
def _epcis() -> dict[str, Epci]:
    return {
        row[0]: Epci(
            row[0],
            row[1],
            row[2],
            tuple(row[4].split()),
            tuple(row[5].split()),
            int(row[7]),
            int(row[8]),
            _place(row[9:]),
        )
        for row in csv.reader(lines("epci"))
    }


@once_per_folder
def _departements() -> dict[str, Departement]:
    siren = _siren_of_collectivities()
    return {
        row[0]: Departement(
            row[0],
            row[1],
            int(row[2] or 0),
            row[3],
            row[4],
            row[5],
            siren.get(("departement", row[0]), ""),
            int(row[7]),
            int(row[8]),
            _place(row[9:]),
        )
        for row in csv.reader(lines("departements"))
    }


@once_per_folder
def _regions() -> dict[str, Region]:
    siren = _siren_of_collectivities()
    return {
        row[0]: Region(
            row[0],
            row[1],
            int(row[2] or 0),
            row[3],
            row[4],
            siren.get(("region", row[0]), ""),
            int(row[6]),
            int(row[7]),
            _place(row[8:]),
        )
        for row in csv.reader(lines("regions"))
    }


@once_per_folder
def _siren_of_collectivities() -> dict[tuple[str, str], str]:
    with (DATA / "collectivites_siren.csv").open(encoding="utf-8", newline="") as file:
        return {(row["niveau"], row["code"]): row["siren"] for row in csv.DictReader(file)}


def _int(text: str) -> int | None:
    return int(text) if text else None


def _place(texts: Iterable[str]) -> Place | None:
    numbers = [float(text) for text in list(texts)[:6] if text]
    return Place(*numbers) if len(numbers) == 6 else None
