"""Web addresses as people paste them, to addresses that browsers, Solr and RDF accept."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference import formats

#: Web and file transfer; everything else (javascript:, data:, file:, C:\…) is left out.
SCHEMES = frozenset({"http", "https", "ftp", "ftps"})
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_DOUBLED = re.compile(r"^(?:https?:/*)+(?=https?://)", re.IGNORECASE)
_SLASHES = re.compile(r"^(https?|ftps?):/*(?!/)", re.IGNORECASE)
_HOST_FIRST = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?::\d{1,5})?(?:[/?#]|$)")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONGEST = 8000


def clean(value: Any, field: str, notes: Notes, base: str = "") -> str:
    """An absolute address with everything escaped that must be; empty, with an issue, where there is none.

    Spaces and accents are percent-encoded, international host names written in ASCII, a missing or doubled scheme
    mended.

    Args:
        base: address of the page, to complete a relative one.
    """
    said = str(value).strip() if isinstance(value, str) else ""
    if not said:
        return ""
    text = _scheme_mended(_trimmed(said), base)
    scheme = _SCHEME.match(text)
    if not scheme or len(text) > _LONGEST:
        notes.left_out("url-unreadable", field, said, N_("it is not a web address."))
        return ""
    if scheme[1].lower() not in SCHEMES:
        notes.left_out("url-scheme", field, said, N_("only http(s) and ftp addresses can be opened."))
        return ""
    result = _escaped(text)
    if not result:
        notes.left_out("url-unreadable", field, said, N_("its host name is not valid."))
    elif result != said and result.rstrip("/") != said.rstrip("/"):
        notes.mended("url-mended", field, said, result)
    return result


def is_web(value: Any) -> bool:
    """Whether a text is an http(s) address."""
    return isinstance(value, str) and value[:8].lower().startswith(("http://", "https://"))


def is_uri(value: Any) -> bool:
    """Whether a text is an absolute URI of a kind that identifies things (web, urn, DOI…), and holds no blank."""
    return isinstance(value, str) and bool(
        re.match(r"(?:https?|ftps?|urn|doi|info|tag|ark|mailto):\S+$", value, re.IGNORECASE)
    )


def uri(value: Any) -> str:
    """A URI with blanks and what RDF forbids escaped, without judging whether it can be opened."""
    text = _trimmed(value) if isinstance(value, str) else ""
    return re.sub(r'[\x00-\x20<>"{}|\\^`]', lambda match: quote(match[0], safe=""), text)


def file_name(address: str) -> str:
    """Last part of the path of an address as a person reads it; its host where it has none."""
    parts = urlsplit(address)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc


def _trimmed(text: str) -> str:
    text = re.sub(r"[\x00-\x1f\x7f\u200b\ufeff]", "", text).strip().strip("<>\"'«»“”").strip()
    return html.unescape(text) if "&amp;" in text else text


def _scheme_mended(text: str, base: str) -> str:
    text = _SLASHES.sub(r"\1://", _DOUBLED.sub("", text))
    if text.startswith("//"):
        return (urlsplit(base).scheme or "https") + ":" + text
    if _HOST_FIRST.match(text) and ("/" in text or not formats.of_address(text)):
        return f"http://{text}"
    if base and not _SCHEME.match(text):
        return urljoin(base, text)
    return text


def _escaped(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    name = f"[{host}]" if ":" in host else _ascii_host(host)
    if not name or not _HOST.fullmatch(name) or ".." in name:
        return ""
    login, at, _ = parts.netloc.rpartition("@")
    as_said = parts.netloc.rpartition("@")[2].partition(":")[0]
    # Capitals mean nothing: the address stays as it is written.
    name = as_said if as_said.lower() == name else name
    netloc = (_quoted(login, ":") + at) + name + (f":{port}" if port else "")
    return urlunsplit(
        (
            parts.scheme.lower(),
            netloc,
            _quoted(parts.path, "/:@!$&'()*+,;=~"),
            _quoted(parts.query, "/:@!$&'()*+,;=~?[]"),
            _quoted(parts.fragment, "/:@!$&'()*+,;=~?"),
        )
    )


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host.strip(".") if host.strip(".") else ""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _quoted(text: str, safe: str) -> str:
    """Escape what is not escaped yet; a lone % is a character."""
    return quote(_BARE_PERCENT.sub("%25", text), safe=safe + "%")
