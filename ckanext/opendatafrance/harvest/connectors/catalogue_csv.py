"""A list of datasets in one CSV file: the SCDL schema "catalogue", whatever separator, charset and spelling it has."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from ckanext.opendatafrance.errors import N_, FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.charset import text_of
from ckanext.opendatafrance.harvest.connector import Candidate, Connector, Issue, Mapped, Record
from ckanext.opendatafrance.harvest.mapping import catalogue_row as mapping
from ckanext.opendatafrance.harvest.mapping import catalogue_table as table

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

ACCEPT = "text/csv, text/plain;q=0.9, */*;q=0.1"
_LINKS = re.compile(rb"""<(?:a|link)\s[^<>]*?href\s*=\s*["']?([^"'<>\s]{1,500})""", re.IGNORECASE)
_CATALOGUE = re.compile(r"catalog[^/?]*\.csv(?:$|[?#])", re.IGNORECASE)
_START = 200_000


class CatalogueCsvConnector(Connector):
    """The SCDL catalogue as a CSV file."""

    name = "catalogue_csv"
    title = N_("Catalogue in CSV")

    @classmethod
    def recognises(cls, page: Page) -> bool:
        """The file itself, or a page that links to a CSV file named so: the one request that it takes is well spent."""
        return _head(page) is not None or bool(_linked(page))

    @classmethod
    def detect(cls, page: Page, fetch: Transport) -> Iterator[Candidate]:
        """The file itself, or the one that the page links to by the name of a catalogue."""
        if address := _linked(page):
            try:
                page = fetch.get(address, accept=ACCEPT)
            except FatalSourceError as error:
                if error.code == "budget-spent":
                    raise
                return
        if _head(page) is None:
            return
        with suppress(FatalSourceError):
            reading = _read(page)
            yield Candidate(cls.name, page.url, sum(1 for _ in _rows(reading, page.url)))

    def records(self) -> Iterator[Record | Issue]:
        """Every row.

        Raises:
            FatalSourceError: `no-catalogue`, `bad-csv`, `listing-incomplete`, or the transport's faults.
        """
        page = self.fetch.get(self.url, accept=ACCEPT)
        reading = _read(page)
        rows = list(_rows(reading, page.url))
        seen: dict[str, str] = {}
        for row, guid in zip(rows, table.guids(rows), strict=True):
            yield from _record(row, guid, seen, page.url)
        if reading.cut:
            raise RetriableError(CUT, code="listing-incomplete", url=page.url, count=len(rows))
        if not rows:
            raise FatalSourceError(NO_ROWS, code="empty-answer", url=page.url)

    def map(self, record: Record) -> Mapped:
        row, base = record.content
        return mapping.to_dataset(row, record.guid, base)


def _linked(page: Page) -> str:
    """Address of a CSV file that a page links to and that its name says is a catalogue."""
    if not page.is_html:
        return ""
    for found in _LINKS.findall(page.body[:1_000_000]):
        href = found.decode("utf-8", "replace").replace("&amp;", "&")
        if _CATALOGUE.search(unquote(href)):
            with suppress(ValueError):
                return urljoin(page.url, href)
    return ""


def _head(page: Page) -> table.Head | None:
    if page.is_html or not page.body.strip():
        return None
    start = page.body[:_START]
    charset = page.said_charset if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return table.find_head(start.decode(charset, "replace").lstrip("\ufeff"))


def _read(page: Page) -> table.Reading:
    if not page.body.strip():
        raise page.empty()
    if page.is_html:
        raise page.html_instead_of_data()
    text = text_of(page.download()).file.read().decode("utf-8", "replace").lstrip("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = table.find_head(text)
    if head is None:
        raise FatalSourceError(NO_CATALOGUE, code="no-catalogue", url=page.url, count=table.ENOUGH)
    return table.Reading(text, head)


def _rows(reading: table.Reading, url: str) -> Iterator[dict[str, str]]:
    try:
        yield from reading.rows()
    except csv.Error as error:
        raise FatalSourceError(BAD_CSV, code="bad-csv", url=url, reason=str(error)) from error


def _record(row: dict[str, str], guid: str, seen: dict[str, str], url: str) -> Iterator[Record | Issue]:
    title = row.get("TITRE", "")[:200]
    mark = table.fingerprint(row)
    if not guid:
        said = "; ".join(row.values())[:200]
        yield Issue("title-missing", NO_TITLE, {"said": said}, said)
    elif guid not in seen:
        seen[guid] = mark
        yield Record(guid, mark, (row, url))
    elif seen[guid] != mark:
        yield Issue("duplicate-identifier", TWICE, {"guid": guid, "title": title or guid}, guid)


NO_CATALOGUE = N_(
    "{url} is not a catalogue: no line of it has at least {count} of the 20 headings of the SCDL schema “catalogue” "
    "(COLL_NOM, ID, TITRE, DESCRIPTION…). Save the sheet with the catalogue as CSV, headings included."
)
NO_ROWS = N_("{url} has the headings of a catalogue and no dataset below them.")
BAD_CSV = N_("{url} cannot be read as CSV ({reason}): save it again from a spreadsheet.")
CUT = N_(
    "{url} stops in the middle of a line: the file was cut. The {count} datasets before are read; nothing is removed."
)
NO_TITLE = N_("A line of the catalogue has neither ID nor TITRE and is left out: {said}")
TWICE = N_(
    "Several lines of the catalogue have the ID “{guid}”: “{title}” is left out. Give each dataset an ID of its own."
)
