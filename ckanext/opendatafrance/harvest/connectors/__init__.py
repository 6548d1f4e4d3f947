"""The connectors, one file each; other packages may add theirs under the same entry point."""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points

from ckanext.opendatafrance.harvest.connector import Connector

GROUP = "ckanext.opendatafrance.connectors"
log = logging.getLogger(__name__)


def connectors() -> dict[str, type[Connector]]:
    """The classes of all installed connectors by name; one whose requirements are not installed is left out."""
    return dict(_connectors())


@cache
def _connectors() -> dict[str, type[Connector]]:
    found: dict[str, type[Connector]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            found[entry.name] = entry.load()
        except (ImportError, AttributeError) as error:
            log.warning("The connector %s (%s) cannot be loaded: %s", entry.name, entry.value, error)
    return found
