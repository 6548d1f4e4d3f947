"""Dublin Core records (csw:Record), all that some servers give: fewer fields, the same dataset dict."""

from __future__ import annotations

import re
from typing import Any

from ckanext.opendatafrance.harvest.mapping import (
    agents,
    codes,
    dates,
    spatial,
    tags,
    temporal,
    to_line,
    to_markdown,
    urls,
)
from ckanext.opendatafrance.harvest.mapping.iso import constraints
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, find_all, inside
from ckanext.opendatafrance.harvest.mapping.iso.links import (
    Link,
    cleaned_address,
    format_of,
    is_record_page,
    service_resource,
)
from ckanext.opendatafrance.harvest.mapping.notes import Notes

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LATITUDE_FIRST = re.compile(r"EPSG:(?:[\d.]*:)?4326$")
_NO_LICENCE = {"otherRestrictions", "license", "licence", "copyright", "unrestricted", "intellectualPropertyRights"}
_PICTURE = re.compile(r"thumbnail|^image/", re.IGNORECASE)


def fields(record: Element, guid: str, page: str, notes: Notes) -> dict[str, Any]:
    """The dataset dict before `finish`.

    Args:
        page: landing page of the record, empty where none is known.
    """
    rights = [text for text in _texts(record, "license", "rights", "accessRights") if text not in _NO_LICENCE]
    licence, wording = codes.licence(rights, notes)
    themes, _ = codes.theme_uris(_texts(record, "subject"))
    resources = _resources(record, notes)
    constraints.leave(wording, resources)
    creator = [agents.agent("creator", notes, name=name) for name in _texts(record, "creator")]
    return {
        "title": _text(record, "title", "alternative"),
        "notes": to_markdown(_text(record, "abstract", "description"), notes),
        "license_id": licence,
        "tags": tags.clean([word for word in _texts(record, "subject") if not urls.is_web(word)], notes),
        "theme": themes,
        "identifier": guid,
        "url": page,
        "issued": dates.publication(_text(record, "issued", "created"), "issued", notes),
        "modified": dates.publication(_text(record, "modified"), "modified", notes),
        "frequency": codes.frequency(_texts(record, "accrualPeriodicity"), notes),
        "language": codes.language_uris(_texts(record, "language"), "language", notes),
        "spatial_coverage": _places(record, notes),
        "temporal_coverage": [one for text in _texts(record, "temporal") if (one := temporal.literal(text, notes))],
        "publisher": [agents.agent("publisher", notes, name=name) for name in _texts(record, "publisher")[:1]],
        "creator": [one for one in creator if one],
        "provenance": to_markdown(_text(record, "source", "provenance"), notes, "provenance"),
        "resources": resources,
    }


def _texts(record: Element, *names: str) -> list[str]:
    said = [(one.text or "").strip() for name in names for one in find_all(record, name)]
    return list(dict.fromkeys(text for text in said if text))


def _text(record: Element, *names: str) -> str:
    return next(iter(_texts(record, *names)), "")


def _resources(record: Element, notes: Notes) -> list[dict[str, Any]]:
    """Addresses with the protocol that they name; the format of the record counts where it is the only one."""
    said = _texts(record, "format")
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in find_all(record, "URI|references"):
        protocol = (one.get("protocol") or one.get("scheme") or "").strip()
        name, description = to_line(one.get("name") or ""), to_line(one.get("description") or "")
        if _PICTURE.search(protocol) or "thumbnail" in name.lower():
            continue
        address = cleaned_address((one.text or "").strip(), notes)
        if not address or is_record_page(address):
            continue
        link = Link(address, protocol, name, description, "", "")
        if kind := link.service:
            layer = name if " " not in name and description else ""
            made = service_resource(address, kind, layer, description or name)
        else:
            made = {"url": address, "name": name or description, "description": description if name else ""}
            made |= format_of(link, said)
        found.setdefault((address, made["name"]), made)
    return list(found.values())


def _places(record: Element, notes: Notes) -> list[dict[str, str]]:
    entries = [spatial.literal(text, notes) for text in _texts(record, "spatial", "coverage")]
    for box in inside(record, "BoundingBox", "WGS84BoundingBox"):
        corners = [_NUMBER.findall(one.text or "") for one in find_all(box, "LowerCorner|UpperCorner")]
        if len(corners) == 2 and all(len(corner) == 2 for corner in corners):
            (x1, y1), (x2, y2) = ([float(number) for number in corner] for corner in corners)
            if _LATITUDE_FIRST.search(box.get("crs") or ""):
                x1, y1, x2, y2 = y1, x1, y2, x2
            # GeoNetwork writes the eastern side into the lower corner.
            sides = f"{min(x1, x2)}, {min(y1, y2)}, {max(x1, x2)}, {max(y1, y2)}"
            entries.append(spatial.place(notes, bbox=[sides]))
    return [entry for entry in entries if entry]
