"""From a dataset of udata (data.gouv.fr and regional portals) to ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import agents, codes, dates, files, spatial, tags, temporal, urls
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.granularity import granularity
from ckanext.opendatafrance.harvest.mapping.markup import to_markdown
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.said import words
from ckanext.opendatafrance.harvest.mapping.udata_api import resources
from ckanext.opendatafrance.reference import cog, hvd, zones

Json = Mapping[str, Any]

#: Addresses of schemas by name and version, as the catalogue of schema.data.gouv.fr gives them.
SCHEMAS = "https://schema.data.gouv.fr/schemas/"
#: udata's frequencies that are not the EU's words (udata/core/dataset/constants.py); the others are.
_FREQUENCIES = {
    **{"oneMinute": "1MIN", "fiveMinutes": "5MIN", "tenMinutes": "10MIN", "fifteenMinutes": "15MIN"},
    **{"thirtyMinutes": "30MIN", "twelveHours": "12HRS", "severalTimesADay": "CONT", "fourTimesADay": "CONT"},
    "punctual": "AS_NEEDED",
}
_ACCESS = {"open": "PUBLIC", "open_with_account": "RESTRICTED", "restricted": "RESTRICTED"}
#: HTML within Markdown, which descriptions are: a link, a line that ends, any other tag.
_LINK = re.compile(r"""<a\s[^<>]*?href=["'](https?://[^"'<>]+)["'][^<>]*>(.*?)</a>""", re.IGNORECASE | re.DOTALL)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]+)>")
_LINE_END = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|tr)>", re.IGNORECASE)
_ACTIVE = re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_OTHER_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*|/)?>|<!--(?:(?!<!--).)*?-->", re.DOTALL)
_MARKDOWN = re.compile(r"\*\*|\]\(|^\s{0,3}(?:#{1,6}|[-*+]|\d+\.|>)\s|`", re.MULTILINE)
_NAMES = {
    "commune": cog.commune,
    "departement": cog.departement,
    "region": cog.region,
    "epci": cog.epci,
}


def to_dataset(raw: Json, base: str, guid: str) -> Mapped:
    """Map one dataset with its resources.

    Args:
        base: address of the site.

    Raises:
        SkippableRecordError: it has no title.
    """
    notes = Notes(guid)
    origin, internal = _dict(raw.get("harvest")), _dict(raw.get("internal"))
    licence, wording = codes.licence(_licences(raw.get("license")), notes)
    labels = [words(one) for one in _list(raw.get("tags"))]
    page = words(raw.get("page")) or (f"{base}/datasets/{words(raw.get('slug')) or guid}/" if base else "")
    identifier = words(origin.get("dct_identifier")) or guid
    others = [page, guid, *(words(origin.get(key)) for key in ("remote_id", "remote_url"))]
    categories = _hvd(raw, labels)
    issued = (origin.get("issued_at"), origin.get("created_at"), raw.get("created_at"))
    modified = (origin.get("modified_at"), raw.get("last_update"), raw.get("last_modified"))
    dataset: dict[str, Any] = {
        "title": words(raw.get("title")),
        "notes": _markdown(words(raw.get("description")), "notes", notes),
        "license_id": licence,
        "tags": tags.clean(labels, notes),
        "identifier": identifier,
        "alternate_identifier": [one for one in dict.fromkeys(others) if one and one != identifier],
        "uri": urls.uri(words(origin.get("uri"))) if urls.is_uri(words(origin.get("uri"))) else "",
        "url": urls.clean(page, "url", notes),
        "issued": dates.publication(_first(*issued, internal.get("created_at_internal")), "issued", notes),
        "modified": dates.publication(_first(*modified, internal.get("last_modified_internal")), "modified", notes),
        "frequency": _frequency(raw.get("frequency"), notes),
        "conforms_to": _schema(raw.get("schema")),
        "hvd_category": codes.hvd_categories(categories, notes),
        "applicable_legislation": [hvd.LEGISLATION] if _is_hvd(raw, labels) else [],
        "access_rights": _access(words(raw.get("access_type"))),
        "spatial_coverage": _places(_dict(raw.get("spatial")), notes),
        "spatial_granularity": granularity(_id_of(_dict(raw.get("spatial")).get("granularity"))),
        "temporal_coverage": _periods(raw.get("temporal_coverage"), notes),
        **_people(raw, notes),
        "resources": [_resource(one, wording, notes) for one in resources(raw)],
    }
    return finish(dataset, notes)


def _dict(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first(*values: Any) -> str:
    return next(filter(None, map(words, values)), "")


def _id_of(value: Any) -> str:
    """The id of what is given as a plain id, or as an object with its label where whole objects were asked for."""
    return words(value.get("id")) if isinstance(value, Mapping) else words(value)


def _markdown(said: str, field: str, notes: Notes) -> str:
    """A description, which is Markdown: HTML in it is taken out, since a conversion would escape the Markdown.

    Where it holds no Markdown it was written in HTML all through, and is converted.
    """
    said = _AUTOLINK.sub(r"\1", said)
    if not _MARKDOWN.search(said) or not _OTHER_TAG.search(said):
        return to_markdown(said, notes, field)
    if _ACTIVE.search(said):
        to_markdown(said, notes, field)  # says what was removed
    bare = _LINE_END.sub("\n", _LINK.sub(r"[\2](\1)", _ACTIVE.sub("", said)))
    return to_markdown(_OTHER_TAG.sub("", bare), notes, field)


def _licences(value: Any) -> list[str]:
    if not isinstance(value, Mapping):
        return [words(value)]
    return [words(value.get(key)) for key in ("id", "url", "title")]


def _frequency(value: Any, notes: Notes) -> str:
    said = _id_of(value)
    return codes.frequency([_FREQUENCIES.get(said, said)], notes) if said != "unknown" else ""


def _is_hvd(raw: Json, labels: Iterable[str]) -> bool:
    badges = [words(_dict(one).get("kind")) for one in _list(raw.get("badges"))]
    return "hvd" in badges or "hvd" in labels


def _hvd(raw: Json, labels: Iterable[str]) -> list[str]:
    """The categories among the key words of a dataset that is marked as one of high value."""
    words_ = [label.replace("-", " ") for label in labels] if _is_hvd(raw, labels) else []
    return [word for word in words_ if hvd.CATEGORIES.find(word)]


def _access(said: str) -> str:
    return codes.ACCESS_RIGHTS + _ACCESS[said] if said in _ACCESS else ""


def _schema(value: Any) -> list[str]:
    """Address of a schema: its own, or that of its name and version on schema.data.gouv.fr."""
    schema = _dict(value)
    address, name, version = (words(schema.get(key)) for key in ("url", "name", "version"))
    if urls.is_web(address):
        return [urls.uri(address)]
    return [urls.uri(f"{SCHEMAS}{name}/{version or 'latest'}/schema.json")] if name.count("/") == 1 else []


def _places(said: Json, notes: Notes) -> list[dict[str, str]]:
    """The zones, with their name and INSEE's URI; the geometry with the first of them, or alone."""
    geometry = said.get("geom")
    found = [_zone(one, notes) for one in _list(said.get("zones"))]
    shape = spatial.place(notes, geom=[json.dumps(geometry)]) if isinstance(geometry, Mapping) else {}
    if shape and found:
        found[0] = {**shape, **found[0]}
    return [one for one in found or [shape] if one]


