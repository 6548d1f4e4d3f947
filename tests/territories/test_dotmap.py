"""The drawn map: well-formed, in proportion, light, and readable without colours."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from ckanext.opendatafrance.reference import cog
from ckanext.opendatafrance.territories.pages import dotmap
from ckanext.opendatafrance.territories.pages.dotmap import Dot, Words

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("Map", "Of <all>", lambda title, number: f"{title}: {number} datasets")
COLOURS = ("#0a5c7d", "#1b2430")


def drawn(*dots: Dot, links: bool = True) -> ElementTree.Element:
    return ElementTree.fromstring(dotmap.draw(dots, WORDS, COLOURS, links=links))


def region(code: str) -> list[Dot]:
    """The communes of a région, one in twenty of which publishes."""
    return [
        Dot(one.name, one.code, one.place.longitude, one.place.latitude, 0 if rank % 20 else 1 + rank % 97)
        for rank, one in enumerate(cog.communes(region=code))
        if one.place
    ]


def test_every_dot_is_a_link_with_a_title() -> None:
    """Names with signs of XML included."""
    root = drawn(Dot("L'Île \"d'Yeu\" <&>", "85113", -2.3, 46.7, 0), Dot("Nantes", "44109", -1.5, 47.2, 3))
    links = {link.get("href"): link.findtext(f"{SVG}title") for link in root.iter(f"{SVG}a")}
    assert links == {"85113": "L'Île \"d'Yeu\" <&>", "44109": "Nantes: 3 datasets"}
    assert root.findtext(f"{SVG}desc") == "Of <all>"


def test_who_publishes_has_another_shape_and_grows_with_its_datasets() -> None:
    """A disc or a square, not only another colour."""
    dots = [
        Dot(name, name, 0.1 * rank, 46, number) for rank, (name, number) in enumerate([("a", 0), ("b", 1), ("c", 99)])
    ]
    shapes = {link.get("href"): link[1] for link in drawn(*dots).iter(f"{SVG}a")}
    assert [shapes[name].tag for name in "abc"] == [f"{SVG}path", f"{SVG}circle", f"{SVG}circle"]
    assert float(shapes["c"].get("r", 0)) > float(shapes["b"].get("r", 0))


def test_a_kilometre_is_as_long_eastwards_as_northwards() -> None:
    """A degree of longitude is cos(latitude) of one of latitude: at 60° N two of them make a square with one."""
    root = drawn(Dot("sw", "sw", 10, 59.5, 1), Dot("ne", "ne", 12, 60.5, 1))
    places = {
        link.get("href"): (float(link[1].get("cx", 0)), float(link[1].get("cy", 0))) for link in root.iter(f"{SVG}a")
    }
    wide, high = places["ne"][0] - places["sw"][0], places["sw"][1] - places["ne"][1]
    assert wide == pytest.approx(high, rel=0.01)


def test_a_whole_region_stays_light() -> None:
    """Occitanie: 4,446 dots below 400 kB, all inside the sheet; as a picture much less."""
    dots = region("76")
    drawing = dotmap.draw(dots, WORDS, COLOURS)
    assert len(dots) > 4400
    assert len(drawing.encode()) < 400_000
    assert drawing.count("<a ") == len(dots)
    assert len(dotmap.draw(dots, WORDS, COLOURS, links=False).encode()) < 80_000
    root = ElementTree.fromstring(drawing)
    height = float(root.get("viewBox", "").split()[3])
    for circle in root.iter(f"{SVG}circle"):
        assert 0 < float(circle.get("cx", 0)) < dotmap.WIDTH
        assert 0 < float(circle.get("cy", 0)) < height


def test_the_country_is_drawn_without_its_overseas_parts() -> None:
    dots = [*region("53"), *region("04")]
    assert len(dotmap.visible(dots)) == len(region("53"))
    assert dotmap.visible(region("04")) == region("04")


def test_one_dot_none_or_many_on_one_spot() -> None:
    assert len(list(drawn(Dot("a", "a", 2, 48, 1)).iter(f"{SVG}circle"))) == 1
    assert not list(drawn().iter(f"{SVG}a"))
    assert len(list(drawn(Dot("a", "a", 2, 48, 1), Dot("b", "b", 2, 48, 0)).iter(f"{SVG}a"))) == 2
