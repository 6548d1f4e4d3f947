"""The organisations of a territory and how they hang together; pure, from the COG and the registry.

One tree is chosen, because CKAN shows one: commune → EPCI (→ département where it is in none), EPCI → the département
that holds most of it, département → région. Every other membership is a relation beside the tree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference import cog, names
from ckanext.opendatafrance.registry import Contact, Member, Perimeter

# Régions that are something else by law, or that need their own words.
_REGION_TITLES = {
    "02": "Collectivité territoriale de Martinique",
    "03": "Collectivité territoriale de Guyane",
    "06": "Département-Région de Mayotte",
    "94": "Collectivité de Corse",
}
_Found = TypeVar("_Found")
_PREFIXES = {"syndicat_mixte": "syndicat"}


@dataclass(frozen=True, slots=True)
class Node:
    """One organisation to be.

    Attributes:
        key: type and code ("commune:17300", "epci:241700434"), unique within the tree.
        name: CKAN name, stable and readable ("commune-17300-la-rochelle").
        parent: key of the parent in the chosen tree, empty at the top.
        alternatives: keys of parents that would be as right (the other départements of an EPCI, in this tree or not).
        memberships: keys of all that it belongs to; those that the tree puts above it need no relation of their own.
    """

    key: str
    type: str
    name: str
    title: str
    insee: str = ""
    siren: str = ""
    parent: str = ""
    alternatives: tuple[str, ...] = ()
    memberships: tuple[str, ...] = ()
    population_municipale: int | None = None
    population_totale: int | None = None
    postal_codes: tuple[str, ...] = ()
    place: cog.Place | None = None
    description: str = ""
    contact: Contact = field(default_factory=Contact)

    def __post_init__(self) -> None:
        """Titles are typeset, whatever list a name comes from."""
        object.__setattr__(self, "title", names.typographic(self.title))


def build(perimeter: Perimeter, participants: Iterable[Member] = ()) -> list[Node]:
    """List the organisations of a perimeter, every parent before its children.

    Args:
        perimeter: a région, département or EPCI; type "pays" for the whole country.
        participants: named members; those that the COG knows lend it their names, the others are added.
    """
    communes = list(_communes(perimeter))
    nodes = {node.key: node for node in _levels(communes)}
    # What the perimeter stands in (the région of a département) was added with its communes.
    return list(_with_participants(nodes, perimeter, participants).values())


def _communes(perimeter: Perimeter) -> Iterator[cog.Commune]:
    if perimeter.type == "pays":
        return cog.communes()
    return cog.communes(**{perimeter.type: perimeter.code})


def _levels(communes: list[cog.Commune]) -> Iterator[Node]:
    regions = sorted({commune.region for commune in communes})
    yield from (_region(code) for code in regions)
    yield from (_departement(code) for code in sorted({commune.departement for commune in communes}))
    inhabitants = _inhabitants(communes)
    yield from (_epci(siren, _most(inhabitants[siren]), inhabitants[siren]) for siren in sorted(inhabitants))
    homonyms = _homonyms(regions)
    yield from (_commune(commune, homonyms) for commune in communes)


def _inhabitants(communes: list[cog.Commune]) -> dict[str, Counter[str]]:
    """How many people of each EPCI live in each of the départements of this territory."""
    counts: dict[str, Counter[str]] = {}
    for commune in communes:
        for siren in filter(None, (commune.epci, commune.ept)):
            counts.setdefault(siren, Counter())[commune.departement] += commune.population_municipale or 0
    return counts


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda code: (-counts[code], code))


def _homonyms(regions: list[str]) -> set[tuple[str, str]]:
    """Names that several communes of one région bear, with the région."""
    seen = Counter((code, commune.name) for code in regions for commune in cog.communes(region=code))
    return {key for key, times in seen.items() if times > 1}


def _region(code: str) -> Node:
    region = _known(cog.region(code), code)
    overseas = region.zone == "com"
    title = _REGION_TITLES.get(code) or (region.name if overseas else f"Région {region.name}")
    return Node(
        key=f"region:{code}",
        type="region",
        name=names.slug("region", code, region.name),
        title=title,
        insee=code,
        siren=region.siren,
        population_municipale=region.population_municipale,
        population_totale=region.population_totale,
        place=region.place,
    )


def _departement(code: str) -> Node:
    found = _known(cog.departement(code), code)
    overseas = found.zone == "com"
    return Node(
        key=f"departement:{code}",
        type="departement",
        name=names.slug("departement", code, found.name),
        title=found.name if overseas else f"Département {names.of_place(found.name, found.article)}",
        insee=code,
        siren=found.siren,
        parent=f"region:{found.region}",
        population_municipale=found.population_municipale,
        population_totale=found.population_totale,
        place=found.place,
    )


def _epci(siren: str, parent: str, counts: Counter[str]) -> Node:
    epci = _known(cog.epci(siren), siren)
    regions = sorted({_known(cog.departement(code), code).region for code in counts})
    return Node(
        key=f"epci:{siren}",
        type="epci",
        name=names.slug("epci", siren, epci.name),
        title=names.epci_title(epci.name, epci.kind),
        siren=siren,
        parent=f"departement:{parent}",
        alternatives=tuple(f"departement:{code}" for code in epci.departements if code != parent),
        memberships=(*(f"departement:{code}" for code in sorted(counts)), *(f"region:{code}" for code in regions)),
        population_municipale=epci.population_municipale,
        population_totale=epci.population_totale,
        place=epci.place,
    )


def _commune(commune: cog.Commune, homonyms: set[tuple[str, str]]) -> Node:
    memberships = [f"departement:{commune.departement}", f"region:{commune.region}"]
    if commune.ept:
        memberships.append(f"epci:{commune.ept}")
    title = commune.name
    if (commune.region, commune.name) in homonyms:
        title += f" ({_known(cog.departement(commune.departement), commune.departement).name})"
    return Node(
        key=f"commune:{commune.code}",
        type="commune",
        name=names.slug("commune", commune.code, commune.name),
        title=title,
        insee=commune.code,
        siren=commune.siren,
        parent=f"epci:{commune.epci}" if commune.epci else f"departement:{commune.departement}",
        memberships=tuple(memberships),
        population_municipale=commune.population_municipale,
        population_totale=commune.population_totale,
        postal_codes=commune.postal_codes,
        place=commune.place,
    )


def _with_participants(nodes: dict[str, Node], perimeter: Perimeter, members: Iterable[Member]) -> dict[str, Node]:
    by_siren = {node.siren: key for key, node in nodes.items() if node.siren}
    adherents: dict[str, tuple[str, ...]] = {}
    for member in members:
        key = by_siren.get(member.siren or "") or f"{member.type}:{member.insee}"
        if key in nodes:
            nodes[key] = replace(nodes[key], title=member.name, description=member.description, contact=member.contact)
        else:
            node = _member(member, f"{perimeter.type}:{perimeter.code}")
            key, nodes[node.key] = node.key, node
        adherents[key] = member.members
    for key, codes in adherents.items():
        for code in codes:
            below = by_siren.get(code) or f"commune:{cog.normalise('commune', code)}"
            if below not in nodes:
                raise DataFileError(
                    N_("“{value}”, among the members of {name}, is no commune or SIREN of this territory: check it"),
                    value=code,
                    name=nodes[key].title,
                )
            nodes[below] = replace(nodes[below], memberships=(*nodes[below].memberships, key))
    return nodes


def _member(member: Member, parent: str) -> Node:
    prefix = _PREFIXES.get(member.type, member.type)
    return Node(
        key=f"{member.type}:{member.siren or names.slug(member.name)}",
        type=member.type,
        name=names.slug(prefix, member.siren or "", member.name),
        title=member.name,
        insee=member.insee,
        siren=member.siren or "",
        # The whole country has no organisation of its own to stand under.
        parent="" if parent.startswith("pays:") else parent,
        description=member.description,
        contact=member.contact,
    )


def _known(found: _Found | None, code: str) -> _Found:
    """What the COG says of a code that the COG itself names; a gap in the shipped files is a fault of ours."""
    if found is None:
        raise DataFileError(
            N_("The files of the COG contradict each other about “{value}”: make them again."), value=code
        )
    return found
