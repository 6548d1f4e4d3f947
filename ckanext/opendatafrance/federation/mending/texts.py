"""Texts, addresses and dates in the form that XML, RDF and data.gouv.fr take."""

from __future__ import annotations

import html
import ipaddress
import re
from calendar import monthrange
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from ckanext.opendatafrance.harvest.mapping import Notes, urls
from ckanext.opendatafrance.reference import dates

# XML 1.0, production Char: everything else ends the reading of a page.
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_PRIVATE_ENDINGS = {
    "local",
    "localhost",
    "lan",
    "intranet",
    "internal",
    "corp",
    "home",
    "invalid",
    "test",
    "localdomain",
}
_EMAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\".]+")


def allowed(value: Any) -> Any:
    """The same value without the characters that XML forbids, at any depth; dicts and lists are copied."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if isinstance(value, dict):
        return {key: allowed(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [allowed(one) for one in value]
    return value


def plain(text: str) -> str:
    """One line without HTML."""
    return (
        " ".join(html.unescape(_TAG.sub(" ", text)).split()) if "<" in text or "&" in text else " ".join(text.split())
    )


def address(value: Any) -> str:
    """A web address with everything escaped that must be; empty where it is none."""
    return urls.clean(value, "", Notes())


def uri(value: Any) -> str:
    """A URI that RDF can hold; empty where the text is none."""
    text = urls.uri(value)
    return text if urls.is_uri(text) and not text.lower().startswith("mailto:") else ""


def uris(values: Any) -> list[str]:
    """Those of several values that are URIs, each once."""
    return list(dict.fromkeys(found for value in listed(values) if (found := uri(value))))


def listed(values: Any) -> list[Any]:
    """A list of what is one value, several or none."""
    if values is None or values == "":
        return []
    return list(values) if isinstance(values, Iterable) and not isinstance(values, str | dict) else [values]


def email(value: Any) -> str:
    """An e-mail address without `mailto:`; empty where it is none."""
    text = str(value or "").strip().removeprefix("mailto:")
    return text if _EMAIL.fullmatch(text) else ""


def is_public(url: str) -> bool:
    """Whether the host of an address can be one that everybody reaches, judged by its name alone."""
    try:
        host = (urlsplit(url).hostname or "").strip(".").lower()
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        ending = host.rpartition(".")[2]
        return "." in host and not ending.isdigit() and ending not in _PRIVATE_ENDINGS


def day(value: Any, *, last: bool = False) -> str:
    """An ISO day; a year or a month becomes its first day, or its last; empty where it is no date."""
    text = dates.parse(value)[:10]
    if len(text) == 4:
        return f"{text}-12-31" if last else f"{text}-01-01"
    if len(text) == 7:
        return f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]:02}" if last else f"{text}-01"
    return text


def moment(value: Any) -> str:
    """An ISO day or moment; readers would complete a year with the month and day on which they read it."""
    text = dates.parse(value)
    return text if len(text) > 7 else day(text)
