"""A CKAN: its action API as far as harvesters use it, its pages, and the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from . import pages
from .answers import NOT_FOUND, Answer, html, query_number
from .files import FORMATS, content
from .model import Dataset, Resource, Site
from .vocabulary import FREQUENCIES, LICENCES, NO_LICENCE, THEMES

VERSION = "2.10.4"
DEFAULT_ROWS = 10
MAX_ROWS = 1000
PREFIXES = ("api/3/action/", "api/action/")
Package = dict[str, Any]


class ActionError(Exception):
    """An action refuses; `kind` is CKAN's name of the error."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the site says to `path` (below its own address, decoded); the parameters of a POST come as `query`."""
    if path == "":
        return html(pages.home(site))
    for prefix in PREFIXES:
        if path.startswith(prefix):
            return _action(site, path.removeprefix(prefix).strip("/"), query)
    if path == f"organization/{site.slug}":
        return html(pages.home(site))
    for dataset in site.datasets:
        if path == f"dataset/{dataset.id}":
            return html(pages.dataset(site, dataset))
        for resource in dataset.resources:
            if path == site.path_of(dataset, resource):
                return Answer(content(site, dataset, resource), FORMATS[resource.format].media_type)
    return NOT_FOUND


def _action(site: Site, name: str, query: Mapping[str, str]) -> Answer:
    help_ = f"{site.url}/api/3/action/help_show?name={name}"
    action = ACTIONS.get(name)
    if action is None:
        return _json(f"Bad request - Action name not known: {name}", 400)
    try:
        return _json({"help": help_, "success": True, "result": action(site, query)})
    except ActionError as error:
        refusal = {"__type": error.kind, "message": str(error)}
        return _json({"help": help_, "success": False, "error": refusal}, error.status)


def _json(content: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(content, ensure_ascii=False).encode(), "application/json;charset=utf-8", status)


def _search(site: Site, query: Mapping[str, str]) -> dict[str, Any]:
    """package_search with `q`, the two filters that harvesters use, `sort`, `start` and `rows`."""
    rows, start = min(query_number(query, "rows", DEFAULT_ROWS), MAX_ROWS), query_number(query, "start", 0)
    found = [package(site, dataset) for dataset in site.datasets]
    words = query.get("q", "").replace("*:*", "").casefold().split()
    found = [p for p in found if all(word in f"{p['title']} {p['notes']}".casefold() for word in words)]
    found = [p for p in found if _passes(p, query.get("fq", ""))]
    field, _, direction = query.get("sort", "metadata_modified desc").partition(",")[0].strip().partition(" ")
    if found and field in found[0]:
        found.sort(key=lambda p: (p[field], p["id"]), reverse=direction.strip() == "desc")
    return {
        "count": len(found),
        "facets": {},
        "results": found[start : start + rows],
        "sort": query.get("sort", "metadata_modified desc"),
        "search_facets": {},
    }


def _passes(found: Package, filters: str) -> bool:
    for part in filters.replace("+", " ").split(" "):
        name, _, value = part.partition(":")
        if name == "organization" and value.strip('"') != found["organization"]["name"]:
            return False
        if name == "metadata_modified" and found["metadata_modified"] < value.strip("[").removesuffix("Z"):
            return False
    return True


def _show(site: Site, query: Mapping[str, str]) -> Package:
    wanted = query.get("id", "")
    for dataset in site.datasets:
        if wanted in (dataset.id, site.id_of(dataset.id)):
            return package(site, dataset)
    raise ActionError(404, "Not Found Error", "Not found: Dataset not found")


def _organization_show(site: Site, query: Mapping[str, str]) -> dict[str, Any]:
    if query.get("id") in (site.slug, site.id_of("organization")):
        return organization(site) | {"package_count": len(site.datasets)}
    raise ActionError(404, "Not Found Error", "Not found: Organization was not found.")


def _organization_list(site: Site, query: Mapping[str, str]) -> list[Any]:
    if query.get("all_fields", "").lower() in ("true", "1"):
        return [organization(site) | {"package_count": len(site.datasets)}]
    return [site.slug]


def _status(site: Site, query: Mapping[str, str]) -> dict[str, Any]:
    return {
        "ckan_version": VERSION,
        "site_url": site.url,
        "site_title": site.title,
        "site_description": site.about,
        "error_emails_to": None,
        "locale_default": "fr",
        "extensions": ["datastore"],
    }


