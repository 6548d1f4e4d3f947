"""A search engine that fails when it is asked to write: a real HTTP server in front of the real one."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class FlakySolr:
    """Passes requests on to Solr, except for those updates that it was told to spoil.

    Attributes:
        spoiled: numbers, from 1, of the updates that fail.
        forward: whether Solr receives a spoiled update all the same, and only its answer is lost.
    """

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.updates = 0
        self.spoiled: range = range(0)
        self.forward = False
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.solr = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}{self.target.path}"

    def fail(self, spoiled: range, *, forward: bool) -> None:
        self.updates, self.spoiled, self.forward = 0, spoiled, forward

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    solr: FlakySolr

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections break on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        solr = self.server.solr
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        spoiled = False
        if "/update" in self.path:
            solr.updates += 1
            spoiled = solr.updates in solr.spoiled
        if spoiled and not solr.forward:
            self.close_connection = True
            return
        connection = http.client.HTTPConnection(solr.target.hostname or "", solr.target.port, timeout=30)
        connection.request(self.command, self.path, body, {"Content-Type": self.headers.get("Content-Type") or ""})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.close_connection = True
        if spoiled:
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type") or "")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - a name that http.server calls

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
