"""Where the data is about: geometry, text and URI, as the field spatial_coverage holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping import geometry, urls
from ckanext.opendatafrance.harvest.mapping.markup import to_line
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import shorten

_LONGEST = 500
_REASONS = {
    "not in degrees": N_("its coordinates are not degrees of longitude and latitude."),
}
_UNREADABLE = N_("it is neither WKT, GeoJSON nor a box.")


def place(
    notes: Notes,
    *,
    uri: Any = "",
    text: Any = "",
    geom: Iterable[Any] = (),
    bbox: Iterable[Any] = (),
    centroid: Iterable[Any] = (),
) -> dict[str, str]:
    """One entry of spatial_coverage with what is known; empty where nothing is.

    Args:
        geom: statements of the geometry, of which the first that can be read is taken; so for bbox and centroid.
    """
    entry = {"uri": urls.uri(uri) if urls.is_uri(uri) else "", "text": shorten(to_line(text), _LONGEST)}
    for key, said in (("geom", geom), ("bbox", bbox), ("centroid", centroid)):
        if shape := _first(said, notes):
            target = "bbox" if key == "geom" and geometry.is_box(shape) and not entry.get("bbox") else key
            if key == "geom" and shape["type"] == "Point":
                target = "centroid"
            entry.setdefault(target, geometry.dumps(shape))
    return {key: value for key, value in entry.items() if value}


def literal(said: Any, notes: Notes) -> dict[str, str]:
    """An entry from one plain value: a geometry or a box where it looks like one, a URI, else the name of a place."""
    text = to_line(said)
    if not text:
        return {}
    if urls.is_uri(text):
        return place(notes, uri=text)
    try:
        shape = geometry.parse(str(said))
    except geometry.GeometryError:
        if text[0] in "{[<" or (text.count(",") >= 3 and not any(char.isalpha() for char in text)):
            notes.left_out("spatial-unreadable", "spatial_coverage", text, _UNREADABLE)
            return {}
        return place(notes, text=text)
    return place(notes, geom=[geometry.dumps(shape)])


def _first(said: Iterable[Any], notes: Notes) -> geometry.Geometry | None:
    reasons: list[tuple[str, str]] = []
    for one in said:
        text = str(one).strip() if isinstance(one, str) else ""
        if not text:
            continue
        try:
            return geometry.parse(text)
        except geometry.GeometryError as error:
            reasons.append((text, str(error)))
    if reasons:
        text, reason = reasons[0]
        notes.left_out("spatial-unreadable", "spatial_coverage", text, _REASONS.get(reason, _UNREADABLE))
    return None
