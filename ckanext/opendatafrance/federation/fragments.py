"""Pieces of RDF that join to a page: each dataset alone, in each format, so that it can be kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from rdflib import Graph, Namespace
from rdflib.namespace import PROV, RDF, RDFS, XSD

from ckanext.dcat.profiles.base import namespaces

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
PREFIXES = {
    **{prefix: str(space) for prefix, space in namespaces.items()},
    "hydra": str(HYDRA),
    "prov": str(PROV),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "xsd": str(XSD),
}
#: Media type of each format by the ending of the address.
TYPES = {
    "xml": "application/rdf+xml",
    "rdf": "application/rdf+xml",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
_PREFIX = re.compile(r"@prefix ([\w-]*): <([^>]*)> \.\n")


def empty() -> Graph:
    """A graph with the prefixes of the feeds and no others."""
    graph = Graph(bind_namespaces="none")
    for prefix, space in PREFIXES.items():
        graph.bind(prefix, space)
    return graph


def body(graph: Graph, form: str) -> str:
    """A graph without what stands once at the head and foot of a page. Blank nodes are named apart from all others."""
    if form == "nt":
        return graph.serialize(format="nt", encoding=None)
    if form == "ttl":
        text = graph.serialize(format="turtle")
        return _PREFIX.sub(lambda match: "" if PREFIXES.get(match[1]) == match[2] else match[0], text).strip() + "\n"
    if form == "jsonld":
        made = json.loads(graph.serialize(format="json-ld", context=PREFIXES, auto_compact=False))
        made.pop("@context", None)
        nodes = made.get("@graph", [made])
        return ",\n".join(json.dumps(node, ensure_ascii=False) for node in nodes)
    text = graph.serialize(format="xml")
    start = text.index(">", text.index("<rdf:RDF")) + 1
    return text[start : text.rindex("</rdf:RDF>")].strip("\n") + "\n"


def page(bodies: Iterable[str], form: str) -> str:
    """A document out of pieces."""
    pieces = [piece for piece in bodies if piece.strip()]
    if form == "nt":
        return "".join(pieces)
    if form == "ttl":
        return (
            "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items()) + "\n" + "\n".join(pieces)
        )
    if form == "jsonld":
        return f'{{"@context": {json.dumps(PREFIXES)},\n"@graph": [\n' + ",\n".join(pieces) + "\n]}\n"
    declared = "".join(f'\n  xmlns:{prefix}="{space}"' for prefix, space in PREFIXES.items())
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{declared}>\n' + "".join(pieces) + "</rdf:RDF>\n"
