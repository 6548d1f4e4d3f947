"""The last step of every mapping: a dataset dict that CKAN, its schema and its index accept, whatever was said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckanext.opendatafrance.errors import N_, SkippableRecordError
from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import geometry, urls
from ckanext.opendatafrance.harvest.mapping.markup import to_line
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import line, paragraphs, shorten

TITLE_LIMIT = 500
VERSION_LIMIT = 100  # ckan.model.package.PACKAGE_VERSION_MAX_LENGTH
NAME_LIMIT = 1000
NOTES_LIMIT = 100_000
#: Solr refuses a string field of 32,766 bytes or more, and with it the whole dataset.
FIELD_BYTES = 30_000
_LONG_TEXTS = frozenset({"notes", "description", "provenance", "version_notes", "rights"})


def finish(dataset: Mapping[str, Any], notes: Notes) -> Mapped:
    """Check and trim a mapped dataset.

    Empty values and control characters are removed, over-long ones shortened with an issue, resources without an
    address given the landing page.

    Raises:
        SkippableRecordError: `title-missing`.
    """
    clean = {key: value for key, said in dataset.items() if (value := _clean(said, key)) not in ("", [], {}, None)}
    title = to_line(clean.get("title") or "")
    if not title:
        raise SkippableRecordError(
            N_("The dataset “{record}” has no title: it is left out. Its publisher must give it one."),
            code="title-missing",
            record=notes.record,
        )
    clean["title"] = _limited(title, "title", TITLE_LIMIT, notes)
    for field, limit in (("notes", NOTES_LIMIT), ("version", VERSION_LIMIT)):
        if field in clean:
            clean[field] = _limited(clean[field], field, limit, notes)
    clean["resources"] = [_resource(one, clean, notes) for one in clean.get("resources", [])]
    for field in [*clean]:
        if field not in {"notes", "resources", "tags", "title"}:
            _fit(clean, field, notes)
    return Mapped(
        {key: value for key, value in clean.items() if value not in ("", [], {})} | {"resources": clean["resources"]},
        notes.issues,
    )


def _clean(value: Any, key: str = "") -> Any:
    """The value without control characters and without empty parts."""
    if isinstance(value, str):
        return paragraphs(value) if key in _LONG_TEXTS else line(value)
    if isinstance(value, Mapping):
        return {name: kept for name, said in value.items() if (kept := _clean(said, name)) not in ("", [], {}, None)}
    if isinstance(value, list | tuple):
        return [kept for said in value if (kept := _clean(said, key)) not in ("", [], {}, None)]
    return value


def _resource(resource: dict[str, Any], dataset: Mapping[str, Any], notes: Notes) -> dict[str, Any]:
    name = resource.get("name") or ""
    if name:
        resource["name"] = shorten(to_line(name), NAME_LIMIT)
    if not resource.get("url"):
        fallback = resource.get("access_url") or dataset.get("url") or ""
        if urls.is_web(fallback):
            resource["url"] = fallback
            notes.warn(
                "resource-without-address",
                N_("resources: “{name}” has no usable address; the page of the dataset takes its place."),
                name=name or notes.record,
            )
        else:
            notes.warn(
                "resource-without-address", N_("resources: “{name}” has no usable address."), name=name or notes.record
            )
    for field in [*resource]:
        if field != "description":
            _fit(resource, field, notes)
    return resource


def _fit(holder: dict[str, Any], field: str, notes: Notes) -> None:
    """Make a value small enough for the index: geometries become boxes, texts and lists are cut."""
    value = holder[field]
    if _bytes(value) <= FIELD_BYTES:
        return
    if field == "spatial_coverage":
        for entry in value:
            if "geom" in entry:
                entry.setdefault(
                    "bbox", geometry.dumps(geometry.from_box(geometry.box_of(json.loads(entry.pop("geom")))))
                )
                entry.pop("geom", None)
        notes.warn(
            "geometry-too-detailed",
            N_("{field}: a geometry has too many points; its bounding box is kept."),
            field=field,
        )
    if isinstance(value, list):
        kept = len(value)
        while value and _bytes(value) > FIELD_BYTES:
            value.pop()
        if len(value) < kept:
            notes.warn(
                "list-too-long",
                N_("{field}: only the first {count} of {total} values are kept."),
                field=field,
                count=len(value),
                total=kept,
            )
    elif isinstance(value, str):
        holder[field] = _limited(value, field, FIELD_BYTES // 4, notes)


def _bytes(value: Any) -> int:
    return len(value.encode()) if isinstance(value, str) else len(json.dumps(value, ensure_ascii=False).encode())


def _limited(text: str, field: str, limit: int, notes: Notes) -> str:
    if len(text) > limit:
        notes.warn(
            "text-too-long",
            N_("{field}: the text is longer than {limit} characters and was cut: “{value}”"),
            field=field,
            limit=limit,
            value=text,
        )
    return shorten(text, limit)
