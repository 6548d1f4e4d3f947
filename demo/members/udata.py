"""A udata portal: versions 1 and 2 of its API as far as harvesters use them, its pages and files.

Each producer of the site is one of its organisations.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha1
from typing import Any
from urllib.parse import urlencode

from . import pages
from .answers import NOT_FOUND, Answer, html, query_number
from .files import FORMATS, content
from .model import Dataset, Owner, Resource, Site

DEFAULT_SIZE, MOST = 20, 100
FREQUENCIES = {
    "WEEKLY": "weekly",
    "MONTHLY": "monthly",
    "QUARTERLY": "quarterly",
    "ANNUAL_2": "semiannual",
    "ANNUAL": "annual",
    "TRIENNIAL": "triennial",
    "IRREG": "irregular",
    "NEVER": "punctual",
}
Json = dict[str, Any]


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the portal says to GET `path` (below its own address, decoded)."""
    path = path.strip("/").removeprefix("fr/")
    if path in ("", "fr", "datasets"):
        return html(pages.home(site))
    if path.startswith("api/"):
        return _api(site, path.removeprefix("api/"), query)
    kind, _, name = path.partition("/")
    if kind == "organizations" and any(name.split("/")[0] == _slug(owner) for owner in _producers(site)):
        return html(pages.home(site))
    for dataset in site.datasets:
        if path == f"datasets/{dataset.id}":
            return html(pages.dataset(site, dataset))
        for resource in dataset.resources:
            if path == site.path_of(dataset, resource):
                return Answer(content(site, dataset, resource), FORMATS[resource.format].media_type)
            if path == f"datasets/r/{site.id_of(dataset.id, resource.file)}":
                return Answer(b"", "text/plain", 302, {"Location": site.file_of(dataset, resource)})
    return NOT_FOUND


def _api(site: Site, path: str, query: Mapping[str, str]) -> Answer:
    there = f"api/{path}/"
    if path == "1/site":
        return _json({"id": site.slug, "title": site.title, "metrics": {"datasets": len(site.datasets)}})
    if path == "1/datasets":
        return _pager(site, there, _chosen(site, query, described), query)
    if path in ("2/datasets", "2/datasets/search"):
        return _pager(site, there, _chosen(site, query, _with_link), query)
    if path == "1/organizations":
        number = query.get("business_number_id")
        found = [organization(site, owner) for owner in _producers(site) if number in (None, owner.siret)]
        return _pager(site, there, found, query)
    return _one(site, path, query) or _json({"message": "The requested URL was not found on the server."}, 404)


def _one(site: Site, path: str, query: Mapping[str, str]) -> Answer | None:
    """One organisation, one dataset, or the files of one."""
    for owner in _producers(site):
        if path in (f"1/organizations/{_slug(owner)}", f"1/organizations/{_id(site, 'organization', owner.key)}"):
            return _json(organization(site, owner))
    for dataset in site.datasets:
        for name in (dataset.id, _id(site, dataset.id)):
            if path == f"1/datasets/{name}":
                return _json(described(site, dataset))
            if path == f"2/datasets/{name}/resources":
                found = [_resource(site, dataset, resource) for resource in dataset.resources]
                return _pager(site, f"api/{path}/", found, query)
    return None


def described(site: Site, dataset: Dataset) -> Json:
    """A dataset as version 1 gives it."""
    producer = dataset.producer
    first, last = dataset.years
    zone = {"commune": f"fr:commune:{producer.insee}", "epci": f"fr:epci:{producer.siren}"}.get(producer.type)
    modified = _moment(dataset.modified)
    reference = organization(site, producer)
    identity = _id(site, dataset.id)
    return {
        "id": identity,
        "title": dataset.title or dataset.id,
        "acronym": None,
        "slug": dataset.id,
        "description": dataset.notes,
        "created_at": _moment(dataset.issued),
        "last_modified": modified,
        "last_update": modified,
        "deleted": None,
        "archived": None,
        "private": False,
        "tags": sorted(word.lower().replace(" ", "-") for word in dataset.keywords),
        "badges": [],
        "resources": [_resource(site, dataset, resource) for resource in dataset.resources],
        "frequency": FREQUENCIES[dataset.frequency],
        "frequency_date": None,
        "extras": {},
        "harvest": None,
        "metrics": {"views": 0},
        "organization": {key: reference[key] for key in ("id", "name", "acronym", "slug", "page", "uri", "class")},
        "owner": None,
        "temporal_coverage": {"start": f"{first}-01-01", "end": f"{last}-12-31"},
        "spatial": {"geom": None, "zones": [zone] if zone else [], "granularity": "fr:commune"},
        "license": dataset.licence,
        "uri": f"{site.url}/api/1/datasets/{identity}/",
        "page": f"{site.page_of(dataset)}/",
        "quality": {"score": 0.8},
        "contact_points": [
            {
                "name": f"Données ouvertes, {site.owner.title}",
                "email": site.mail,
                "contact_form": None,
                "role": "contact",
            }
        ],
    }


