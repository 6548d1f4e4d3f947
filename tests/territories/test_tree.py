"""The tree of a territory, from the COG and the registry alone."""

from __future__ import annotations

from collections import Counter

import pytest

from ckanext.opendatafrance.errors import DataFileError
from ckanext.opendatafrance.registry import Member, Perimeter
from ckanext.opendatafrance.territories import perimeter, tree
from ckanext.opendatafrance.territories.duty import legal_duty


def nodes_of(text: str) -> list[tree.Node]:
    target = perimeter.find(text)
    return tree.build(target.perimeter, target.participants)


@pytest.mark.parametrize(
    ("slug", "communes", "epcis", "departements"),
    [
        ("bretagne", 1202, 61, 4),
        ("occitanie", 4446, 163, 13),
        ("auvergne-rhone-alpes", 4025, 172, 12),
        ("provence-alpes-cote-d-azur", 946, 52, 6),
        ("loire-atlantique", 207, 17, 1),
        ("charente-maritime", 462, 13, 1),
        ("bourgogne-franche-comte", 3685, 116, 8),
        ("mulhouse-alsace-agglomeration", 39, 1, 1),
        ("val-de-marne", 47, 4, 1),
    ],
)
def test_pilots_have_all_their_territories(slug: str, communes: int, epcis: int, departements: int) -> None:
    """Counted in the COG of 2026; Val-de-Marne has the Métropole du Grand Paris and three EPT."""
    nodes = nodes_of(slug)
    counts = Counter(node.type for node in nodes)
    assert (counts["commune"], counts["epci"], counts["departement"], counts["region"]) == (
        communes, epcis, departements, 1,
    )  # fmt: skip
    keys: set[str] = set()
    for node in nodes:
        assert not node.parent or node.parent in keys, "every parent comes before its children"
        keys.add(node.key)
    assert all(key in keys for node in nodes for key in node.memberships)
    assert len({node.name for node in nodes}) == len(nodes)


def test_charente_maritime_from_top_to_bottom() -> None:
    """Région, département, EPCI, commune, and the syndicate that leads."""
    nodes = {node.key: node for node in nodes_of("charente-maritime")}
    commune = nodes["commune:17300"]
    chain = [commune]
    while chain[-1].parent:
        chain.append(nodes[chain[-1].parent])
    assert [(node.name, node.title) for node in chain] == [
        ("commune-17300-la-rochelle", "La Rochelle"),
        ("epci-241700434-ca-de-la-rochelle", "Communauté d’agglomération de La Rochelle"),
        ("departement-17-charente-maritime", "Département de la Charente-Maritime"),
        ("region-75-nouvelle-aquitaine", "Région Nouvelle-Aquitaine"),
    ]
    soluris = nodes["syndicat_mixte:soluris"]
    assert (soluris.name, soluris.title, soluris.siren, soluris.parent) == (
        "syndicat-soluris", "Soluris", "", "departement:17",
    )  # fmt: skip


def test_an_epci_across_departements_hangs_where_most_of_its_people_live() -> None:
    """Redon Agglomération: Ille-et-Vilaine in the tree, Morbihan by membership and as right a parent."""
    redon = next(node for node in nodes_of("bretagne") if node.title == "Redon Agglomération")
    assert redon.parent == "departement:35"
    assert "departement:56" in redon.memberships
    assert set(redon.alternatives) >= {"departement:44", "departement:56"}


def test_a_commune_without_epci_hangs_under_its_departement() -> None:
    """Île-de-Bréhat is in no EPCI."""
    brehat = next(node for node in nodes_of("bretagne") if node.insee == "22016")
    assert (brehat.title, brehat.parent) == ("Île-de-Bréhat", "departement:22")


def test_homonyms_of_a_region_are_told_apart() -> None:
    """Two communes of Bretagne are called Saint-Armel; a homonym in another région does not matter."""
    titles = {node.title for node in nodes_of("bretagne")}
    assert {"Saint-Armel (Ille-et-Vilaine)", "Saint-Armel (Morbihan)"} <= titles
    assert "Saint-Armel" not in titles


def test_members_listed_by_code_belong_to_their_syndicate() -> None:
    """By INSEE code (with a lost zero) or SIREN; a code from elsewhere is refused with its name."""
    syndicate = Member("Syndicat d'essai", "syndicat_mixte", members=("17300", "241700434"))
    nodes = {node.key: node for node in tree.build(Perimeter("departement", "17"), [syndicate])}
    key = "syndicat_mixte:syndicat-d-essai"
    assert key in nodes["commune:17300"].memberships
    assert key in nodes["epci:241700434"].memberships
    with pytest.raises(DataFileError, match="35238"):
        tree.build(Perimeter("departement", "17"), [Member("X", "syndicat_mixte", members=("35238",))])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("charente-maritime", ("departement", "17")),
        ("17", ("departement", "17")),
        ("departement:2a", ("departement", "2A")),
        ("region-53-bretagne", ("region", "53")),
        ("200066009", ("epci", "200066009")),
        ("200 066 009", ("epci", "200066009")),
        ("France", ("pays", "FR")),
    ],
)
def test_what_people_type(text: str, expected: tuple[str, str]) -> None:
    """A name of the registry, a code, a SIREN, an organisation's own name."""
    found = perimeter.find(text).perimeter
    assert (found.type, found.code) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("53", "region:53 .Bretagne. / departement:53 .Mayenne."),
        ("charante-maritime", "Did you mean charente-maritime"),
        ("Seine et Marne", "departement:77"),
        ("zzz", "There is no territory “zzz”. Write a name"),
    ],
)
def test_what_cannot_be_understood(text: str, expected: str) -> None:
    """An ambiguous code names both, a typing mistake the nearest."""
    with pytest.raises(DataFileError, match=expected):
        perimeter.find(text)


@pytest.mark.parametrize(
    ("inhabitants", "agents", "expected"),
    [
        (3500, 50, "yes"),
        (3499, 50, "no"),
        (3499, None, "no"),
        (3500, 49, "no"),
        (None, 49, "no"),
        (3500, None, "unknown"),
        (None, 50, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_legal_duty(inhabitants: int | None, agents: int | None, expected: str) -> None:
    """Both thresholds must be reached; one that is not is enough for a no."""
    assert legal_duty(inhabitants, agents) == expected
