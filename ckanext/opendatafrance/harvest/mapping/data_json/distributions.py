"""Distributions as resources: files, downloads that a Hub makes, services; its own page is the landing page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckanext.opendatafrance.harvest.mapping import codes, dates, files, to_line, to_markdown, urls
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.said import Said, words
from ckanext.opendatafrance.reference import formats
from ckanext.opendatafrance.reference.folding import fold

_SERVICE = re.compile(r"/(?:Feature|Map|Image|Scene|VectorTile)Server(?:/\d+)?/?(?:\?|$)", re.IGNORECASE)
_DOWNLOAD = re.compile(
    r"/api/download/v1/items/|/datasets/[^/?]+\.(?:csv|geojson|kml|zip|xlsx|gpkg|gdb|json)(?:\?|$)", re.IGNORECASE
)
_RECORD = re.compile(r"/info/metadata/metadata\.xml", re.IGNORECASE)
_GEOSERVICE = "arcgis geoservices rest api"
_LABELS = {"shapefile": "SHP", "file geodatabase": "GDB", "geopackage": "GPKG"}


def resources_of(raw: Mapping[str, Any], said: Said, notes: Notes) -> tuple[str, list[dict[str, Any]], list[str]]:
    """Landing page, resources, and addresses of what documents the data."""
    page = urls.clean(said.text("landingPage"), "url", notes)
    documents = [*said.texts("references"), *said.texts("describedBy"), *said.texts("page")]
    resources = []
    for entry in said.values("distribution"):
        one = Said(entry if isinstance(entry, Mapping) else {"accessURL": entry})
        address = one.text("downloadURL") or one.text("accessURL")
        if _is_page(one, address, page):
            page = page or urls.clean(address, "url", notes)
        elif _RECORD.search(address):
            documents.append(address)
        else:
            resources.append(_resource(one, notes))
        documents += one.texts("describedBy")
    if not resources:
        resources = _of_version_1_0(said, notes)
    return page, resources, [text for text in dict.fromkeys(documents) if urls.is_web(text)]


def _is_page(one: Said, address: str, page: str) -> bool:
    """Hub's own page of the dataset, which is no file."""
    kind = fold(" ".join(one.texts("format", "mediaType")))
    is_html = "web page" in kind or "html" in kind.split() or one.text("title") == "ArcGIS Hub Dataset"
    return is_html and bool(address) and (address == page or one.text("title") == "ArcGIS Hub Dataset")


def _resource(one: Said, notes: Notes) -> dict[str, Any]:
    download = urls.clean(one.text("downloadURL"), "resources.download_url", notes)
    access = urls.clean(one.text("accessURL"), "resources.access_url", notes)
    services = [entry for value in one.values("accessService") if (entry := _service(value, notes))]
    address = download or access or next((url for entry in services for url in entry.get("endpoint_url", [])), "")
    name = to_line(one.text("title", "name"))
    resource: dict[str, Any] = {
        "url": address,
        "download_url": download or (access if _DOWNLOAD.search(access) else ""),
        "access_url": access if download else "",
        "name": name,
        "description": to_markdown(one.text("description"), notes, "resources.description"),
        **_format(one, address, name),
        "size": files.size(one.text("byteSize"), notes),
        **_checksum(one, notes),
        "issued": dates.publication(one.text("issued"), "resources.issued", notes),
        "modified": dates.publication(one.text("modified"), "resources.modified", notes),
        "license": one.text("license") if urls.is_web(one.text("license")) else "",
        "rights": to_markdown(one.text("rights"), notes, "resources.rights"),
        "language": codes.language_uris(one.texts("language"), "resources.language", notes),
        "conforms_to": [text for text in one.texts("conformsTo") if urls.is_uri(text)],
    }
    if not services and address and _is_api(resource, address):
        services = [{"title": name, "endpoint_url": [address]}]
    return {**resource, "access_services": services}


def _is_api(resource: Mapping[str, Any], address: str) -> bool:
    known = formats.get(str(resource.get("format", "")))
    return bool(known and known.kind == "api") or bool(_SERVICE.search(address))


def _format(one: Said, address: str, name: str) -> dict[str, str]:
    """As said; a ZIP whose title is that of a format is this format packed, a service of ArcGIS is one."""
    if _SERVICE.search(address):
        return files.describe(["Esri REST"])
    said, types = one.texts("format"), one.texts("mediaType")
    if any(fold(text) == _GEOSERVICE for text in said):  # Hub calls any address of an item so
        return files.describe((), url=address)
    label = _LABELS.get(fold(name))
    packed = any("zip" in fold(text).split() for text in (*said, *types))
    return files.describe([label, "ZIP"] if label and packed else said, types, address, name)


def _checksum(one: Said, notes: Notes) -> dict[str, str]:
    value = next(iter(one.values("checksum")), None)
    if not isinstance(value, Mapping):
        return files.checksum(words(value), "", notes)
    return files.checksum(words(value.get("checksumValue")), words(value.get("algorithm")), notes)


def _service(value: Any, notes: Notes) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        address = urls.clean(words(value), "access_services.endpoint_url", notes)
        return {"endpoint_url": [address]} if address else {}
    said = Said(value)
    endpoints = [urls.clean(text, "access_services.endpoint_url", notes) for text in said.texts("endpointURL")]
    entry = {
        "uri": words(value.get("@id")),
        "title": said.text("title"),
        "description": to_markdown(said.text("description"), notes, "access_services.description"),
        "endpoint_url": [address for address in endpoints if address],
        "endpoint_description": said.text("endpointDescription"),
        "identifier": said.text("identifier"),
    }
    return {key: kept for key, kept in entry.items() if kept}


def _of_version_1_0(said: Said, notes: Notes) -> list[dict[str, Any]]:
    """The oldest version writes one file and one service beside the title."""
    found = []
    for key in ("accessURL", "downloadURL", "webService"):
        if address := said.text(key):
            kind = {"format": said.text("format")} if key != "webService" else {"format": "API"}
            found.append(_resource(Said({"accessURL": address, **kind}), notes))
    return found
