"""What many sites are, found out side by side: one request at a time to each host, a few hosts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from urllib.parse import urlsplit

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest.bulk import with_scheme
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.detection import Detection, detect
from ckanext.opendatafrance.harvest.transport import Transport

AT_ONCE = 8
"""Hosts. They mostly wait; each detection spends at most 15 seconds."""

Found = dict[str, Detection | OdfError]


def survey(
    urls: Iterable[str], fetch: Transport, progress: Callable[[int, int], None] = lambda done, all_: None
) -> Found:
    """What each address leads to, or why it could not be asked.

    Nothing of CKAN is used in the threads: neither a session nor the language of a request belongs to them.

    Args:
        fetch: its `limited` copies are what the threads share.
        progress: called with the number of sites done and of all.
    """
    hosts: dict[str, list[str]] = {}
    for url in dict.fromkeys(urls):
        hosts.setdefault(urlsplit(with_scheme(url)).netloc.lower(), []).append(url)
    count = sum(map(len, hosts.values()))
    connectors()  # read once, before the threads ask for them
    found: Found = {}
    with ThreadPoolExecutor(AT_ONCE, "survey") as pool:
        for waiting in as_completed([pool.submit(_host, urls, fetch) for urls in hosts.values()]):
            found |= waiting.result()
            progress(len(found), count)
    return found


def _host(urls: list[str], fetch: Transport) -> Found:
    return {url: _look(url, fetch) for url in urls}


def _look(url: str, fetch: Transport) -> Detection | OdfError:
    try:
        return detect(url, fetch)
    except OdfError as error:
        return error
