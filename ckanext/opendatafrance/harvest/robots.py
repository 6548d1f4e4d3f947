"""What a site asks of programs that visit it: robots.txt (RFC 9309), and the pause between two pages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from ckanext.opendatafrance.errors import FatalSourceError

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.transport import Page, Transport

LONGEST_PAUSE = 10.0
"""Seconds; a site that asks for more is given this."""
_LARGEST = 500 * 1024  # RFC 9309, 2.5
#: The file does not exist, or is refused: nothing is forbidden (RFC 9309, 2.3.1.3).
_ABSENT = {"not-found", "forbidden", "http-status", "too-many-redirects", "bad-redirect"}


class Robots:
    """The rules of one run, each robots.txt asked for once.

    Args:
        fetch: the guarded client, also the name under which the rules are looked up.
    """

    def __init__(self, fetch: Transport) -> None:
        self._fetch = fetch
        self._rules: dict[str, RobotFileParser] = {}
        self._asked = False
        self._agent = fetch.user_agent.split("/")[0].split(" ")[0]

    def allows(self, url: str) -> bool:
        """Whether the site lets us open this address.

        Raises:
            FatalSourceError: robots.txt cannot be asked for now; then nothing else may be.
        """
        return self._of(url).can_fetch(self._agent, url)

    def sitemaps(self, url: str) -> list[str]:
        """Addresses of the sitemaps that robots.txt names."""
        return list(self._of(url).site_maps() or [])

    def get(self, url: str) -> Page:
        """Open a page after the pause that the site asks for."""
        if self._asked:
            time.sleep(self._pause(url))
        self._asked = True
        return self._fetch.get(url, accept="text/html, application/xhtml+xml, */*;q=0.5")

    def beginning(self, url: str, size: int) -> Page:
        """The first bytes of a file, after the same pause."""
        if self._asked:
            time.sleep(self._pause(url))
        self._asked = True
        return self._fetch.beginning(url, size=size)

    def _pause(self, url: str) -> float:
        rules = self._of(url)
        rate = rules.request_rate(self._agent)
        asked = float(rules.crawl_delay(self._agent) or (rate.seconds / rate.requests if rate and rate.requests else 0))
        return min(asked, LONGEST_PAUSE)

    def _of(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = _read(self._fetch, f"{site}/robots.txt")
        return self._rules[site]


def _read(fetch: Transport, url: str) -> RobotFileParser:
    rules = RobotFileParser(url)
    try:
        page = fetch.get(url, accept="text/plain, */*;q=0.1")
    except FatalSourceError as error:
        if error.code not in _ABSENT:
            raise
        rules.parse([])
        return rules
    text = "" if page.is_html else page.body[:_LARGEST].decode("utf-8", "replace").lstrip("\ufeff")
    try:
        rules.parse(text.splitlines())
    except ValueError:  # numbers that are none: what came before them counts
        rules.modified()
    return rules
