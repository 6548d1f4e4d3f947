"""Triples of one page in memory, and the questions that a mapping asks of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from ckanext.opendatafrance.harvest.mapping import urls

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "locn": "http://www.w3.org/ns/locn#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
}
_VARIANTS = {
    "https://www.w3.org/": "http://www.w3.org/",
    "https://purl.org/dc/": "http://purl.org/dc/",
    "https://xmlns.com/": "http://xmlns.com/",
    "https://schema.org/": "http://schema.org/",
    "https://data.europa.eu/": "http://data.europa.eu/",
    "https://spdx.org/rdf/": "http://spdx.org/rdf/",
    "http://purl.org/dc/terms/#": "http://purl.org/dc/terms/",
    "http://www.w3.org/ns/dcat/": "http://www.w3.org/ns/dcat#",
}
_ILL_FORMED = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_LABELS = ("skos:prefLabel", "rdfs:label", "dct:title", "foaf:name", "vcard:fn", "schema:name", "dc:title", "rdf:value")
#: Links that lead to other datasets and to whole vocabularies, not to a part of the dataset.
_ELSEWHERE = frozenset(
    {"dcat:dataset", "dcat:catalog", "dcat:record", "dcat:inSeries", "dcat:seriesMember", "dcat:prev", "dcat:next"}
    | {"dcat:first", "dcat:last", "dcat:hasVersion", "dcat:servesDataset", "dct:hasPart", "dct:isPartOf"}
    | {"dct:relation"}
    | {"dct:hasVersion", "dct:isVersionOf", "dct:replaces", "dct:isReplacedBy", "skos:inScheme", "skos:hasTopConcept"}
    | {"skos:topConceptOf", "skos:broader", "skos:narrower", "skos:related", "foaf:isPrimaryTopicOf", "rdf:type"}
)
_DEEPEST = 50


class Iri(str):
    """A node with a name; what no IRI may hold is percent-encoded, so that it is written the same everywhere."""

    __slots__ = ()


class Blank(str):
    """A node without a name, known within its page only."""

    __slots__ = ()


class Literal(NamedTuple):
    """A value with its language or its datatype (IRI), empty where it has none."""

    value: str
    lang: str = ""
    datatype: str = ""


Node = Iri | Blank | Literal
Resource = Iri | Blank
Properties = dict[str, list[Node]]


def iri(text: str) -> Iri:
    """An Iri from any text."""
    return Iri(urls.uri(text) if _ILL_FORMED.search(text) else text)


@cache
def expand(name: str) -> str:
    """A full IRI from a prefixed name."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


@cache
def _usual(predicate: str) -> str:
    """Predicates and classes as the standards write them, for those who write https or forget a #."""
    for start, usual in _VARIANTS.items():
        if predicate.startswith(start):
            return usual + predicate[len(start) :]
    return predicate


_TYPE = expand("rdf:type")
_STOPS = frozenset(map(expand, _ELSEWHERE))


def append(properties: Properties, predicate: str, value: Node) -> None:
    """Add a value that is not there yet; of very many only the last are compared."""
    values = properties.setdefault(predicate, [])
    if value not in values[-50:]:
        values.append(value)


def led_to(properties: Properties) -> Iterator[Resource]:
    """Nodes that may be parts of the one with these properties."""
    for predicate, values in properties.items():
        if predicate not in _STOPS:
            yield from (value for value in values if not isinstance(value, Literal))


