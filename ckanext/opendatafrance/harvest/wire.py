"""One HTTP request on one socket, to an address that was judged before; part of the transport, which is its only user.

The standard library's client is used because requests and urllib3 resolve names by themselves, and because a request
is to end in time as a whole: a site that sends one byte now and then never lets a socket's own timeout expire.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import Any

import certifi

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest import faults
from ckanext.opendatafrance.harvest.bodies import ACCEPTED_ENCODINGS, decoded
from ckanext.opendatafrance.harvest.safety import Target

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is asked, and within what.

    Attributes:
        cap: bytes of the body, before and after decompression.
        ends: `time.monotonic()` at which everything stops.
    """

    target: Target
    headers: Mapping[str, str]
    connect_seconds: float
    read_seconds: float
    cap: int
    ends: float

    @property
    def seconds_left(self) -> float:
        return self.ends - time.monotonic()


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case) and the decompressed body, which is read from the socket while iterated."""

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]

    def head(self, url: str) -> dict[str, Any]:
        """The arguments that `Page` and `Download` share."""
        message = Message()
        message["Content-Type"] = self.headers.get("content-type", "")
        declared = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return {
            "url": url,
            "status": self.status,
            "media_type": declared,
            "charset": (message.get_content_charset() or "").strip("\"' "),
            "headers": self.headers,
        }


def resolve(target: Target) -> list[str]:
    """All the addresses of a host, in the order in which the system prefers them.

    Raises:
        FatalSourceError: `unresolvable-name`.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        passing = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        raise faults.names_unanswered(target) if passing else faults.unknown_name(target) from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@contextmanager
def exchange(asked: Exchange, addresses: list[str]) -> Iterator[Answer]:
    """Send the request and give the answer, whose body must be read inside the `with` block.

    Raises:
        FatalSourceError, RetriableError: see `faults`; what is raised inside the block passes through.
    """
    with ExitStack() as stack:
        try:
            response = _ask(asked, addresses, stack)
            headers = {name.lower(): value for name, value in response.getheaders()}
            pieces = _pieces(response, asked)
            encoding = headers.get("content-encoding", "")
            yield Answer(response.status, headers, decoded(pieces, encoding, asked.cap, asked.target.url))
        except (OSError, http.client.HTTPException) as error:
            # Whatever a connection says that was shut down because the time was up, the fault is the time.
            raise faults.too_slow(asked.target) if asked.seconds_left <= 0 else _fault(error, asked.target) from error


def _ask(asked: Exchange, addresses: list[str], stack: ExitStack) -> http.client.HTTPResponse:
    plain = stack.enter_context(_connected(asked, addresses))
    stack.enter_context(_ended_in_time(plain, asked.seconds_left))
    client = http.client.HTTPConnection(asked.target.host, asked.target.port)
    client.sock = stack.enter_context(_secured(plain, asked.target)) if asked.target.scheme == "https" else plain
    client.sock.settimeout(asked.read_seconds)
    ours = {"Host": asked.target.netloc, "Accept-Encoding": ACCEPTED_ENCODINGS, "Connection": "close"}
    client.request("GET", asked.target.path, headers={**asked.headers, **ours})
    return stack.enter_context(client.getresponse())


def _connected(asked: Exchange, addresses: list[str]) -> socket.socket:
    """A socket to the first judged address that answers; addresses are literals, so nothing is resolved again."""
    refusal: OSError = OSError("no address")
    for address in addresses:
        seconds = min(asked.connect_seconds, asked.seconds_left)
        if seconds <= 0:
            raise TimeoutError
        try:
            return socket.create_connection((address, asked.target.port), timeout=seconds)
        except OSError as error:
            refusal = error
    raise refusal


@contextmanager
def _ended_in_time(plain: socket.socket, seconds: float) -> Iterator[None]:
    """Shut the connection down when the time is up, whatever it is doing; a duplicate survives the TLS hand-over."""
    handle = plain.dup()

    def shut_down() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    watchdog = threading.Timer(max(seconds, 0), shut_down)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        watchdog.join()
        handle.close()


def _secured(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    return _tls_context().wrap_socket(plain, server_hostname=target.host)


@cache
def _tls_context() -> ssl.SSLContext:
    """The authorities of the system, where an administrator adds those of the administration, and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _pieces(response: http.client.HTTPResponse, asked: Exchange) -> Iterator[bytes]:
    while piece := response.read1(_PIECE):
        yield piece
    if asked.seconds_left <= 0:
        raise faults.too_slow(asked.target)
    if response.length:
        raise faults.truncated(asked.target, response.length)


def _fault(error: OSError | http.client.HTTPException, target: Target) -> FatalSourceError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return faults.tls(target, error.verify_message)
    if isinstance(error, ssl.SSLError):
        return faults.tls(target, error.reason or "TLS")
    if isinstance(error, TimeoutError):
        return faults.too_slow(target)
    if isinstance(error, ConnectionRefusedError):
        return faults.refused(target)
    if isinstance(error, ConnectionError | http.client.IncompleteRead):
        return faults.connection_lost(target)
    if isinstance(error, http.client.HTTPException):
        return faults.not_http_answer(target, str(error)[:200] or type(error).__name__)
    return faults.unreachable(target, error.strerror or type(error).__name__)
