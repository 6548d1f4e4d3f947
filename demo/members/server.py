"""The HTTP servers: one for each port, several sites on each, every site below its own path."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import arcgis, broken, catalogue_csv, ckan, csw, dcat, opendatasoft, pages, udata, web_page
from .answers import NOT_FOUND, Answer, html
from .model import Site

SOFTWARE = {
    "ckan": ckan.answer,
    "dcat": dcat.answer,
    "opendatasoft": opendatasoft.answer,
    "udata": udata.answer,
    "csw": csw.answer,
    "arcgis": arcgis.answer,
    "catalogue_csv": catalogue_csv.answer,
    "web_page": web_page.answer,
}
LONGEST_BODY = 1_000_000


class Host(ThreadingHTTPServer):
    """The sites of one port, on the loopback address only."""

    daemon_threads = True

    def __init__(self, port: int, sites: Sequence[Site]) -> None:
        self.sites = {site.slug: site for site in sites}
        super().__init__(("127.0.0.1", port), Handler)

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """What is at a decoded path."""
        slug, _, rest = path.lstrip("/").partition("/")
        if path == "/":
            return html(pages.index(list(self.sites.values())))
        if path == "/style.css":
            return Answer(pages.STYLE, "text/css; charset=utf-8")
        site = self.sites.get(slug)
        if site is None:
            return NOT_FOUND
        if path == f"/{slug}":
            return Answer(b"", "text/plain", 301, {"Location": f"{site.url}/"})
        return broken.answer(site, rest, query) if site.broken else SOFTWARE[site.software](site, rest, query)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no fault; everything else is told in one line."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)


class Handler(BaseHTTPRequestHandler):
    """GET, HEAD, and the POST of CKAN's API."""

    protocol_version = "HTTP/1.1"
    server: Host

    def do_GET(self) -> None:
        self._send(self._parameters())

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY)
        self._send(self._parameters() | _body(self.rfile.read(length)))

    def _parameters(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))

    def _send(self, parameters: dict[str, str]) -> None:
        # Some clients send UTF-8 as it is instead of encoding it.
        path = unquote(urlsplit(self.path).path.encode("latin-1").decode("utf-8", "replace"))
        answer = self.server.answer(path, parameters)
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
        unchanged = answer.status == 200 and self.headers.get("If-None-Match") == tag
        self.send_response(304 if unchanged else answer.status)
        self.send_header("ETag", tag)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not unchanged:
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not unchanged and self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the log of a demonstration is for faults."""


def _body(content: bytes) -> dict[str, str]:
    """The parameters of a POST, JSON as CKAN wants it or a form."""
    try:
        parameters = json.loads(content or b"{}")
    except ValueError:
        return dict(parse_qsl(content.decode("utf-8", "replace")))
    return {name: str(value) for name, value in parameters.items()} if isinstance(parameters, Mapping) else {}