class Graph:
    """An index of triples by subject and predicate, in the order of the document.

    Questions take prefixed names ("dct:title"); of several predicates the first that has a value answers.

    Attributes:
        url: address of the page.
        charset_mended: the page was not in the charset that it declares.
    """

    def __init__(self, nodes: dict[Resource, Properties] | None = None, url: str = "") -> None:
        self.url = url
        self.charset_mended = False
        self._nodes: dict[Resource, Properties] = nodes if nodes is not None else {}
        self._reverse: dict[str, dict[Node, list[Resource]]] = {}

    def __len__(self) -> int:
        """Number of triples."""
        return sum(len(values) for properties in self._nodes.values() for values in properties.values())

    def __contains__(self, node: object) -> bool:
        return node in self._nodes

    def clear(self) -> None:
        """Forget all triples."""
        self._nodes.clear()
        self._reverse.clear()

    def add(self, subject: Resource, predicate: str, value: Node) -> None:
        predicate = _usual(predicate)
        if predicate == _TYPE and isinstance(value, Iri):
            value = Iri(_usual(value))
        append(self._nodes.setdefault(subject, {}), predicate, value)

    def complete(self) -> None:
        """To be called once when all triples are there, before anything is asked."""

    def of_type(self, *names: str) -> list[Resource]:
        """Nodes of any of the classes, in the order of the document."""
        classes = {Iri(expand(name)) for name in names}
        return [node for node, properties in self._nodes.items() if classes.intersection(properties.get(_TYPE, ()))]

    def subjects(self, *names: str) -> Iterator[Resource]:
        """Nodes that have any of the predicates."""
        predicates = {expand(name) for name in names}
        return (node for node, properties in self._nodes.items() if not predicates.isdisjoint(properties))

    def properties(self, node: Node) -> Properties:
        """All that is said of a node, by full predicate."""
        return {} if isinstance(node, Literal) else self._nodes.get(node, {})

    def pointing_to(self, node: Resource, name: str) -> list[Resource]:
        """Nodes that lead to a node by a predicate."""
        if name not in self._reverse:
            index: dict[Node, list[Resource]] = {}
            for subject in self.subjects(name):
                for value in self.all(subject, name):
                    index.setdefault(value, []).append(subject)
            self._reverse[name] = index
        return self._reverse[name].get(node, [])

    def all(self, node: Node, *names: str) -> list[Node]:
        """Values of all the predicates."""
        properties = self.properties(node)
        return [value for name in names for value in properties.get(expand(name), ())]

    def values(self, node: Node, *names: str) -> list[Node]:
        """Values of the first predicate that has any."""
        properties = self.properties(node)
        return next((found for name in names if (found := properties.get(expand(name)))), [])

    def first(self, node: Node, *names: str) -> Node | None:
        """The first value."""
        return next(iter(self.values(node, *names)), None)

    def texts(self, node: Node, *names: str) -> list[str]:
        """Texts of the first predicate that has any, in French if there are such, else without language, English, any.

        Values without a language go along with the French ones. Nodes give their label, or their IRI.
        """
        values = self.values(node, *names)
        literals = [value for value in values if isinstance(value, Literal) and value.value.strip()]
        said = {_group(value.lang) for value in literals}
        wanted = {"fr", ""} if "fr" in said else {min(said, key=_rank)} if said else set()
        chosen = [value.value for value in literals if _group(value.lang) in wanted]
        return chosen + [
            text for value in values if not isinstance(value, Literal) and (text := self.label(value) or _iri(value))
        ]

    def text(self, node: Node, *names: str) -> str:
        """The best text of the first predicate that has one: French, then without language, English, any."""
        for name in names:
            literals = [
                value for value in self.values(node, name) if isinstance(value, Literal) and value.value.strip()
            ]
            if literals:
                return min(literals, key=lambda value: _rank(_group(value.lang))).value
            if texts := self.texts(node, name):
                return texts[0]
        return ""

    def label(self, node: Node) -> str:
        """Text of a literal, label of a described node, empty for any other."""
        if isinstance(node, Literal):
            return node.value.strip()
        for name in _LABELS:
            literals = [
                value for value in self.values(node, name) if isinstance(value, Literal) and value.value.strip()
            ]
            if literals:
                return min(literals, key=lambda value: _rank(_group(value.lang))).value.strip()
        return ""

    def part(self, node: Resource, also: Iterable[Resource] = ()) -> Graph:
        """The triples that describe a node: its own, and those of what it leads to, other datasets excepted.

        Args:
            also: nodes that belong to it without being led to.
        """
        nodes: dict[Resource, Properties] = {}
        waiting = [node, *also]
        while waiting:
            current = waiting.pop()
            properties = self._nodes.get(current)
            if properties is None or current in nodes:
                continue
            nodes[current] = properties
            waiting.extend(led_to(properties))
        return Graph(nodes, self.url)

    def fingerprint(self) -> str:
        """sha256 (hex) of the meaning: the same for any order of the triples and any names of the blank nodes."""
        known: dict[Blank, str] = {}
        lines = sorted(
            _digest(f"{node}\n{self._structure(node, known, ())}") for node in self._nodes if isinstance(node, Iri)
        )
        lines += sorted(self._key(node, known, ()) for node in self._nodes if isinstance(node, Blank))
        return _digest("\n".join(lines))

    def _structure(self, node: Resource, known: dict[Blank, str], path: tuple[Blank, ...]) -> str:
        return "\n".join(
            sorted(
                f"{predicate} {self._key(value, known, path)}"
                for predicate, values in self._nodes.get(node, {}).items()
                for value in values
            )
        )

    def _key(self, node: Node, known: dict[Blank, str], path: tuple[Blank, ...]) -> str:
        if isinstance(node, Literal):
            return repr(tuple(node))
        if isinstance(node, Iri):
            return f"<{node}>"
        if node in path or len(path) > _DEEPEST:
            return "_:circle"
        if node not in known:
            known[node] = _digest(self._structure(node, known, (*path, node)))
        return known[node]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _group(lang: str) -> str:
    return lang.lower().partition("-")[0]


def _rank(lang: str) -> tuple[int, str]:
    return {"fr": 0, "": 1, "en": 2}.get(lang, 3), lang


def _iri(node: Node) -> str:
    return str(node) if isinstance(node, Iri) else ""
