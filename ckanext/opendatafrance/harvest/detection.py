"""From an address that a person pastes to what the site is: which connectors can read it, where, and how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ckanext.opendatafrance.errors import N_, FatalSourceError, OdfError
from ckanext.opendatafrance.harvest.connector import Candidate
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.safety import check_url
from ckanext.opendatafrance.harvest.transport import Page, Transport

MAX_REQUESTS = 8
MAX_SECONDS = 15.0
#: Best first among those that announce as many datasets: what a software says of its own before what it says to all.
PREFERENCE = ("ckan", "udata", "opendatasoft", "arcgis", "csw", "dcat", "catalogue_csv", "web_page")
#: A page of links is read only where nothing describes its files better.
LAST_RESORT = ("web_page",)

_NOTHING_THERE = {"not-found", "forbidden", "http-status", "server-error"}
#: After these https:// may be worth a second try as http:// where the person wrote neither.
_PERHAPS_NOT_SECURE = {"refused", "tls", "timeout", "unreachable", "connection-lost"}

Say = Callable[[str, Mapping[str, Any]], str]


def plainly(message: str, params: Mapping[str, Any]) -> str:
    """The English sentence, for those who translate nothing."""
    return message.format(**params)


@dataclass(frozen=True, slots=True)
class Detection:
    """What a site is.

    Attributes:
        connector, url, count: the best candidate; connector None where there is none.
        candidates: all, best first.
        tried: addresses asked for.
        message: msgid for a person, with its params.
    """

    connector: str | None
    url: str
    count: int | None
    candidates: tuple[Candidate, ...]
    tried: tuple[str, ...]
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self, say: Say = plainly) -> dict[str, Any]:
        """The shape that commands and the API give."""
        return {
            "connector": self.connector,
            "url": self.url,
            "count": self.count,
            "candidates": [asdict(candidate) for candidate in self.candidates],
            "tried": list(self.tried),
            "message": say(self.message, self.said(say)),
        }

    def said(self, say: Say = plainly) -> dict[str, Any]:
        """The params with the titles of connectors, which are msgids too, as a person reads them."""
        titles = self.params.get("titles", ())
        return {**self.params, "titles": ", ".join(say(title, {}) for title in titles)}


def detect(url: str, fetch: Transport) -> Detection:
    """Find out how a site can be harvested, with at most 8 requests in 15 seconds.

    Args:
        url: any address of the site: home page, dataset page, API, feed; `https://` may be missing.

    Raises:
        FatalSourceError: the site cannot be asked at all (not an address, private, unreachable, refuses).
    """
    client = fetch.limited(MAX_REQUESTS, MAX_SECONDS)
    page, fault = first_page(url, client)
    found: list[Candidate] = []
    for connector in sorted(connectors().values(), key=lambda one: not one.recognises(page)):
        try:
            found.extend(connector.detect(page, client))
        except OdfError as error:
            if error.code == "budget-spent":
                break
    best = sorted(dict.fromkeys(found), key=_rank)
    best = [one for one in best if one.connector not in LAST_RESORT] or best
    tried = tuple(dict.fromkeys(client.asked))
    if not best and fault:
        raise fault
    if not best:
        titles = tuple(connector.title for connector in connectors().values())
        return Detection(None, page.url, None, (), tried, NOTHING_FOUND, {"url": page.url, "titles": titles})
    first = best[0]
    params = {"titles": (connectors()[first.connector].title,), "url": first.url, "count": first.count}
    message = FOUND if first.count is None else FOUND_COUNT
    return Detection(first.connector, first.url, first.count, tuple(best), tried, message, params)


def first_page(url: str, fetch: Transport) -> tuple[Page, FatalSourceError | None]:
    """The answer to the pasted address, or what stands in for it where the site has nothing to say there.

    An address that is no more, or refuses, does not mean that the site has no API: its home page comes instead, or an
    empty page, with the fault that is to be told if nothing else is found.

    Raises:
        FatalSourceError: the site cannot be asked.
    """
    text = url.strip().strip("<>\"'«» ")
    schemes = [""] if "://" in text.partition("?")[0] else ["https://", "http://"]
    fault: FatalSourceError | None = None
    for scheme in schemes:
        try:
            return fetch.get(scheme + text), None
        except FatalSourceError as error:
            if error.code == "too-large":  # what it is shows in its beginning
                return fetch.beginning(scheme + text), None
            fault = fault or error
            if error.code in _NOTHING_THERE:
                return _home_page(scheme + text, fetch), error
            if error.code not in _PERHAPS_NOT_SECURE:
                break
    raise fault or AssertionError(schemes)


def _home_page(url: str, fetch: Transport) -> Page:
    home = check_url(url).origin + "/"
    try:
        return fetch.get(home)
    except FatalSourceError as error:
        if error.code not in _NOTHING_THERE:
            raise
        return Page(url=url, status=404)


def _rank(candidate: Candidate) -> tuple[bool, int, int]:
    place = PREFERENCE.index(candidate.connector) if candidate.connector in PREFERENCE else len(PREFERENCE)
    return candidate.connector in LAST_RESORT, -(candidate.count or 0), place


FOUND = N_("{titles} at {url}.")
FOUND_COUNT = N_("{titles} with {count} datasets at {url}.")
NOTHING_FOUND = N_(
    "Nothing that can be harvested was found at {url} (looked for: {titles}). Ask the site's manager for the address "
    "of its catalogue or API; if there is none, a DCAT file or a CSV list of the datasets on the site is enough."
)
