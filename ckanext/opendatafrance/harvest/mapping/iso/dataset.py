"""One record of a geographic catalogue to a dataset dict; Dublin Core goes its own way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import codes, dates, files, tags, to_markdown, urls
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.iso import constraints, dublin_core, extents, parties
from ckanext.opendatafrance.harvest.mapping.iso.coupling import Coupling, main_link, missing, service_kind
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, Metadata, code, find, find_all, href, inside
from ckanext.opendatafrance.harvest.mapping.iso.identity import is_iso, scope_of
from ckanext.opendatafrance.harvest.mapping.iso.links import links_of, service_resource
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference import inspire

_RESOURCE_TYPE = "http://inspire.ec.europa.eu/metadata-codelist/ResourceType/"
_LEGISLATION = "http://data.europa.eu/eli/"
_CITATION = "identificationInfo/*/citation/*"
_GEONETWORK = re.compile(r"^(https?://[^?#]+?/srv)/(?:[a-z]{2,3}/)?csw", re.IGNORECASE)
_LONGEST_IDENTIFIER = 500  # some put a whole description into it
_INSPIRE_TITLE = re.compile(r"inspire[ -]+(?:themes|th[eè]mes)", re.IGNORECASE)


def to_dataset(record: Element, guid: str, endpoint: str, services: Sequence[tuple[str, Coupling]] = ()) -> Mapped:
    """Map one record.

    Args:
        endpoint: address of the catalogue, by which GeoNetwork's page of the record is known.
        services: those of the catalogue that operate on this dataset, each with the identifier that it is known by.

    Raises:
        SkippableRecordError: it has no title.
    """
    notes = Notes(guid)
    if not is_iso(record):
        return finish(dublin_core.fields(record, guid, landing_page(endpoint, guid), notes), notes)
    meta = Metadata(record)
    links = links_of(meta, notes)
    resources = links.resources
    if scope_of(record) == "service":
        resources = _of_service(meta, resources, notes)
    for key, service in services:
        resources += missing(resources, service.resources(key))
    licence, wording = constraints.licence_and_rights(meta, notes)
    constraints.leave(wording, resources)
    dataset = {
        "title": meta.text(f"{_CITATION}/title"),
        "notes": to_markdown(meta.text("identificationInfo/*/abstract"), notes),
        "license_id": licence,
        "access_rights": constraints.access_rights(meta),
        **_keywords(meta, notes),
        **_identifiers(meta, guid),
        "url": landing_page(endpoint, guid) or links.landing_page,
        "documentation": links.documentation,
        **_dates(meta, notes),
        "frequency": codes.frequency(_frequency(meta), notes),
        "language": codes.language_uris(_languages(meta), "language", notes),
        "conforms_to": _conformity(meta),
        "spatial_coverage": extents.places(meta, notes),
        "temporal_coverage": extents.periods(meta, notes),
        "spatial_resolution_in_meters": _resolution(meta, notes),
        "provenance": _lineage(meta, notes),
        "version": meta.text(f"{_CITATION}/edition"),
        "dcat_type": _RESOURCE_TYPE + scope_of(record) if scope_of(record) in ("series", "service") else "",
        **parties.people(meta, notes),
        "resources": resources,
    }
    return finish(dataset, notes)


def landing_page(endpoint: str, guid: str) -> str:
    """GeoNetwork's page of a record; empty for other software and for a record without an identifier."""
    found = _GEONETWORK.match(endpoint)
    return f"{found[1]}/api/records/{quote(guid, safe='')}" if found and not guid.startswith("derived:") else ""


def _of_service(meta: Metadata, resources: list[dict[str, Any]], notes: Notes) -> list[dict[str, Any]]:
    """The service, and each of its layers; what leads nowhere else is left as it is."""
    link = main_link(meta, notes)
    if link is None:
        return resources
    kind = link.service or service_kind(meta)
    title = meta.text(f"{_CITATION}/title")
    layers = [text for one in inside(meta.root, "SV_CoupledResource") for text in _scoped_names(one)]
    if not any(one.get("access_services") for one in resources):
        rest = [one for one in resources if one["url"] != link.address]
        resources = [service_resource(link.address, kind, "", link.name or title), *rest]
    named = {service.get("identifier") for one in resources for service in one.get("access_services", [])}
    return resources + [
        service_resource(link.address, kind, layer, title) for layer in dict.fromkeys(layers) if layer not in named
    ]


def _scoped_names(element: Element) -> list[str]:
    return [text for one in inside(element, "ScopedName") if (text := (one.text or "").strip())]


