"""Every way in which a request can fail, each with its own code and words. Pure."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ckanext.opendatafrance.errors import N_, FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.safety import Target


def names_unanswered(target: Target) -> RetriableError:
    return RetriableError(
        N_("The name {host} could not be looked up just now: the name servers do not answer."),
        code="unresolvable-name",
        host=target.host,
    )


def unknown_name(target: Target) -> FatalSourceError:
    return FatalSourceError(
        N_("There is no site of the name {host}: check the spelling of the address."),
        code="unresolvable-name",
        host=target.host,
    )


def refused(target: Target) -> RetriableError:
    return RetriableError(
        N_("{origin} refuses the connection: no web server answers there."), code="refused", origin=target.origin
    )


def unreachable(target: Target, reason: str) -> RetriableError:
    return RetriableError(
        N_("{origin} cannot be reached ({reason})."), code="unreachable", origin=target.origin, reason=reason
    )


def connection_lost(target: Target) -> RetriableError:
    return RetriableError(
        N_("{url}: the site closed the connection before the end of its answer."),
        code="connection-lost",
        url=target.url,
    )


def not_http_answer(target: Target, reason: str) -> FatalSourceError:
    return FatalSourceError(
        N_("{url} does not answer as a web server does ({reason})."),
        code="not-http-answer",
        url=target.url,
        reason=reason,
    )


def tls(target: Target, reason: str) -> FatalSourceError:
    return FatalSourceError(
        N_(
            "The secure connection to {host} failed ({reason}). The site's manager must renew or complete "
            "its certificate."
        ),
        code="tls",
        host=target.host,
        reason=reason,
    )


def too_slow(target: Target) -> RetriableError:
    return RetriableError(N_("{url} did not answer in time."), code="timeout", url=target.url)


def truncated(target: Target, missing: int) -> RetriableError:
    return RetriableError(
        N_("The answer of {url} stops in the middle: {missing} bytes are missing."),
        code="truncated",
        url=target.url,
        missing=missing,
    )


def too_many_redirects(url: str, limit: int) -> FatalSourceError:
    return FatalSourceError(
        N_("{url} redirects more than {limit} times: give the address where it ends."),
        code="too-many-redirects",
        url=url,
        limit=limit,
    )


def bad_redirect(target: Target, status: int) -> FatalSourceError:
    return FatalSourceError(
        N_("{url} answers that it has moved (status {status}) without saying where."),
        code="bad-redirect",
        url=target.url,
        status=status,
    )


def budget_spent(target: Target) -> FatalSourceError:
    return FatalSourceError(
        N_("The requests or the time allowed are used up; {url} was not asked for."),
        code="budget-spent",
        url=target.url,
    )


def of_status(target: Target, status: int, retry_after: str = "") -> FatalSourceError:
    """What a refusing status means; 429 and 5xx may pass."""
    if status == 429 or status >= 500:
        code = "too-many-requests" if status == 429 else "server-error"
        wait = _seconds(retry_after)
        return RetriableError(_STATUS[code], code=code, url=target.url, status=status, retry_after=wait)
    code = {401: "forbidden", 403: "forbidden", 404: "not-found", 410: "not-found"}.get(status, "http-status")
    return FatalSourceError(_STATUS[code], code=code, url=target.url, status=status)


_STATUS = {
    "forbidden": N_("{url} refuses access (status {status}): it needs an account, or refuses robots."),
    "not-found": N_("There is nothing at {url} (status {status}): check the address."),
    "too-many-requests": N_("{url} asks for fewer requests (status {status}): try again later."),
    "server-error": N_("The site is out of order: {url} answers with the error {status}."),
    "http-status": N_("{url} answers with the unexpected status {status}."),
}


def _seconds(retry_after: str) -> float:
    """Retry-After in seconds, from a number or an HTTP date; 0 where it says nothing usable."""
    text = retry_after.strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())
