"""A small graph, written as RDF/XML or Turtle by hand, as the software of small catalogues does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

PREFIXES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
GEOSPARQL_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


@dataclass(frozen=True, slots=True)
class Ref:
    """A resource that is described elsewhere."""

    uri: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text; `datatype` is "prefix:name" or an address."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass(slots=True)
class Node:
    """A resource with what is said of it: (predicate, value) in order; without a URI it is a blank node."""

    type: str
    uri: str = ""
    said: list[tuple[str, Ref | Literal | Node]] = field(default_factory=list)

    def add(self, predicate: str, *values: Ref | Literal | Node) -> None:
        """Say something, once for each value."""
        self.said += [(predicate, value) for value in values]


def french(text: str) -> Literal:
    """A text in French."""
    return Literal(text, language="fr")


def rdf_xml(nodes: Sequence[Node]) -> str:
    """The nodes as RDF/XML, nested as they are."""
    names = "".join(f'\n  xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
    body = "\n".join(line for node in nodes for line in _xml(node, "  "))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n{body}\n</rdf:RDF>\n'


def _xml(node: Node, indent: str) -> Iterator[str]:
    about = f" rdf:about={quoteattr(node.uri)}" if node.uri else ""
    yield f"{indent}<{node.type}{about}>"
    for predicate, value in node.said:
        yield from _xml_value(predicate, value, f"{indent}  ")
    yield f"{indent}</{node.type}>"


def _xml_value(predicate: str, value: Ref | Literal | Node, indent: str) -> Iterator[str]:
    if isinstance(value, Node):
        yield f"{indent}<{predicate}>"
        yield from _xml(value, f"{indent}  ")
        yield f"{indent}</{predicate}>"
    elif isinstance(value, Ref):
        yield f"{indent}<{predicate} rdf:resource={quoteattr(value.uri)}/>"
    else:
        language = f' xml:lang="{value.language}"' if value.language else ""
        datatype = f' rdf:datatype="{_expanded(value.datatype)}"' if value.datatype else ""
        yield f"{indent}<{predicate}{language}{datatype}>{escape(value.text)}</{predicate}>"


def turtle(nodes: Sequence[Node]) -> str:
    """The nodes as Turtle; those with a URI stand for themselves, blank ones where they are used."""
    lines = [f"@prefix {prefix}: <{uri}> ." for prefix, uri in PREFIXES.items()]
    waiting = list(nodes)
    while waiting:
        node = waiting.pop(0)
        lines += ["", f"<{node.uri}> a {node.type} {_statements(node, waiting)} ."]
    return "\n".join(lines) + "\n"


def _statements(node: Node, named: list[Node]) -> str:
    said = (f";\n    {predicate} {_turtle_value(value, named)}" for predicate, value in node.said)
    return "".join(said)


def _turtle_value(value: Ref | Literal | Node, named: list[Node]) -> str:
    if isinstance(value, Node):
        if value.uri:
            named.append(value)
            return f"<{value.uri}>"
        return f"[ a {value.type} {_statements(value, named)} ]"
    if isinstance(value, Ref):
        # RDF/XML takes a space in an address, Turtle does not parse with one.
        return f"<{value.uri.replace(' ', '%20')}>"
    text = value.text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    suffix = f"@{value.language}" if value.language else ""
    if value.datatype:
        suffix = f"^^<{_expanded(value.datatype)}>"
    return f'"{text}"{suffix}'


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else name
