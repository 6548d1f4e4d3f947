"""Messages in the language of who reads them: the visitor's on a page, the site's where nobody is looking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import has_request_context

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.words import catalogue


def say(message: str, params: Mapping[str, Any] | None = None) -> str:
    """Translate an English msgid and fill in its named fields.

    A worker has no request and so no language for CKAN's own translations: it uses the one of the site.
    """
    translate = tk._ if has_request_context() else catalogue(tk.config["ckan.locale_default"]).gettext
    text = translate(message)
    return text.format(**params) if params else text
