"""The facets of a territory: which there are, and the words in which their values are shown."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.messages import language
from ckanext.opendatafrance.reference import licences
from ckanext.opendatafrance.reference.themes import THEMES

TERRITORY = "vocab_odf_territory"
TERRITORY_TYPE = "vocab_odf_territory_type"
THEME = "vocab_odf_theme"
# CKAN's own, with the analysed words of names, keywords and groups in place of the strings (search/solr_schema.py).
QUERY_FIELDS = "title^4 odf_words^2 text"
_OTHER_DATASET_TYPES = ("harvest",)


def dataset_facets(facets: OrderedDict[str, str], package_type: str) -> OrderedDict[str, str]:
    """The facets of the search page, ours first; those of harvest sources are left as they are."""
    if package_type in _OTHER_DATASET_TYPES:
        return facets
    ours = OrderedDict[str, str]()
    if p.plugin_loaded("opendatafrance_territories"):
        ours[TERRITORY] = tk._("Territories")
    ours["organization"] = tk._("Publishers")
    if p.plugin_loaded("opendatafrance_territories"):
        ours[TERRITORY_TYPE] = tk._("Types of publisher")
    return _in_order(ours, facets)


def organization_facets(facets: OrderedDict[str, str]) -> OrderedDict[str, str]:
    """The facets of the datasets of one organisation."""
    return _in_order(OrderedDict[str, str](), facets)


def _in_order(ours: OrderedDict[str, str], facets: OrderedDict[str, str]) -> OrderedDict[str, str]:
    """What every list of datasets offers after the territory, then what other plugins and `search.facets` ask."""
    ours[THEME] = tk._("Themes")
    ours["res_format"] = tk._("Formats")
    ours["license_id"] = tk._("Licences")
    for name, title in facets.items():
        ours.setdefault(name, title)
    return ours


def theme_codes(value: Any) -> list[str]:
    """Values of the theme facet for the field `theme` of a dataset, a list or the same as JSON text.

    Themes of the EU list become their short code, which makes short addresses; other URIs stay.
    """
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            value = [value]
    uris = [value] if isinstance(value, str) else value or []
    codes = ((THEMES.get(uri), uri) for uri in uris if isinstance(uri, str) and uri)
    return list(dict.fromkeys(code.code if code else uri for code, uri in codes))


def label_facets(facets: dict[str, Any]) -> None:
    """Put words for people, in the language of the request, into the `search_facets` of a search, in place."""
    lang = language()
    for item in _items(facets, THEME):
        code = THEMES.get(THEMES.base + item["name"])
        item["display_name"] = code.label(lang) if code else item["name"]
    for item in _items(facets, "license_id"):
        if licence := licences.get(item["name"]):
            item["display_name"] = licence.label(lang)


def _items(facets: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return facets.get(name, {}).get("items", [])
