"""What is peculiar to ArcGIS Hub: where its feeds are, and identifiers that change while the item stays the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from ckanext.opendatafrance.harvest.mapping.data_json.catalogue import fingerprint, identifier_of
from ckanext.opendatafrance.harvest.mapping.said import words
from ckanext.opendatafrance.harvest.page import Page

FEEDS = ("/api/feed/dcat-us/1.1.json", "/data.json", "/api/feed/dcat-ap/2.1.1.json")
_FEED_LINK = re.compile(
    rb"""["'(=]((?:[^"'()<>\s=]*/)?(?:api/feed/dcat-(?:us|ap)/[\d.]+(?:\.json)?|data\.json))["')]"""
)
_PAGE_MARKS = re.compile(rb"hubcdn\.arcgis\.com|opendata-ui|arcgis-hub|\.hub\.arcgis\.com|opendata\.arcgis\.com", re.I)
_MARKS = re.compile(
    r"//[^/\"]*\barcgis\.com/|/datasets/[0-9a-f]{32}(?:_\d+)?\b|/api/download/v1/items/|/(?:Feature|Map|Image)Server\b"
)
_ITEM = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?:_(\d{1,4}))?(?![0-9a-f])", re.IGNORECASE)
_LAYER_OF_SERVICE = re.compile(r"/(?:Feature|Map)Server/(\d{1,4})(?:[/?]|$)", re.IGNORECASE)
_FILE_OF_HUB = re.compile(r"/items/|/datasets/")
_PAGE_OF_HUB = re.compile(r"/(?:datasets|maps|documents|content|apps)/[^/\s]+::")
_MOST_LINKS = 2


def is_hub_page(page: Page) -> bool:
    """Whether a web page is one of a Hub, by its host or what it loads."""
    host = urlsplit(page.url).netloc.lower()
    return page.is_html and (host.endswith(".arcgis.com") or bool(_PAGE_MARKS.search(page.body)))


def feeds(page: Page) -> list[str]:
    """Addresses of feeds: those that the page names, else where a Hub has them."""
    named = [urljoin(page.url, link.decode("utf-8", "replace")) for link in _FEED_LINK.findall(page.body)]
    home = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    return list(dict.fromkeys(named))[:_MOST_LINKS] or [home + path for path in FEEDS]


def is_hub(found: Sequence[Any]) -> bool:
    """Whether datasets come from a Hub: most of the first ones name an item or a service of ArcGIS."""
    first = list(found[:20])
    return bool(first) and sum(bool(_MARKS.search(str(one))) for one in first) * 2 > len(first)


def looks_like_hub(page: Page) -> bool:
    """Whether the beginning of a feed, or a broken one, shows that it is one of a Hub."""
    start = page.body[:1_000_000].decode("utf-8", "replace")
    return "dcat:Catalog" in start[:20_000] and bool(_MARKS.search(start))


def guids(found: Iterable[Any]) -> list[str]:
    """A stable identifier for each dataset, empty where there is nothing to identify it by.

    Of a Hub the item and its layer: addresses of the same item change with the domain, its title and the version of
    Hub, and the layer 0 of an item with one layer comes and goes. Elsewhere the identifier that is said, else the
    landing page, else one derived from the title and the files.
    """
    known = [(item, "" if item[0] else _said(one)) for one, item in ((one, _item(one)) for one in found)]
    listed = {item for item, _ in known}
    return [_layered(item, listed) if item[0] else said for item, said in known]


def _layered(item: tuple[str, str], listed: set[tuple[str, str]]) -> str:
    """ITEM_LAYER; an item without layer is its layer 0, unless that is listed beside it."""
    name, layer = item
    if layer:
        return f"{name}_{layer}"
    return name if (name, "0") in listed else f"{name}_0"


def _item(dataset: Any) -> tuple[str, str]:
    """Item and layer, either may be empty: of the identifier, else of the page, else of the downloads."""
    if not isinstance(dataset, Mapping):
        return "", ""
    distributions = dataset.get("distribution")
    links = [identifier_of(dataset.get(key)) for key in ("identifier", "@id", "landingPage")]
    files = [
        words(one.get(key))
        for one in (distributions if isinstance(distributions, list) else [])
        if isinstance(one, Mapping)
        for key in ("accessURL", "downloadURL", "accessUrl")
    ]
    # Other catalogues link to files of Hubs too, several datasets to the same one.
    made_by_hub = [file for file in files if _FILE_OF_HUB.search(file)] if _PAGE_OF_HUB.search(" ".join(links)) else []
    for link in [*links, *made_by_hub]:
        if found := _ITEM.search(link):
            return found[1].lower(), found[2] or _layer_said(link) or _layer_of(files)
    return "", ""


def _layer_said(link: str) -> str:
    query = {key.lower(): value for key, value in parse_qsl(urlsplit(link).query)}
    layer = query.get("sublayer") or query.get("layers") or query.get("layer") or ""
    return layer if layer.isascii() and layer.isdigit() and len(layer) < 5 else ""


def _layer_of(files: list[str]) -> str:
    """The layer that the service of a dataset names, where it is one."""
    named = {found[1] for file in files if (found := _LAYER_OF_SERVICE.search(file))}
    return named.pop() if len(named) == 1 else ""


def _said(dataset: Any) -> str:
    if not isinstance(dataset, Mapping):
        return ""
    for key in ("identifier", "@id", "landingPage"):
        if said := identifier_of(dataset.get(key)):
            return " ".join(said.split())[:1000]
    title = words(dataset.get("title"))
    return f"derived:{fingerprint([title, dataset.get('distribution')])[:32]}" if title else ""
