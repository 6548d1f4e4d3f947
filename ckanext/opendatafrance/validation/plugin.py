"""The plugin `opendatafrance_validation`: table schemas, files checked against them, and the deposit of files."""

from __future__ import annotations

from typing import Any

import click

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.opendatafrance.cli import odf
from ckanext.opendatafrance.validation import indexing
from ckanext.opendatafrance.validation.cli import check, schema
from ckanext.opendatafrance.validation.deposit.views import odf_deposit


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints([odf_deposit])
class ValidationPlugin(p.SingletonPlugin):
    """Schemas of the socle commun, the checker, repair, and the deposit of files."""

    p.implements(p.IClick)
    p.implements(p.IConfigurer)
    p.implements(p.IPackageController, inherit=True)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "odf-validation")

    # IClick
    def get_commands(self) -> list[click.Command]:
        for command in (schema, check):
            odf.add_command(command)
        return [odf]

    # IPackageController
    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return indexing.add(pkg_dict)
