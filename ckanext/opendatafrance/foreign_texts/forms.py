"""Messages of ckanext-scheming and ckanext-dcat, which have no French."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_

TEXTS = (
    N_("Could not parse value"),
    N_("Dataset not found or you have no permission to view it"),
    N_("Date format incorrect. Supported formats are YYYY, YYYY-MM, YYYY-MM-DD and YYYY-MM-DDTHH:MM:SS"),
    N_("Date is required when a time is provided"),
    N_("Dates must be provided as strings or datetime objects"),
    N_("Frequency"),
    N_("Invalid JSON object: {}"),
    N_("Invalid JSON string: {}"),
    N_("Page not found"),
    N_("Select at least one"),
    N_("These fields have been removed, click update below to save your changes."),
    N_("These fields have been removed."),
    N_("Time format incorrect"),
    N_("Unauthorized to update a dataset"),
    N_("Unsupported type for JSON field: {}"),
    N_("Unsupported value for JSON field: {}"),
    N_("expecting list of numbers"),
    N_("expecting list of strings"),
    N_('invalid encoding for "%s" value'),
    N_('unexpected choice "%s"'),
)
