"""The plugin `opendatafrance`: schemas, look, search and translations of the portal."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.config.declaration import Declaration, Key
from ckan.lib.plugins import DefaultTranslation

from ckanext.opendatafrance import config as options
from ckanext.opendatafrance import extracts, forms, helpers, paths
from ckanext.opendatafrance.logic import validators
from ckanext.opendatafrance.search import facets
from ckanext.opendatafrance.territories.logic import validators as organization_validators

_HELPERS = {name: one for module in (helpers, forms) for name, one in vars(module).items() if name.startswith("odf_")}
_HELPERS["markdown_extract"] = extracts.markdown_extract
# Those of organization.yaml too: an administrator may choose it where opendatafrance_territories is off.
_VALIDATORS = {
    name: one
    for module in (validators, organization_validators)
    for name, one in vars(module).items()
    if name.startswith("odf_")
}


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.helpers(_HELPERS)
@tk.blanket.validators(_VALIDATORS)
class OpenDataFrancePlugin(p.SingletonPlugin, DefaultTranslation):
    """Schemas, look, search and translations of the portal."""

    p.implements(p.IConfigDeclaration)
    p.implements(p.IConfigurer)
    p.implements(p.IFacets, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.ITranslation)

    # IConfigDeclaration
    def declare_config_options(self, declaration: Declaration, key: Key) -> None:
        options.declare(declaration, key)

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "common/templates")
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "opendatafrance")
        tk.add_resource("assets/forms", "odf-forms")

    # IFacets
    def dataset_facets(self, facets_dict: OrderedDict[str, str], package_type: str) -> OrderedDict[str, str]:
        return facets.dataset_facets(facets_dict, package_type)

    def organization_facets(
        self, facets_dict: OrderedDict[str, str], organization_type: str, package_type: str | None
    ) -> OrderedDict[str, str]:
        return facets.organization_facets(facets_dict)

    # IPackageController
    def before_dataset_search(self, search_params: dict[str, Any]) -> dict[str, Any]:
        search_params.setdefault("qf", facets.QUERY_FIELDS)
        return search_params

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        pkg_dict[facets.THEME] = facets.theme_codes(pkg_dict.get("theme"))
        return pkg_dict

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        facets.label_facets(search_results.get("search_facets") or {})
        return search_results

    # ITranslation; the catalogue serves the other plugins of the suite as well
    def i18n_directory(self) -> str:
        return str(paths.I18N)
