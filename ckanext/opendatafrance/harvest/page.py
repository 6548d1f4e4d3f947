"""What a site answered: text and JSON, with clear errors where it is neither; the memory of pages read. Pure."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import IO, Any

from ckanext.opendatafrance.errors import N_, FatalSourceError

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HTML_START = re.compile(
    rb"\s*(?:<!--.*?-->\s*|<\?xml[^>]*\?>\s*)*<(?:!doctype\s+html|html\b|head\b|body\b)", re.I | re.S
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(rb"""(?:<\?xml[^>]*?encoding|<meta[^>]*?charset)\s*=\s*["']?([A-Za-z0-9._:-]+)""")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_UNSTORABLE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is known of an answer before its body.

    Attributes:
        url: final address, after redirects.
        media_type: in lower case, without parameters; empty if the site does not say.
        charset: as the site declares it, empty if it does not.
        headers: names in lower case.
    """

    url: str
    status: int = 200
    media_type: str = ""
    charset: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def not_modified(self) -> bool:
        """True where a conditional request found nothing new; the body is empty then."""
        return self.status == 304

    @property
    def etag(self) -> str:
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        return self.headers.get("last-modified", "")


_HEAD = tuple(field.name for field in fields(Head))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Head):
    """An answer with its body."""

    body: bytes = field(default=b"", repr=False)

    @property
    def digest(self) -> bytes:
        """sha256 of the body."""
        return hashlib.sha256(self.body).digest()

    def download(self) -> Download:
        """The same as a file."""
        head = {name: getattr(self, name) for name in _HEAD}
        return Download(file=io.BytesIO(self.body), size=len(self.body), digest=self.digest, **head)

    @property
    def is_html(self) -> bool:
        """Whether it is a web page, by what it holds or else by what it says."""
        start = self.body[:2048].removeprefix(codecs.BOM_UTF8)
        return bool(_HTML_START.match(start)) or (self.media_type in _HTML_TYPES and start.lstrip()[:1] == b"<")

    @property
    def text(self) -> str:
        """The body as text, by its byte order mark, its declared charset, or UTF-8.

        Raises:
            FatalSourceError: `wrong-charset`, `not-text`.
        """
        charset = self.said_charset
        try:
            text = self.body.decode(charset)
        except (LookupError, UnicodeError) as error:
            raise self.wrong_charset(charset) from error
        if "\0" in text[:2048]:
            raise self.not_text()
        return text

    def json(self) -> Any:
        """The body as JSON; strings come without the two things that no database stores: NUL and lone surrogates.

        Raises:
            FatalSourceError: `empty-answer`, `html-instead-of-data`, `wrong-charset`, `bad-json`.
        """
        if not self.body.strip():
            raise self.empty()
        if self.is_html:
            raise self.html_instead_of_data()
        try:
            value = json.loads(self._json_text(), parse_constant=lambda _: None)
            return storable(value) if _UNSTORABLE_ESCAPE.search(self.body) else value
        except (ValueError, RecursionError) as error:
            where = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "?"
            raise bad_json(self.url, where) from error

    def empty(self) -> FatalSourceError:
        """The error for a body without anything in it."""
        return FatalSourceError(N_("The answer of {url} is empty."), code="empty-answer", url=self.url)

    def not_text(self) -> FatalSourceError:
        """The error for a body that is an image, an archive or the like."""
        return FatalSourceError(
            N_("{url} is not text ({media_type})."), code="not-text", url=self.url, media_type=self.media_type or "?"
        )

    def html_instead_of_data(self) -> FatalSourceError:
        """The error for a connector that expected data and was given a web page."""
        return FatalSourceError(
            N_(
                "{url} answers with a web page instead of data (“{title}”): the address is not that of a catalogue, "
                "or the site shows an error page."
            ),
            code="html-instead-of-data",
            url=self.url,
            title=self.title,
        )

    @property
    def title(self) -> str:
        """Title of a web page, to tell a person which page it was."""
        found = re.search(rb"<title[^>]*>(.*?)</title", self.body[:20_000], re.IGNORECASE | re.DOTALL)
        return " ".join(found[1].decode("utf-8", "replace").split())[:100] if found else ""

    @property
    def said_charset(self) -> str:
        """By its byte order mark, its declared charset, or UTF-8."""
        for mark, charset in _BOMS:
            if self.body.startswith(mark):
                return charset
        declared = _DECLARED.search(self.body[:2048])
        return self.charset or (declared[1].decode() if declared else "utf-8")

    def _json_text(self) -> str:
        """JSON is UTF-8 whatever the header says (RFC 8259), except where it is not."""
        for charset in filter(None, (json.detect_encoding(self.body), self.charset)):
            with suppress(LookupError, UnicodeError):
                return self.body.decode(charset)
        raise self.wrong_charset(self.charset or "utf-8")

    def wrong_charset(self, charset: str) -> FatalSourceError:
        """The error for a body that is not in the charset that it should be in."""
        return FatalSourceError(
            N_(
                "The text of {url} is not in “{charset}”, the charset that it should be in: the site must correct this."
            ),
            code="wrong-charset",
            url=self.url,
            charset=charset,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Download(Head):
    """An answer whose body waits in `file` (in memory while small, then on disk), at its beginning.

    Attributes:
        size: bytes of the body.
        digest: sha256 of the body.
    """

    file: IO[bytes] = field(repr=False)
    size: int = 0
    digest: bytes = b""

    def page(self, size: int = -1) -> Page:
        """The first bytes as a page, from which what it is can be seen; all of them without `size`."""
        self.file.seek(0)
        body = self.file.read(size)
        self.file.seek(0)
        head = {name: getattr(self, name) for name in _HEAD}
        return Page(body=body, **head)


def storable(value: Any) -> Any:
    """JSON without what no database stores: NUL and lone surrogates."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value


class SeenPages:
    """All the pages of one listing: a page that comes back, by its address or by its content, ends the loop."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def enter(self, url: str) -> None:
        """Remember an address before it is asked for; raises `page-loop` (FatalSourceError) if it was asked before."""
        self._remember(url.encode(), url)

    def read(self, page: Page | Download) -> None:
        """Remember what a page holds; raises `page-loop` (FatalSourceError) if another page held exactly the same."""
        self._remember(page.digest, page.url)

    def _remember(self, mark: bytes, url: str) -> None:
        if mark in self._seen:
            raise FatalSourceError(
                N_(
                    "The pages of this source turn in a circle: {url} was read already. What was read before is kept; "
                    "the site's manager must correct its link to the next page."
                ),
                code="page-loop",
                url=url,
            )
        self._seen.add(mark)


def bad_json(url: str, where: str) -> FatalSourceError:
    """The error for JSON that cannot be read on from a line and column."""
    return FatalSourceError(
        N_("The answer of {url} is not valid JSON ({where}): it is damaged or cut short."),
        code="bad-json",
        url=url,
        where=where,
    )


def disk_full(url: str, reason: Exception) -> FatalSourceError:
    """The error for a body that finds no room where the portal puts its temporary files."""
    return FatalSourceError(
        N_("{url} could not be kept in a temporary file of the portal ({reason}): its disk is full or not writable."),
        code="disk-full",
        url=url,
        reason=str(reason)[:200],
    )
