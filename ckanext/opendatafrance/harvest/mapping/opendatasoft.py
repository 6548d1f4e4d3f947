"""From a dataset of an Opendatasoft domain to ours: all metadata templates, export formats and attached files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import agents, codes, dates, files, spatial, tags, temporal, urls
from ckanext.opendatafrance.harvest.mapping.ckan import END, FREQUENCY, ISSUED, PERIOD, SCHEMA, START
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.granularity import granularity
from ckanext.opendatafrance.harvest.mapping.markup import to_line, to_markdown
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.opendatasoft_api import Entry
from ckanext.opendatafrance.harvest.mapping.said import Said, words
from ckanext.opendatafrance.reference import cog, zones
from ckanext.opendatafrance.reference.folding import fold

#: Where a domain serves the files of a dataset, by version of its API.
ADDRESSES = {2: "/api/explore/v2.1/catalog/datasets/{id}/", 1: "/api/datasets/1.0/{id}/"}
EXPORTS = {2: ADDRESSES[2] + "exports/{form}", 1: "/explore/dataset/{id}/download/?format={form}"}
_LABELS = {"csv": "CSV", "json": "JSON", "parquet": "Parquet", "geojson": "GeoJSON", "shp": "Shapefile"}
_NEW_IN_2 = {"parquet"}
_BOX = ("westbound longitude", "southbound latitude", "eastbound longitude", "northbound latitude")
_SIDES = tuple(f"extend bounding box {side}" for side in _BOX)
_TEMPLATES = ("default", "dcat_ap", "dcat", "inspire", "custom")
_INSEE_CODES = ("code insee", "insee", "insee com", "code commune", "code insee commune", "commune insee")
_DAYS = {"issued": (*ISSUED, "created"), "modified": ("modified",)}
_PERIOD_BOUNDS = {
    "start": (*START, "temporal coverage start", "temporal coverage start date"),
    "end": (*END, "temporal coverage end", "temporal coverage end date"),
}


def to_dataset(entry: Entry, base: str, version: int) -> Mapped:
    """Map one dataset.

    Args:
        base: address of the domain; empty where only a file of its catalogue is known, which then has no resources.
        version: of the API that lists it, 1 or 2: the files have different addresses.

    Raises:
        SkippableRecordError: it has no title.
    """
    notes = Notes(entry.id)
    said = _said(entry.metas)
    page = f"{base}/explore/dataset/{quote(entry.id)}/" if base else ""
    licence, wording = codes.licence(said.texts("license", "licence", "license url", "licence url", "rights"), notes)
    inspire = Said(entry.metas.get("inspire", {}))
    themes, others = codes.theme_uris(said.texts("theme", "themes", "thematique"))
    origin = _origin(said, notes)
    references = said.texts("references", "relation")
    dataset: dict[str, Any] = {
        "title": said.text("title"),
        "notes": to_markdown(said.text("description"), notes),
        "license_id": licence,
        "tags": tags.clean([*said.texts("keyword", "keywords"), *others, *inspire.texts("theme")], notes),
        "theme": themes,
        "identifier": page or entry.id,
        "uri": page,
        "alternate_identifier": [
            *filter(None, (entry.uid, inspire.text("file identifier"), origin)),
            *said.texts("alternate identifier"),
        ],
        "url": page,
        **{name: dates.publication(said.text(*keys), name, notes) for name, keys in _DAYS.items()},
        "frequency": codes.frequency(said.texts(*FREQUENCY), notes),
        "language": codes.language_uris(said.texts("language"), "language", notes),
        "conforms_to": [uri for uri in said.texts(*SCHEMA) if urls.is_uri(uri)],
        "hvd_category": codes.hvd_categories(said.texts("hvd category", "hvd categories"), notes),
        "applicable_legislation": [uri for uri in said.texts("applicable legislation") if urls.is_uri(uri)],
        "access_rights": codes.access_rights(said.texts("access rights", "accessrights")),
        "spatial_coverage": _places(said, inspire, notes),
        "spatial_granularity": granularity(said.text("granularity")),
        "temporal_coverage": _periods(said, notes),
        "documentation": [one for one in references if urls.is_web(one)],
        "provenance": "\n\n".join(
            [
                " – ".join(filter(None, (to_line(said.text("source domain title")), origin))),
                *(one for one in references if not urls.is_web(one)),
                *said.texts("attributions"),
            ]
        ).strip(),
        **_people(said, inspire, notes),
    }
    dataset["resources"] = _resources(entry, base, version, dataset, wording, notes)
    return finish(dataset, notes)


def _said(metas: Mapping[str, Mapping[str, Any]]) -> Said:
    """All templates as one; where several name a field, the default one says it, then DCAT-AP, DCAT, INSPIRE, others.

    DCAT-AP comes in national variants (dcat_ap_ch, dcat_ap_se…), which are equals.
    """

    def rank(template: str) -> int:
        name = "dcat_ap" if template.startswith("dcat_ap") else template
        return _TEMPLATES.index(name) if name in _TEMPLATES else len(_TEMPLATES)

    found: dict[str, Any] = {}
    for template in sorted(metas, key=lambda name: (rank(name), name)):
        for key, value in metas[template].items():
            if found.get(key) in (None, "", [], {}):
                found[key] = value
    return Said(found)


def _origin(said: Said, notes: Notes) -> str:
    """Page of the dataset at the domain that it is federated from; empty where nobody says from where."""
    host, name = said.text("source domain address"), said.text("source dataset")
    if host and name:
        site = host if urls.is_web(host) else f"https://{host}"
        return urls.clean(f"{site.rstrip('/')}/explore/dataset/{quote(name)}/", "source_domain_address", notes)
    if said.values("federated") == [True]:
        notes.warn(
            "federated-origin-unknown",
            N_("The dataset comes from another portal, but its site does not say from which: it may be here twice."),
        )
    return ""


def _people(said: Said, inspire: Said, notes: Notes) -> dict[str, list[dict[str, str]]]:
    publisher = agents.agent(
        "publisher",
        notes,
        name=said.text("publisher", "publisher name", "producteur"),
        mail=said.text("publisher email"),
        url=said.text("publisher url"),
        uri=said.text("publisher uri"),
        identifier=said.text("publisher identifier", "siret", "siren", "publisher siret"),
        kind=said.text("publisher type"),
    )
    contact = agents.agent(
        "contact",
        notes,
        name=said.text("contact name") or inspire.text("contact individual name"),
        mail=said.text("contact email"),
        url=said.text("contact url"),
    )
    known = {fold(one.get("name", "")) for one in (publisher, contact)}
    makers = [one for one in said.texts("creator") if fold(one) not in known]
    people = {"publisher": [publisher], "contact": [contact]}
    people["creator"] = [agents.agent("creator", notes, name=one) for one in makers[:1]]
    return {role: [one for one in several if one] for role, several in people.items()}


def _places(said: Said, inspire: Said, notes: Notes) -> list[dict[str, str]]:
    """Territories by name, with their code where the site's own reference and the COG agree on it; a geometry once."""
    box = ", ".join(sides) if all(sides := [inspire.text(side) for side in _SIDES]) else ""
    area = [_geometry(one) for one in said.values("geographic area", "spatial geometry")]
    names, marks = said.texts("territory", "territoire"), said.texts("geographic reference")
    places = [
        spatial.place(notes, text=name, uri=_zone(marks[index] if index < len(marks) else "", name))
        for index, name in enumerate(names)
    ]
    if (commune := cog.commune(said.text(*_INSEE_CODES))) and not any(place.get("uri") for place in places):
        others = [place for place in places if fold(place.get("text", "")) != fold(commune.name)]
        places = [spatial.place(notes, text=commune.name, uri=zones.insee_uri("commune", commune.code)), *others]
    places += [spatial.literal(one, notes) for one in said.texts("spatial", "spatial coverage", "extend description")]
    shape = spatial.place(notes, geom=[*area, box])
    if shape and places:
        places[0] = {**shape, **places[0]}
    elif shape:
        places = [shape]
    return list({json.dumps(place, sort_keys=True): place for place in places if place}.values())


