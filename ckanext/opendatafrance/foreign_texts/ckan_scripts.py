"""Texts of CKAN's scripts that its French lacks."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_

TEXTS = (
    N_("(estimated)"),
    N_("COLUMN FILTER/S"),
    N_("Close"),
    N_("Copied deeplink to clipboard"),
    N_("Double-click to reset filters"),
    N_("Filtered"),
    N_("Filtered download"),
    N_("Notification"),
    N_("Please Confirm"),
    N_("Please select the file to upload again"),
    N_("Print"),
    N_("Reorder resource view"),
    N_("Restore visibility"),
    N_("Searching..."),
    N_("Share current view"),
    N_("Show all"),
    N_("Show none"),
    N_("Sort"),
    N_("TABLE FILTER"),
    N_("Table/List toggle"),
    N_("Toggle column visibility"),
    N_("seconds"),
)
