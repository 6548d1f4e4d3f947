"""Datasets of a page of RDF, and what each says as a dataset dict."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import Notes, codes, dates, files, finish, tags, to_line, to_markdown, urls
from ckanext.opendatafrance.harvest.rdf.graph import Graph, Iri, Literal, Node, Resource
from ckanext.opendatafrance.harvest.rdf.parts import agents_of, periods_of, places_of, uri_or_text, uris_and_texts
from ckanext.opendatafrance.harvest.rdf.resources import resources_of, services_of
from ckanext.opendatafrance.reference import hvd, themes

TITLES = ("dct:title", "dc:title", "rdfs:label", "skos:prefLabel", "schema:name", "foaf:name", "skos:altLabel")
_DESCRIPTIONS = ("dct:description", "dct:abstract", "dc:description", "schema:description", "rdfs:comment")


def datasets(graph: Graph) -> list[Resource]:
    """Nodes that are datasets or series, and those without a class that a catalogue lists and the page describes."""
    found = dict.fromkeys(graph.of_type("dcat:Dataset", "dcat:DatasetSeries"))
    for catalogue in graph.subjects("dcat:dataset"):
        for node in graph.values(catalogue, "dcat:dataset"):
            if isinstance(node, Literal) or node in found:
                continue
            if graph.values(node, *TITLES) and not graph.values(node, "rdf:type"):
                found[node] = None
    return list(found)


def described(graph: Graph, node: Resource) -> Graph:
    """The part of a page that describes one dataset, with the services that serve it."""
    return graph.part(node, services_of(graph, node))


def guid_of(graph: Graph, node: Resource, *, distinct: bool = False) -> str:
    """dct:identifier, else the URI, else a stable one derived from title and landing page.

    Args:
        distinct: derive from the addresses of the files too, for datasets that title and page do not tell apart.
    """
    said = sorted(identifiers(graph, node))
    if said:
        return str(node) if str(node) in said else said[0]
    if isinstance(node, Iri):
        return str(node)
    marks = [graph.text(node, *TITLES), *uris_and_texts(graph, node, "dcat:landingPage", "foaf:homepage")]
    if distinct:
        for value in graph.values(node, "dcat:distribution"):
            marks += sorted(uris_and_texts(graph, value, "dcat:downloadURL")) + sorted(
                uris_and_texts(graph, value, "dcat:accessURL")
            )
    return "derived:" + hashlib.sha256("\n".join(marks).encode("utf-8", "replace")).hexdigest()[:32]


def identifiers(graph: Graph, node: Resource) -> list[str]:
    """Values of dct:identifier: texts, IRIs, and the notation of nodes."""
    said = (_identifier(graph, value) for value in graph.all(node, "dct:identifier", "dcat:identifier"))
    return list(dict.fromkeys(text for text in said if text))


def _identifier(graph: Graph, value: Node) -> str:
    if isinstance(value, Iri):
        return to_line(graph.text(value, "skos:notation")) or str(value)
    return to_line(_notation(graph, value) or graph.label(value))


def to_dataset(graph: Graph, node: Resource, guid: str) -> Mapped:
    """The dataset dict of a node.

    Raises:
        SkippableRecordError: `title-missing`.
    """
    notes = Notes(guid)
    resources = resources_of(graph, node, notes)
    license_id = _licence(graph, node, resources, notes)
    theme, theme_words = _themes(graph, node)
    dataset = {
        "title": to_line(graph.text(node, *TITLES)),
        "notes": to_markdown(graph.text(node, *_DESCRIPTIONS), notes),
        "license_id": license_id,
        "tags": tags.clean([*graph.texts(node, "dcat:keyword"), *theme_words], notes),
        "url": _page(graph, node, notes, "dcat:landingPage"),
        "homepage": _page(graph, node, notes, "foaf:homepage"),
        "theme": theme,
        "contact": agents_of(graph, node, "contact", notes, "dcat:contactPoint", "adms:contactPoint"),
        "publisher": agents_of(graph, node, "publisher", notes, "dct:publisher", "dc:publisher", "schema:publisher"),
        "creator": agents_of(graph, node, "creator", notes, "dct:creator", "dc:creator"),
        "spatial_coverage": places_of(graph, node, notes),
        "temporal_coverage": periods_of(graph, node, notes),
        **_codes(graph, node, notes),
        **_identity(graph, node, guid),
        **_history(graph, node, notes),
        **_relations(graph, node, notes),
        "resources": resources,
    }
    return finish(dataset, notes)


def _codes(graph: Graph, node: Resource, notes: Notes) -> dict[str, Any]:
    categories = [*uris_and_texts(graph, node, "dcatap:hvdCategory"), *_hvd_themes(graph, node)]
    return {
        "frequency": codes.frequency(_sayings(graph, node, "dct:accrualPeriodicity"), notes),
        "language": codes.language_uris(_sayings(graph, node, "dct:language", "dc:language"), "language", notes),
        "hvd_category": codes.hvd_categories(categories, notes),
        "applicable_legislation": uris_and_texts(graph, node, "dcatap:applicableLegislation"),
        "access_rights": codes.access_rights(uris_and_texts(graph, node, "dct:accessRights")),
        "dcat_type": uri_or_text(graph, node, "dct:type"),
        "temporal_resolution": graph.text(node, "dcat:temporalResolution"),
        "spatial_resolution_in_meters": files.number(
            graph.text(node, "dcat:spatialResolutionInMeters"), "spatial_resolution_in_meters", notes
        ),
    }


def _identity(graph: Graph, node: Resource, guid: str) -> dict[str, Any]:
    said = identifiers(graph, node)
    identifier = guid if guid in said else next(iter(said), "")
    others = [one for one in said if one != identifier]
    others += [text for value in graph.values(node, "adms:identifier") if (text := _identifier(graph, value))]
    return {
        "identifier": identifier or (str(node) if isinstance(node, Iri) else ""),
        "alternate_identifier": list(dict.fromkeys(others)),
        "uri": str(node) if isinstance(node, Iri) and urls.is_uri(node) else "",
    }


def _history(graph: Graph, node: Resource, notes: Notes) -> dict[str, Any]:
    return {
        "issued": dates.publication(graph.text(node, "dct:issued", "schema:datePublished"), "issued", notes),
        "modified": dates.publication(
            graph.text(node, "dct:modified", "dct:updated", "schema:dateModified"), "modified", notes
        ),
        "version": to_line(graph.text(node, "dcat:version", "owl:versionInfo", "adms:version", "schema:version")),
        "version_notes": to_markdown(graph.text(node, "adms:versionNotes"), notes, "version_notes"),
        "provenance": to_markdown(_provenance(graph, node), notes, "provenance"),
    }


def _relations(graph: Graph, node: Resource, notes: Notes) -> dict[str, Any]:
    return {
        "documentation": _pages(graph, node, notes, "foaf:page"),
        "conforms_to": uris_and_texts(graph, node, "dct:conformsTo"),
        "is_referenced_by": uris_and_texts(graph, node, "dct:isReferencedBy"),
        "has_version": uris_and_texts(graph, node, "dcat:hasVersion", "dct:hasVersion"),
        "in_series": uris_and_texts(graph, node, "dcat:inSeries"),
        "qualified_relation": [
            {
                "uri": str(value) if isinstance(value, Iri) else "",
                "relation": uri_or_text(graph, value, "dct:relation"),
                "role": uri_or_text(graph, value, "dcat:hadRole"),
            }
            for value in graph.values(node, "dcat:qualifiedRelation")
        ],
        "qualified_attribution": [
            {
                "agent": agents_of(graph, value, "qualified_attribution", notes, "prov:agent", "dcat:agent")[:1],
                "role": uri_or_text(graph, value, "dcat:hadRole"),
            }
            for value in graph.values(node, "prov:qualifiedAttribution", "dcat:qualifiedAttribution")
        ],
    }


def _licence(graph: Graph, node: Resource, resources: list[dict[str, Any]], notes: Notes) -> str:
    """The licence of the dataset, else of its files; wordings that are no licence of the list stay with the files."""
    own = _sayings(graph, node, "dct:license", "dc:rights")
    rights = _sayings(graph, node, "dct:rights")
    of_files = [
        text
        for value in graph.values(node, "dcat:distribution")
        for text in _sayings(graph, value, "dct:license", "dct:rights")
    ]
    found, wording = codes.licence([*own, *rights, *of_files], notes)
    for resource in resources:
        if wording and not resource.get("license"):
            resource["license"] = wording
        if rights and not resource.get("rights"):
            resource["rights"] = to_markdown(rights[0])
    return found


def _themes(graph: Graph, node: Resource) -> tuple[list[str], list[str]]:
    """EU themes, then the URIs of themes of other lists, whose words also go to the key words."""
    uris: dict[str, None] = {}
    foreign: dict[str, None] = {}
    words: list[str] = []
    for value in graph.values(node, "dcat:theme"):
        uri = str(value) if isinstance(value, Iri) else ""
        if hvd.CATEGORIES.find(uri):
            continue
        labels = graph.texts(value, "skos:prefLabel") or [graph.label(value)]
        found, others = codes.theme_uris([uri] if themes.find(uri) else [one for one in labels if one])
        uris.update(dict.fromkeys(found))
        words += others
        if urls.is_web(uri) and uri not in found and not themes.find(uri):
            foreign.setdefault(uri)
    return [*uris, *foreign], words


def _hvd_themes(graph: Graph, node: Resource) -> list[str]:
    return [
        str(value)
        for value in graph.values(node, "dcat:theme")
        if isinstance(value, Iri) and hvd.CATEGORIES.find(value)
    ]


def _sayings(graph: Graph, node: Resource | Literal, *predicates: str) -> list[str]:
    """What values say of a code: IRI first, then label and identifier, so that any of them may be recognised."""
    said: list[str] = []
    for value in graph.all(node, *predicates):
        said += [str(value)] if isinstance(value, Iri) else []
        said += [
            text
            for text in (
                graph.label(value),
                _notation(graph, value),
                graph.text(value, "dct:identifier", "dct:description"),
            )
            if text
        ]
    return said


def _provenance(graph: Graph, node: Resource) -> str:
    texts = [
        graph.label(value) or graph.text(value, "dct:description") for value in graph.values(node, "dct:provenance")
    ]
    return "\n\n".join(text for text in texts if text) or uri_or_text(graph, node, "dct:provenance")


def _page(graph: Graph, node: Resource, notes: Notes, predicate: str) -> str:
    return next(iter(_pages(graph, node, notes, predicate)), "")


def _pages(graph: Graph, node: Resource, notes: Notes, predicate: str) -> list[str]:
    field = {"dcat:landingPage": "url", "foaf:homepage": "homepage"}.get(predicate, "documentation")
    said: Iterable[str] = (
        str(value) if isinstance(value, Iri) else graph.text(value, "schema:url", "foaf:homepage") or graph.label(value)
        for value in graph.values(node, predicate)
    )
    return list(
        dict.fromkeys(address for one in said if one and (address := urls.clean(one, field, notes, base=graph.url)))
    )


def _notation(graph: Graph, value: Resource | Literal) -> str:
    return (
        value.value
        if isinstance(value, Literal)
        else graph.text(value, "skos:notation", "dct:identifier", "schema:value")
    )
