"""A map of organisations as dots, drawn on the server as SVG; pure.

Who publishes is a disc, larger with more datasets and with an outline; who does not is a small square: the difference
is one of shape and size, not only of colour. A dot is a link with a title, and no stop for the tabulator key: with
thousands of them the keyboard would be caught, and a list beside the map says the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 1000
_MARGIN = 24
# Above it the squares are drawn in one stroke, without links, or the drawing would weigh megabytes.
MOST_LINKS = 6000
# Mainland France and Corsica: a country drawn with its overseas parts would be a row of specks.
_MAINLAND = (-5.6, 41.2, 9.8, 51.3)


@dataclass(frozen=True, slots=True)
class Dot:
    """An organisation with a place; `address` is relative to that of the drawing."""

    title: str
    address: str
    longitude: float
    latitude: float
    datasets: int


@dataclass(frozen=True, slots=True)
class Words:
    """What the drawing says, in the reader's language."""

    title: str
    description: str
    of_publisher: Callable[[str, int], str]


def visible(dots: Sequence[Dot]) -> list[Dot]:
    """Those that are drawn: all, or the mainland where the dots are of both sides of an ocean."""
    west, south, east, north = _MAINLAND
    mainland = [dot for dot in dots if west <= dot.longitude <= east and south <= dot.latitude <= north]
    return mainland if len(mainland) * 2 > len(dots) else list(dots)


def draw(dots: Sequence[Dot], words: Words, colours: tuple[str, str], *, links: bool = True) -> str:
    """The SVG of the dots that are visible.

    Args:
        dots: organisations; the largest publishers are drawn first, so that small ones stay in reach.
        words: title and description of the drawing, and the title of a publisher's dot.
        colours: of the discs and of their outlines, "#rrggbb".
        links: False for a picture that lies in a link itself: no links and titles of dots.
    """
    shown = visible(dots)
    places, height = _project(shown)
    side = _side(len(shown), height)
    publishers = sorted(
        ((dot, place) for dot, place in zip(shown, places, strict=True) if dot.datasets),
        key=lambda one: (-one[0].datasets, one[0].title),
    )
    others = [(dot, place) for dot, place in zip(shown, places, strict=True) if not dot.datasets]
    linked = links and len(shown) <= MOST_LINKS
    squares = "".join(_square(*one) for one in others) if linked else _one_path(others)
    discs = "".join(_disc(dot, place, side, words, links) for dot, place in publishers)
    primary, outline = colours
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="group" '
        f'aria-labelledby="odf-map-title odf-map-text" class="odf-dots">'
        f'<title id="odf-map-title">{escape(words.title)}</title>'
        f'<desc id="odf-map-text">{escape(words.description)}</desc>'
        f"<style>.odf-dots .s{{fill:none;stroke:#7b8794;stroke-width:{side};stroke-linecap:square}}"
        f".odf-dots .d{{fill:{primary};stroke:{outline};stroke-width:2}}"
        ".odf-dots a:hover *{stroke:#b54708}</style>"
        f'<g aria-hidden="true"><g class="s">{squares}</g><g class="d">{discs}</g></g></svg>'
    )


def _project(dots: Sequence[Dot]) -> tuple[list[tuple[int, int]], int]:
    """Places on the drawing, and its height: degrees as they are, those of longitude shortened by the latitude."""
    if not dots:
        return [], WIDTH // 2
    souths = [dot.latitude for dot in dots]
    wests = [dot.longitude for dot in dots]
    south, north, west, east = min(souths), max(souths), min(wests), max(wests)
    shorter = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * shorter, north - south
    # One dot, or a row of them, still needs a sheet.
    scale = (WIDTH - 2 * _MARGIN) / max(wide, high / 1.2, 0.05)
    height = round(high * scale) + 2 * _MARGIN
    indent = (WIDTH - wide * scale) / 2
    places = [
        (round(indent + (dot.longitude - west) * shorter * scale), round(_MARGIN + (north - dot.latitude) * scale))
        for dot in dots
    ]
    return places, height


def _side(count: int, height: int) -> int:
    """Side of a square: a third of the distance that the dots would have if they lay evenly."""
    return max(4, min(12, round(math.sqrt(WIDTH * height / max(count, 1)) / 3)))


def _square(dot: Dot, place: tuple[int, int]) -> str:
    return (
        f'<a href="{escape(dot.address)}" tabindex="-1"><title>{escape(dot.title)}</title>'
        f'<path d="M{place[0]} {place[1]}h0"/></a>'
    )


def _one_path(others: Sequence[tuple[Dot, tuple[int, int]]]) -> str:
    return f'<path d="{"".join(f"M{x} {y}h0" for _, (x, y) in others)}"/>' if others else ""


def _disc(dot: Dot, place: tuple[int, int], side: int, words: Words, links: bool) -> str:
    radius = round(side * (0.9 + 0.5 * math.log10(dot.datasets)), 1)
    circle = f'<circle cx="{place[0]}" cy="{place[1]}" r="{radius}"'
    if not links:
        return f"{circle}/>"
    said = escape(words.of_publisher(dot.title, dot.datasets))
    return f'<a href="{escape(dot.address)}" tabindex="-1"><title>{said}</title>{circle}/></a>'
