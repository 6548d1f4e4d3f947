"""CKAN's action API, and what DKAN answers in its place.

Read by search (paged, in the order of ids), else as one list with resources, else name by name; an address that is
itself a file with datasets in that form is read as it is. The listing is complete only if all of it was seen: where
the site says that it holds more than it gave, or repeats itself, `records` ends with an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from ckanext.opendatafrance.errors import N_, FatalSourceError, OdfError, RetriableError
from ckanext.opendatafrance.harvest.charset import IN_MEMORY, START, json_text_of
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.mapping import ckan as mapping
from ckanext.opendatafrance.harvest.mapping import ckan_api as api
from ckanext.opendatafrance.harvest.mapping import ckan_file as large_file
from ckanext.opendatafrance.harvest.mapping.said import words

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Download, Page, Transport

ROWS = 200
MAX_PAGES = 20_000
JSON = "application/json, */*;q=0.1"
#: Faults that say "this call does not exist here", after which another one is worth a try.
ABSENT = {"not-found", "forbidden", "http-status", "html-instead-of-data", "bad-json", "empty-answer", "api-error"}
_FAILURES_IN_A_ROW = 5


class CkanConnector(Connector):
    """CKAN and DKAN, by their action API."""

    name = "ckan"
    title = "CKAN"

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        bases, certain = api.bases(page)
        for base in bases:
            site = cls(base, fetch)
            count = site._search_count() if not certain else site.count()
            if count is None:
                continue
            yield Candidate(cls.name, base, count)
            if owner := api.owner(page.url):
                narrow = f"{base}/{owner[0]}/{owner[1]}"
                yield Candidate(cls.name, narrow, cls(narrow, fetch)._search_count())
            return
        if packages := _packages_of_file(page):
            yield Candidate(cls.name, page.url, len(packages))

    def count(self) -> int | None:
        found = self._search_count()
        if found is None:
            names = self._quietly("package_list")
            found = len(names) if isinstance(names, list) and names else None
        return found

    def records(self) -> Iterator[Record | Issue]:
        fault: FatalSourceError | None = None
        for listing in (self._by_search, self._by_list, self._by_name, self._by_file):
            try:
                pages = listing()
                first = next(pages, [])
            except FatalSourceError as error:
                if error.code not in ABSENT:
                    raise
                # A file that answers but holds nothing of the kind tells more than an API that is not there.
                fault = error if fault is None or (listing == self._by_file and error.code != "not-found") else fault
                continue
            base = "" if listing == self._by_file else self._base
            for packages in chain([first], pages):
                yield from (self._record(package, base) for package in packages)
            return
        raise fault or AssertionError("a listing was tried")

    def map(self, record: Record) -> Mapped:
        base, package = record.content
        return mapping.to_dataset(package, base, record.guid)

    @property
    def _base(self) -> str:
        return api.base_of(self.url)

    @property
    def _filter(self) -> dict[str, str]:
        owner = api.owner(self.url)
        return {"fq": f"{'organization' if owner[0] == 'organization' else 'groups'}:{owner[1]}"} if owner else {}

    # -- the ways of listing, each yielding lists of packages -------------------------------------------------------

    def _by_search(self) -> Iterator[list[Any]]:
        seen: set[str] = set()
        start, before = 0, None
        for _ in range(MAX_PAGES):
            result = self._call("package_search", rows=ROWS, start=start, sort="id asc", **self._filter)
            if isinstance(result, list):
                yield api.flat(result)
                self._check_against_names(len(api.flat(result)))
                return
            packages = result.get("results") if isinstance(result, Mapping) else None
            if not isinstance(packages, list):
                raise self._api_error("package_search")
            total = api.number(result.get("count"))
            fresh = [package for package in packages if api.mark(package) not in seen]
            seen.update(map(api.mark, fresh))
            yield fresh
            if before is not None and total is not None and total < before:
                # What was deleted meanwhile moved the rest forward, over the edge of a page: look back as far.
                start, before = max(0, start - (before - total)), total
                continue
            if packages and not fresh:
                raise self._loop(start)
            start, before = start + len(packages), total
            if not packages or (total is not None and start >= total):
                self._check_complete(len(seen), total)
                return
        raise self._loop(start)

    def _by_list(self) -> Iterator[list[Any]]:
        self._refuse_filter()
        seen: set[str] = set()
        start = 0
        for _ in range(MAX_PAGES):
            packages = api.flat(self._call("current_package_list_with_resources", limit=ROWS, offset=start))
            if start == 0 and not any(isinstance(package, Mapping) for package in packages):
                raise self._api_error("current_package_list_with_resources")
            fresh = [package for package in packages if api.mark(package) not in seen]
            if not fresh:  # the end, or a site that gives everything whatever the offset
                break
            seen.update(map(api.mark, fresh))
            yield fresh
            start += len(packages)
        self._check_against_names(len(seen))

    def _by_name(self) -> Iterator[list[Any]]:
        self._refuse_filter()
        names = self._call("package_list")
        if not isinstance(names, list) or not names:
            raise self._api_error("package_list")
        failed = in_a_row = 0
        for name in dict.fromkeys(map(str, names)):
            try:
                yield api.flat(self._call("package_show", id=name))
                in_a_row = 0
            except FatalSourceError as error:
                failed, in_a_row = failed + 1, in_a_row + 1
                if in_a_row >= _FAILURES_IN_A_ROW:
                    raise
                yield [Issue(error.code, error.message, error.params, name)]
        # The name of what failed need not be its id, so nothing can be told about what is missing.
        self._check_complete(len(names) - failed, len(names))

    def _by_file(self) -> Iterator[list[Any]]:
        with self.fetch.download(self.url, accept=JSON) as answer:
            if answer.size > IN_MEMORY:
                yield from self._by_large_file(answer)
                return
            value = answer.page().json()
        packages = api.packages(value)
        if not packages:
            raise self._no_datasets()
        yield packages
        self._check_complete(len(packages), api.announced(value))

    def _by_large_file(self, answer: Download) -> Iterator[list[Any]]:
        if answer.page(START).is_html:
            raise answer.page(START).html_instead_of_data()
        text = json_text_of(answer).file
        found, announced = large_file.look(text, answer.url)
        if not found:
            raise self._no_datasets()
        seen = 0
        for packages in large_file.batches(text, answer.url):
            seen += len(packages)
            yield packages
        self._check_complete(seen, announced)

    def _no_datasets(self) -> FatalSourceError:
        return FatalSourceError(
            N_("{url} is neither the address of a CKAN site nor a file of datasets as CKAN gives them."),
            code="not-ckan",
            url=self.url,
        )

    # -- calls --------------------------------------------------------------------------------------------------------

    def _call(self, action: str, **params: Any) -> Any:
        """The `result` of an action.

        Raises:
            FatalSourceError: the transport's faults, or `api-error` where the site itself says no.
        """
        if api.is_file(self.url):
            raise self._api_error(action)
        query = urlencode({key: value for key, value in params.items() if value is not None}, quote_via=quote)
        page = self.fetch.get(f"{self._base}/api/3/action/{action}{'?' if query else ''}{query}", accept=JSON)
        answer = page.json()
        if isinstance(answer, Mapping) and answer.get("success") and "result" in answer:
            return answer["result"]
        raise self._api_error(action)

    def _quietly(self, action: str, **params: Any) -> Any:
        try:
            return self._call(action, **params)
        except FatalSourceError as error:
            if error.code in ABSENT:
                return None
            raise

    def _search_count(self) -> int | None:
        result = self._quietly("package_search", rows=0, **self._filter)
        if isinstance(result, Mapping):
            return api.number(result.get("count"))
        return len(api.flat(result)) if isinstance(result, list) and result else None

    def _record(self, package: Any, base: str) -> Record | Issue:
        if isinstance(package, Issue):
            return package
        guid = api.key(package) if isinstance(package, Mapping) else ""
        title = words(package.get("title")) if isinstance(package, Mapping) else str(package)[:80]
        if not guid:
            return Issue("identifier-missing", NO_IDENTIFIER, {"title": title[:200]}, title[:200])
        if why := api.left_out(package):
            return Issue("not-public", why, {"title": title or guid}, guid, "warning")
        return Record(guid, api.fingerprint(package), (base, package))

    def _check_complete(self, seen: int, total: int | None) -> None:
        if total is not None and seen < total:
            raise RetriableError(
                N_(
                    "{url} says that it holds {total} datasets but gave only {seen}: the list is not complete. "
                    "What was given is read; nothing is removed."
                ),
                code="listing-incomplete",
                url=self.url,
                total=total,
                seen=seen,
            )

    def _check_against_names(self, seen: int) -> None:
        names = self._quietly("package_list")
        self._check_complete(seen, len(set(map(str, names))) if isinstance(names, list) else None)

    def _refuse_filter(self) -> None:
        if self._filter:
            raise self._api_error("package_search")

    def _api_error(self, action: str) -> FatalSourceError:
        return FatalSourceError(
            N_("{url} does not answer the call {action} of CKAN's API."),
            code="api-error",
            url=self.url,
            action=action,
        )

    def _loop(self, start: int) -> FatalSourceError:
        return FatalSourceError(
            N_("{url} gives the same datasets again from number {start} on: the list is not complete."),
            code="page-loop",
            url=self.url,
            start=start,
        )


def _packages_of_file(page: Page) -> list[Any]:
    try:
        return api.packages(page.json())
    except OdfError:
        return []


NO_IDENTIFIER = N_("“{title}” has neither identifier nor name and cannot be followed from one harvest to the next.")
