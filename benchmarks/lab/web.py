"""The portal of one side behind gunicorn: one process, one request at a time, so that CPU can be told by page."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from stack.console import ROOT
from stack.process import Daemon, free_port

from .servers import Bench


@dataclass(frozen=True)
class Web:
    """A running portal.

    Attributes:
        address: without a slash at the end.
        pid: of the master process, whose child answers.
        tokens: user → API token.
    """

    address: str
    pid: int
    tokens: Mapping[str, str]

    def get(self, path: str, user: str = "") -> tuple[int, int]:
        """Ask for a page as a user, or as nobody; status and length of the answer."""
        headers = {"Authorization": self.tokens[user]} if user else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.address + path, headers=headers), timeout=600
            ) as page:
                return page.status, len(page.read())
        except urllib.error.HTTPError as error:
            return error.code, len(error.read())


@contextmanager
def web(servers: Bench, side: str, database: str, tokens: Mapping[str, str]) -> Iterator[Web]:
    """Start the portal of a side, stop it afterwards."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    # A page that leads to another names the portal's own address.
    environ = {**servers.environ(side, database), "CKAN_SITE_URL": address}
    command = [
        servers.env.program("gunicorn"), "--workers", "1", "--timeout", "600", "--bind", f"127.0.0.1:{port}",
        "--chdir", str(ROOT / "bin"), "stack.wsgi:application",
    ]  # fmt: skip
    daemon = Daemon(
        f"web-{side}",
        command,
        servers.base / "run",
        servers.base / "logs",
        env=environ,
        cwd=ROOT,
    )
    daemon.start()
    try:
        daemon.wait(lambda: _answers(address), 120)
        yield Web(address, daemon.pid() or 0, tokens)
    finally:
        daemon.stop()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/3/action/status_show", timeout=60) as answer:
            return answer.status == 200
    except OSError:
        return False
