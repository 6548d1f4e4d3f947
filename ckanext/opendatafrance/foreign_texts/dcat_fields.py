"""Names that ckanext-dcat gives to the fields of a dataset, in English alone."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_

TEXTS = (
    N_("Alternate identifier"),
    N_("Conforms to"),
    N_("Contact URI"),
    N_("Contact email"),
    N_("Contact name"),
    N_("Creator URI"),
    N_("Creator URL"),
    N_("Creator email"),
    N_("Creator identifier"),
    N_("Creator name"),
    N_("Creator type"),
    N_("Download URL"),
    N_("End of temporal extent"),
    N_("GUID"),
    N_("Issued"),
    N_("Media type"),
    N_("Modified"),
    N_("Publisher URI"),
    N_("Publisher URL"),
    N_("Publisher email"),
    N_("Publisher identifier"),
    N_("Publisher name"),
    N_("Publisher type"),
    N_("Rights"),
    N_("Size"),
    N_("Spatial URI"),
    N_("Start of temporal extent"),
    N_("Theme"),
    N_("URI"),
    N_("Version notes"),
    N_("invalid type for repeating number: %r"),
)
