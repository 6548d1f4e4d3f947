"""RSS, Atom and sitemaps: which pages and files a site announces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from ckanext.opendatafrance.harvest.mapping.texts import line

_MOST = 50_000
_START = re.compile(rb"<(?:\w+:)?(rss|feed|RDF|urlset|sitemapindex)[\s>]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One address that a feed or sitemap names; `sitemap` where it is another sitemap."""

    url: str
    title: str = ""
    modified: str = ""
    media_type: str = ""
    sitemap: bool = False


def is_feed(body: bytes) -> bool:
    """Whether an answer is a feed or a sitemap, by its first element."""
    return bool(_START.search(body[:4096])) and not body[:4096].lstrip().lower().startswith(b"<!doctype html")


def entries(body: bytes, base: str) -> list[Entry]:
    """All that a feed or sitemap names; a damaged one gives what can be read of it."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    found: list[Entry] = []
    for element in root.iter() if root is not None else ():
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element).localname
        if name in ("url", "sitemap"):
            found.append(Entry(_of(element, "loc"), modified=_of(element, "lastmod"), sitemap=name == "sitemap"))
        elif name in ("item", "entry"):
            found += _item(element)
        if len(found) >= _MOST:
            break
    return [entry for one in found if (entry := _absolute(one, base))]


def _item(element: Any) -> list[Entry]:
    """An entry of a feed: the page, and the files that come with it."""
    title, modified = _of(element, "title"), _of(element, "pubDate") or _of(element, "updated") or _of(element, "date")
    found = []
    for child in element:
        name = etree.QName(child).localname if isinstance(child.tag, str) else ""
        if name == "link" or name == "enclosure":
            address = child.get("href") or child.get("url") or line(child.text or "")
            found.append(Entry(address, title, modified, (child.get("type") or "").strip().lower()))
    return found


def _of(element: Any, name: str) -> str:
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).localname == name:
            return line("".join(child.itertext()))[:500]
    return ""


def _absolute(entry: Entry, base: str) -> Entry | None:
    try:
        url = urljoin(base, entry.url)
    except ValueError:
        return None
    good = bool(entry.url) and url.startswith(("http://", "https://"))
    return Entry(url, entry.title, entry.modified, entry.media_type, entry.sitemap) if good else None
