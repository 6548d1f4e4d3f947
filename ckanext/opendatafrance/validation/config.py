"""What the checker takes from the configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.transport import Transport

REMOTE = "ckanext.opendatafrance.check_remote_files"


def checks_remote_files() -> bool:
    """Whether the portal fetches files of other sites to check them."""
    return tk.config[REMOTE]


_MOST = 100 * 1024 * 1024


def checking_transport() -> Transport:
    """The guarded client for checks that nobody waits for: at most 100 MiB a file."""
    client = transport()
    client.limits = replace(client.limits, download_bytes=min(client.limits.download_bytes, _MOST))
    return client


def transport(allow_hosts: Iterable[str] = ()) -> Transport:
    """The guarded client: with the options of the harvest plugin where it is on."""
    if not p.plugin_loaded("opendatafrance_harvest"):
        return Transport(allow_hosts=allow_hosts)
    from ckanext.opendatafrance.harvest import config  # needs the options of that plugin

    with config.allowing(allow_hosts):
        return config.transport()
