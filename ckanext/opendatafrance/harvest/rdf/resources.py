"""Distributions and data services, as the resources of a dataset."""

from __future__ import annotations

from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping import Notes, codes, dates, files, to_line, to_markdown, urls
from ckanext.opendatafrance.harvest.rdf.graph import Graph, Iri, Literal, Node, Resource
from ckanext.opendatafrance.harvest.rdf.parts import agents_of, uri_or_text, uris_and_texts
from ckanext.opendatafrance.reference import formats, licences
from ckanext.opendatafrance.reference.folding import fold

_OGC = ("wms", "wfs", "wmts", "wcs", "csw")


def resources_of(graph: Graph, node: Resource, notes: Notes) -> list[dict[str, Any]]:
    """All distributions in their order, then the services that serve the dataset beside them."""
    resources: list[dict[str, Any]] = []
    for value in graph.values(node, "dcat:distribution", "dct:hasFormat", "adms:distribution"):
        resources += _distribution(graph, value, notes)
    linked = {
        service
        for value in graph.values(node, "dcat:distribution")
        for service in graph.values(value, "dcat:accessService")
    }
    for service in services_of(graph, node):
        if service not in linked and (resource := _service_resource(graph, service, notes)):
            resources.append(resource)
    return resources


def services_of(graph: Graph, node: Resource) -> list[Resource]:
    """Data services of the page that say that they serve the dataset, or that it names."""
    named = [
        value for value in graph.values(node, "dcat:service", "dcat:accessService") if not isinstance(value, Literal)
    ]
    serving = graph.pointing_to(node, "dcat:servesDataset")
    return list(dict.fromkeys([*named, *serving]))


def _distribution(graph: Graph, node: Node, notes: Notes) -> list[dict[str, Any]]:
    """One resource; several where the distribution names several files."""
    if isinstance(node, Literal) or node not in graph:
        address = urls.clean(node.value if isinstance(node, Literal) else str(node), "resources.url", notes)
        return (
            [{"url": address, **files.describe((), url=address)}] if address and not str(node).startswith("_:") else []
        )
    downloads = _addresses(graph, node, "resources.download_url", notes, "dcat:downloadURL")
    accesses = _addresses(
        graph, node, "resources.access_url", notes, "dcat:accessURL", "schema:url", "foaf:page", "dcat:landingPage"
    )
    services = [
        service for value in graph.values(node, "dcat:accessService") if (service := _service(graph, value, notes))
    ]
    endpoints = [address for service in services for address in service.get("endpoint_url", [])]
    common = _fields(graph, node, notes)
    if services:
        common["access_services"] = services
    addresses = downloads or accesses or endpoints[:1] or [""]
    resources = []
    for position, address in enumerate(addresses):
        resource = {"url": address, **common, **_format(graph, node, address, common.get("name", ""), services)}
        if downloads:
            resource["download_url"] = address
        if downloads and accesses:
            resource["access_url"] = accesses[0]
        elif accesses:
            resource["access_url"] = address
        if position == 0 and isinstance(node, Iri):
            resource["uri"] = str(node)
        resources.append(resource)
    return resources


def _addresses(graph: Graph, node: Node, field: str, notes: Notes, *predicates: str) -> list[str]:
    said = [
        value.value if isinstance(value, Literal) else str(value)
        for value in graph.values(node, *predicates)
        if _is_said(value)
    ]
    return list(dict.fromkeys(address for one in said if (address := urls.clean(one, field, notes, base=graph.url))))


def _is_said(value: Node) -> bool:
    return isinstance(value, Iri | Literal)


def _fields(graph: Graph, node: Resource, notes: Notes) -> dict[str, Any]:
    return {
        "name": to_line(
            graph.text(node, "dct:title", "rdfs:label", "dc:title", "foaf:name", "schema:name", "skos:prefLabel")
        ),
        "description": to_markdown(
            graph.text(node, "dct:description", "dc:description", "rdfs:comment"), notes, "resources.description"
        ),
        "issued": dates.publication(graph.text(node, "dct:issued"), "resources.issued", notes),
        "modified": dates.publication(graph.text(node, "dct:modified"), "resources.modified", notes),
        "size": _size(graph, node, notes),
        "license": license_text(graph, node),
        "rights": to_markdown(graph.text(node, "dct:rights"), notes, "resources.rights"),
        "status": uri_or_text(graph, node, "adms:status"),
        "availability": uri_or_text(graph, node, "dcatap:availability"),
        "language": codes.language_uris(uris_and_texts(graph, node, "dct:language"), "resources.language", notes),
        "documentation": uris_and_texts(graph, node, "foaf:page"),
        "conforms_to": uris_and_texts(graph, node, "dct:conformsTo"),
        "applicable_legislation": uris_and_texts(graph, node, "dcatap:applicableLegislation"),
        "temporal_resolution": graph.text(node, "dcat:temporalResolution"),
        "spatial_resolution_in_meters": files.number(
            graph.text(node, "dcat:spatialResolutionInMeters"), "resources.spatial_resolution_in_meters", notes
        ),
        "compress_format": uri_or_text(graph, node, "dcat:compressFormat"),
        **_checksum(graph, node, notes),
    }


