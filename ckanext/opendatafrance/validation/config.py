"""What the checker takes from the configuration."""

from __future__ import annotations

from collections.abc import Iterable

import ckan.plugins as p

from ckanext.opendatafrance.harvest.transport import Transport


def transport(allow_hosts: Iterable[str] = ()) -> Transport:
    """The guarded client: with the options of the harvest plugin where it is on."""
    if not p.plugin_loaded("opendatafrance_harvest"):
        return Transport(allow_hosts=allow_hosts)
    from ckanext.opendatafrance.harvest import config  # needs the options of that plugin

    with config.allowing(allow_hosts):
        return config.transport()
