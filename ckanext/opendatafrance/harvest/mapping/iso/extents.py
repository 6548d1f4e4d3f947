"""Where and when the data is about."""

from __future__ import annotations

import lxml.etree as etree

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping import spatial, temporal
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, Metadata, find, find_all, href, inside
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference import zones
from ckanext.opendatafrance.reference.folding import fold

_SIDES = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
_KINDS_BY_LENGTH = {5: "commune", 3: "departement", 2: "departement"}
_HALF_THE_EARTH = 180


def places(meta: Metadata, notes: Notes) -> list[dict[str, str]]:
    """Entries of spatial_coverage: box, name and code of each extent, each once."""
    entries: list[dict[str, str]] = []
    for extent in find_all(meta.root, "identificationInfo/*/extent/EX_Extent"):
        text, uri = _named(meta, extent)
        boxes = [box for one in inside(extent, "EX_GeographicBoundingBox") if (box := _box(meta, one, notes))]
        shapes = [] if boxes else [etree.tostring(one, encoding="unicode") for one in inside(extent, "polygon")]
        description = meta.text("description", extent)
        first = spatial.place(notes, uri=uri, text=description or text, bbox=boxes[:1], geom=shapes[:1])
        for entry in (first, *(spatial.place(notes, bbox=[box]) for box in boxes[1:])):
            if entry and entry not in entries:
                entries.append(entry)
    return entries


def _named(meta: Metadata, extent: Element) -> tuple[str, str]:
    """Name and URI of a place given by an identifier: an address, or a code that is said to be INSEE's."""
    for one in inside(extent, "geographicIdentifier"):
        holder = find(one, "*/code")
        said = meta.said(holder) if holder is not None else ""
        uri = href(holder) if holder is not None else ""
        who = fold(" ".join([*meta.texts("*/codeSpace", one), *meta.texts("*/authority/*/title", one)]))
        if not uri and "insee" in who and (kind := _KINDS_BY_LENGTH.get(len(said))):
            uri = zones.insee_uri(kind, said) or ""
        if said or uri:
            return said, uri
    return "", ""


def _box(meta: Metadata, element: Element, notes: Notes) -> str:
    """ "west, south, east, north"; sides the wrong way round are exchanged, which GeoIDE's often are."""
    said = [meta.text(side, element).replace(",", ".") for side in _SIDES]
    try:
        west, south, east, north = map(float, said)
    except ValueError:
        if any(said):
            notes.left_out("spatial-unreadable", "spatial_coverage", ", ".join(said))
        return ""
    if 0 < west - east < _HALF_THE_EARTH:  # more would be a box across the date line
        notes.warn(
            "box-reversed",
            N_("{field}: the western side {west} is east of the eastern side {east}; they were exchanged."),
            field="spatial_coverage",
            west=west,
            east=east,
        )
        west, east = east, west
    return f"{west}, {south}, {east}, {north}"


def periods(meta: Metadata, notes: Notes) -> list[dict[str, str]]:
    """Entries of temporal_coverage: periods and instants, open where the record says so."""
    entries: list[dict[str, str]] = []
    for extent in find_all(meta.root, "identificationInfo/*/extent/*/temporalElement/*/extent"):
        period = next(inside(extent, "TimePeriod"), None)
        if period is not None:
            entry = temporal.period(_bound(period, "begin"), _bound(period, "end"), notes)
        else:
            instant = next(((one.text or "").strip() for one in inside(extent, "timePosition")), "")
            entry = temporal.literal(instant, notes)
        if entry and entry not in entries:
            entries.append(entry)
    return entries


def _bound(period: Element, side: str) -> str:
    """The date of one end, in GML's short or long form; "now" is an attribute, and leaves the end open."""
    short = find(period, f"{side}Position")
    long = (one for part in find_all(period, side) for one in inside(part, "timePosition"))
    holder = short if short is not None else next(long, None)
    return (holder.text or "").strip() if holder is not None else ""
