"""Geographic catalogues by CSW 2.0.2: GeoNetwork, geOrchestra, pycsw, Géo-IDE and others.

GetRecords by GET, in ISO 19139, else ISO 19115-3, else Dublin Core. The list is complete only if as many records were
seen as the server says that it holds; otherwise `records` ends with an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ckanext.opendatafrance.errors import N_, FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.mapping import iso
from ckanext.opendatafrance.harvest.mapping.iso import addresses, paging

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

MOST_TRIED = 3
MAX_PAGES = 20_000
XML = "application/xml, text/xml, */*;q=0.1"
#: Faults that say "not in this way", after which another way of asking is worth a try.
REFUSED = {"csw-exception", "http-status", "not-csw"}
_NO_SERVER = REFUSED | {
    "html-instead-of-data",
    "not-found",
    "empty-answer",
    "broken-xml",
    "doctype-refused",
    "forbidden",
}
_SERVICES_ONLY = {
    "constraintLanguage": "CQL_TEXT",
    "constraint_language_version": "1.1.0",
    "constraint": "type='service'",
}

Couplings = dict[str, list[iso.Coupling]]


class CswConnector(Connector):
    """Reads page after page; a dataset gains the services of the catalogue that say that they serve it."""

    name = "csw"
    title = N_("Geographic catalogue (CSW)")

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """The address itself, what a page links to, or where GeoNetwork has its server."""
        # A server that refuses its bare address (400) is stood in for by the home page: what was pasted still counts.
        pasted = [address for address in (*fetch.asked[:1], page.url) if addresses.is_csw(address)]
        if b"/cat/csw/" in page.body[:4000]:
            pasted.append(page.url)
        bases = [addresses.endpoint(address) for address in pasted]
        for base in dict.fromkeys([*bases, *addresses.endpoints(page)][:MOST_TRIED]):
            try:
                count = cls(base, fetch).count()
            except FatalSourceError as error:
                if error.code in _NO_SERVER:
                    continue
                raise
            yield Candidate(cls.name, base, count)
            return

    def count(self) -> int | None:
        page = self.fetch.get(addresses.hits(self._base), accept=XML)
        return iso.results(iso.read(page), page.url).matched

    def records(self) -> Iterator[Record | Issue]:
        """Every record of the catalogue.

        Raises:
            FatalSourceError: an answer cannot be read, `csw-exception`, `page-loop`.
            RetriableError: `listing-incomplete`.
        """
        schema, ordered, first = self._first_page()
        services = self._couplings(schema)
        progress = paging.Progress(self.url)
        start, total, page = 1, first.matched, first
        for _ in range(MAX_PAGES):
            yield from self._of_page(page, services, progress)
            progress.turn(page, start, total)
            start = paging.following(page, start)
            if (total is not None and start > total) or (total is None and not page.following):
                progress.end(total)
                return
            page = self._page(schema, start, ordered)
            if total and page.matched and page.matched < total:
                # What was deleted meanwhile moved the rest forward, over the edge of a page: look back as far.
                start = max(1, start - (total - page.matched))
                page = self._page(schema, start, ordered)
            total = page.matched or total
        raise progress.loop(start)

    def map(self, record: Record) -> Mapped:
        element, services = record.content
        return iso.to_dataset(element, record.guid, self._base, services)

    @property
    def _base(self) -> str:
        return addresses.endpoint(self.url)

    def _first_page(self) -> tuple[str, bool, iso.Results]:
        """The first page in the best schema that the server knows, and whether it sorts.

        A server that is out of order for a moment raises; it is not asked for something poorer instead.
        """
        known = self._schemas()
        fault: FatalSourceError | None = None
        for schema in [one for one in addresses.SCHEMAS if not known or one in known] or [addresses.CSW]:
            for ordered in (True, False):
                try:
                    page = self._page(schema, 1, ordered)
                except FatalSourceError as error:
                    if error.code not in REFUSED:
                        raise
                    fault = fault or error
                    continue
                if page.records or not page.matched:
                    return schema, ordered, page
        raise fault or paging.Progress(self.url).incomplete(None)

    def _schemas(self) -> tuple[str, ...]:
        """Output schemas by the capabilities; nothing where these cannot be read."""
        try:
            page = self.fetch.get(addresses.request(self._base, request="GetCapabilities"), accept=XML)
            return iso.capabilities(iso.read(page)) or ()
        except FatalSourceError as error:
            if error.code in REFUSED | {"broken-xml", "not-found"}:
                return ()
            raise

    def _page(self, schema: str, start: int, ordered: bool, **filter_by: str) -> iso.Results:
        url = addresses.get_records(self._base, schema, start, paging.ROWS, ordered, **filter_by)
        page = self.fetch.get(url, accept=XML)
        return iso.results(iso.read(page), page.url)

    def _couplings(self, schema: str) -> Couplings:
        """Services by the datasets that they serve; none where the server cannot be asked for its services alone."""
        found: defaultdict[str, list[iso.Coupling]] = defaultdict(list)
        start = 1
        for _ in range(MAX_PAGES if schema != addresses.CSW else 0):
            try:
                page = self._page(schema, start, False, **_SERVICES_ONLY)
            except FatalSourceError as error:
                if isinstance(error, RetriableError) and error.code != "server-error":
                    raise
                return {}
            if not all(map(iso.is_service, page.records)):
                return {}  # the server does not know the question and gives everything
            for service in filter(None, map(iso.coupling_of, page.records)):
                for guid in service.layers:
                    found[guid].append(service)
            start = paging.following(page, start)
            if not page.records or start > (page.matched or 0):
                break
        return dict(found)

    def _of_page(self, page: iso.Results, services: Couplings, progress: paging.Progress) -> Iterator[Record | Issue]:
        for element in page.records:
            title, guid = iso.title_of(element), iso.guid_of(element)
            serving = [(key, one) for key in iso.identifiers_of(element, guid) for one in services.get(key, ())]
            fingerprint = iso.fingerprint(element, *(one.said(key) for key, one in serving))
            if fingerprint in progress.others or progress.known.get(guid) == fingerprint:
                continue
            if why := iso.why_left_out(element):
                progress.others.add(fingerprint)
                yield Issue("not-a-dataset", why, {"title": title or guid}, title or guid, "warning")
            elif guid in progress.known:
                progress.others.add(fingerprint)
                yield Issue("duplicate-identifier", DUPLICATE, {"guid": guid, "title": title}, guid)
            else:
                progress.known[guid] = fingerprint
                yield Record(guid, fingerprint, (element, tuple(serving)))


DUPLICATE = N_(
    "Two datasets have the identifier “{guid}”: “{title}” is left out. Their publisher must give each its own."
)
