"""Texts that no extraction finds, because they are put together or come from another library when a page is made."""

from __future__ import annotations

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.foreign_texts.plural import ngettext

TEXTS = (
    N_("Bad Request"),
    N_("DCAT JSON Harvester"),
    N_("Forbidden"),
    N_("Generic DCAT RDF Harvester"),
    N_("Harvester for DCAT datasets from an RDF graph"),
    N_("Harvests remote CKAN instances"),
    N_("Internal Server Error"),
    N_("Internal server error"),
    N_("No harvests found"),
    N_('No harvests found for "{query}"'),
    N_("Not Found"),
    N_(
        "The requested URL was not found on the server. If you entered the URL manually please check your spelling"
        " and try again."
    ),
    N_("Unauthorized"),
    N_("changed group"),
    N_("changed organization"),
    N_("changed package"),
    N_("changed resource view"),
    N_("changed user"),
    N_("deleted group"),
    N_("deleted organization"),
    N_("deleted package"),
    N_("deleted resource view"),
    N_("follow dataset"),
    N_("follow group"),
    N_("follow organization"),
    N_("follow user"),
    N_("new group"),
    N_("new organization"),
    N_("new package"),
    N_("new resource view"),
    N_("new user"),
    ngettext("{number} harvest found", "{number} harvests found"),
    ngettext('{number} harvest found for "{query}"', '{number} harvests found for "{query}"'),
)
