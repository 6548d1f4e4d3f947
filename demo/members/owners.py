"""The collectivités of a territory, from the suite's own look at the COG."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ckanext.opendatafrance import registry
from ckanext.opendatafrance.reference import cog, names, siren
from ckanext.opendatafrance.territories import tree

from .model import Owner, Spot


class Owners:
    """The organisations of one territory by key ("commune:17300")."""

    def __init__(self, slug: str) -> None:
        self.territory = registry.territory(slug)
        self.nodes = {node.key: node for node in tree.build(self.territory.perimeter, self.territory.participants)}

    def get(self, key: str) -> Owner:
        """The collectivité with this key, with its communes."""
        return _owner(self.nodes[key], tuple(self._spots(self.nodes[key])))

    def participants(self) -> list[str]:
        """Keys of those that the territory's file names, the lead first."""
        by_siren = {node.siren: key for key, node in self.nodes.items() if node.siren}
        by_title = {node.title: key for key, node in self.nodes.items()}
        found = (
            by_siren.get(member.siren or "") or by_title.get(member.name) for member in self.territory.participants
        )
        return [key for key in found if key]

    def largest_communes(self) -> list[str]:
        """Keys of the communes, the most populated first."""
        communes = [node for node in self.nodes.values() if node.type == "commune"]
        # Paris, Lyon and Marseille have no population totale of their own.
        return [node.key for node in sorted(communes, key=lambda node: (-_population(node), node.insee))]

    def _spots(self, node: tree.Node) -> Iterable[Spot]:
        if node.type == "commune":
            return _spots("insee", node.insee)
        if node.type in ("epci", "departement", "region"):
            return _spots(node.type, node.siren if node.type == "epci" else node.insee)
        # Of a syndicat, an association or a GIP nobody knows the members: the whole territory stands for them.
        return _spots(self.territory.perimeter.type, self.territory.perimeter.code)


@lru_cache(maxsize=64)
def _spots(level: str, code: str) -> tuple[Spot, ...]:
    communes = [cog.commune(code)] if level == "insee" else cog.communes(**{level: code})
    return tuple(
        Spot(
            commune.code,
            commune.name,
            (*commune.postal_codes, "")[0],
            commune.place.longitude,
            commune.place.latitude,
        )
        for commune in communes
        if commune and commune.place
    )


def _owner(node: tree.Node, spots: tuple[Spot, ...]) -> Owner:
    place = node.place
    return Owner(
        key=node.key,
        type=node.type,
        name=node.name,
        title=node.title,
        of=_of(node),
        insee=node.insee,
        siren=node.siren,
        siret=_siret(node.siren),
        population=_population(node),
        bbox=(place.west, place.south, place.east, place.north) if place else _around(spots),
        spots=spots,
    )


def _around(spots: tuple[Spot, ...]) -> tuple[float, float, float, float]:
    """The box around the middles of communes."""
    longitudes, latitudes = [spot.longitude for spot in spots], [spot.latitude for spot in spots]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _population(node: tree.Node) -> int:
    return node.population_totale or node.population_municipale or 0


def _of(node: tree.Node) -> str:
    """The title after "de", as a sentence needs it."""
    title = node.title
    first = title.split(" ", 1)[0]
    if first in ("Communauté", "Métropole", "Région", "Collectivité"):
        return f"de la {title[0].lower()}{title[1:]}" if first != "Région" else f"de la {title}"
    if first in ("Département", "Grand"):
        return f"du {title}"
    if first == "Établissement":
        return f"de l'é{title[1:]}"
    return names.of_place(title)


def _siret(number: str) -> str:
    """The SIREN with the number of a first establishment and its key."""
    return next((f"{number}0001{key}" for key in range(10) if siren.is_siret(f"{number}0001{key}")), "")
