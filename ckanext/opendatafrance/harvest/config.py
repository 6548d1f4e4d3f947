"""The options of the harvest room, one accessor each; nothing else reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.deletions import Rules
from ckanext.opendatafrance.harvest.identity.origin import Portal
from ckanext.opendatafrance.harvest.options import OCCASIONS
from ckanext.opendatafrance.harvest.transport import USER_AGENT, Limits, Transport

ALLOWED_HOSTS = "ckanext.opendatafrance.allowed_hosts"
MISSING_RUNS = "ckanext.opendatafrance.missing_runs"
HOLD_SHARE = "ckanext.opendatafrance.hold_share"
HOLD_NUMBER = "ckanext.opendatafrance.hold_number"
PORTAL_ADDRESSES = "ckanext.opendatafrance.portal_addresses"
AGENT = "ckanext.opendatafrance.user_agent"
CONNECT_TIMEOUT = "ckanext.opendatafrance.connect_timeout"
READ_TIMEOUT = "ckanext.opendatafrance.read_timeout"
TOTAL_TIMEOUT = "ckanext.opendatafrance.total_timeout"
PAGE_SIZE_LIMIT = "ckanext.opendatafrance.page_size_limit"
LEASE = "ckanext.opendatafrance.lease"
FILE_SIZE_LIMIT = "ckanext.opendatafrance.file_size_limit"
MAILS = "ckanext.opendatafrance.harvest_mails"
METRICS_TOKEN = "ckanext.opendatafrance.metrics_token"
METRICS_HOSTS = "ckanext.opendatafrance.metrics_hosts"
STOCK = "ckanext-harvest"
"""In place of an occasion: ckanext-harvest sends the mails."""
_MIB = 1024 * 1024
_allowed_here: ContextVar[tuple[str, ...]] = ContextVar("allowed_here", default=())


def allowed_hosts() -> list[str]:
    """Private hosts that may be opened all the same, as HOST or HOST:PORT."""
    return [*tk.config[ALLOWED_HOSTS], *_allowed_here.get()]


@contextmanager
def allowing(hosts: Iterable[str]) -> Iterator[None]:
    """Allow more hosts inside the `with` block; for commands, which only administrators can give."""
    token = _allowed_here.set((*_allowed_here.get(), *hosts))
    try:
        yield
    finally:
        _allowed_here.reset(token)


def deletion_rules() -> Rules:
    """When datasets that left their source are archived, and when a person is asked first."""
    return Rules(runs=tk.config[MISSING_RUNS], share=tk.config[HOLD_SHARE], number=tk.config[HOLD_NUMBER])


def lease_seconds() -> int:
    """How long a source stays with a worker of which nothing is heard."""
    return tk.config[LEASE]


def portal() -> Portal:
    """This portal, as harvested records may name it."""
    root = tk.config.get("ckan.root_path", "") or ""
    return Portal([tk.config["ckan.site_url"] + root.replace("/{{LANG}}", ""), *tk.config[PORTAL_ADDRESSES]])


def address(path: str, locale: str) -> str:
    """Full address of a page of the portal in a language; a worker has no request that would say it."""
    root = tk.config.get("ckan.root_path", "") or "/{{LANG}}"
    prefix = "" if locale == tk.config["ckan.locale_default"] else f"/{locale}"
    return tk.config["ckan.site_url"].rstrip("/") + root.replace("/{{LANG}}", prefix).rstrip("/") + path


def mails() -> str:
    """After which harvests a mail is sent about sources that say nothing of it: always, error or never.

    Where ckanext-harvest sends mails of its own, none of ours is sent after a harvest: nobody is told twice.
    """
    if any(tk.asbool(tk.config.get(f"ckan.harvest.status_mail.{which}")) for which in ("all", "errored")):
        return STOCK
    return tk.config[MAILS] if tk.config[MAILS] in OCCASIONS else "error"


def metrics_token() -> str:
    """What the reader of the metrics must say; empty = no token opens them."""
    return tk.config[METRICS_TOKEN]


def metrics_hosts() -> list[str]:
    """Addresses, or networks, that may read the metrics without a token."""
    return tk.config[METRICS_HOSTS]


def user_agent() -> str:
    """How the portal names itself to the sites."""
    return tk.config[AGENT] or f"{USER_AGENT} (+{tk.config['ckan.site_url']})"


def limits() -> Limits:
    """What one request to a site may cost."""
    return Limits(
        connect_seconds=tk.config[CONNECT_TIMEOUT],
        read_seconds=tk.config[READ_TIMEOUT],
        total_seconds=tk.config[TOTAL_TIMEOUT],
        body_bytes=tk.config[PAGE_SIZE_LIMIT] * _MIB,
        download_bytes=tk.config[FILE_SIZE_LIMIT] * _MIB,
    )


def transport() -> Transport:
    """The guarded client, as configured."""
    return Transport(allow_hosts=allowed_hosts(), user_agent=user_agent(), limits=limits())
