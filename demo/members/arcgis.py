"""A site of ArcGIS Hub: its pages, its feed in DCAT-US 1.1, and the downloads that it makes of a layer."""

from __future__ import annotations

import json
from typing import Any

from . import pages
from .answers import NOT_FOUND, Answer, html
from .files import FORMATS, content
from .model import Dataset, Resource, Site
from .vocabulary import LICENCES

FEED = "api/feed/dcat-us/1.1.json"
_SCHEMA = "https://project-open-data.cio.gov/v1.1/schema"


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the site says to GET `path` (below its own address, decoded)."""
    if path == "":
        return html(pages.home(site))
    if path == "data.json":
        return Answer(b"", "text/plain", 302, {"Location": f"{site.url}/{FEED}"})
    if path == FEED:
        return _json(_feed(site))
    for dataset in site.datasets:
        if f"{site.url}/{path}" == site.page_of(dataset):
            return html(pages.dataset(site, dataset))
        if path == _service_path(dataset):
            return _json({"name": dataset.title, "type": "Feature Layer", "id": 0})
        for resource in dataset.resources:
            if path == site.path_of(dataset, resource):
                return Answer(content(site, dataset, resource), FORMATS[resource.format].media_type)
    return NOT_FOUND


def _feed(site: Site) -> dict[str, Any]:
    return {
        "@context": f"{_SCHEMA}/catalog.jsonld",
        "@type": "dcat:Catalog",
        "conformsTo": _SCHEMA,
        "describedBy": f"{_SCHEMA}/catalog.json",
        "dataset": [_dataset(site, dataset) for dataset in site.datasets],
    }


def _dataset(site: Site, dataset: Dataset) -> dict[str, Any]:
    page = site.page_of(dataset)
    paragraphs = dataset.notes.split("\n\n")
    described: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "identifier": f"https://www.arcgis.com/home/item.html?id={site.item_of(dataset)}&sublayer=0",
        "landingPage": page,
        "title": dataset.title,
        "description": "".join(f"<div style='text-align:left'>{text}</div><div><br /></div>" for text in paragraphs),
        "keyword": list(dataset.keywords),
        "issued": f"{dataset.issued.isoformat()}T08:00:00.000Z",
        "modified": f"{dataset.modified.isoformat()}T08:00:00.000Z",
        "publisher": {"name": site.owner.title},
        "contactPoint": {"@type": "vcard:Contact", "fn": site.owner.title, "hasEmail": f"mailto:{site.mail}"},
        "accessLevel": "public",
        "license": "No license provided. Request permission to use.",
        "spatial": ",".join(map(str, site.owner.bbox)),
        "theme": ["geospatial"],
        "distribution": [
            _distribution("ArcGIS Hub Dataset", "Web Page", "text/html", page),
            *(_file(site, dataset, resource) for resource in dataset.resources),
        ],
    }
    if dataset.licence:
        title, address = LICENCES[dataset.licence]
        described["license"] = f"<p>Licence : <a href='{address}' target='_blank'>{title}</a></p>"
    if any(resource.format == "geojson" for resource in dataset.resources):
        service = _distribution(
            "ArcGIS GeoService",
            "ArcGIS GeoServices REST API",
            "application/json",
            f"{site.url}/{_service_path(dataset)}",
        )
        described["distribution"].insert(1, service)
    return described


def _file(site: Site, dataset: Dataset, resource: Resource) -> dict[str, str]:
    form = FORMATS[resource.format]
    return _distribution(form.label, form.label, form.media_type, site.file_of(dataset, resource))


def _distribution(title: str, form: str, media_type: str, address: str) -> dict[str, str]:
    return {
        "@type": "dcat:Distribution",
        "title": title,
        "format": form,
        "mediaType": media_type,
        "accessURL": address,
    }


def _service_path(dataset: Dataset) -> str:
    return f"arcgis/rest/services/{dataset.id}/FeatureServer/0"


def _json(value: Any) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8")
