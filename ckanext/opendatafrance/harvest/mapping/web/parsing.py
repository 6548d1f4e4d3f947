"""A web page taken apart: links with the heading above them, feeds, licence, what schema.org says. Runs no script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urldefrag, urljoin

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]
from lxml import html as lxml_html

from ckanext.opendatafrance.harvest.mapping import files, urls
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.texts import line, shorten
from ckanext.opendatafrance.harvest.mapping.web import kinds, schema_org

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 7, "caption": 7, "legend": 7}
_LISTING = re.compile(r"^(?:index of|contenu de|directory listing)\b", re.IGNORECASE)
_SIZE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*([KMG]i?[ob]|octets|bytes)\b", re.IGNORECASE)
_LISTED = re.compile(r"\s*(\d{4}-\d{2}-\d{2}|\d{2}-[A-Za-z]{3}-\d{4}) \d{2}:\d{2}(?::\d{2})?\s+(\d+(?:\.\d+)?[KMG]?)?")
_FEEDS = {"application/rss+xml", "application/atom+xml"}
_LONGEST_TEXT = 300
_LONGEST_ADDRESS = 2000
_MOST_LINKS = 20_000


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a file, or to what may be one.

    Attributes:
        url: absolute, without fragment.
        text: of the link.
        headings: those above it, outermost first.
        page: address of the page that has it.
        kind: data, document, or empty where it must be asked for.
        size: in bytes, as the page says it.
        modified: as the page says it.
        name: file name that the server gives, where the address has none.
    """

    url: str
    text: str = ""
    headings: tuple[str, ...] = ()
    page: str = ""
    kind: kinds.Kind = ""
    media_type: str = ""
    size: int | None = None
    modified: str = ""
    name: str = ""
    licence: str = ""

    @property
    def file_name(self) -> str:
        return self.name or urls.file_name(self.url)


@dataclass(slots=True)
class Parsed:
    """What a page holds: files, links that may be files, further pages, feeds, datasets in schema.org's words."""

    title: str = ""
    files: list[Link] = field(default_factory=list)
    unsure: list[Link] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    described: list[dict[str, Any]] = field(default_factory=list)


def parse(text: str, address: str) -> Parsed:
    """Take a page apart; whatever cannot be read gives nothing."""
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    found = Parsed()
    try:
        root = lxml_html.fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return found
    base = _join(address, next((said for one in root.iter("base") if (said := one.get("href"))), "")) or address
    found.title = _text(next(root.iter("title"), None))
    found.described = [*schema_org.json_ld(root), *schema_org.microdata(root, base)]
    licence = next((_join(base, one.get("href")) for one in root.iter("a", "link") if one.get("rel") == "license"), "")
    headings: dict[int, str] = {}
    for element in root.iter("a", "area", "link", *_HEADINGS):
        if level := _HEADINGS.get(element.tag):
            headings = {key: said for key, said in headings.items() if key < level}
            headings[level] = _heading(_text(element))
        elif element.tag == "link":
            if (element.get("type") or "").strip().lower() in _FEEDS:
                found.feeds.append(_join(base, element.get("href")))
        elif link := _link(element, base):
            said = tuple(filter(None, headings.values()))
            _sort(replace(link, headings=said, page=address, licence=licence), element, found)
        if len(found.files) + len(found.pages) > _MOST_LINKS:
            break
    return found


def _sort(link: Link, element: Any, found: Parsed) -> None:
    media_type = (element.get("type") or "").partition(";")[0].strip().lower()
    kind = kinds.of_address(link.url) or kinds.of_media_type(media_type)
    if kind:
        found.files.append(replace(link, kind=kind, media_type=media_type))
        return
    if element.get("download") is not None or kinds.may_be_download(link.url, link.text):
        found.unsure.append(link)
    if kinds.is_page(link.url):
        found.pages.append((link.url, link.text))


def _link(element: Any, base: str) -> Link | None:
    url = _join(base, element.get("href"))
    if not url.startswith(("http://", "https://")):
        return None
    after = line((element.tail or "")[:80])
    text = _text(element) or line((element.get("title") or element.get("aria-label") or "")[:_LONGEST_TEXT])
    listed = _LISTED.match((element.tail or "")[:120])
    modified, size = (listed[1], _listed_size(listed[2])) if listed else ("", _size(f"{text} {after}"))
    return Link(url, text, size=size, modified=modified)


def _size(text: str) -> int | None:
    said = _SIZE.search(text)
    return files.size(f"{said[1]} {said[2]}", Notes()) if said else None


def _listed_size(said: str | None) -> int | None:
    """Listings of directories give sizes rounded in units of 1024 ("356K"): only whole bytes are exact."""
    return int(said) if said and said.isdigit() else None


def _join(base: str, href: str | None) -> str:
    """Absolute address without fragment, blanks and accents escaped; empty for what cannot be opened."""
    said = (href or "").strip()
    if not said or said.startswith("#") or len(said) > _LONGEST_ADDRESS:
        return ""
    try:
        return urls.clean(urldefrag(urljoin(base, said))[0], "url", Notes())
    except ValueError:
        return ""


def _heading(text: str) -> str:
    return "" if _LISTING.match(text) else text


def _text(element: Any) -> str:
    return shorten(line("".join(_pieces(element))), _LONGEST_TEXT) if element is not None else ""


def _pieces(element: Any) -> Iterator[str]:
    """The first words of an element: a hostile page may put all of itself into one."""
    length = 0
    for piece in element.itertext():
        yield piece
        length += len(piece)
        if length > 4 * _LONGEST_TEXT:
            return
