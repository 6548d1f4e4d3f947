"""The options of the plugin `opendatafrance_federation`, one accessor each."""

from __future__ import annotations

import ckan.plugins.toolkit as tk

EXCLUDED_HOSTS = "ckanext.opendatafrance.feed_excluded_hosts"
PAGE_SIZE = "ckanext.opendatafrance.feed_page_size"


def excluded_hosts() -> list[str]:
    """Hosts, in lower case, whose datasets are not offered."""
    return [host.lower().strip(".") for host in tk.aslist(tk.config[EXCLUDED_HOSTS])]


def page_size() -> int:
    """Datasets on a page, at least one and at most a thousand."""
    return min(max(tk.asint(tk.config[PAGE_SIZE]), 1), 1000)
