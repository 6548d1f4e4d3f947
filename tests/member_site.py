"""A small real HTTP server that plays a member site: what it serves, how badly, and what it was asked."""

from __future__ import annotations

import gzip
import json
import mimetypes
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """What the site was asked: path without the query, query as a dict, headers with lower-case names."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    target: str


@dataclass
class Answer:
    """What the site says.

    Attributes:
        body: bytes, text, anything that JSON can hold, or an iterable of bytes sent as chunks (endless ones too).
        delay: seconds before the first byte.
        pause: seconds between two chunks of an iterable body.
        gzip: compress the body and say so.
        raw: sent instead of everything else, status line and headers included.
    """

    body: Any = b""
    status: int = 200
    media_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pause: float = 0.0
    gzip: bool = False
    raw: bytes | Iterable[bytes] | None = None

    def payload(self) -> tuple[bytes | Iterable[bytes], str]:
        """Body as it is sent before compression, and its media type."""
        if isinstance(self.body, bytes):
            return self.body, self.media_type or "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), self.media_type or "text/html; charset=utf-8"
        if isinstance(self.body, dict | list | int | float | bool) or self.body is None:
            return json.dumps(self.body, ensure_ascii=False).encode(), self.media_type or "application/json"
        return self.body, self.media_type or "application/octet-stream"


def redirect(to: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": to})


Route = Any  # bytes | str | dict | list | Path | Answer | Callable[[Request], Route]
Routes = Mapping[str, Route]


class MemberSite:
    """A site on a free loopback port, closed by `close()` or at the end of a `with` block.

    Routes are looked up by path with query first, then by path; a `Path` to a directory is served as a tree below
    its key; `"*"` answers everything else. They may be changed while the site runs.
    """

    def __init__(self, routes: Routes | Callable[[Request], Route] | None = None) -> None:
        self.routes: dict[str, Route] = {"*": routes} if callable(routes) else dict(routes or {})
        self.requests: list[Request] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.site = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def host(self) -> str:
        """HOST:PORT, as an allow-list takes it."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Address without a slash at its end."""
        return f"http://{self.host}"

    def count(self, path: str | None = None) -> int:
        """Number of requests received, for one path or in all."""
        return sum(path in (None, request.path) for request in self.requests)

    def answer(self, request: Request) -> Answer:
        for key in (request.target, request.path):
            if key in self.routes and not _is_directory(self.routes[key]):
                return _answer(self.routes[key], request)
        for key, route in self.routes.items():
            if _is_directory(route) and request.path.startswith(key.rstrip("/") + "/"):
                file = route / request.path[len(key.rstrip("/")) + 1 :]
                if file.is_file():
                    return _answer(file, request)
        if "*" in self.routes:
            return _answer(self.routes["*"], request)
        return Answer("<!doctype html><title>404</title><p>Page introuvable", status=404, media_type="text/html")

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> MemberSite:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _is_directory(route: Route) -> bool:
    return isinstance(route, Path) and route.is_dir()


def _answer(route: Route, request: Request) -> Answer:
    if callable(route):
        route = route(request)
    if isinstance(route, Path):
        return Answer(route.read_bytes(), media_type=mimetypes.guess_type(route.name)[0] or "application/octet-stream")
    return route if isinstance(route, Answer) else Answer(route)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: MemberSite

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            target=self.path,
        )
        self.server.site.requests.append(request)
        self.close_connection = True
        # The client may have had enough before the end, which is what many tests are about.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._send(self.server.site.answer(request))

    do_HEAD = do_POST = do_GET  # noqa: N815 - names that http.server calls

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.delay)
        if answer.raw is not None:
            self._write(answer.raw, answer.pause)
            return
        payload, media_type = answer.payload()
        if answer.gzip and isinstance(payload, bytes):
            payload = gzip.compress(payload)
        headers = {"Content-Type": media_type, "Connection": "close", **answer.headers}
        if answer.gzip:
            headers.setdefault("Content-Encoding", "gzip")
        if isinstance(payload, bytes):
            headers.setdefault("Content-Length", str(len(payload)))
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._write(payload, answer.pause)

    def _write(self, payload: bytes | Iterable[bytes], pause: float) -> None:
        for piece in [payload] if isinstance(payload, bytes) else payload:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(pause)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the tests read `MemberSite.requests`."""


def sites() -> Iterator[Callable[..., MemberSite]]:
    """Yield a factory of member sites and close them all afterwards (the body of the fixture `member_site`)."""
    opened: list[MemberSite] = []

    def open_site(routes: Routes | Callable[[Request], Route] | None = None) -> MemberSite:
        opened.append(MemberSite(routes))
        return opened[-1]

    yield open_site
    for site in opened:
        site.close()