def _zone(mark: str, name: str) -> str:
    """INSEE's URI of a territory whose mark ends in a code ("fr_70_17415") and whose name is the one of that code."""
    code = mark.rpartition("_")[2]
    for kind, find in (("commune", cog.commune), ("departement", cog.departement), ("region", cog.region)):
        if code and (found := find(code)) and fold(found.name) == fold(name):
            return zones.insee_uri(kind, found.code) or ""
    return ""


def _geometry(value: Any) -> str:
    return json.dumps(value) if isinstance(value, Mapping) else words(value)


def _periods(said: Said, notes: Notes) -> list[dict[str, str]]:
    bounds = temporal.period(said.text(*_PERIOD_BOUNDS["start"]), said.text(*_PERIOD_BOUNDS["end"]), notes)
    found = [bounds] if bounds else [temporal.literal(one, notes) for one in said.texts(*PERIOD)]
    return [one for one in found if one]


# -- files ----------------------------------------------------------------------------------------------------------


def _resources(
    entry: Entry, base: str, version: int, dataset: Mapping[str, Any], wording: str, notes: Notes
) -> list[dict[str, Any]]:
    """The exports of the records, then the files beside them; their addresses, made of ids, stay the same."""
    if not base:
        return []
    shared: dict[str, Any] = {"license" if urls.is_web(wording) else "rights": wording} if wording else {}
    root = base + ADDRESSES[version].format(id=quote(entry.id))
    found = [
        {
            "url": (address := base + EXPORTS[version].format(id=quote(entry.id), form=form)),
            "download_url": address,
            "name": _LABELS[form],
            "description": _columns(entry.fields) if form == "csv" else "",
            "modified": dataset["modified"],
            "conforms_to": dataset["conforms_to"],
            **files.describe([form], ["application/zip"] if form == "shp" else []),
            **shared,
        }
        for form in entry.exports
        if version == 2 or form not in _NEW_IN_2
    ]
    return [*found, *({**_file(one, root, notes), **shared} for one in entry.files)]


def _file(raw: Mapping[str, Any], root: str, notes: Notes) -> dict[str, Any]:
    """A file that somebody attached: on another site, or (`odsfile://name`) on the domain itself."""
    said, key = words(raw.get("url")), words(raw.get("id"))
    address = said if urls.is_web(said) else f"{root}{raw['kind']}/{quote(key, safe='')}" if key else ""
    address = urls.clean(address, "resources.url", notes)
    name = words(raw.get("title")) or said.rpartition("/")[2] or key
    return {
        "url": address,
        "download_url": address,
        "name": name,
        "description": to_markdown(words(raw.get("description")), notes, "resources.description"),
        **files.describe([], [words(raw.get("mimetype"))], said.replace("odsfile://", "/"), name),
    }


def _columns(fields: Iterable[Mapping[str, Any]]) -> str:
    """The columns as a Markdown list: label, name, type, what they mean."""
    lines = []
    for field in fields:
        name, label, kind, meaning = (
            to_line(words(field.get(key))) for key in ("name", "label", "type", "description")
        )
        if name:
            known = filter(None, (label if label != name else "", f"`{name}`", f"({kind})" if kind else ""))
            lines.append(f"- {' '.join(known)}" + (f" : {meaning}" if meaning else ""))
    return to_markdown("\n".join(lines))
