"""The plugin `opendatafrance_federation`: what other catalogues read of the portal."""

from __future__ import annotations

import click

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.cli import odf
from ckanext.opendatafrance.federation.cli import feed
from ckanext.opendatafrance.federation.views import odf_feeds


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints([odf_feeds])
@tk.blanket.config_declarations
class FederationPlugin(p.SingletonPlugin):
    """Feeds in DCAT-AP, in the form that data.gouv.fr reads."""

    p.implements(p.IClick)

    # IClick
    def get_commands(self) -> list[click.Command]:
        odf.add_command(feed)
        return [odf]
