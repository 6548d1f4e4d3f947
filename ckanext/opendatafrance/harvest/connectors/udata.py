"""udata's API: data.gouv.fr and the regional portals built with it.

A source is a whole site, or the part of it that its address means: an organisation (id, slug or SIRET), a territory, a
key word. Version 1 gives datasets with their files; where only version 2 answers, files are asked for dataset by
dataset. The listing is complete only if as many datasets came as the site said at any moment that there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin

from ckanext.opendatafrance.errors import N_, FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.mapping import udata as mapping
from ckanext.opendatafrance.harvest.mapping import udata_api as api
from ckanext.opendatafrance.harvest.mapping.said import words
from ckanext.opendatafrance.harvest.page import SeenPages
from ckanext.opendatafrance.reference import siren

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

ROWS = 100
JSON = "application/json, */*;q=0.1"
#: Faults that say "this call does not exist here", after which the other version is worth a try.
ABSENT = {"not-found", "forbidden", "http-status", "html-instead-of-data", "bad-json", "empty-answer", "api-error"}
LISTS = {1: "/api/1/datasets/", 2: "/api/2/datasets/search/"}
_FAILURES_IN_A_ROW = 5
_PAGES_OF_FILES = 200


class UdataConnector(Connector):
    """udata, whole or in part.

    Options:
        organization: id, slug or SIRET of an organisation, where the address does not say it.
        territory: INSEE code of a commune or département, SIREN of an EPCI, or udata's own zone id.
    """

    name = "udata"
    title = "udata"

    def __init__(self, url: str, fetch: Transport, options: Mapping[str, Any] | None = None) -> None:
        super().__init__(url, fetch, options)
        # What the site says of the organisation that this source is narrowed to: its lists leave out the SIRET.
        self._publisher: Mapping[str, Any] = {}

    @classmethod
    def recognises(cls, page: Page) -> bool:
        return api.bases(page)[1]

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """The part of the site that its address means; of the page of a dataset, also its organisation."""
        bases, certain = api.bases(page)
        scope = api.scope_of(page.url)
        for base in bases:
            here = cls(api.narrowed(base, scope) if scope else base, fetch)
            count = here.count() if certain else here._count(1)
            if count is None:
                continue
            if scope:
                yield Candidate(cls.name, api.narrowed(base, here._scope), count)
                return
            if publisher := here._publisher_of(api.dataset_of(page.url)):
                narrow = cls(api.narrowed(base, {"organization": publisher}), fetch)
                yield Candidate(cls.name, narrow.url, narrow.count())
            if not publisher or base.partition("://")[2] not in api.NATIONAL:
                yield Candidate(cls.name, base, count)
            return

    def count(self) -> int | None:
        return next(filter(lambda count: count is not None, map(self._count, self._versions)), None)

    def records(self) -> Iterator[Record | Issue]:
        fault: FatalSourceError | None = None
        for version in self._versions:
            try:
                pages = self._pages(self._list(version, ROWS))
                first = next(pages)
            except FatalSourceError as error:
                if error.code not in ABSENT:
                    raise
                fault = fault or error
                continue
            yield from self._records(chain(first, chain.from_iterable(pages)))
            return
        raise fault or AssertionError("a version was tried")

    def map(self, record: Record) -> Mapped:
        base, raw = record.content
        return mapping.to_dataset(raw, base, record.guid)

    @property
    def _base(self) -> str:
        return api.base_of(self.url)

    @property
    def _versions(self) -> tuple[int, ...]:
        return (2, 1) if api.version_of(self.url) == 2 else (1, 2)

    # -- which part of the site ---------------------------------------------------------------------------------------

    @cached_property
    def _scope(self) -> dict[str, str]:
        scope = api.scope_of(self.url)
        if organization := scope.get("organization") or words(self.options.get("organization")):
            self._publisher = self._organization(organization)
            scope["organization"] = words(self._publisher.get("id"))
        if territory := scope.get("geozone") or words(self.options.get("territory")):
            scope["geozone"] = api.zone_of(territory)
        return scope

    def _organization(self, said: str) -> Mapping[str, Any]:
        """What the site says of the organisation with this id, slug or SIRET.

        Raises:
            FatalSourceError: `organization-unknown`, or the transport's faults.
        """
        root, number = f"{self._base}/api/1/organizations/", siren.clean(said) if siren.is_siret(said) else ""
        try:
            if number:
                found = self._ask(f"{root}?{urlencode({'business_number_id': number})}")[0]
            else:
                found = [self.fetch.get(f"{root}{quote(said, safe='')}/", accept=JSON).json()]
        except FatalSourceError as error:
            if error.code != "not-found":
                raise
            found = []
        for one in found:
            # A site that does not know this filter gives all its organisations.
            if isinstance(one, Mapping) and one.get("id") and number in ("", words(one.get("business_number_id"))):
                return one
        raise FatalSourceError(NO_ORGANIZATION, code="organization-unknown", url=self._base, name=said)

    def _publisher_of(self, dataset: str) -> str:
        """Id of the organisation of a dataset, empty where there is none."""
        if not dataset:
            return ""
        try:
            raw = self.fetch.get(f"{self._base}/api/1/datasets/{quote(dataset)}/", accept=JSON).json()
        except FatalSourceError:
            return ""
        organization = raw.get("organization") if isinstance(raw, Mapping) else None
        return words(organization.get("id")) if isinstance(organization, Mapping) else ""

    def _list(self, version: int, rows: int) -> str:
        """Address of the first page, oldest dataset first, so that new ones come at the end."""
        query = urlencode({"page": 1, "page_size": rows, "sort": "created", **self._scope})
        return f"{self._base}{LISTS[version]}?{query}"

    # -- pages and records --------------------------------------------------------------------------------------------

    def _count(self, version: int) -> int | None:
        try:
            return self._ask(self._list(version, 1))[1]
        except FatalSourceError as error:
            if error.code in ABSENT:
                return None
            raise

    def _pages(self, address: str) -> Iterator[list[Any]]:
        """The datasets of one page after the other."""
        addresses, seen, most = SeenPages(), set[str](), 0
        while address:
            addresses.enter(address)
            datasets, total, following = self._ask(address)
            most = max(most, total)
            fresh = [raw for raw in datasets if api.key(raw) not in seen]
            new = {*filter(None, map(api.key, fresh))}
            if seen and datasets and not new:
                raise FatalSourceError(LOOP, code="page-loop", url=address)
            seen |= new
            yield fresh
            address = urljoin(address, following) if following and datasets else ""
        if len(seen) < most:
            raise RetriableError(INCOMPLETE, code="listing-incomplete", url=self.url, total=most, seen=len(seen))

    def _ask(self, address: str) -> tuple[list[Any], int, str]:
        """What a page of a list holds, how much all pages hold, and the address of the next one."""
        found = api.page_of(self.fetch.get(address, accept=JSON).json())
        if found is None:
            raise FatalSourceError(NO_API, code="api-error", url=address)
        return found

    def _records(self, datasets: Iterator[Any]) -> Iterator[Record | Issue]:
        in_a_row = 0
        for raw in datasets:
            guid = api.key(raw)
            title = words(raw.get("title")) if isinstance(raw, Mapping) else ""
            if not guid:
                yield Issue("identifier-missing", NO_IDENTIFIER, {"title": title[:200]}, title[:200])
                continue
            if why := api.left_out(raw):
                yield Issue("not-public", why, {"title": title or guid}, guid, "warning")
                continue
            try:
                whole = self._with_publisher(self._with_files(raw))
                in_a_row = 0
            except FatalSourceError as error:
                in_a_row += 1
                if in_a_row >= _FAILURES_IN_A_ROW:
                    raise
                yield Issue(error.code, error.message, error.params, guid)
                continue
            yield Record(guid, api.fingerprint(whole), (self._base, whole))

    def _with_files(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """The dataset with its files, which version 2 gives but a link to."""
        link = raw.get("resources")
        if not isinstance(link, Mapping) or not isinstance(link.get("href"), str) or link.get("total") == 0:
            return raw
        seen, found, address = SeenPages(), list[Any](), urljoin(f"{self._base}/", link["href"])
        for _ in range(_PAGES_OF_FILES):
            seen.enter(address)
            files, _, following = self._ask(address)
            found += files
            if not following or not files:
                break
            address = urljoin(address, following)
        return {**raw, "resources": found}

    def _with_publisher(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        organization, number = raw.get("organization"), self._publisher.get("business_number_id")
        if not number or not isinstance(organization, Mapping) or organization.get("id") != self._publisher.get("id"):
            return raw
        return {**raw, "organization": {**organization, "business_number_id": number}}


NO_ORGANIZATION = N_(
    "{url} knows no organisation “{name}”. Give its identifier, the last part of the address of its page, or its SIRET."
)
NO_IDENTIFIER = N_("“{title}” has neither identifier nor slug and cannot be followed from one harvest to the next.")
LOOP = N_("{url} gives datasets again that were given before: the list is not complete.")
NO_API = N_("{url} is not a list of datasets as udata gives it.")
INCOMPLETE = N_(
    "{url} says that it holds {total} datasets but gave only {seen}: the list is not complete. "
    "What was given is read; nothing is removed."
)