def _zone(value: Any, notes: Notes) -> dict[str, str]:
    mark, zone = _id_of(value), zones.parse(_id_of(value))
    name = words(value.get("name")) if isinstance(value, Mapping) else ""
    if zone is None:
        return spatial.place(notes, text=name or mark, uri=words(_dict(value).get("uri")))
    if zone.type == "country":
        return spatial.place(notes, text=name or "France", uri=zones.FRANCE)
    known = _NAMES[zone.type](zone.code)
    return spatial.place(notes, text=name or (known.name if known else mark), uri=zones.insee_uri(*zone) or "")


def _periods(value: Any, notes: Notes) -> list[dict[str, str]]:
    said = _dict(value)
    found = temporal.period(said.get("start"), said.get("end"), notes)
    return [found] if found else []


def _people(raw: Json, notes: Notes) -> dict[str, list[dict[str, str]]]:
    """The organisation publishes, else the person who owns the dataset; contact points by their role."""
    organization, owner = _dict(raw.get("organization")), _dict(raw.get("owner"))
    person = " ".join(filter(None, (words(owner.get(key)) for key in ("first_name", "last_name"))))
    publisher = agents.agent(
        "publisher",
        notes,
        name=words(organization.get("name")) or person,
        url=words(organization.get("page")) or words(owner.get("page")),
        identifier=words(organization.get("business_number_id")),
    )
    roles: dict[str, list[dict[str, str]]] = {"contact": [], "creator": []}
    for point in map(_dict, _list(raw.get("contact_points"))):
        role = words(point.get("role")) or "contact"
        if role in roles:
            given = {"name": words(point.get("name")), "mail": words(point.get("email"))}
            roles[role].append(agents.agent(role, notes, **given, url=words(point.get("contact_form"))))
    return {"publisher": [publisher] if publisher else [], **{role: [*filter(None, roles[role])] for role in roles}}


def _resource(raw: Json, wording: str, notes: Notes) -> dict[str, Any]:
    origin, checksum = _dict(raw.get("harvest")), _dict(raw.get("checksum"))
    title = words(raw.get("title"))
    address = urls.clean(words(raw.get("url")), "resources.url", notes)
    modified = _first(origin.get("modified_at"), raw.get("last_modified"))
    resource: dict[str, Any] = {
        "url": address,
        "name": title,
        "description": _markdown(words(raw.get("description")), "resources.description", notes),
        "download_url": address if words(raw.get("filetype")) == "file" else "",
        # The address of an uploaded file changes with each upload, the permanent one stays.
        "uri": urls.uri(_first(origin.get("uri"), raw.get("latest"))),
        **files.describe([words(raw.get("format"))], [words(raw.get("mime"))], address, title),
        "size": files.size(raw.get("filesize"), notes),
        **files.checksum(words(checksum.get("value")), words(checksum.get("type")), notes),
        "issued": dates.publication(_first(origin.get("issued_at"), raw.get("created_at")), "resources.issued", notes),
        "modified": dates.publication(modified, "resources.modified", notes),
        "conforms_to": _schema(raw.get("schema")),
    }
    return resource | ({"license" if urls.is_web(wording) else "rights": wording} if wording else {})
