"""Messages in the language of who reads them: the visitor's on a page, the site's where nobody is looking."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import has_request_context

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import paths

DOMAIN = "ckanext-opendatafrance"


def language() -> str:
    """The reader's language, as CKAN names it; the portal's own where nobody reads (a harvest, a command)."""
    return (tk.h.lang() if has_request_context() else None) or tk.config["ckan.locale_default"]


def say(message: str, params: Mapping[str, Any] | None = None) -> str:
    """Translate an English msgid and fill in its named fields.

    A worker has no request and so no language for CKAN's own translations: it uses the one of the site.
    """
    translate = tk._ if has_request_context() else catalogue(tk.config["ckan.locale_default"]).gettext
    text = translate(message)
    return text.format(**params) if params else text


@cache
def catalogue(locale: str) -> gettext.NullTranslations:
    """The texts of the suite in a language; in English where it has none of that language."""
    return gettext.translation(DOMAIN, str(paths.I18N), [locale], fallback=True)
