"""Reading a site without a catalogue page by page: politely, within bounds, each page once."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ckanext.opendatafrance.errors import N_, FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.connector import Issue
from ckanext.opendatafrance.harvest.mapping.web import feeds, kinds, parsing
from ckanext.opendatafrance.harvest.robots import Robots

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

PAGES, DEPTH, PROBES = 200, 2, 30
_SITEMAPS = 10
_START = 4096
#: A page that is gone takes its files with it; any other fault leaves the list incomplete.
_GONE = {"not-found", "forbidden", "http-status", "too-many-redirects", "bad-redirect", "too-large", "not-text"}
_NAMED = re.compile(r"""filename\*?=(?:UTF-8'')?["']?([^"';]+)""", re.IGNORECASE)
_HOME = re.compile(r"/(?:index|accueil|home|default)\.\w+$", re.IGNORECASE)


@dataclass(slots=True)
class Found:
    """What a site holds, in the order of its pages.

    Attributes:
        described: schema.org Datasets, each with the page that has it.
        fault: why the reading ended before all pages were seen.
    """

    links: list[parsing.Link] = field(default_factory=list)
    unsure: dict[str, parsing.Link] = field(default_factory=dict)
    described: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    fault: FatalSourceError | None = None


class Crawl:
    """One reading of a site.

    Args:
        url: where it starts. Pages of the same host whose address begins like it are followed, all of the host where
            it is a home page.
        pages: how many pages are opened at most.
        depth: how many links away from the first page.
        probes: how many links that do not say what they give are asked.
    """

    def __init__(
        self, url: str, fetch: Transport, pages: int = PAGES, depth: int = DEPTH, probes: int = PROBES
    ) -> None:
        self.url, self._pages, self._depth, self._probes = url, pages, depth, probes
        self._robots = Robots(fetch)
        self._queue: deque[tuple[str, int]] = deque([(url, 0)])
        self._known = {_same(url)}
        self._contents: set[bytes] = set()
        self._within = _scope(url)
        self.found = Found()

    def run(self) -> Found:
        """Read the site.

        Raises:
            FatalSourceError: of the first page, without which nothing is known.
        """
        opened = 0
        try:
            self._sitemaps()
            while self._queue:
                if opened >= self._pages:
                    raise RetriableError(TOO_MANY, code="listing-incomplete", url=self.url, count=opened)
                address, depth = self._queue.popleft()
                if self._allowed(address):
                    self._open(address, depth)
                    opened += 1
            self._ask_unsure()
        except FatalSourceError as error:
            if not opened:
                raise
            self.found.fault = self.found.fault or error
        return self.found

    def _allowed(self, address: str) -> bool:
        if self._robots.allows(address):
            return True
        if address == self.url:
            raise FatalSourceError(FORBIDDEN, code="robots-forbid", url=address)
        return False

    def _open(self, address: str, depth: int) -> None:
        try:
            page = self._robots.get(address)
        except FatalSourceError as error:
            if depth == 0 or error.code == "budget-spent":
                raise
            if error.code in _GONE:
                self.found.issues.append(Issue(error.code, error.message, error.params, address, "warning"))
            else:
                self.found.fault = self.found.fault or _incomplete(error, address)
            return
        if depth == 0:
            check(page)
        elif _host(urlsplit(page.url).netloc) != self._within[0]:
            return
        if page.digest in self._contents:  # the same page by another address: its links are known
            return
        self._contents.add(page.digest)
        for link in self._taken_apart(page, depth):
            self._follow(link, depth)

    def _taken_apart(self, page: Page, depth: int) -> Iterator[str]:
        """Keep what the page holds; yield the pages that it leads to."""
        if feeds.is_feed(page.body):
            for entry in feeds.entries(page.body, page.url):
                if not self._kept(entry, page.url):
                    yield entry.url
            return
        if not page.is_html:
            return
        parsed = parsing.parse(text_of(page), page.url)
        self.found.links += parsed.files
        self.found.described += [(raw, page.url) for raw in parsed.described]
        for link in parsed.unsure:
            self.found.unsure.setdefault(link.url, link)
        unsure = {link.url for link in parsed.unsure}
        yield from (address for address, _ in parsed.pages if address not in unsure)
        if depth == 0:
            yield from filter(None, parsed.feeds)

    def _kept(self, entry: feeds.Entry, page: str) -> bool:
        """Whether an entry of a feed or sitemap is a file."""
        kind = kinds.of_address(entry.url) or kinds.of_media_type(entry.media_type)
        if kind and not entry.sitemap:
            self.found.links.append(
                parsing.Link(entry.url, entry.title, (), page, kind, entry.media_type, modified=entry.modified)
            )
        return bool(kind)

    def _follow(self, address: str, depth: int) -> None:
        mark = _same(address)
        feed = depth == 0 and not kinds.is_page(address)
        if mark in self._known or depth >= self._depth or not self._inside(address, feed=feed):
            return
        self._known.add(mark)
        self._queue.append((address, depth + 1))

    def _inside(self, address: str, *, feed: bool = False) -> bool:
        parts = urlsplit(address)
        host, path = self._within
        return _host(parts.netloc) == host and (parts.path.startswith(path) or feed)

    def _sitemaps(self) -> None:
        """Queue the pages and keep the files of the sitemaps that robots.txt names, or of a home page's usual one."""
        named = self._robots.sitemaps(self.url)
        parts = urlsplit(self.url)
        usual = [f"{parts.scheme}://{parts.netloc}/sitemap.xml"] if self._within[1] == "/" else []
        waiting, asked = deque(named or usual), 0
        while waiting and asked < _SITEMAPS:
            address = waiting.popleft()
            if not self._inside(address, feed=True):
                continue
            asked += 1
            try:
                page = self._robots.get(address)
            except FatalSourceError as error:
                if error.code == "budget-spent":
                    raise
                if named:
                    self.found.issues.append(Issue(error.code, error.message, error.params, address, "warning"))
                continue
            for entry in feeds.entries(page.body, page.url):
                if entry.sitemap:
                    waiting.append(entry.url)
                elif not self._inside(entry.url):
                    continue
                elif not self._kept(entry, self.url) and kinds.is_page(entry.url):
                    self._follow(entry.url, 0)

    def _ask_unsure(self) -> None:
        """Ask the links that may be downloads what they give, by the beginning of their answer."""
        known = {link.url for link in self.found.links}
        waiting = [link for url, link in self.found.unsure.items() if url not in known]
        for link in waiting[: self._probes]:
            if not self._robots.allows(link.url):
                continue
            try:
                page = self._robots.beginning(link.url, _START)
            except FatalSourceError as error:
                if error.code == "budget-spent":
                    raise
                self.found.issues.append(Issue(error.code, error.message, error.params, link.url, "warning"))
                continue
            if not page.is_html and (kept := _answered(link, page)):
                self.found.links.append(kept)
        if (left := len(waiting) - self._probes) > 0:
            params = {"url": self.url, "count": left}
            self.found.issues.append(Issue("links-not-asked", NOT_ASKED, params, self.url, "warning"))


def check(page: Page) -> None:
    """Refuse a first page that is none.

    Raises:
        FatalSourceError: `empty-answer`, `not-a-page`.
    """
    if not page.body.strip():
        raise page.empty()
    if not page.is_html and not feeds.is_feed(page.body):
        raise FatalSourceError(NO_PAGE, code="not-a-page", url=page.url, media_type=page.media_type or "?")


def text_of(page: Page) -> str:
    """The text of a page; a charset that is not true costs a few accents, not the page."""
    try:
        return page.body.decode(page.said_charset)
    except (LookupError, UnicodeError):
        try:
            return page.body.decode("utf-8")
        except UnicodeError:
            return page.body.decode("cp1252", "replace")


def _answered(link: parsing.Link, page: Page) -> parsing.Link | None:
    """A link with what its answer says of the file; None where it is neither data nor document."""
    named = _NAMED.search(page.headers.get("content-disposition", ""))
    name = named[1].strip() if named else ""
    kind = kinds.of_media_type(page.media_type) or kinds.of_address(f"{page.url.rpartition('/')[0]}/{name}") or ""
    length = page.headers.get("content-length", "")
    whole = length.isdecimal() and not page.headers.get("content-encoding")
    size = int(length) if whole else None
    return replace(link, kind=kind, media_type=page.media_type, name=name, size=size) if kind else None


def _same(address: str) -> str:
    """What tells pages apart: neither scheme, www. nor a slash at the end does."""
    parts = urlsplit(address)
    path = _HOME.sub("/", parts.path).rstrip("/")
    return f"{_host(parts.netloc)}{path}?{parts.query}"


def _host(netloc: str) -> str:
    return netloc.lower().removeprefix("www.").removesuffix(":443").removesuffix(":80")


def _scope(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    path = _HOME.sub("/", parts.path or "/")
    return _host(parts.netloc), path if path.endswith("/") else re.sub(r"\.\w+$", "", path)


def _incomplete(error: FatalSourceError, address: str) -> FatalSourceError:
    return RetriableError(UNREAD, code="listing-incomplete", url=address, reason=str(error))


TOO_MANY = N_(
    "{url} has more than the {count} pages that are read: the list of files is not complete. Give the address of the "
    "page where the files are, or allow more pages in the configuration of the source (“pages”)."
)
UNREAD = N_("{url} could not be read ({reason}): the list of files is not complete. Nothing is removed.")
FORBIDDEN = N_("The robots.txt of the site forbids programs to read {url}. Ask the site's manager to allow it.")
NO_PAGE = N_("{url} is neither a web page nor a feed ({media_type}).")
NOT_ASKED = N_("{count} links of {url} do not say what they give and were not asked: they are too many.")
