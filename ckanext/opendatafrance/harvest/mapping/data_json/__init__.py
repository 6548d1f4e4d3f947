"""Catalogues as plain JSON: data.json (DCAT-US 1.0, 1.1, 3) and the DCAT-AP feed of ArcGIS Hub.

They are read as JSON and not as JSON-LD: one value of a wrong type costs its field, not the whole catalogue, and no
context is needed, which DCAT-US 3 often leaves out.
"""

from __future__ import annotations

from ckanext.opendatafrance.harvest.mapping.data_json.catalogue import (
    datasets,
    fingerprint,
    is_catalogue,
    is_dataset,
    version,
)
from ckanext.opendatafrance.harvest.mapping.data_json.dataset import to_dataset
from ckanext.opendatafrance.harvest.mapping.data_json.hub import feeds, guids, is_hub, is_hub_page, looks_like_hub
from ckanext.opendatafrance.harvest.mapping.data_json.large import datasets_of

__all__ = [
    "datasets",
    "datasets_of",
    "feeds",
    "fingerprint",
    "guids",
    "is_catalogue",
    "is_dataset",
    "is_hub",
    "is_hub_page",
    "looks_like_hub",
    "to_dataset",
    "version",
]
