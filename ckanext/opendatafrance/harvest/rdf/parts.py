"""Parts of a dataset as RDF describes them: agents, places, periods, references."""

from __future__ import annotations

import re

from ckanext.opendatafrance.harvest.mapping import Notes, agents, spatial, temporal, to_line
from ckanext.opendatafrance.harvest.rdf.graph import Graph, Iri, Literal, Node

Entries = list[dict[str, str]]

_TIME = ("time:inXSDDateTimeStamp", "time:inXSDDateTime", "time:inXSDDate", "time:inXSDgYearMonth", "time:inXSDgYear")
_YEAR_URI = re.compile(r"/(?:id/)?(?:gregorian-)?(?:year|intervalle?-?annee|annee)/(\d{4})$")
_SHAPES = re.compile(r"(?:wkt|geojson|geo\+json|gml)", re.IGNORECASE)
_BOXES = ("dcat:bbox", "schema:box")
_PLACE_NAMES = (
    "skos:prefLabel",
    "locn:geographicName",
    "rdfs:label",
    "dct:title",
    "foaf:name",
    "schema:name",
    "skos:altLabel",
)


def agents_of(graph: Graph, node: Node, field: str, notes: Notes, *predicates: str) -> Entries:
    """Contacts, publishers or creators: vCard and FOAF, names only, or a mail address as the node itself."""
    entries: Entries = []
    for value in graph.values(node, *predicates):
        entry = _agent(graph, value, field, notes)
        if entry and entry not in entries:
            entries.append(entry)
    return entries


def _agent(graph: Graph, value: Node, field: str, notes: Notes) -> dict[str, str]:
    if isinstance(value, Literal):
        return agents.agent(field, notes, name=value.value)
    name = graph.text(
        value, "vcard:fn", "foaf:name", "vcard:organization-name", "vcard:organisation-name", "rdfs:label"
    )
    return agents.agent(
        field,
        notes,
        name=name or graph.text(value, "skos:prefLabel", "dct:title", "schema:name", "vcard:title"),
        mail=_value_of(graph, value, "vcard:hasEmail", "vcard:email", "foaf:mbox", "schema:email"),
        url=_value_of(
            graph, value, "vcard:hasURL", "vcard:url", "foaf:homepage", "foaf:workplaceHomepage", "foaf:page"
        ),
        uri=value if isinstance(value, Iri) else "",
        identifier=_value_of(graph, value, "dct:identifier", "vcard:hasUID", "skos:notation", "adms:identifier"),
        kind=graph.text(value, "dct:type"),
    )


def _value_of(graph: Graph, node: Node, *predicates: str) -> str:
    """Text of the first value, of its vcard:value where it is a node (vCard's way), its IRI, or its label."""
    for predicate in predicates:
        for value in graph.values(node, predicate):
            if isinstance(value, Literal):
                found = value.value
            else:
                inner = graph.first(value, "vcard:value", "vcard:hasValue", "skos:notation", "rdf:value")
                found = str(inner.value if isinstance(inner, Literal) else inner) if inner else ""
                found = found or (str(value) if isinstance(value, Iri) else graph.label(value))
            if found.strip():
                return found.strip()
    return ""


def places_of(graph: Graph, node: Node, notes: Notes) -> Entries:
    """Entries of spatial_coverage."""
    entries: Entries = []
    for value in graph.values(node, "dct:spatial"):
        entry = spatial.literal(value.value, notes) if isinstance(value, Literal) else _place(graph, value, notes)
        if entry and entry not in entries:
            entries.append(entry)
    return entries


def _place(graph: Graph, node: Node, notes: Notes) -> dict[str, str]:
    text = graph.text(node, *_PLACE_NAMES)
    boxes = _shapes(graph, node, *_BOXES)
    centres = _shapes(graph, node, "dcat:centroid")
    geoms = _shapes(graph, node, "locn:geometry") or [
        one for one in _all_shapes(graph, node) if one not in boxes + centres
    ]
    if not (boxes or geoms or centres) and (point := _point(graph, node)):
        centres = [point]
    uri = node if isinstance(node, Iri) else graph.text(node, "dct:identifier", "owl:sameAs")
    return spatial.place(notes, uri=uri, text=text, geom=geoms, bbox=boxes, centroid=centres)


def _shapes(graph: Graph, node: Node, *predicates: str) -> list[str]:
    """Statements of a geometry, GeoJSON before WKT before GML, also those of a geometry node."""
    found: list[str] = []
    for value in graph.all(node, *predicates):
        found += [value.value] if isinstance(value, Literal) else _all_shapes(graph, value)
    return sorted(found, key=_preference)


def _all_shapes(graph: Graph, node: Node) -> list[str]:
    """Literals of any property whose name or datatype is that of a geometry."""
    return sorted(
        (
            value.value
            for predicate, values in graph.properties(node).items()
            for value in values
            if isinstance(value, Literal)
            and (_SHAPES.search(value.datatype) or _SHAPES.search(predicate.rpartition("#")[2]))
        ),
        key=_preference,
    )


def _preference(shape: str) -> int:
    start = shape.lstrip()[:1]
    return 0 if start == "{" else 2 if start == "<" and "gml" in shape[:300].lower() else 1


def _point(graph: Graph, node: Node) -> str:
    longitude, latitude = (
        graph.text(node, "wgs:long", "schema:longitude"),
        graph.text(node, "wgs:lat", "schema:latitude"),
    )
    return f"POINT({longitude} {latitude})" if longitude and latitude else ""


def periods_of(graph: Graph, node: Node, notes: Notes) -> Entries:
    """Entries of temporal_coverage."""
    entries: Entries = []
    for value in graph.values(node, "dct:temporal"):
        entry = temporal.literal(value.value, notes) if isinstance(value, Literal) else _period(graph, value, notes)
        if entry and entry not in entries:
            entries.append(entry)
    return entries


def _period(graph: Graph, node: Node, notes: Notes) -> dict[str, str]:
    start = graph.text(node, "dcat:startDate", "schema:startDate") or _instant(graph, node, "time:hasBeginning")
    end = graph.text(node, "dcat:endDate", "schema:endDate") or _instant(graph, node, "time:hasEnd")
    if start or end:
        return temporal.period(start, end, notes)
    if label := graph.label(node):
        return temporal.literal(label, notes)
    if isinstance(node, Iri):
        if year := _YEAR_URI.search(node):
            return {"start": year[1], "end": year[1]}
        if node not in graph and node.startswith(("http://", "https://")):
            notes.left_out("period-unreadable", temporal.FIELD, str(node))
    return {}


def _instant(graph: Graph, node: Node, predicate: str) -> str:
    value = graph.first(node, predicate)
    if value is None:
        return ""
    return value.value if isinstance(value, Literal) else graph.text(value, *_TIME)


def uri_or_text(graph: Graph, node: Node, *predicates: str) -> str:
    """The first of `uris_and_texts`."""
    return next(iter(uris_and_texts(graph, node, *predicates)), "")


def uris_and_texts(graph: Graph, node: Node, *predicates: str) -> list[str]:
    """IRIs as they are, nodes without a name by their label, texts on one line; each once."""
    found: dict[str, None] = {}
    for value in graph.values(node, *predicates):
        text = str(value) if isinstance(value, Iri) else to_line(graph.label(value) or _described(graph, value))
        if text:
            found.setdefault(text)
    return list(found)


def _described(graph: Graph, node: Node) -> str:
    return graph.text(node, "dct:identifier", "schema:url", "foaf:homepage", "skos:notation", "dct:description")
