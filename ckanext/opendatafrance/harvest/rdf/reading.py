"""Reading RDF in every form that sites serve, whatever they call it and however ill-formed; nothing else is loaded.

pyoxigraph reads; what it refuses in RDF/XML is mended with lxml, and rdflib has the last word.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any
from xml.sax import SAXException

import pyoxigraph as ox

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.charset import IN_MEMORY, START, pieces, text_of
from ckanext.opendatafrance.harvest.page import Download, Page
from ckanext.opendatafrance.harvest.rdf import jsonld, mending, xml
from ckanext.opendatafrance.harvest.rdf.frugal import Frugal
from ckanext.opendatafrance.harvest.rdf.graph import Blank, Graph, Literal, Node, iri
from ckanext.opendatafrance.harvest.rdf.large import LargeGraph

_BY_TYPE = {
    "application/rdf+xml": "xml",
    "application/ld+json": "json",
    "text/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/n-triples": "turtle",
    "text/n3": "n3",
    "text/rdf+n3": "n3",
    "application/trig": "trig",
    "application/n-quads": "trig",
}
_BY_ENDING = {
    "rdf": "xml",
    "owl": "xml",
    "jsonld": "json",
    "ttl": "turtle",
    "nt": "turtle",
    "n3": "n3",
    "trig": "trig",
    "nq": "trig",
}
_TURTLE_START = re.compile(
    r"\s*(?:#[^\n]*\n\s*)*(?:@prefix\b|@base\b|prefix\s+[\w-]*:|base\s*<|<[^<>\n]*>\s|_:\w+\s)", re.IGNORECASE
)
_XML_START = re.compile(r"\s*<(?:\?xml|!--|!DOCTYPE|[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?[\s>/])")
_HTML_START = re.compile(
    rb"\s*(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*)*<(?:!doctype\s+html|html\b)", re.IGNORECASE | re.DOTALL
)
_RDF = b"www.w3.org/1999/02/22-rdf-syntax-ns#"
_JSON_START = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{\]])')
_FORMATS = {"turtle": ox.RdfFormat.TURTLE, "n3": ox.RdfFormat.N3, "trig": ox.RdfFormat.TRIG}
_MOST_FOR_RDFLIB = 16 * 1024 * 1024
_LINE = re.compile(r"line (\d+)", re.IGNORECASE)


def looks_like_rdf(page: Page) -> bool:
    """Whether a page claims or seems to hold RDF; cheap, and no promise that it can be read."""
    if _is_web_page(page):
        return False
    start = page.body[:START]
    if page.media_type in _BY_TYPE:
        return True
    return _RDF in start or b"w3.org/ns/dcat" in start or b'"@context"' in start or b'"@graph"' in start


def read(answer: Page | Download) -> Graph:
    """The triples of an answer: in memory while it is small, else in a temporary file.

    Raises:
        FatalSourceError: `empty-answer`, `html-instead-of-data`, `not-rdf`, `broken-rdf`, `broken-xml` (with the line
            where it is known), `doctype-refused`, `unknown-context`, `bad-json`, `too-large`, `disk-full`.
    """
    if isinstance(answer, Page):
        answer = answer.download()
    start = answer.page(START)
    if not start.body.strip() and not any(piece.strip() for piece in pieces(answer.file)):
        raise start.empty()
    if _is_web_page(start):
        raise start.html_instead_of_data()
    text = text_of(answer)
    graph = Graph(url=answer.url) if answer.size <= IN_MEMORY else LargeGraph(url=answer.url)
    graph.charset_mended = text.mended
    kind = _kind(text.start, start)
    with _undisturbed():
        if kind == "xml":
            _read_xml(text.file, graph)
        elif kind == "json":
            for document in jsonld.documents(answer, whole=answer.size <= IN_MEMORY):
                _fill(graph, _parsed(document, ox.RdfFormat.JSON_LD, answer.url))
        else:
            _fill(graph, _parsed(text.file, _FORMATS[kind], answer.url))
        graph.complete()
    return graph


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Many small objects make Python look for garbage, each time among all that CKAN holds: half the CPU."""
    frozen_before = gc.get_freeze_count() > 0
    if not frozen_before:
        gc.freeze()
    try:
        yield
    finally:
        if not frozen_before:
            gc.unfreeze()


def _is_web_page(page: Page) -> bool:
    """HTML by what it holds; RDF that calls itself text/html is RDF."""
    start = page.body[:START]
    if not page.is_html or _HTML_START.match(start):
        return page.is_html
    return not (_RDF in start or _TURTLE_START.match(start.decode("latin-1")))


