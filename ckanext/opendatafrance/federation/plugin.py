"""The plugin `opendatafrance_federation`: what other catalogues read of the portal."""

from __future__ import annotations

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.federation.views import odf_feeds


@tk.blanket.blueprints([odf_feeds])
@tk.blanket.config_declarations
class FederationPlugin(p.SingletonPlugin):
    """Feeds in DCAT-AP, in the form that data.gouv.fr reads."""
