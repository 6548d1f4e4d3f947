"""DCAT catalogues: RDF/XML, Turtle, JSON-LD or N-Triples, in one page or many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lxml import html as lxml_html

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest import rdf
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.page import SeenPages

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Download, Page, Transport

ACCEPT = (
    "application/rdf+xml, text/turtle;q=0.9, application/ld+json;q=0.9, application/n-triples;q=0.8, "
    "application/xml;q=0.5, application/json;q=0.5, */*;q=0.1"
)
#: Where software serves its catalogue; asked for in this order when a site does not say.
WELL_KNOWN = ("/catalog.xml", "/catalog.ttl", "/data.json")
_LINKED_TYPES = {"application/rdf+xml", "text/turtle", "application/ld+json", "text/n3", "application/n-triples"}
_ONE_DATASET = re.compile(r"/(?:dataset|datasets|jeu-de-donnees|fr/datasets)/[^/]+", re.IGNORECASE)
_LINK_NEXT = re.compile(r"<([^>]*)>[^,]*?;\s*rel\s*=\s*\"?[^\",;]*\bnext\b", re.IGNORECASE)
_MOST_LINKS = 2
_EMPTY_PAGES = 3
_NO_RDF = {"empty-answer", "html-instead-of-data", "not-rdf"}


class DcatConnector(Connector):
    """Reads page after page; each dataset is complete within its page, which may be a file of any size."""

    name = "dcat"
    title = N_("DCAT catalogue (RDF)")

    def __init__(self, url: str, fetch: Transport, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(url, fetch, options)
        self._first: tuple[Download, rdf.Graph] | None = None

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """The page itself, the feeds that it links to, or the usual addresses of a catalogue."""
        if rdf.looks_like_rdf(page):
            if candidate := cls._candidate(page):
                yield candidate
            return
        if not page.is_html:
            return
        linked = _linked_feeds(page)
        site = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        for address in linked[:_MOST_LINKS] or [site + path for path in WELL_KNOWN]:
            try:
                candidate = cls._candidate(fetch.get(address, accept=ACCEPT))
            except FatalSourceError:
                continue
            if candidate:
                yield candidate
                return

    @classmethod
    def _candidate(cls, page: Page) -> Candidate | None:
        """None for what is no catalogue; a broken one is a candidate, whose fault the preview then tells."""
        try:
            graph = rdf.read(page)
        except FatalSourceError as error:
            named = (error.code not in _NO_RDF and b"ns/dcat" in page.body) or error.code == "unknown-context"
            return Candidate(cls.name, page.url) if named else None
        if not rdf.datasets(graph) and not graph.of_type("dcat:Catalog"):
            return None
        return Candidate(cls.name, page.url, _count(graph, page))

    def count(self) -> int | None:
        """What hydra:totalItems says, or the number of datasets of a catalogue of one page."""
        page, graph = self._page(self.url)
        self._first = page, graph
        return _count(graph, page)

    def records(self) -> Iterator[Record | Issue]:
        """Every dataset of every page.

        Raises:
            FatalSourceError: a page cannot be read (see `rdf.read`), `no-dcat`, `page-loop`, `pages-without-end`.
        """
        seen_pages, known = SeenPages(), dict[str, bytes]()
        address, barren = self.url, 0
        while address:
            seen_pages.enter(address)
            page, graph = self._first or self._page(address)
            self._first = None
            seen_pages.read(page)
            if graph.charset_mended:
                yield _charset_issue(page.url)
            before = len(known)
            yield from self._datasets(graph, known)
            barren = barren + 1 if len(known) == before else 0
            following = _next(graph, page)
            if not known and not following and not graph.of_type("dcat:Catalog"):
                raise FatalSourceError(
                    N_("{url} can be read, but describes no dataset (dcat:Dataset) and no catalogue."),
                    code="no-dcat",
                    url=page.url,
                )
            if barren >= _EMPTY_PAGES and following:
                raise FatalSourceError(
                    N_("The last {count} pages of this source brought no new dataset, yet {url} names a next one."),
                    code="pages-without-end",
                    count=barren,
                    url=page.url,
                )
            address = following

    def map(self, record: Record) -> Mapped:
        graph, node = record.content
        return rdf.to_dataset(graph, node, record.guid)

    def _page(self, address: str) -> tuple[Download, rdf.Graph]:
        with self.fetch.download(address, accept=ACCEPT) as page:
            return page, rdf.read(page)

    def _datasets(self, graph: rdf.Graph, known: dict[str, bytes]) -> Iterator[Record | Issue]:
        """Records of a page; `known` holds the fingerprint of every guid of the run, halved to save memory."""
        for node in rdf.datasets(graph):
            part = rdf.described(graph, node)
            meaning = part.fingerprint()
            fingerprint = bytes.fromhex(meaning)[:16]
            guid = rdf.guid_of(part, node)
            if guid in known and guid.startswith("derived:") and known[guid] != fingerprint:
                guid = rdf.guid_of(part, node, distinct=True)
            if guid not in known:
                known[guid] = fingerprint
                yield Record(guid, meaning, (part, node))
            elif known[guid] != fingerprint:
                yield Issue(
                    code="duplicate-identifier",
                    message=N_(
                        "Two datasets have the identifier “{guid}”: “{title}” is left out. "
                        "Their publisher must give each its own."
                    ),
                    params={"guid": guid, "title": part.label(node) or str(node)},
                    record=guid,
                )


def _count(graph: rdf.Graph, page: Page | Download) -> int | None:
    totals = [graph.text(node, "hydra:totalItems") for node in graph.subjects("hydra:totalItems")]
    if totals and totals[0].strip().isdigit():
        return int(totals[0])
    return None if _next(graph, page) else len(rdf.datasets(graph))


def _next(graph: rdf.Graph, page: Page | Download) -> str:
    """Address of the next page: hydra's old and new words, or the HTTP header Link."""
    named = [
        value
        for node in graph.subjects("hydra:next", "hydra:nextPage")
        for value in graph.all(node, "hydra:next", "hydra:nextPage")
    ]
    said = [
        value.value if isinstance(value, rdf.Literal) else str(value)
        for value in named
        if not isinstance(value, rdf.Blank)
    ]
    if not said and (header := _LINK_NEXT.search(page.headers.get("link", ""))):
        said = [header[1]]
    return urljoin(page.url, said[0].strip()) if said and said[0].strip() else ""


def _linked_feeds(page: Page) -> list[str]:
    """Feeds that the head of a web page names, catalogues before single datasets."""
    try:
        root = lxml_html.document_fromstring(page.body, base_url=page.url)
    except (lxml_html.etree.ParserError, lxml_html.etree.XMLSyntaxError, ValueError):
        return []
    found: dict[str, None] = {}
    for link in root.iter("link"):
        rel, kind, target = (link.get(name) or "" for name in ("rel", "type", "href"))
        if "alternate" in rel.lower().split() and kind.split(";")[0].strip().lower() in _LINKED_TYPES and target:
            found.setdefault(urljoin(page.url, target.strip()))
    return [address for address in found if not _ONE_DATASET.search(urlsplit(address).path)]


def _charset_issue(url: str) -> Issue:
    return Issue(
        code="charset-mended",
        message=N_("The text of {url} is not in the charset that it declares: some accents may be wrong."),
        params={"url": url},
        level="warning",
    )
