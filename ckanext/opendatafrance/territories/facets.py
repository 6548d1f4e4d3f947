"""The words in which the facets of territories are shown."""

from __future__ import annotations

from typing import Any

from ckanext.opendatafrance.territories import find
from ckanext.opendatafrance.territories.helpers import odf_territory_type_label

INDEX = find.INDEX
INDEX_TYPE = "vocab_odf_territory_type"


def label_facets(search_facets: dict[str, Any]) -> None:
    """Put titles and types into the `search_facets` of a search, in place."""
    for item in search_facets.get(INDEX_TYPE, {}).get("items", []):
        item["display_name"] = odf_territory_type_label(item["name"])
    territories = search_facets.get(INDEX, {}).get("items", [])
    if territories:
        titles = find.titles([item["name"] for item in territories])
        for item in territories:
            item["display_name"] = titles.get(item["name"], item["name"])
