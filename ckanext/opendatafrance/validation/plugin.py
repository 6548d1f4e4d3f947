"""The plugin `opendatafrance_validation`: table schemas, and files checked against them."""

from __future__ import annotations

import click

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.cli import odf
from ckanext.opendatafrance.validation.cli import check, schema


@tk.blanket.actions
@tk.blanket.auth_functions
class ValidationPlugin(p.SingletonPlugin):
    """Schemas of the socle commun, the checker, and repair."""

    p.implements(p.IClick)

    # IClick
    def get_commands(self) -> list[click.Command]:
        for command in (schema, check):
            odf.add_command(command)
        return [odf]
