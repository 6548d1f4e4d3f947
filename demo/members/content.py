"""From the written content, or from a seeded choice of kinds, to the sites of a territory."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from .files import FORMATS
from .model import DEMONSTRATION, Dataset, Owner, Resource, Site
from .owners import Owners

CONTENT = Path(__file__).parent.parent / "content"
# Ports are shared: the sites of one software run on one machine, each below its own path, as hosts do.
OFFSETS = {
    **{"ckan": 0, "dcat": 1, "broken": 2, "opendatasoft": 3, "udata": 4, "csw": 5, "arcgis": 6},
    **{"catalogue_csv": 7, "web_page": 8},
}
HEALTHY_SITES = 11
LICENCES = ("lov2", "lov2", "lov2", "lov2", "odc-odbl", "fr-lo", "cc-by", None)
DRAWN = ("ckan", "dcat", "opendatasoft", "udata", "csw", "arcgis", "catalogue_csv", "web_page")
LATEST = date(2026, 11, 13)


def sites(territory: str, port_base: int) -> list[Site]:
    """All sites of a territory, those out of order last.

    Raises:
        DataFileError: there is no such territory.
    """
    owners = Owners(territory)
    written = CONTENT / f"{territory}.yaml"
    described = yaml.safe_load(written.read_text(encoding="utf-8")) if written.exists() else _drawn(territory, owners)
    return [_site(entry, owners, port_base) for entry in described]


@lru_cache(maxsize=1)
def kinds() -> dict[str, dict[str, Any]]:
    """What a site may publish, by kind."""
    return yaml.safe_load((CONTENT / "kinds.yaml").read_text(encoding="utf-8"))


def _site(entry: Mapping[str, Any], owners: Owners, port_base: int) -> Site:
    owner = owners.get(entry["owner"])
    broken = entry.get("broken", "")
    port = port_base + OFFSETS["broken" if broken else entry["software"]]
    return Site(
        slug=entry["slug"],
        title=entry["title"],
        about=entry["about"],
        software=entry["software"],
        paging=entry.get("paging", "partial-view"),
        broken=broken,
        owner=owner,
        datasets=tuple(
            _dataset(item, owners.get(item["producer"]) if "producer" in item else owner) for item in entry["datasets"]
        ),
        url=f"http://127.0.0.1:{port}/{entry['slug']}",
    )


def _dataset(item: Mapping[str, Any], owner: Owner) -> Dataset:
    kind = kinds()[item["kind"]]
    first, last = item.get("years", (item["modified"].year - 1,) * 2)
    words = {
        "of": owner.of,
        "name": owner.title,
        "years": f"en {last}" if first == last else f"de {first} à {last}",
    }
    name = item.get("id", item["kind"])
    file = item.get("file") or _file_name(item["kind"], owner)
    title = item.get("title", kind["title"]).format_map(words)
    # A colon never begins a line.
    notes = item.get("notes", kind["notes"]).format_map(words).replace(" :", "\u00a0:")
    return Dataset(
        id=name,
        producer=owner,
        kind=item["kind"],
        title=title,
        notes=f"{notes}\n\n{DEMONSTRATION}",
        theme=kind["theme"],
        keywords=("démonstration", *kind["keywords"], *item.get("keywords", ())),
        frequency=item.get("frequency", kind["frequency"]),
        licence=item["licence"],
        issued=item["issued"],
        modified=item["modified"],
        years=(first, last),
        schema=kind.get("schema", ""),
        table=kind.get("table"),
        resources=tuple(
            Resource(f"{file}.{suffix}", f"{title or name} ({FORMATS[suffix].label})", suffix)
            for suffix in kind["formats"]
        ),
    )


def _file_name(kind: str, owner: Owner) -> str:
    """As the socle commun asks: who, then what."""
    return f"{owner.siren or owner.name}_{kind}"


def _drawn(territory: str, owners: Owners) -> Iterator[dict[str, Any]]:
    """Sites for a territory whose content nobody wrote by hand: its participants and its largest communes."""
    rng = random.Random(territory)
    participants = owners.participants()
    communes = [key for key in owners.largest_communes() if key not in participants]
    chosen = [*participants, *communes][:HEALTHY_SITES]
    broken = [key for key in communes if key not in chosen][:2]
    for rank, key in enumerate([*chosen, *broken]):
        owner = owners.get(key)
        software = "dcat" if key in broken else DRAWN[rank % len(DRAWN)]
        yield {
            "slug": _slug(owner),
            "owner": key,
            "software": software,
            "paging": ("paged-collection", "partial-view")[rank % 2],
            "broken": ("error-500", "truncated")[broken.index(key)] if key in broken else "",
            "title": f"{owner.title}, données ouvertes",
            "about": f"Les données que pourrait publier {owner.title}. Rien ici n'est réel.",
            "datasets": list(_draw_datasets(owner, rng)),
        }


def _slug(owner: Owner) -> str:
    """The name of the organisation without its type and code."""
    return owner.name.split("-", 2)[-1] if owner.insee or owner.siren else owner.name.split("-", 1)[-1]


def _draw_datasets(owner: Owner, rng: random.Random) -> Iterator[dict[str, Any]]:
    level = owner.type if owner.type in ("commune", "epci", "departement", "region") else "syndicat_mixte"
    possible = [name for name, kind in kinds().items() if level in kind["who"]]
    for kind in sorted(rng.sample(possible, min(len(possible), rng.randint(4, 7)))):
        issued = date(2018, 1, 8) + timedelta(days=rng.randint(0, 2600))
        modified = LATEST - timedelta(days=round(rng.expovariate(1 / 180)))
        yield {
            "kind": kind,
            "licence": rng.choice(LICENCES),
            "issued": issued,
            "modified": max(issued, modified),
            "years": (2024, 2025),
        }
