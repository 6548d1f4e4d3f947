"""How often a dataset is updated: the EU authority table "frequency", and what else says the same.

Recognised besides the EU URIs and codes: purl.org/cld/freq, SDMX, the INSPIRE (ISO 19115) and udata words,
SCDL's French list, and ISO 8601 repeating durations such as R/P1Y.
"""

from __future__ import annotations

import re

from ckanext.opendatafrance.reference.codelist import Code, CodeList
from ckanext.opendatafrance.reference.folding import fold

FREQUENCIES = CodeList(
    "frequencies",
    "http://publications.europa.eu/resource/authority/frequency/",
    aliases=(
        "http://purl.org/cld/freq/",
        "http://purl.org/cld/terms/",
        "http://purl.org/linked-data/sdmx/2009/code/",
        "http://inspire.ec.europa.eu/metadata-codelist/MaintenanceFrequency/",
        "http://inspire.ec.europa.eu/metadata-codelist/MaintenanceFrequencyCode/",
        "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml/MD_MaintenanceFrequencyCode/",
    ),
)
_LEADING_WORDS = re.compile(r"^(?:mise a jour|mises a jour|frequence|actualisation|maj|nal frequency) ")


def find(text: str) -> Code | None:
    """The frequency that a URI, a code, a French or English word or an ISO 8601 duration means."""
    return FREQUENCIES.find(text) or FREQUENCIES.find(_LEADING_WORDS.sub("", fold(text)))
