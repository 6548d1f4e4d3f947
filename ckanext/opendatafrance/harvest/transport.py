"""The guarded HTTP client: with `wire`, the only place that opens sockets.

A name is resolved once, every address that it has is judged, and the socket is opened to an address that was judged:
what DNS says a moment later changes nothing. Each redirect goes through the same gate.
"""

from __future__ import annotations

import copy
import hashlib
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import IO, TypeVar
from urllib.parse import urljoin

from ckanext.opendatafrance.errors import RetriableError
from ckanext.opendatafrance.harvest import faults
from ckanext.opendatafrance.harvest.page import Download, Page, SeenPages, disk_full
from ckanext.opendatafrance.harvest.safety import AllowList, Target, check_addresses, check_url
from ckanext.opendatafrance.harvest.wire import Answer, Exchange, exchange, resolve

__all__ = ["Download", "Limits", "Page", "SeenPages", "Transport"]

T = TypeVar("T")
#: Makes what the caller wants of an answer, given its final address.
Keeper = Callable[[str, Answer], T]
USER_AGENT = "ckanext-opendatafrance"
ANYTHING = "*/*"
_PRIVATE_HEADERS = {"authorization", "cookie", "proxy-authorization", "x-api-key", "x-ckan-api-key"}
_REDIRECTS = {301, 302, 303, 307, 308}
_IN_MEMORY = 4 * 1024 * 1024
_BEGINNING = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost. Seconds and bytes.

    Attributes:
        total_seconds: for all the tries, redirects and the body of one `get` or `download` together.
        body_bytes: for `get`, before and after decompression.
        download_bytes: for `download`, before and after decompression.
        retry_wait: before the second try; doubles, with jitter, unless the site says how long (Retry-After).
        host_interval: between the starts of two requests to one host, over the whole process.
    """

    connect_seconds: float = 10
    read_seconds: float = 30
    total_seconds: float = 300
    body_bytes: int = 64 * 1024 * 1024
    download_bytes: int = 1024 * 1024 * 1024
    redirects: int = 5
    tries: int = 3
    retry_wait: float = 1.0
    retry_wait_max: float = 60.0
    host_interval: float = 0.1


class Transport:
    """Asks member sites for pages, within limits.

    Args:
        allow_hosts: private hosts that an administrator lets through, as HOST or HOST:PORT.
        user_agent: how the portal names itself to the sites; should hold its address.
        limits: what one request may cost.

    Attributes:
        requests: number of requests sent so far, tries and redirects included.
        asked: their addresses, in order; kept within a budget only.
    """

    def __init__(
        self, allow_hosts: Iterable[str] = (), user_agent: str = USER_AGENT, limits: Limits | None = None
    ) -> None:
        self.allowed = AllowList(allow_hosts)
        self.user_agent = user_agent
        self.limits = limits or Limits()
        self.requests = 0
        self.asked: list[str] = []
        self._requests_left: int | None = None
        self._budget_ends: float | None = None

    def limited(self, requests: int, seconds: float) -> Transport:
        """The same client with a budget, after which every call raises `budget-spent` (FatalSourceError)."""
        other = copy.copy(self)
        other.limits = replace(self.limits, tries=min(self.limits.tries, 2))
        other.requests = 0
        other.asked = []
        other._requests_left = requests
        other._budget_ends = time.monotonic() + seconds
        return other

    def get(
        self,
        url: str,
        *,
        accept: str = ANYTHING,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        last_modified: str = "",
    ) -> Page:
        """Read a page into memory; with `etag` or `last_modified` of an earlier one, `page.not_modified` may be true.

        Raises:
            FatalSourceError: each fault with its own code (see docs/harvest-connectors.md).
            RetriableError: the same request may succeed later; it was tried `limits.tries` times.
        """
        asked = {"Accept": accept, **(headers or {})}
        if etag:
            asked["If-None-Match"] = etag
        if last_modified:
            asked["If-Modified-Since"] = last_modified
        return self._follow(url, asked, _page, self.limits.body_bytes)

    @contextmanager
    def download(
        self, url: str, *, accept: str = ANYTHING, headers: Mapping[str, str] | None = None
    ) -> Iterator[Download]:
        """Read a large body into a temporary file that lives as long as the `with` block; raises what `get` raises."""
        with ExitStack() as files:

            def keep(final: str, answer: Answer) -> Download:
                file = files.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
                size, digest = 0, hashlib.sha256()
                for piece in answer.pieces:
                    size += _write(file, piece, final)
                    digest.update(piece)
                file.seek(0)
                return Download(file=file, size=size, digest=digest.digest(), **answer.head(final))

            yield self._follow(url, {"Accept": accept, **(headers or {})}, keep, self.limits.download_bytes)

    def beginning(self, url: str, *, accept: str = ANYTHING, size: int = _BEGINNING) -> Page:
        """Read the first bytes of a body, about `size`, and leave the rest; raises what `get` raises."""

        def keep(final: str, answer: Answer) -> Page:
            body = bytearray()
            for piece in answer.pieces:
                body += piece
                if len(body) >= size:
                    break
            return Page(body=bytes(body), **answer.head(final))

        return self._follow(url, {"Accept": accept}, keep, self.limits.download_bytes)

    def _follow(self, url: str, headers: dict[str, str], keep: Keeper[T], cap: int) -> T:
        ends = time.monotonic() + self.limits.total_seconds
        if self._budget_ends is not None:
            ends = min(ends, self._budget_ends)
        headers = {name: _header(value) for name, value in {"User-Agent": self.user_agent, **headers}.items()}
        target = check_url(url)
        for _ in range(self.limits.redirects + 1):
            asked = Exchange(target, headers, self.limits.connect_seconds, self.limits.read_seconds, cap, ends)
            answer = self._insist(asked, keep)
            if not isinstance(answer, _Redirect):
                return answer
            following = check_url(urljoin(target.url, answer.location))
            if following.origin != target.origin:
                headers = {name: value for name, value in headers.items() if name.lower() not in _PRIVATE_HEADERS}
            target = following
        raise faults.too_many_redirects(url, self.limits.redirects)

    def _insist(self, asked: Exchange, keep: Keeper[T]) -> T | _Redirect:
        """Try again after a passing fault, as often and as late as the limits allow and the site asks (Retry-After)."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._ask(asked, keep)
            except RetriableError as error:
                jittered = self.limits.retry_wait * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
                wait = max(jittered, error.params.get("retry_after", 0))
                if attempt >= self.limits.tries or wait > min(self.limits.retry_wait_max, asked.seconds_left):
                    raise
                time.sleep(wait)

    def _ask(self, asked: Exchange, keep: Keeper[T]) -> T | _Redirect:
        target = asked.target
        self._spend(target)
        _wait_for_turn(target.netloc, self.limits.host_interval)
        addresses = resolve(target)
        check_addresses(target, addresses, self.allowed)
        with exchange(asked, addresses) as answer:
            if answer.status in _REDIRECTS:
                if not answer.headers.get("location"):
                    raise faults.bad_redirect(target, answer.status)
                return _Redirect(_utf8(answer.headers["location"]))
            if answer.status == 304 or 200 <= answer.status < 300:
                return keep(target.url, answer)
            raise faults.of_status(target, answer.status, answer.headers.get("retry-after", ""))

    def _spend(self, target: Target) -> None:
        if self._budget_ends is not None and time.monotonic() >= self._budget_ends:
            raise faults.budget_spent(target)
        if self._requests_left is not None:
            if self._requests_left <= 0:
                raise faults.budget_spent(target)
            self._requests_left -= 1
            self.asked.append(target.url)
        self.requests += 1


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


def _header(value: str) -> str:
    """One line in the charset of headers, whatever an option or an earlier answer held."""
    return " ".join(value.split()).encode("latin-1", "replace").decode("latin-1")


def _utf8(value: str) -> str:
    """Headers are read as Latin-1, but servers write addresses in UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _write(file: IO[bytes], piece: bytes, url: str) -> int:
    """Its fault is the portal's own, not one of the connection that is read from meanwhile."""
    try:
        return file.write(piece)
    except OSError as error:
        raise disk_full(url, error) from error


def _page(url: str, answer: Answer) -> Page:
    return Page(body=b"".join(answer.pieces), **answer.head(url))


_turns: dict[str, float] = {}
_turns_lock = threading.Lock()


def _wait_for_turn(netloc: str, interval: float) -> None:
    """Space out the requests to one host over all the threads of this process."""
    with _turns_lock:
        now = time.monotonic()
        turn = max(now, _turns.get(netloc, 0) + interval)
        _turns[netloc] = turn
    time.sleep(turn - now)