def organization(site: Site, owner: Owner) -> Json:
    """An organisation as its own address gives it; references to it leave out the SIRET."""
    identity = _id(site, "organization", owner.key)
    return {
        "id": identity,
        "name": owner.title,
        "acronym": None,
        "slug": _slug(owner),
        "class": "Organization",
        "page": f"{site.url}/organizations/{_slug(owner)}/",
        "uri": f"{site.url}/api/1/organizations/{identity}/",
        "business_number_id": owner.siret or None,
        "badges": [{"kind": "local-authority"}],
    }


def _resource(site: Site, dataset: Dataset, resource: Resource) -> Json:
    body = content(site, dataset, resource)
    identity = site.id_of(dataset.id, resource.file)
    schema = dataset.schema if resource.format == "csv" else ""
    return {
        "id": identity,
        "title": resource.file,
        "description": None,
        "filetype": "file",
        "type": "main",
        "format": resource.format,
        "url": site.file_of(dataset, resource),
        "latest": f"{site.url}/datasets/r/{identity}",
        "checksum": {"type": "sha1", "value": sha1(body).hexdigest()},
        "filesize": len(body),
        "mime": FORMATS[resource.format].media_type,
        "created_at": _moment(dataset.issued),
        "last_modified": _moment(dataset.modified),
        "metrics": {"views": 0},
        "harvest": None,
        "extras": {},
        "schema": {"name": schema, "version": None, "url": None} if schema else None,
    }


def _with_link(site: Site, dataset: Dataset) -> Json:
    """A dataset as version 2 gives it: its files are elsewhere."""
    href = f"{site.url}/api/2/datasets/{_id(site, dataset.id)}/resources/?page=1&page_size=50"
    link = {"rel": "subsection", "href": href, "type": "GET", "total": len(dataset.resources)}
    return described(site, dataset) | {"resources": link}


def _chosen(site: Site, query: Mapping[str, str], show: Callable[[Site, Dataset], Json]) -> list[Json]:
    """The datasets that the filters of harvesters leave, oldest first."""
    found = [show(site, dataset) for dataset in sorted(site.datasets, key=lambda one: (one.issued, one.id))]
    wanted, zone, tag = (query.get(name) for name in ("organization", "geozone", "tag"))
    return [
        one
        for one in found
        if wanted in (None, one["organization"]["id"])
        and (zone is None or zone in one["spatial"]["zones"])
        and (tag is None or tag in one["tags"])
    ]


def _pager(site: Site, path: str, found: list[Json], query: Mapping[str, str]) -> Answer:
    page = max(1, query_number(query, "page", 1))
    size = min(max(1, query_number(query, "page_size", DEFAULT_SIZE)), MOST)

    def link(number: int) -> str | None:
        there = 1 <= number <= -(-len(found) // size)
        return f"{site.url}/{path}?{urlencode({**query, 'page': number, 'page_size': size})}" if there else None

    return _json(
        {
            "data": found[(page - 1) * size : page * size],
            "next_page": link(page + 1),
            "page": page,
            "page_size": size,
            "previous_page": link(page - 1),
            "total": len(found),
        }
    )


def _producers(site: Site) -> list[Owner]:
    """The owner of the site and those who share it, each once."""
    return [*{owner.key: owner for owner in (site.owner, *(one.producer for one in site.datasets))}.values()]


def _slug(owner: Owner) -> str:
    return owner.name.split("-", 2)[-1] if owner.insee or owner.siren else owner.name


def _id(site: Site, *parts: str) -> str:
    """An id as MongoDB makes them."""
    return site.id_of(*parts).replace("-", "")[:24]


def _moment(day: date) -> str:
    return f"{day.isoformat()}T09:12:31+00:00"


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", status)
