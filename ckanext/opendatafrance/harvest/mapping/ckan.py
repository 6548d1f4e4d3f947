"""From a dataset as CKAN and DKAN give it to ours: top-level fields, extras and scheming fields, English or French."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import agents, codes, dates, files, spatial, tags, temporal, urls
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.markup import to_line, to_markdown
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.said import Said, words
from ckanext.opendatafrance.reference.dates import parse
from ckanext.opendatafrance.reference.folding import fold

Raw = Mapping[str, Any]

# Names under which portals keep what the dataset dict knows, folded (case, accents and separators do not count).
ISSUED = ("issued", "dct issued", "date published", "publication date", "release date", "date first published")
ISSUED += ("datefirstpublished", "date publication", "date de publication", "date creation", "date de creation")
MODIFIED = (
    "modified",
    "dct modified",
    "date modified",
    "last update",
    "datelastupdated",
    "update date",
    "date updated",
)
MODIFIED += ("date modification", "date de modification", "date mise a jour", "date de mise a jour", "date maj")
FREQUENCY = ("frequency", "frequence", "accrual periodicity", "accrualperiodicity", "update frequency")
FREQUENCY += ("updateinterval", "frequency of update", "maintenance frequency", "frequence de mise a jour")
FREQUENCY += ("frequence maj", "frequence mise a jour", "periodicite", "frequence d actualisation")
LICENCE = ("license url", "license title", "license", "licence", "rights", "licence title", "licence url")
THEMES = ("theme", "themes", "theme dcat", "category", "categories", "categorie", "thematique", "thematiques", "topic")
LANGUAGE = ("language", "langue", "lang", "dataset language", "metadata language")
PLACE = ("spatial text", "spatial name", "geographic coverage", "geographical coverage", "couverture geographique")
PLACE += ("couverture spatiale", "territoire", "emprise geographique", "spatialrelationship")
PERIOD = ("temporal coverage", "temporal", "couverture temporelle", "periode", "timerange", "temporal extent")
START = ("temporal start", "temporal coverage from", "temporal extent begin", "date debut", "date de debut")
END = ("temporal end", "temporal coverage to", "temporal extent end", "date fin", "date de fin")
CONTACT_NAME = ("contact name", "contact point", "maintainer", "author")
CONTACT_MAIL = ("contact email", "maintainer email", "author email")
SCHEMA = ("conforms to", "conformsto", "schema", "schema url", "schema de donnees")
BOX = ("bbox west long", "bbox south lat", "bbox east long", "bbox north lat")
LISTS = ("documentation", "alternate_identifier", "applicable_legislation", "is_referenced_by", "has_version")
TEXTS = ("version", "version_notes", "provenance", "dcat_type", "temporal_resolution", "spatial_resolution_in_meters")
RESOURCE_TEXTS = ("uri", "status", "availability", "rights", "temporal_resolution", "compress_format")
RESOURCE_URLS = ("access_url", "download_url", "license")
RESOURCE_LISTS = ("documentation", "applicable_legislation")
_DKAN_DATE = re.compile(r"(\d{1,2}/\d{1,2}/\d{4}) - (\d{1,2}:\d{2})")


def to_dataset(raw: Raw, base: str, guid: str) -> Mapped:
    """Map one package dict.

    Args:
        base: address of the site, empty where only the dict itself is known.

    Raises:
        SkippableRecordError: it has neither title nor name.
    """
    notes = Notes(guid)
    said = Said(raw)
    licence, wording = codes.licence(_licences(said), notes)
    themes, groups = codes.theme_uris([*said.texts(*THEMES), *([] if is_dkan(raw) else _titles(raw.get("groups")))])
    labels = [*_titles(raw.get("tags")), *said.texts("keywords", "mots cles"), *groups]
    dataset: dict[str, Any] = {
        "title": said.text("title translated", "title", "name"),
        "notes": to_markdown(said.text("notes translated", "notes", "description"), notes),
        "license_id": licence,
        "tags": tags.clean([label for label in labels if not urls.is_web(label)], notes),
        "theme": themes,
        "identifier": said.text("identifier", "dct identifier", "guid") or guid,
        "uri": urls.uri(said.text("uri")),
        "url": _landing_page(raw, said, base),
        "issued": dates.publication(said.text(*ISSUED) or _date(said.text("metadata created")), "issued", notes),
        "modified": dates.publication(modification(raw), "modified", notes),
        "frequency": codes.frequency(said.texts(*FREQUENCY), notes),
        "language": codes.language_uris(said.texts(*LANGUAGE), "language", notes),
        "conforms_to": [uri for uri in said.texts(*SCHEMA) if urls.is_uri(uri)],
        "hvd_category": codes.hvd_categories(said.texts("hvd category"), notes),
        "access_rights": codes.access_rights(said.texts("access rights")),
        "spatial_coverage": _places(said, notes),
        "temporal_coverage": _periods(said, notes),
        **_people(raw, said, base, notes),
        **{name: said.texts(name) for name in LISTS},
        **{name: said.text(name) for name in TEXTS},
    }
    home = said.text("homepage", "url")
    dataset["homepage"] = home if urls.is_web(home) and home != dataset["url"] else ""
    dataset["resources"] = [_resource(resource, wording, base, notes) for resource in _resources(raw)]
    return finish(dataset, notes)


def is_dkan(raw: Raw) -> bool:
    """DKAN writes the state with a capital, its groups are publishers, and its `private` says nothing of use."""
    groups = raw.get("groups")
    slugs = [group.get("name") for group in groups if isinstance(group, Mapping)] if isinstance(groups, list) else []
    return raw.get("state") == "Active" or any(str(slug).startswith("group/") for slug in slugs)


def modification(raw: Raw) -> str:
    """What changed last: as the publisher says, else the newest file, else what CKAN noted (often a mere rebuild)."""
    said = Said(raw)
    if stated := next((text for text in map(_date, said.texts(*MODIFIED)) if parse(text)), ""):
        return stated
    newest = max((parse(_date(one.get("last_modified"))) for one in _resources(raw)), default="")
    return newest or _date(said.text("metadata modified"))


def _licences(said: Said) -> list[str]:
    found = said.texts("license id", *LICENCE)
    stated = [text for text in found if fold(text) not in ("notspecified", "license not specified", "")]
    return stated or found[:1]


def _titles(entries: Any) -> list[str]:
    """Names of tags and groups, which are dicts or plain words."""
    return [text for entry in (entries if isinstance(entries, list) else []) if (text := _title(entry))]


def _title(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return words(entry)
    return words(entry.get("title")) or words(entry.get("display_name")) or words(entry.get("name"))


def _landing_page(raw: Raw, said: Said, base: str) -> str:
    name = raw.get("name") or raw.get("id")
    if base and isinstance(name, str) and not is_dkan(raw):
        return urls.uri(f"{base}/dataset/{name}")
    page = said.text("url")
    return urls.uri(page) if urls.is_web(page) else ""


def _people(raw: Raw, said: Said, base: str, notes: Notes) -> dict[str, list[dict[str, str]]]:
    contact = _agents("contact", said.values("contact", "contact points"), notes) or [
        agents.agent(
            "contact",
            notes,
            name=_person(said, CONTACT_NAME),
            mail=said.text(*CONTACT_MAIL) or _part(said, CONTACT_NAME, "email"),
            url=said.text("contact url", "contact uri"),
        )
    ]
    publisher = _agents("publisher", said.values("publisher"), notes) or [_publisher(raw, said, base, notes)]
    author = _person(said, ("author",))
    same = {fold(one.get("name", "")) for one in (*contact, *publisher)}
    creator = _agents("creator", said.values("creator"), notes)
    if not creator and author and fold(author) not in same:
        mail = said.text("author email") or _part(said, ("author",), "email")
        creator = [agents.agent("creator", notes, name=author, mail=mail)]
    people = {"contact": contact, "publisher": publisher, "creator": creator}
    return {role: [one for one in several if one] for role, several in people.items()}


def _agents(role: str, entries: Iterable[Any], notes: Notes) -> list[dict[str, str]]:
    """Agents that a scheming field or a JSON text describes as objects; plain names are left to the caller."""
    return [
        agents.agent(
            role,
            notes,
            name=entry.get("name") or entry.get("fn") or words(entry),
            mail=entry.get("email") or "",
            url=entry.get("url") or "",
            uri=entry.get("uri") or "",
            identifier=entry.get("identifier") or "",
            kind=entry.get("type") or "",
        )
        for entry in entries
        if isinstance(entry, Mapping)
    ]


def _publisher(raw: Raw, said: Said, base: str, notes: Notes) -> dict[str, str]:
    """Who publishes: as said, else the organisation, whose page at the site helps to place the dataset."""
    organization = raw.get("organization")
    if not isinstance(organization, Mapping):
        groups = raw.get("groups")
        organization = groups[0] if is_dkan(raw) and isinstance(groups, list) and groups else {}
    organization = organization if isinstance(organization, Mapping) else {}
    slug = organization.get("name")
    page = f"{base}/organization/{slug}" if base and isinstance(slug, str) and not is_dkan(raw) else ""
    return agents.agent(
        "publisher",
        notes,
        name=said.text("publisher name", "publisher", "producteur", "producer") or _title(organization),
        mail=said.text("publisher email"),
        url=said.text("publisher url") or page,
        uri=said.text("publisher uri"),
        identifier=said.text("publisher identifier", "siret", "siren") or words(organization.get("siret")),
        kind=said.text("publisher type"),
    )


def _person(said: Said, names: Iterable[str]) -> str:
    """The first name; of several people in one field all, as "Ann Roy, Luc Petit"."""
    for name in names:
        if joined := ", ".join(filter(None, map(_full_name, said.values(name)))):
            return joined
    return ""


def _full_name(person: Any) -> str:
    if not isinstance(person, Mapping):
        return words(person)
    return " ".join(filter(None, (words(person.get("given_name")), words(person.get("name")))))


def _part(said: Said, names: Iterable[str], key: str) -> str:
    found = (words(one.get(key)) for one in said.values(*names) if isinstance(one, Mapping))
    return next(filter(None, found), "")


def _places(said: Said, notes: Notes) -> list[dict[str, str]]:
    entries = [
        spatial.place(
            notes,
            uri=entry.get("uri") or "",
            text=entry.get("text") or "",
            **{key: [_geometry(entry[key])] for key in ("geom", "bbox", "centroid") if entry.get(key)},
        )
        if isinstance(entry, Mapping)
        else spatial.literal(entry, notes)
        for entry in said.values("spatial coverage")
    ]
    shapes = [_geometry(value) for value in said.values("spatial")]
    box = [said.text(side) for side in BOX]
    if all(box):
        shapes.append(", ".join(box))
    text, uri = said.text(*PLACE), said.text("spatial uri")
    if text or uri:
        entries.append(spatial.place(notes, uri=uri, text=text, geom=shapes))
    else:
        entries += [spatial.literal(shape, notes) for shape in shapes[:1]]
    return [entry for entry in entries if entry]


def _geometry(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _periods(said: Said, notes: Notes) -> list[dict[str, str]]:
    entries = [
        temporal.period(entry.get("start"), entry.get("end"), notes)
        if isinstance(entry, Mapping)
        else temporal.literal(entry, notes)
        for entry in said.values(*PERIOD)
    ]
    entries.append(temporal.period(said.text(*START), said.text(*END), notes))
    return [entry for entry in entries if entry]


def _resource(raw: Raw, wording: str, base: str, notes: Notes) -> dict[str, Any]:
    said = Said(raw)
    address = urls.clean(raw.get("url"), "resources.url", notes, base=f"{base}/" if base else "")
    name = to_line(said.text("name translated", "name", "title"))
    resource: dict[str, Any] = {
        "url": address,
        "name": name,
        "description": to_markdown(said.text("description translated", "description"), notes, "resources.description"),
        **files.describe(said.texts("format"), said.texts("mimetype"), address, name),
        "size": files.size(words(raw.get("size")), notes),
        **files.checksum(words(raw.get("hash")), said.text("hash algorithm"), notes),
        "issued": dates.publication(_date(said.text("issued", "created")), "resources.issued", notes),
        "modified": dates.publication(_date(said.text("modified", "last modified")), "resources.modified", notes),
        "conforms_to": [uri for uri in said.texts(*SCHEMA) if urls.is_uri(uri)],
        "language": codes.language_uris(said.texts("language"), "resources.language", notes),
        **{field: said.text(field) for field in RESOURCE_TEXTS},
        **{field: urls.clean(said.text(field), f"resources.{field}", notes) for field in RESOURCE_URLS},
        **{field: said.texts(field) for field in RESOURCE_LISTS},
    }
    if raw.get("url_type") == "upload" or raw.get("resource_type") in ("file", "file.upload"):
        resource["download_url"] = resource["download_url"] or address
    if wording and not resource["license"] and not resource["rights"]:
        resource["license" if urls.is_web(wording) else "rights"] = wording
    return resource


def _date(value: Any) -> str:
    """The date within the words that DKAN puts around it: "Date changed  jeu, 19/12/2019 - 03:00"."""
    text = words(value)
    found = _DKAN_DATE.search(text)
    return " ".join(filter(None, found.groups())) if found else text


def _resources(raw: Raw) -> list[Raw]:
    """The files of a dataset that are not deleted."""
    said = raw.get("resources")
    return [
        one
        for one in (said if isinstance(said, list) else [])
        if isinstance(one, Mapping) and str(one.get("state") or "active").lower() == "active"
    ]
