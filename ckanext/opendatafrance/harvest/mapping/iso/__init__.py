"""Records of geographic catalogues (ISO 19139, ISO 19115-3, Dublin Core) to dataset dicts, and the answers of CSW.

Elements are found by their local names: the two ISO encodings use the same ones nearly everywhere, and servers mix
prefixes and profiles (Swiss CHE, MI_Metadata) that change the namespaces only.
"""

from __future__ import annotations

from ckanext.opendatafrance.harvest.mapping.iso.answers import Results, capabilities, read, results
from ckanext.opendatafrance.harvest.mapping.iso.coupling import Coupling, coupling_of
from ckanext.opendatafrance.harvest.mapping.iso.dataset import to_dataset
from ckanext.opendatafrance.harvest.mapping.iso.identity import (
    fingerprint,
    guid_of,
    identifiers_of,
    is_service,
    title_of,
    why_left_out,
)

__all__ = [
    "Coupling",
    "Results",
    "capabilities",
    "coupling_of",
    "fingerprint",
    "guid_of",
    "identifiers_of",
    "is_service",
    "read",
    "results",
    "title_of",
    "to_dataset",
    "why_left_out",
]