def _size(graph: Graph, node: Node, notes: Notes) -> int | None:
    return files.size(graph.text(node, "dcat:byteSize", "schema:contentSize", "dct:extent"), notes)


def _checksum(graph: Graph, node: Node, notes: Notes) -> dict[str, str]:
    value = graph.first(node, "spdx:checksum")
    if value is None:
        return {}
    if isinstance(value, Literal):
        return files.checksum(value.value, "", notes)
    return files.checksum(graph.text(value, "spdx:checksumValue"), graph.text(value, "spdx:algorithm"), notes)


def _format(graph: Graph, node: Node, address: str, name: str, services: list[dict[str, Any]]) -> dict[str, str]:
    said = _names(graph, node, "dct:format", "dc:format")
    types = _names(graph, node, "dcat:mediaType")
    packages = _names(graph, node, "dcat:packageFormat")
    if services and not said and not types:
        said = [_kind_of_api(services[0])]
    found = files.describe(said, [*types, *said], url=address, name=name)
    if packages and (package := formats.find(packages[0])):
        found["package_format"] = package.iana
    return found


def _names(graph: Graph, node: Node, *predicates: str) -> list[str]:
    """What a value says of a format: text, label, media type inside a node, IRI."""
    names: list[str] = []
    for value in graph.all(node, *predicates):
        label = graph.label(value)
        inner = (
            []
            if isinstance(value, Literal)
            else [
                one.value for one in graph.values(value, "dct:identifier", "skos:notation") if isinstance(one, Literal)
            ]
        )
        names += [one for one in (str(value) if isinstance(value, Iri) else "", label, *inner) if one]
    known = [one for one in names if formats.find(one)]
    return known or [name for name in names if not name.startswith(("http:", "https:"))] or names


def license_text(graph: Graph, node: Node) -> str:
    """The licence of a distribution or service: its address where it has one, else its wording."""
    value = graph.first(node, "dct:license")
    if value is None:
        return ""
    if isinstance(value, Iri) and value.startswith("http"):
        return str(value)
    text = to_line(graph.text(node, "dct:license"))
    found = licences.find(text) if text else None
    return found.url if found and found.url else text


def _service(graph: Graph, node: Node, notes: Notes) -> dict[str, Any]:
    """An entry of access_services."""
    if isinstance(node, Literal):
        address = urls.clean(node.value, "access_services.endpoint_url", notes)
        return {"endpoint_url": [address]} if address else {}
    entry = {
        "uri": str(node) if isinstance(node, Iri) else "",
        "title": to_line(graph.text(node, "dct:title", "rdfs:label", "dc:title")),
        "description": to_markdown(graph.text(node, "dct:description"), notes, "access_services.description"),
        "endpoint_url": _addresses(
            graph, node, "access_services.endpoint_url", notes, "dcat:endpointURL", "dcat:endpointUrl"
        ),
        "endpoint_description": uri_or_text(graph, node, "dcat:endpointDescription"),
        "serves_dataset": [str(value) for value in graph.values(node, "dcat:servesDataset") if isinstance(value, Iri)],
        "access_rights": codes.access_rights(uris_and_texts(graph, node, "dct:accessRights")),
        "conforms_to": uris_and_texts(graph, node, "dct:conformsTo"),
        "format": _names(graph, node, "dct:format"),
        "identifier": graph.text(node, "dct:identifier"),
        "landing_page": uris_and_texts(graph, node, "dcat:landingPage"),
        "license": license_text(graph, node),
        "rights": [to_markdown(text) for text in graph.texts(node, "dct:rights")],
        "applicable_legislation": uris_and_texts(graph, node, "dcatap:applicableLegislation"),
        "contact": agents_of(graph, node, "access_services.contact", notes, "dcat:contactPoint"),
        "modified": dates.publication(graph.text(node, "dct:modified"), "access_services.modified", notes),
    }
    return {key: value for key, value in entry.items() if value}


def _service_resource(graph: Graph, node: Resource, notes: Notes) -> dict[str, Any]:
    """A resource for a service that no distribution leads to."""
    service = _service(graph, node, notes)
    address = next(iter([*service.get("endpoint_url", []), *service.get("landing_page", [])]), "")
    if not address:
        notes.warn(
            "service-without-address",
            N_("resources: the service “{name}” has no endpoint address."),
            name=service.get("title", str(node)),
        )
        return {}
    return {
        "url": urls.clean(address, "resources.url", notes),
        "name": service.get("title", ""),
        "description": service.get("description", ""),
        "license": service.get("license", ""),
        "access_services": [service],
        **files.describe([_kind_of_api(service)]),
    }


def _kind_of_api(service: dict[str, Any]) -> str:
    """WMS, WFS… by what the service says of itself, else API."""
    said = [*service.get("conforms_to", []), *service.get("endpoint_url", []), service.get("title", "")]
    words = set(fold(" ".join(said)).split())
    return next((name.upper() for name in _OGC if name in words), "API")