def _keywords(meta: Metadata, notes: Notes) -> dict[str, Any]:
    """Tags; themes by INSPIRE, by the EU's own list and by topic category; categories of high-value datasets."""
    words: list[str] = []
    themes: list[str] = codes.theme_uris(
        code(one) for one in find_all(meta.root, "identificationInfo/*/topicCategory")
    )[0]
    categories: list[str] = []
    legislation: list[str] = []
    for block in find_all(meta.root, "identificationInfo/*/descriptiveKeywords/MD_Keywords"):
        of_inspire = bool(_INSPIRE_TITLE.search(meta.text("thesaurusName/*/title", block)))
        for keyword in find_all(block, "keyword"):
            text, address = meta.said(keyword), href(keyword)
            if address.startswith("http://data.europa.eu/bna/"):
                categories.append(address)
            elif address.startswith(_LEGISLATION):
                legislation.append(address)
            else:
                themes += inspire.data_themes(address or text if of_inspire else address)
                themes += codes.theme_uris([address])[0] if "/authority/data-theme/" in address else []
                words.append(text)
    return {
        "tags": tags.clean([word for word in words if word and not urls.is_web(word)], notes),
        "theme": list(dict.fromkeys(themes)),
        "hvd_category": codes.hvd_categories(dict.fromkeys(categories), notes),
        "applicable_legislation": list(dict.fromkeys(legislation)),
    }


def _identifiers(meta: Metadata, guid: str) -> dict[str, Any]:
    said = []
    for one in find_all(meta.root, f"{_CITATION}/identifier/*"):
        text, space = meta.text("code", one), meta.text("codeSpace", one)
        anchor = find(one, "code")
        address = href(anchor) if anchor is not None else ""
        joined = f"{space.rstrip('/')}/{text}" if urls.is_web(space) and text and not urls.is_uri(text) else text
        said.append(address or joined)
    others = [one for one in dict.fromkeys(said) if one and one != guid and len(one) <= _LONGEST_IDENTIFIER]
    uri = next((one for one in others if urls.is_web(one)), "")
    return {"identifier": guid, "alternate_identifier": others, "uri": urls.uri(uri)}


def _dates(meta: Metadata, notes: Notes) -> dict[str, str]:
    """Publication, else creation; revision. The date of the record itself says nothing of the data."""
    by_kind: dict[str, list[str]] = {}
    for one in find_all(meta.root, f"{_CITATION}/date/CI_Date"):
        kind, value = code(find(one, "dateType")), meta.text("date", one)
        if value:
            by_kind.setdefault(kind, []).append(value)
    issued = by_kind.get("publication") or by_kind.get("released") or by_kind.get("creation") or [""]
    revised = by_kind.get("revision") or by_kind.get("lastRevision") or by_kind.get("lastUpdate") or [""]
    return {
        "issued": dates.publication(min(issued), "issued", notes),
        "modified": dates.publication(max(revised), "modified", notes),
    }


def _frequency(meta: Metadata) -> list[str]:
    path = "identificationInfo/*/resourceMaintenance/*"
    said = [code(one) for one in find_all(meta.root, f"{path}/maintenanceAndUpdateFrequency")]
    return [*meta.texts(f"{path}/userDefinedMaintenanceFrequency"), *said]


def _languages(meta: Metadata) -> list[str]:
    """The languages of the data, not of the record."""
    said = find_all(meta.root, "identificationInfo/*/language")
    located = find_all(meta.root, "identificationInfo/*/defaultLocale|otherLocale/*/language|languageCode")
    return [code(one) or meta.said(one) for one in [*said, *located]]


def _conformity(meta: Metadata) -> list[str]:
    """Addresses of the specifications that the data is said to conform to."""
    found: dict[str, None] = {}
    for result in inside(meta.root, "DQ_ConformanceResult"):
        if meta.text("pass", result) == "true":
            for title in find_all(result, "specification/*/title"):
                if urls.is_uri(address := href(title) or meta.said(title)):
                    found.setdefault(address)
    return list(found)


def _resolution(meta: Metadata, notes: Notes) -> str:
    for one in find_all(meta.root, "identificationInfo/*/spatialResolution/*/distance/*"):
        if (one.get("uom") or "").rpartition("#")[2].rpartition("/")[2].lower() in ("m", "metre", "meter", "mètre"):
            return files.number(one.text, "spatial_resolution_in_meters", notes)
    return ""


def _lineage(meta: Metadata, notes: Notes) -> str:
    statement = meta.text("dataQualityInfo/*/lineage/*/statement") or meta.text("resourceLineage/*/statement")
    return to_markdown(statement, notes, "provenance")
