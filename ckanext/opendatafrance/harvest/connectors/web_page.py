"""A page or site without a catalogue: the files that it links to, put together to datasets, and what schema.org says.

A person chooses once which of them are harvested; the choice is kept in the configuration of the source, and what
appears later is told, not harvested.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest import crawl
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.mapping.web import datasets, parsing
from ckanext.opendatafrance.harvest.mapping.web.families import Family, families
from ckanext.opendatafrance.harvest.mapping.web.rules import Rules

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

_BOUNDS = {"pages": (crawl.PAGES, 5000), "depth": (crawl.DEPTH, 5), "probes": (crawl.PROBES, 500)}


class WebPageConnector(Connector):
    """A web page with links to files.

    Options:
        include, exclude, titles: which datasets are harvested, and under which titles; see `Rules`.
        pages, depth, probes: bounds of the reading; see `Crawl`.
    """

    name = "web_page"
    title = N_("Web page with files")

    @classmethod
    def recognises(cls, page: Page) -> bool:
        """A page with files is known without asking for anything, so it is asked before the requests run out."""
        return bool(cls._on(page))

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """The page itself, if it has at least one file of data or describes a dataset; nothing is asked for."""
        if count := cls._on(page):
            yield Candidate(cls.name, page.url, count)

    @classmethod
    def _on(cls, page: Page) -> int:
        """Number of datasets on one page, documents not counted."""
        if not page.is_html:
            return 0
        parsed = parsing.parse(crawl.text_of(page), page.url)
        return len(parsed.described) + sum(family.is_data for family in families(parsed.files))

    def records(self) -> Iterator[Record | Issue]:
        """Every dataset that was chosen, and a warning for each that nobody decided on.

        Raises:
            FatalSourceError: `robots-forbid`, `not-a-page`, `no-files`, `nothing-chosen`, `listing-incomplete`,
                `bad-rules`, `bad-bounds`, or the transport's faults.
        """
        rules = Rules(self.options)
        found = crawl.Crawl(self.url, self.fetch, **self._bounds()).run()
        yield from found.issues
        taken = seen = 0
        for record, title in _records(found):
            seen += 1
            match rules.on(record.guid):
                case "take":
                    taken += 1
                    yield _titled(record, rules.titles.get(record.guid, ""))
                case "new":
                    yield Issue("new-file-found", NEW, {"title": title, "guid": record.guid}, record.guid, "warning")
        if found.fault:
            raise found.fault
        if not seen:
            raise FatalSourceError(NO_FILES, code="no-files", url=self.url)
        if not taken:
            raise FatalSourceError(NOTHING_CHOSEN, code="nothing-chosen", url=self.url, count=seen)

    def map(self, record: Record) -> Mapped:
        what, page, title = record.content
        if isinstance(what, Family):
            return datasets.of_family(what, title)
        return datasets.of_schema_org(what, page, record.guid, title)

    def _bounds(self) -> dict[str, int]:
        bounds = {}
        for key, (usual, most) in _BOUNDS.items():
            said = self.options.get(key, usual)
            if not isinstance(said, int) or isinstance(said, bool) or not 0 <= said <= most:
                raise FatalSourceError(BAD_BOUNDS, code="bad-bounds", key=key, most=most, value=str(said)[:50])
            bounds[key] = said
        return bounds


def _records(found: crawl.Found) -> Iterator[tuple[Record, str]]:
    """Datasets that the site describes, then families of the files that none of them names."""
    named: set[str] = set()
    seen: set[str] = set()
    for raw, page in found.described:
        guid = datasets.guid_of(raw, page)
        if guid and guid not in seen:
            seen.add(guid)
            named |= datasets.files_of(raw, page)
            yield Record(guid, _mark(raw), (raw, page, "")), str(raw.get("name") or guid)[:200]
    for family in families(link for link in found.links if link.url not in named):
        # The guid says the host: what a site is called otherwise changes no file.
        host = family.guid.partition("/")[0]
        links = sorted(json.dumps(astuple(link)).replace(f"//{host}/", "///") for link in family.links)
        yield Record(family.guid, _mark([family.title, links]), (family, "", "")), family.title


def _titled(record: Record, title: str) -> Record:
    """The record under the title that a person chose, a change of which is a change."""
    if not title:
        return record
    what, page, _ = record.content
    return Record(record.guid, _mark([record.fingerprint, title]), (what, page, title))


def _mark(meaning: Any) -> str:
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, default=str).encode()).hexdigest()


NEW = N_(
    "New file found: “{title}” ({guid}). It is not harvested until somebody adds its identifier to “include”, or to "
    "“exclude”, in the configuration of the source."
)
NO_FILES = N_("No link to a file of data or a document was found at {url}, nor on the pages below it.")
NOTHING_CHOSEN = N_(
    "None of the {count} datasets found at {url} is one of those chosen for this source: the site was rebuilt, or the "
    "choice in the configuration is wrong. Nothing is removed."
)
BAD_BOUNDS = N_("The configuration of the source: “{key}” is a number from 0 to {most}; it is: {value}")
