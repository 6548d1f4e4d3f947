"""Services and the datasets that they operate on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ckanext.opendatafrance.harvest.mapping.iso.elements import HREF, Element, Metadata, find_all, inside
from ckanext.opendatafrance.harvest.mapping.iso.links import Link, cleaned, endpoint, service_resource
from ckanext.opendatafrance.harvest.mapping.notes import Notes

_TITLE = "identificationInfo/*/citation/*/title"
_API_RECORD = re.compile(r"/records/([^/?#]+)")
_KINDS = {"view": "WMS", "download": "WFS"}


@dataclass(frozen=True, slots=True)
class Coupling:
    """One service of a catalogue, as a dataset that it serves needs it.

    Attributes:
        layers: names of layers by the identifier of the dataset; one that is served without a name has none.
    """

    address: str
    kind: str
    title: str
    layers: dict[str, tuple[str, ...]]

    def resources(self, guid: str) -> list[dict[str, Any]]:
        """What the dataset `guid` gains by this service."""
        return [service_resource(self.address, self.kind, layer, self.title) for layer in self.layers[guid] or ("",)]

    def said(self, guid: str) -> str:
        """What counts for the fingerprint of the dataset `guid`."""
        return json.dumps([self.address, self.kind, self.title, self.layers[guid]])


def coupling_of(record: Element) -> Coupling | None:
    """The service that a record describes, None where it describes none or names no dataset or address."""
    meta = Metadata(record)
    service = next(inside(record, "SV_ServiceIdentification"), None)
    if service is None:
        return None
    layers: dict[str, list[str]] = {guid: [] for one in find_all(service, "operatesOn") if (guid := _dataset(one))}
    for one in inside(service, "SV_CoupledResource"):
        guid, layer = meta.text("identifier", one), meta.text("ScopedName|scopedName", one) or _scoped(one)
        if guid and layer and layer not in layers.setdefault(guid, []):
            layers[guid].append(layer)
    link = main_link(meta, Notes())
    if not layers or link is None:
        return None
    kind = link.service or service_kind(meta)
    return Coupling(link.address, kind, meta.text(_TITLE), {guid: tuple(names) for guid, names in layers.items()})


def main_link(meta: Metadata, notes: Notes) -> Link | None:
    """The address of a service: that of its operations, else a link of its distribution."""
    points = [one for operation in inside(meta.root, "connectPoint") for one in find_all(operation, "*")]
    online = [one for prop in inside(meta.root, "onLine") for one in find_all(prop, "*")]
    links = cleaned(meta, [*online, *points], notes)
    return next((link for link in links if link.service), links[0] if links else None)


def service_kind(meta: Metadata) -> str:
    """WMS, WFS… by the version or type that the record names, API where it does not."""
    said = " ".join(
        meta.texts("identificationInfo/*/serviceType") + meta.texts("identificationInfo/*/serviceTypeVersion")
    )
    for kind in ("WMTS", "WMS", "WFS", "WCS", "CSW"):
        if kind in said.upper():
            return kind
    return "API"


def missing(resources: list[dict[str, Any]], coupled: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of `coupled` that the dataset does not list by itself."""
    known = {(one.get("format"), endpoint(one["url"])) for one in resources if one.get("url")}
    return [one for one in coupled if (one.get("format"), endpoint(one["url"])) not in known]


def _dataset(element: Element) -> str:
    """The identifier of a dataset in a reference: uuidref, or the id within the address of its record."""
    if said := (element.get("uuidref") or "").strip():
        return said
    address = (element.get(HREF) or "").strip()
    query = {key.lower(): value for key, value in parse_qsl(urlsplit(address.partition("#")[0]).query)}
    if query.get("id"):
        return query["id"]
    found = _API_RECORD.search(address)
    return unquote(found[1]) if found else ""


def _scoped(element: Element) -> str:
    return next((text for one in inside(element, "ScopedName") if (text := (one.text or "").strip())), "")