def _tags(site: Site, query: Mapping[str, str]) -> list[str]:
    return sorted({word for dataset in site.datasets for word in dataset.keywords})


def _licences(site: Site, query: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"id": key, "title": title, "url": url} for key, (title, url) in LICENCES.items()]


ACTIONS: dict[str, Callable[[Site, Mapping[str, str]], Any]] = {
    "group_list": lambda site, query: [],
    "license_list": _licences,
    "organization_list": _organization_list,
    "organization_show": _organization_show,
    "package_list": lambda site, query: sorted(dataset.id for dataset in site.datasets),
    "package_search": _search,
    "package_show": _show,
    "site_read": lambda site, query: True,
    "status_show": _status,
    "tag_list": _tags,
}


def organization(site: Site) -> dict[str, Any]:
    """The one organisation of the site."""
    return {
        "id": site.id_of("organization"),
        "name": site.slug,
        "title": site.owner.title,
        "type": "organization",
        "description": site.about,
        "image_url": "",
        "created": "2018-01-08T09:00:00.000000",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
    }


def package(site: Site, dataset: Dataset) -> Package:
    """A dataset as package_show gives it."""
    licence, address = LICENCES.get(dataset.licence or "", (NO_LICENCE, None))
    identity = site.id_of(dataset.id)
    return {
        "author": site.owner.title,
        "author_email": None,
        "creator_user_id": site.id_of("user"),
        "id": identity,
        "isopen": dataset.licence is not None,
        "license_id": dataset.licence or "notspecified",
        "license_title": licence,
        **({"license_url": address} if address else {}),
        "maintainer": f"Données ouvertes, {site.owner.title}",
        "maintainer_email": site.mail,
        "metadata_created": _moment(dataset.issued),
        "metadata_modified": _moment(dataset.modified),
        "name": dataset.id,
        "notes": dataset.notes,
        "num_resources": len(dataset.resources),
        "num_tags": len(dataset.keywords),
        "organization": organization(site),
        "owner_org": site.id_of("organization"),
        "private": False,
        "state": "active",
        "title": dataset.title or dataset.id,
        "type": "dataset",
        "url": "",
        "version": None,
        "extras": [{"key": key, "value": value} for key, value in _extras(site, dataset).items()],
        "groups": [],
        "resources": [_resource(site, dataset, item, rank) for rank, item in enumerate(dataset.resources)],
        "tags": [_tag(site, word) for word in sorted(dataset.keywords)],
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _extras(site: Site, dataset: Dataset) -> dict[str, str]:
    west, south, east, north = site.owner.bbox
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    extras = {
        "frequency": FREQUENCIES[dataset.frequency],
        "issued": dataset.issued.isoformat(),
        "language": "fr",
        "modified": dataset.modified.isoformat(),
        "spatial": json.dumps({"type": "Polygon", "coordinates": [corners]}),
        "spatial_text": site.owner.title,
        "temporal_end": f"{dataset.years[1]}-12-31",
        "temporal_start": f"{dataset.years[0]}-01-01",
        "theme": THEMES[dataset.theme],
    }
    return extras | ({"conforms_to": f"https://schema.data.gouv.fr/{dataset.schema}/"} if dataset.schema else {})


def _resource(site: Site, dataset: Dataset, resource: Resource, rank: int) -> dict[str, Any]:
    return {
        "cache_url": None,
        "created": _moment(dataset.issued),
        "datastore_active": False,
        "description": "",
        "format": FORMATS[resource.format].label,
        "hash": "",
        "id": site.id_of(dataset.id, resource.file),
        "last_modified": _moment(dataset.modified),
        "metadata_modified": _moment(dataset.modified),
        "mimetype": FORMATS[resource.format].media_type,
        "name": resource.title,
        "package_id": site.id_of(dataset.id),
        "position": rank,
        "resource_type": None,
        "size": len(content(site, dataset, resource)),
        "state": "active",
        "url": site.file_of(dataset, resource),
        "url_type": "upload",
    }


def _tag(site: Site, word: str) -> dict[str, Any]:
    return {
        "display_name": word,
        "id": site.id_of("tag", word),
        "name": word,
        "state": "active",
        "vocabulary_id": None,
    }


def _moment(day: date) -> str:
    return f"{day.isoformat()}T09:12:31.482913"
