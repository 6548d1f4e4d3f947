"""Opendatasoft's Explore API 2.1, its version 1 where that is all there is, or a file of a catalogue.

Up to 10,000 datasets come in pages; beyond, where pages end, the export of the catalogue is read in parts. The listing
is complete only if as many datasets came as the site said that it holds at any moment of the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ckanext.opendatafrance.errors import N_, FatalSourceError, OdfError, RetriableError
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.mapping import opendatasoft as mapping
from ckanext.opendatafrance.harvest.mapping import opendatasoft_api as api

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

V2 = "/api/explore/v2.1/catalog/"
V1 = "/api/datasets/1.0/search/"
ROWS = 100
EXPORT_ROWS = 500
#: Pages end here: the sum of offset and limit may not be higher.
LAST_OFFSET = 10_000
JSON = "application/json, */*;q=0.1"
#: Faults that say "this call does not exist here", after which another one is worth a try.
ABSENT = {"not-found", "forbidden", "http-status", "html-instead-of-data", "bad-json", "empty-answer", "api-error"}
Ask = Callable[[int], tuple[int, list[Any]]]


class OpendatasoftConnector(Connector):
    """A domain of Opendatasoft, or the part of it that refine and exclude filters in its address leave."""

    name = "opendatasoft"
    title = "Opendatasoft"

    @classmethod
    def recognises(cls, page: Page) -> bool:
        return api.bases(page)[1]

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """The domain, what its address narrows it to, and its catalogue in DCAT where it exports one."""
        bases, certain = api.bases(page)
        for base in bases:
            site = cls(base, fetch)
            count = site.count() if certain else site._count_v2()
            if count is None:
                continue
            yield Candidate(cls.name, base, count)
            if wanted := api.filters(page.url):
                narrow = api.narrowed(base, wanted)
                yield Candidate(cls.name, narrow, cls(narrow, fetch).count())
            if site._exports_dcat():
                yield Candidate("dcat", f"{base}{V2}exports/dcat", count)
            return
        if found := _datasets_of_file(page):
            yield Candidate(cls.name, page.url, len(found[1]))

    def count(self) -> int | None:
        total = self._count_v2()
        if total is None and (answer := self._quietly(V1, self._facets(1, rows=0))):
            total = answer[0]
        return total

    def records(self) -> Iterator[Record | Issue]:
        fault: FatalSourceError | None = None
        listings = ((2, self._by_v2), (1, self._by_v1), (2, self._by_file))
        for version, listing in listings[-1:] if api.is_file(self.url) else listings:
            try:
                pages = listing()
                first = next(pages, [])
            except FatalSourceError as error:
                if error.code not in ABSENT:
                    raise
                fault = fault or error
                continue
            base = self._base if listing != self._by_file else ""
            for raw in chain(first, chain.from_iterable(pages)):
                yield self._record(raw, base, version)
            return
        raise fault or AssertionError("a listing was tried")

    def map(self, record: Record) -> Mapped:
        entry, base, version = record.content
        return mapping.to_dataset(entry, base, version)

    @property
    def _base(self) -> str:
        return api.base_of(self.url)

    # -- the ways of listing, each yielding lists of datasets ---------------------------------------------------------

    def _by_v2(self) -> Iterator[list[Any]]:
        total, datasets = self._ask(f"{V2}datasets", self._facets(2, limit=ROWS, offset=0, order_by="title"))
        if total > LAST_OFFSET:
            yield from self._all(lambda start: (total, self._export(start)))
            return
        first = [(total, datasets)]

        def page(start: int) -> tuple[int, list[Any]]:
            wanted = self._facets(2, limit=ROWS, offset=start, order_by="title")
            return first.pop() if first else self._ask(f"{V2}datasets", wanted)

        yield from self._all(page)

    def _export(self, start: int) -> list[Any]:
        return self._ask(f"{V2}exports/json", self._facets(2, limit=EXPORT_ROWS, offset=start), total=False)[1]

    def _by_v1(self) -> Iterator[list[Any]]:
        return self._all(lambda start: self._ask(V1, self._facets(1, rows=ROWS, start=start, interopmetas="true")))

    def _by_file(self) -> Iterator[list[Any]]:
        found = _datasets_of_file(self.fetch.get(self.url, accept=JSON))
        if not found:
            raise self._api_error(self.url)
        yield found[1]
        self._check_complete(len(found[1]), found[0] or 0)

    def _all(self, ask: Ask) -> Iterator[list[Any]]:
        """All datasets, page after page; `ask` gives the number of all, and those from a position on."""
        seen: set[str] = set()
        start = most = 0
        while True:
            total, datasets = ask(start)
            most = max(most, total)
            fresh = [raw for raw in datasets if api.mark(raw) not in seen]
            seen.update(map(api.mark, fresh))
            yield fresh
            start += len(datasets)
            if datasets and not fresh:
                raise FatalSourceError(LOOP, code="page-loop", url=self.url, start=start - len(datasets))
            if not datasets or start >= total:
                self._check_complete(len(seen), most)
                return

    # -- calls --------------------------------------------------------------------------------------------------------

    def _facets(self, version: int, **params: Any) -> list[tuple[str, Any]]:
        """The parameters of a call, with the filters of this source in the words of the version."""
        narrow = [
            (verb, f'{facet}:"{value}"') if version == 2 else (f"{verb}.{facet}", value)
            for verb, facet, value in api.filters(self.url)
        ]
        return [*params.items(), *narrow]

    def _ask(self, path: str, params: list[tuple[str, Any]], total: bool = True) -> tuple[int, list[Any]]:
        """Number and datasets that a call answers.

        Raises:
            FatalSourceError: the transport's faults, or `api-error` where it answers something else.
        """
        value = self.fetch.get(f"{self._base}{path}?{urlencode(params)}", accept=JSON).json()
        found = api.datasets(value) or ((0, []) if value == [] and not total else None)
        if found is None or (total and found[0] is None):
            raise self._api_error(path)
        return found[0] or 0, found[1]

    def _quietly(self, path: str, params: list[tuple[str, Any]]) -> tuple[int, list[Any]] | None:
        try:
            return self._ask(path, params)
        except FatalSourceError as error:
            if error.code in ABSENT:
                return None
            raise

    def _count_v2(self) -> int | None:
        answer = self._quietly(f"{V2}datasets", self._facets(2, limit=1))
        return answer[0] if answer else None

    def _exports_dcat(self) -> bool:
        """Whether the list of export formats of the catalogue names DCAT."""
        try:
            return f"{V2}exports/dcat".encode() in self.fetch.get(f"{self._base}{V2}exports", accept=JSON).body
        except FatalSourceError:
            return False

    def _record(self, raw: Any, base: str, version: int) -> Record | Issue:
        entry = api.entry(raw)
        if entry is None:
            title = api.title(raw)
            return Issue("identifier-missing", NO_IDENTIFIER, {"title": title}, title)
        return Record(entry.id, entry.fingerprint, (entry, base, version))

    def _check_complete(self, seen: int, total: int) -> None:
        if seen < total:
            raise RetriableError(INCOMPLETE, code="listing-incomplete", url=self.url, total=total, seen=seen)

    def _api_error(self, action: str) -> FatalSourceError:
        return FatalSourceError(NO_API, code="api-error", url=self.url, action=action)


def _datasets_of_file(page: Page) -> tuple[int | None, list[Any]] | None:
    """What a file holds that is a catalogue of Opendatasoft, in JSON or CSV; None where it is none."""
    try:
        if page.is_html:
            return None
        if page.body.lstrip()[:1] not in (b"{", b"["):
            return api.rows(page.text)
        found = api.datasets(page.json())
        return found if found and (not found[1] or any(map(api.identifier, found[1]))) else None
    except OdfError:
        return None


NO_IDENTIFIER = N_("“{title}” has no identifier (dataset_id) and cannot be followed from one harvest to the next.")
NO_API = N_("{url} does not answer the call {action} of Opendatasoft's API.")
LOOP = N_("{url} gives the same datasets again from number {start} on: the list is not complete.")
INCOMPLETE = N_(
    "{url} says that it holds {total} datasets but gave only {seen}: the list is not complete. "
    "What was given is read; nothing is removed."
)
