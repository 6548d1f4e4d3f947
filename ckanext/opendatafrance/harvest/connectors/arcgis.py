"""ArcGIS Hub by its feeds (DCAT-US 1.1 and 3, DCAT-AP), and other catalogues in the form of data.json.

A feed is one file. It is a catalogue only if it is one in form; a page, an error or another JSON never is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.charset import START, json_text_of
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.mapping import data_json
from ckanext.opendatafrance.harvest.mapping.said import words

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

JSON = "application/json, application/ld+json;q=0.9, */*;q=0.1"


#: Larger feeds are read from the disk, dataset by dataset.
IN_MEMORY = 16 * 1024 * 1024


class ArcgisConnector(Connector):
    """One feed, each dataset read by itself."""

    name = "arcgis"
    title = N_("ArcGIS Hub, data.json")

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """The feed itself, or the first that answers of those that a page of a Hub names or has by custom.

        A data.json of another origin is left to the connector dcat, which reads DCAT-US 1.1 as RDF; DCAT-US 3, which
        has no context that would make it RDF, is taken here.
        """
        if not page.is_html:
            if candidate := cls._candidate(page):
                yield candidate
            return
        if not data_json.is_hub_page(page):
            return
        for address in data_json.feeds(page):
            try:
                candidate = cls._candidate(fetch.get(address, accept=JSON))
            except FatalSourceError as error:
                if error.code == "budget-spent":
                    raise
                continue
            if candidate:
                yield candidate
                return

    @classmethod
    def _candidate(cls, page: Page) -> Candidate | None:
        try:
            value = page.json()
        except FatalSourceError as error:  # a broken feed is offered, so that the preview can say what is wrong with it
            named = error.code == "bad-json" and data_json.looks_like_hub(page)
            return Candidate(cls.name, page.url) if named else None
        if not data_json.is_catalogue(value):
            return None
        found = data_json.datasets(value)
        ours = data_json.is_hub(found) or data_json.version(value) == "3" or "/api/feed/dcat-" in page.url
        return Candidate(cls.name, page.url, len(found)) if ours else None

    def count(self) -> int | None:
        with self._datasets() as found:
            return sum(1 for _ in found())

    def records(self) -> Iterator[Record | Issue]:
        """Every dataset of the feed.

        Raises:
            FatalSourceError: the feed cannot be read (see `Page.json`), `not-data-json`.
        """
        known: dict[str, str] = {}
        with self._datasets() as found:
            for dataset, guid in zip(found(), data_json.guids(found()), strict=True):
                title = words(dataset.get("title"))[:200] if isinstance(dataset, dict) else ""
                if not guid:
                    yield Issue("identifier-missing", NO_IDENTIFIER, {"title": title or str(dataset)[:80]}, title)
                    continue
                fingerprint = data_json.fingerprint(dataset)
                if guid not in known:
                    known[guid] = fingerprint
                    yield Record(guid, fingerprint, dataset)
                elif known[guid] != fingerprint:
                    yield Issue("duplicate-identifier", DUPLICATE, {"guid": guid, "title": title}, guid)

    def map(self, record: Record) -> Mapped:
        return data_json.to_dataset(record.content, record.guid)

    @contextmanager
    def _datasets(self) -> Iterator[Callable[[], Iterable[Any]]]:
        """What gives the datasets, as often as it is called; from the disk where they are too many for the memory."""
        with self.fetch.download(self.url, accept=JSON) as answer:
            if answer.size <= IN_MEMORY:
                value = answer.page().json()
                listed = data_json.datasets(value)
                found: Callable[[], Iterable[Any]] = partial(iter, listed)
                is_one = data_json.is_catalogue(value)
            else:
                if answer.page(START).is_html:
                    raise answer.page(START).html_instead_of_data()
                text = json_text_of(answer).file
                found = partial(data_json.datasets_of, text, answer.url)
                is_one = any(map(data_json.is_dataset, found()))
            if not is_one:
                raise FatalSourceError(
                    N_("{url} is JSON, but no catalogue of datasets as ArcGIS Hub or a data.json gives them."),
                    code="not-data-json",
                    url=answer.url,
                )
            yield found


NO_IDENTIFIER = N_("“{title}” has neither identifier nor name and cannot be followed from one harvest to the next.")
DUPLICATE = N_(
    "Two datasets have the identifier “{guid}”: “{title}” is left out. Their publisher must give each its own."
)