def _kind(start: str, page: Page) -> str:
    """xml, json, turtle, n3 or trig: what the content shows counts more than what the site says."""
    said = _BY_TYPE.get(page.media_type) or _BY_ENDING.get(page.url.split("?")[0].rpartition(".")[2].lower(), "")
    if (found := _XML_START.match(start)) and (found[0].lstrip()[1] in "?!" or "xmlns" in start):
        return "xml"
    if _TURTLE_START.match(start):
        return said if said in _FORMATS else "turtle"
    if _JSON_START.match(start) and said not in _FORMATS:
        return "json"
    if said == "json" or said in _FORMATS:
        return said
    raise FatalSourceError(
        N_(
            "{url} holds no RDF that is known here (RDF/XML, Turtle, JSON-LD, N-Triples); it says it is “{media_type}”."
        ),
        code="not-rdf",
        url=page.url,
        media_type=page.media_type or "?",
    )


def _read_xml(file: IO[bytes], graph: Graph) -> None:
    """pyoxigraph first; then a mended text; then, if it is not too large, rdflib, which asks less of RDF/XML."""
    document = xml.Xml(file, graph.url)
    if document.is_closed():  # pyoxigraph takes a text that stops between two tags for a whole one
        with suppress(FatalSourceError):
            _fill(graph, _parsed(document.watched(), ox.RdfFormat.RDF_XML, graph.url))
            if not document.suspect:
                return
        graph.clear()
    mended = mending.mended(document, graph.url)
    try:
        _fill(graph, _parsed(mended, ox.RdfFormat.RDF_XML, graph.url))
    except FatalSourceError:
        if mended.seek(0, 2) > _MOST_FOR_RDFLIB:
            raise
        graph.clear()
        mended.seek(0)
        _fill(graph, _read_by_rdflib(mended.read(), graph.url))


def _parsed(text: str | IO[bytes], form: ox.RdfFormat, url: str) -> Iterator[tuple[Any, str, Any]]:
    file = None if isinstance(text, str) else Frugal(text)
    source: Any = file or text
    try:
        for quad in ox.parse(source, format=form, base_iri=_base(url), lenient=True):
            yield quad.subject, quad.predicate.value, quad.object
    except MemoryError as error:  # a single text or address that is longer than the parser's buffer
        raise _monstrous(url) from error
    except (SyntaxError, ValueError) as error:
        raise _monstrous(url) if file and file.tripped else _broken(url, str(error)) from error
    if file and file.tripped:
        raise _monstrous(url)


def _fill(graph: Graph, triples: Iterable[tuple[Any, str, Any]]) -> None:
    for subject, predicate, value in triples:
        node = _node(subject)
        if not isinstance(node, Literal):
            graph.add(node, predicate, _node(value))


def _node(term: Any) -> Node:
    if isinstance(term, ox.NamedNode):
        return iri(term.value)
    if isinstance(term, ox.Literal):
        return Literal(term.value, term.language or "", term.datatype.value)
    return Blank(term.value) if isinstance(term, ox.BlankNode) else term


def _read_by_rdflib(text: bytes, url: str) -> Iterator[tuple[Node, str, Node]]:
    import rdflib  # heavy, and needed for one file in a hundred
    from rdflib.exceptions import ParserError

    try:
        store = rdflib.Graph().parse(data=text, format="xml", publicID=_base(url))
    except (ParserError, SAXException, ValueError, TypeError, AttributeError, KeyError, AssertionError) as error:
        raise _broken(url, str(error)) from error
    for subject, predicate, value in store:
        yield _rdflib_node(subject), str(predicate), _rdflib_node(value)


def _rdflib_node(term: Any) -> Node:
    kind = type(term).__name__
    if kind == "Literal":
        return Literal(str(term), term.language or "", str(term.datatype or ""))
    return Blank(str(term)) if kind == "BNode" else iri(str(term))


def _broken(url: str, reason: str) -> FatalSourceError:
    line = _LINE.search(reason)
    if line:
        message = N_("The RDF of {url} is broken at line {line}: {reason}")
    else:
        message = N_("The RDF of {url} is broken: {reason}")
    return FatalSourceError(message, code="broken-rdf", url=url, line=line[1] if line else "", reason=reason[:300])


def _monstrous(url: str) -> FatalSourceError:
    return FatalSourceError(
        N_("{url} cannot be read in the memory of the portal: it nests too deep, or holds a text of many megabytes."),
        code="too-large",
        url=url,
    )


def _base(url: str) -> str:
    return iri(url) if url.startswith(("http://", "https://")) else "http://localhost/"
