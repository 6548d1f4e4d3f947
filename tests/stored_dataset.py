"""All that CKAN keeps of a dataset, so that two ways of storing it can be compared; and datasets to store."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import make_connection

from ckanext.activity.model import Activity

VOLATILE = {
    "created",
    "metadata_created",
    "metadata_modified",
    "timestamp",
    "indexed_ts",
    "_version_",
    "index_id",
    "harvest_object_id",
}
WORDS = ["budget", "école", "eau", "voirie", "urbanisme", "sport", "culture", "énergie", "arbres", "marchés publics"]
UUID_LENGTH = 36
FORMATS = ["CSV", "json", "XLSX", "application/geo+json", "WMS", ""]


def stored(dataset_id: str) -> dict[str, Any]:
    """Rows, package_show with and without the cache, index document and activities; names and ids are made alike."""
    package = model.Session.get(model.Package, dataset_id)
    assert package is not None
    names = {dataset_id: "<id>", package.name: "<name>"}
    resources = sorted(_rows(model.Resource, package_id=dataset_id), key=lambda row: (row["state"], row["position"]))
    activities = [_row(activity) for activity in _activities(dataset_id)]
    for number, resource in enumerate(_all_resources(resources, activities)):
        names.setdefault(resource["id"], f"<resource {number}>")
    show = tk.get_action("package_show")
    state = {
        "package": _rows(model.Package, id=dataset_id),
        "resources": resources,
        "tags": _links(dataset_id),
        "members": _rows(model.Member, table_id=dataset_id),
        "views": [_rows(model.ResourceView, resource_id=row["id"]) for row in resources],
        "activities": activities,
        "document": document(dataset_id),
        "shown from the cache": show({"ignore_auth": True}, {"id": dataset_id}),
        "shown": show({"ignore_auth": True, "use_cache": False}, {"id": dataset_id}),
    }
    return _alike(state, names)


def document(dataset_id: str) -> dict[str, Any] | None:
    """The document of a dataset in the index."""
    found = make_connection(decode_dates=False).search(q=f'id:"{dataset_id}"', fq="entity_type:package", fl="*")
    return next(iter(found), None)


def count(table: Any, **where: Any) -> int:
    """Number of rows."""
    return model.Session.query(table).filter_by(**where).count()


def _all_resources(resources: list[dict[str, Any]], activities: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The resources of today, and those that only an activity remembers."""
    yield from resources
    for activity in activities:
        yield from activity["data"].get("package", {}).get("resources", [])


def _activities(dataset_id: str) -> list[Activity]:
    return model.Session.query(Activity).filter_by(object_id=dataset_id).order_by(Activity.timestamp).all()


def _rows(table: Any, **where: Any) -> list[dict[str, Any]]:
    model.Session.expire_all()
    rows = [_row(found) for found in model.Session.query(table).filter_by(**where)]
    return sorted(rows, key=lambda row: str((row.get("group_id"), row.get("capacity"), row.get("position"))))


def _row(found: Any) -> dict[str, Any]:
    return {column.key: getattr(found, column.key) for column in sa.inspect(type(found)).columns}


def _links(dataset_id: str) -> list[tuple[Any, ...]]:
    links = model.Session.query(model.PackageTag).filter_by(package_id=dataset_id)
    return sorted((link.tag.name, link.tag.vocabulary_id or "", link.state) for link in links)


def _alike(value: Any, names: dict[str, str], key: str = "") -> Any:
    if isinstance(value, dict):
        inner = {name: item for name, item in value.items() if name not in VOLATILE and not _is_row_id(name, value)}
        if isinstance(inner.get("extras"), list):  # PostgreSQL keeps them in an order of its own
            inner["extras"] = sorted(inner["extras"], key=lambda extra: extra["key"])
        return {name: _alike(item, names, name) for name, item in inner.items()}
    if isinstance(value, (list, tuple)):
        return [_alike(item, names) for item in value]
    if isinstance(value, str):
        if key in ("data_dict", "validated_data_dict"):
            return _alike(json.loads(value), names)
        if value in names:
            return names[value]
        for identifier, alike in names.items():
            if len(identifier) == UUID_LENGTH:
                value = value.replace(identifier, alike)
    return value


def _is_row_id(name: str, row: dict[str, Any]) -> bool:
    """Ids of memberships, activities and views, which nothing refers to."""
    return name == "id" and bool({"table_id", "object_id", "view_type"} & set(row))


def differences(one: Any, other: Any, where: str = "") -> Iterator[str]:
    """Where two states differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(set(one) | set(other), key=str):
            yield from differences(one.get(key, "<absent>"), other.get(key, "<absent>"), f"{where}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{where}/{number}")
    elif one != other:
        yield f"{where}: {one!r} != {other!r}"


def dataset(number: int, organization: str, seed: int = 0) -> dict[str, Any]:
    """A plausible dataset with most fields of the schema; the same arguments give the same dict."""
    chance = random.Random(f"{number} {seed}")
    kept = {
        "version": "1.0",
        "issued": f"2020-01-{chance.randint(1, 28):02}",
        "modified": f"2024-03-{chance.randint(1, 28):02}T10:00:00",
        "frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
        "language": ["http://publications.europa.eu/resource/authority/language/FRA"],
        "theme": ["http://publications.europa.eu/resource/authority/data-theme/GOVE"],
        "contact": [{"name": "Mairie", "email": "mairie@example.fr"}],
        "publisher": [{"name": "Commune de Saintes", "uri": "https://example.fr/saintes"}],
        "spatial_coverage": [{"text": "Saintes", "bbox": '{"type": "Point", "coordinates": [-0.63, 45.74]}'}],
        "temporal_coverage": [{"start": "2019-01-01", "end": "2019-12-31"}],
        "conforms_to": ["https://schema.data.gouv.fr/scdl/budget"],
        "extras": [{"key": f"extra {number}", "value": "œuvre d'été"}, {"key": "other_date", "value": "2020-02-30"}],
    }
    return {
        "title": f"Jeu {number} : l'école, l'été {seed}",
        "notes": "Une description. " * chance.randint(1, 5),
        "owner_org": organization,
        "license_id": chance.choice(["fr-lo", "odc-odbl", "inconnue"]),
        "identifier": f"https://example.fr/jeux/{number}",
        "tags": [{"name": word} for word in chance.sample(WORDS, chance.randint(0, 5))],
        "resources": [_resource(chance, number, place) for place in range(chance.randint(0, 4))],
        **{name: value for name, value in kept.items() if chance.random() < 0.8},
    }


def _resource(chance: random.Random, number: int, place: int) -> dict[str, Any]:
    kept = {
        "description": "Le fichier",
        "license": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
        "size": chance.randint(1, 10**9),
        "uri": f"https://example.fr/jeux/{number}/fichiers/{place}",
        "issued": "2020-01-01",
        "hash": "d41d8cd98f00b204e9800998ecf8427e",
        "mimetype": "text/csv",
    }
    return {
        "name": f"Fichier {place}",
        "url": f"https://example.fr/{number}/{place}.{chance.choice(['csv', 'json', 'zip'])}",
        "format": chance.choice(FORMATS),
        **{name: value for name, value in kept.items() if chance.random() < 0.7},
    }
