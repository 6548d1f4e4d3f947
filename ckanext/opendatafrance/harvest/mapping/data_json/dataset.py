"""From a dataset with plain keys to a dataset dict."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import agents, codes, dates, spatial, tags, temporal, to_markdown, urls
from ckanext.opendatafrance.harvest.mapping.data_json.catalogue import identifier_of
from ckanext.opendatafrance.harvest.mapping.data_json.distributions import resources_of
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.said import Said, words
from ckanext.opendatafrance.reference.folding import fold

Raw = Mapping[str, Any]
#: What Hub writes where the publisher chose no licence.
_NO_LICENCE = re.compile(r"^(?:none|null|custom licen[cs]e|no licen[cs]e (?:provided|specified)\b.*)$")
#: Hub gives this theme to whatever has an extent.
_NO_THEMES = {"geospatial"}
_INTERVAL = re.compile(r"^R\d*/P", re.IGNORECASE)


def to_dataset(raw: Raw, guid: str) -> Mapped:
    """Map one dataset of `catalogue.datasets`.

    Raises:
        SkippableRecordError: it has no title.
    """
    notes = Notes(guid)
    said = Said(raw)
    themes, others = codes.theme_uris(word for word in said.texts("theme") if fold(word) not in _NO_THEMES)
    licence, wording = codes.licence(_licences(raw, said), notes)
    page, resources, documents = resources_of(raw, said, notes)
    for resource in resources:
        if wording and not resource.get("license") and not resource.get("rights"):
            resource["license" if urls.is_web(wording) and " " not in wording else "rights"] = wording
    modified = said.text("modified")
    rate = [modified] if _INTERVAL.match(modified) else []
    named = identifier_of(raw.get("identifier"))
    dataset: dict[str, Any] = {
        "title": said.text("title", "name"),
        "notes": to_markdown(said.text("description"), notes),
        "license_id": licence,
        "access_rights": codes.access_rights(said.texts("accessRights", "accessLevel")[:1]),
        "tags": tags.clean(
            [word for word in (*said.texts("keyword", "tags"), *others) if not urls.is_web(word)], notes
        ),
        "theme": themes,
        "hvd_category": codes.hvd_categories(said.texts("hvdCategory"), notes),
        "identifier": named or guid,
        "uri": _uri(raw),
        "url": page,
        "homepage": urls.clean(said.text("homepage"), "homepage", notes),
        "documentation": [address for text in documents if (address := urls.clean(text, "documentation", notes))],
        "issued": dates.publication(said.text("issued"), "issued", notes),
        "modified": "" if rate else dates.publication(modified, "modified", notes),
        "frequency": codes.frequency([*said.texts("accrualPeriodicity"), *rate], notes),
        "language": codes.language_uris(said.texts("language"), "language", notes),
        "conforms_to": [address for value in said.values("conformsTo") if urls.is_uri(address := _address(value))],
        "spatial_coverage": _places(said, notes),
        "temporal_coverage": _periods(said, notes),
        "contact": _contacts(said, notes),
        "publisher": _agents("publisher", said, notes)[:1],
        "creator": _agents("creator", said, notes),
        "provenance": to_markdown(said.text("provenance"), notes, "provenance"),
        "version": said.text("version"),
        "resources": resources,
    }
    return finish(dataset, notes)


def _licences(raw: Raw, said: Said) -> list[str]:
    """Of the dataset, else of its distributions; Hub's words for none are none."""
    distributions = raw.get("distribution")
    of_files = [
        text
        for one in (distributions if isinstance(distributions, list) else [])
        if isinstance(one, Mapping)
        for text in Said(one).texts("license")
    ]
    found = [*said.texts("license"), *of_files, *said.texts("rights")]
    return [text for text in dict.fromkeys(found) if not _NO_LICENCE.match(text.strip().lower())]


def _uri(raw: Raw) -> str:
    said = raw.get("@id")
    return urls.uri(said) if urls.is_web(said) else ""


def _address(value: Any) -> str:
    """A URI, also where it stands within a description (dct:Standard)."""
    if isinstance(value, Mapping):
        return next((text for key in ("@id", "identifier", "url") if (text := words(value.get(key)))), "")
    return words(value)


def _contacts(said: Said, notes: Notes) -> list[dict[str, str]]:
    """vCards; DCAT-US 1.0 has a name, and the address beside it."""
    entries = []
    for value in said.values("contactPoint")[:5]:
        card = value if isinstance(value, Mapping) else {}
        entries.append(
            agents.agent(
                "contact",
                notes,
                name=words(card.get("fn")) or words(card.get("organization-name")) if card else words(value),
                mail=_address(card.get("hasEmail")) or words(card.get("email")) or said.text("mbox"),
                url=words(card.get("hasURL")),
            )
        )
    return [entry for entry in entries if entry]


def _agents(role: str, said: Said, notes: Notes) -> list[dict[str, str]]:
    entries = []
    for value in said.values(role)[:5]:
        card = value if isinstance(value, Mapping) else {"name": value}
        entries.append(
            agents.agent(
                role,
                notes,
                name=words(card.get("name")) or words(card.get("prefLabel")),
                mail=_address(card.get("mbox")),
                url=words(card.get("homepage")),
                uri=words(card.get("@id")),
                identifier=words(card.get("identifier")),
            )
        )
    return [entry for entry in entries if entry]


def _places(said: Said, notes: Notes) -> list[dict[str, str]]:
    """Boxes as text, names, GeoJSON, or places with a name, a box and a geometry."""
    entries = []
    for value in _spatial(said):
        if isinstance(value, Mapping) and not {"coordinates", "geometries", "features"} & set(value):
            entries.append(
                spatial.place(
                    notes,
                    uri=words(value.get("@id")) or words(value.get("identifier")),
                    text=words(value.get("prefLabel")) or words(value.get("name")) or words(value.get("label")),
                    bbox=[_shape(value.get("bbox"))],
                    geom=[_shape(value.get("geometry"))],
                    centroid=[_shape(value.get("centroid"))],
                )
            )
        else:
            entries.append(spatial.literal(_shape(value), notes))
    return [entry for entry in entries if entry]


def _spatial(said: Said) -> list[Any]:
    """Several statements, or one of several numbers or corners."""
    values = said.values("spatial")
    return [values] if values and all(isinstance(one, list | int | float) for one in values) else values


def _shape(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def _periods(said: Said, notes: Notes) -> list[dict[str, str]]:
    entries = [
        temporal.period(words(value.get("startDate")), words(value.get("endDate")), notes)
        if isinstance(value, Mapping)
        else temporal.literal(value, notes)
        for value in said.values("temporal")
    ]
    return [entry for entry in entries if entry]
