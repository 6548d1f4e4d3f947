"""The plugin `opendatafrance_validation`: table schemas, files checked against them, and the deposit of files."""

from __future__ import annotations

from collections import OrderedDict
from types import ModuleType
from typing import Any

import click

import ckan.authz as authz
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig

from ckanext.opendatafrance.cli import odf
from ckanext.opendatafrance.validation import helpers, history, indexing, jobs
from ckanext.opendatafrance.validation.cli import check, schema
from ckanext.opendatafrance.validation.deposit.views import odf_deposit
from ckanext.opendatafrance.validation.logic import action, action_checks
from ckanext.opendatafrance.validation.views import odf_check


def _functions(module: ModuleType) -> dict[str, Any]:
    return dict(authz.get_local_functions(module))


@tk.blanket.actions({**_functions(action), **_functions(action_checks)})
@tk.blanket.auth_functions
@tk.blanket.blueprints([odf_check, odf_deposit])
@tk.blanket.config_declarations
@tk.blanket.helpers
class ValidationPlugin(p.SingletonPlugin):
    """Schemas of the socle commun, the checker, repair, and the deposit of files."""

    p.implements(p.IClick)
    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IResourceController, inherit=True)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "odf-validation")

    # IClick
    def get_commands(self) -> list[click.Command]:
        for command in (schema, check):
            odf.add_command(command)
        return [odf]

    # IFacets
    def dataset_facets(self, facets_dict: OrderedDict[str, str], package_type: str) -> OrderedDict[str, str]:
        return self._with_ours(facets_dict) if package_type == "dataset" else facets_dict

    def organization_facets(
        self, facets_dict: OrderedDict[str, str], organization_type: str, package_type: str | None
    ) -> OrderedDict[str, str]:
        return self._with_ours(facets_dict)

    def _with_ours(self, facets: OrderedDict[str, str]) -> OrderedDict[str, str]:
        facets[indexing.SCHEMA] = tk._("Schemas")
        facets[indexing.VALIDITY] = tk._("Checked against their schema")
        return facets

    # IPackageController
    def after_dataset_create(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        jobs.enqueue(pkg_dict)

    def after_dataset_update(self, context: Any, pkg_dict: dict[str, Any]) -> None:
        jobs.enqueue(pkg_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return indexing.add(pkg_dict, history.latest)

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        facets = search_results.get("search_facets") or {}
        words = {indexing.SCHEMA: helpers.odf_schema_title, indexing.VALIDITY: helpers.odf_validity_label}
        for name, word in words.items():
            for item in facets.get(name, {}).get("items", []):
                item["display_name"] = word(item["name"])
        return search_results

    # IResourceController
    def before_resource_delete(self, context: Any, resource: dict[str, Any], resources: list[dict[str, Any]]) -> None:
        history.forget(resource["id"])
