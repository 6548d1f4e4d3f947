"""The territory files: all nine pilots are read, and a wrong file says where it is wrong and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ckanext.opendatafrance import paths, registry
from ckanext.opendatafrance.errors import DataFileError
from ckanext.opendatafrance.reference import cog

PILOTS = {
    "bretagne": ("region", "53"),
    "occitanie": ("region", "76"),
    "auvergne-rhone-alpes": ("region", "84"),
    "provence-alpes-cote-d-azur": ("region", "93"),
    "loire-atlantique": ("departement", "44"),
    "charente-maritime": ("departement", "17"),
    "bourgogne-franche-comte": ("region", "27"),
    "mulhouse-alsace-agglomeration": ("epci", "200066009"),
    "val-de-marne": ("departement", "94"),
}
# Two syndicates that list each other, one that lists itself, an EPCI that lists a commune of another.
ALONE = {"name": "Un", "type": "syndicat_mixte", "siren": "130004930"}
CIRCLE = [
    {**ALONE, "members": ["17300", "211703004"]},
    {"name": "Deux", "type": "syndicat_mixte", "siren": "211703004", "members": ["130004930"]},
]
REDON = {"name": "Redon Agglomération", "type": "epci", "siren": "243500741", "members": ["35236", "35238"]}


def test_the_nine_pilots_of_2016() -> None:
    """Each with its perimeter."""
    found = registry.territories()
    assert {slug: (one.perimeter.type, one.perimeter.code) for slug, one in found.items()} == PILOTS


@pytest.mark.parametrize("slug", PILOTS)
def test_what_a_pilot_says_of_known_territories_is_what_the_cog_says(slug: str) -> None:
    """The SIREN of a région, département, EPCI or commune is that of the COG: the ministry's text swaps 04 and 05."""
    for member in registry.territory(slug).participants:
        found = cog.by_siren(member.siren) if member.siren else None
        if member.insee:
            assert found
            assert found.code == member.insee  # type: ignore[union-attr] - an EPCI has no INSEE code
        elif member.type == "epci":
            assert isinstance(found, cog.Epci)


def test_members_are_told_in_both_languages_and_colours_are_readable() -> None:
    """White text on both colours reaches level AA."""
    for territory in registry.territories().values():
        assert set(territory.description) == {"fr", "en"}
        for colour in (territory.look.primary, territory.look.secondary):
            assert registry.contrast_with_white(colour) >= 4.5


def test_an_unknown_territory_suggests_the_nearest() -> None:
    """A typing mistake costs no search."""
    with pytest.raises(DataFileError, match="charente-maritime"):
        registry.territory("charante-maritime")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"perimetre": {"type": "region", "code": "53"}}, "perimetre: this key is not known; use perimeter"),
        ({"slug": "brittany"}, "slug: write “bretagne”"),
        ({"perimeter": {"type": "region", "code": 53}}, "perimeter.code: put “53” in quotation marks"),
        ({"perimeter": {"type": "region", "code": "54"}}, "no region has the code “54”"),
        ({"perimeter": {"type": "regoin", "code": "53"}}, "perimeter.type: “regoin” is not known; use region"),
        ({"look": {"colours": {"primary": "#ffd700", "secondary": "#000000"}}}, "choose a darker colour"),
        ({"look": {"colours": {"primary": "bleu", "secondary": "#000000"}}}, "write it as “#1a4b8c”"),
        ({"members": {"name": "x"}}, "members: write a list"),
        ({"members": [{"name": "x", "type": "gip"}]}, r"members\[1\].siren: give the SIREN, or write"),
        ({"members": [{"name": "x", "type": "gip", "siren": "130004931"}]}, "“130004931” is not a SIREN"),
        ({"lead": None}, "lead: write a block with the keys name"),
        ({"description": {"fr": "x"}}, "description.en: give a value"),
        ({"members": CIRCLE}, r"members\[1\].members: these belong to each other in a circle .Un › Deux › Un."),
        ({"members": [{**ALONE, "members": ["130004930"]}]}, r"members\[1\].members: .* in a circle .Un › Un."),
        ({"members": [REDON]}, r"members\[1\].members: “35238” .Rennes. stands in .*Rennes Métropole.*: remove it"),
    ],
)
def test_a_wrong_file_says_file_key_and_remedy(tmp_path: Path, change: dict[str, object], expected: str) -> None:
    """Nothing is skipped in silence."""
    content = yaml.safe_load((paths.SCHEMAS / "territories" / "bretagne.yaml").read_text()) | change
    file = tmp_path / "bretagne.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True))
    with pytest.raises(DataFileError, match=f"bretagne.yaml, .*{expected}"):
        registry.read(file)


def test_a_file_that_is_not_yaml(tmp_path: Path) -> None:
    """Windows-1252 and broken indentation are named, not shown as a traceback."""
    file = tmp_path / "bretagne.yaml"
    file.write_bytes("title: Régie".encode("cp1252"))
    with pytest.raises(DataFileError, match="it is not YAML in UTF-8"):
        registry.read(file)
