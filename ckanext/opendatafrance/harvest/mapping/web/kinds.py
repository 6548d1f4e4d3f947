"""Which links lead to data, which to documents, and which to further pages."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from ckanext.opendatafrance.reference import formats

Kind = Literal["data", "document", ""]
_DATA = {"table", "geo", "archive"}
_NO_DATA = {"ICS", "SQL", "MDB", "QGIS"}
_NO_DOCUMENT = {"HTML", "MD", "TXT"}
#: Files of the machinery of a site.
_MACHINERY = re.compile(
    r"(?:sitemap|feed|rss|atom|opensearch|manifest|wlwmanifest|browserconfig|robots|ads)[\w.-]*$|/wp-json/|/feed/?$",
    re.I,
)
_PAGE_ENDINGS = {"", "html", "htm", "php", "php5", "asp", "aspx", "jsp", "do", "xhtml", "shtml", "cfm"}
#: Orders of a directory listing, ways to share, log in, reply: the same page again.
_NO_PAGE = re.compile(
    r"[?&;](?:C=[NMSD]|O=[AD]\b|share=|replytocom=|print=|action=|login|s=)|/(?:wp-admin|wp-login|wp-json|login|logout|user|cart|panier)\b",
    re.I,
)
_DOWNLOAD = re.compile(r"download|telecharg|t%c3%a9l%c3%a9charg|télécharg|attachment|getfile|piece[-_]?jointe", re.I)


def of_format(found: formats.Format | None) -> Kind:
    """What a format is good for: documents (PDF, text) are no open data."""
    if found is None or found.label in _NO_DATA:
        return ""
    if found.kind in _DATA:
        return "data"
    return "document" if found.kind == "document" and found.label not in _NO_DOCUMENT else ""


def of_address(address: str) -> Kind:
    """What an address leads to, by its ending; empty where it does not say."""
    if _MACHINERY.search(urlsplit(address).path):
        return ""
    return of_format(formats.of_address(address))


def of_media_type(media_type: str) -> Kind:
    """What an answer of this media type is."""
    return of_format(formats.find(media_type)) if media_type else ""


def is_page(address: str) -> bool:
    """Whether an address may lead to a further page."""
    path = urlsplit(address).path
    ending = path.rpartition("/")[2].rpartition(".")
    return (ending[2].lower() if ending[1] else "") in _PAGE_ENDINGS and not _NO_PAGE.search(address)


def may_be_download(address: str, text: str) -> bool:
    """Whether a link without an ending says by its words that it gives a file."""
    return bool(_DOWNLOAD.search(address) or _DOWNLOAD.search(text))
