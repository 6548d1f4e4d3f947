"""The plugin `opendatafrance_territories`: every territory is an organisation, found and filtered by its place."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import click

import ckan.authz as authz
import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.common import CKANConfig
from ckan.config.declaration import Declaration, Key
from ckan.types import SignalMapping

from ckanext.opendatafrance.cli import odf
from ckanext.opendatafrance.logic.validators import odf_date, odf_url
from ckanext.opendatafrance.territories import facets, helpers, records, redirects, reindex, stock_pages
from ckanext.opendatafrance.territories.cli import territory
from ckanext.opendatafrance.territories.logic import action, auth
from ckanext.opendatafrance.territories.logic import validators as organization_validators
from ckanext.opendatafrance.territories.members import action as members_action
from ckanext.opendatafrance.territories.members import auth as members_auth
from ckanext.opendatafrance.territories.members import cli as members_cli
from ckanext.opendatafrance.territories.members import validators as members_validators
from ckanext.opendatafrance.territories.members.views import odf_lists
from ckanext.opendatafrance.territories.pages import action as pages_action
from ckanext.opendatafrance.territories.pages import auth as pages_auth
from ckanext.opendatafrance.territories.rights import action as rights_action
from ckanext.opendatafrance.territories.rights import auth as rights_auth
from ckanext.opendatafrance.territories.rights import harvest_auth, validators
from ckanext.opendatafrance.territories.rights import helpers as rights_helpers
from ckanext.opendatafrance.territories.rights.cli import animateur
from ckanext.opendatafrance.territories.rights.labels import SubtreeLabels
from ckanext.opendatafrance.territories.update import action as update_action
from ckanext.opendatafrance.territories.update import auth as update_auth
from ckanext.opendatafrance.territories.update import cli as update_cli
from ckanext.opendatafrance.territories.views import odf_territories

# Actions after which datasets below an organisation may have to be indexed again.
_ACTIONS = ("organization_update", "organization_patch", "organization_delete", "bulk_update_delete")


def _functions(*modules: ModuleType) -> dict[str, Any]:
    return {name: one for module in modules for name, one in authz.get_local_functions(module)}


# Those of organization.yaml, which is this plugin's schema even where `opendatafrance` is off.
_VALIDATORS = {
    **_functions(validators, members_validators, organization_validators),
    odf_date.__name__: odf_date,
    odf_url.__name__: odf_url,
}


def _auth_functions() -> dict[str, Any]:
    harvest = (harvest_auth,) if p.plugin_loaded("opendatafrance_harvest") else ()
    return _functions(auth, members_auth, pages_auth, rights_auth, update_auth, *harvest)


@tk.blanket.actions(_functions(action, members_action, pages_action, rights_action, update_action))
@tk.blanket.auth_functions(_auth_functions)
@tk.blanket.blueprints([odf_territories, odf_lists])
@tk.blanket.helpers(_functions(helpers, rights_helpers))
@tk.blanket.validators(_VALIDATORS)
class TerritoriesPlugin(p.SingletonPlugin, SubtreeLabels):
    """Organisations of a territory: codes, tree, memberships, search and commands."""

    p.implements(p.IClick)
    p.implements(p.IConfigDeclaration)
    p.implements(p.IConfigurer)
    p.implements(p.IMiddleware, inherit=True)
    p.implements(p.IOrganizationController, inherit=True)
    p.implements(p.IPackageController, inherit=True)
    p.implements(p.IPermissionLabels)
    p.implements(p.ISignal)

    # IClick
    def get_commands(self) -> list[click.Command]:
        for command in (animateur, members_cli.members, members_cli.agents, update_cli.update):
            territory.add_command(command)
        odf.add_command(territory)
        return [odf]

    # IConfigDeclaration
    def declare_config_options(self, declaration: Declaration, key: Key) -> None:
        # A default, so that the order of the plugins does not matter and a value in the ini wins.
        organizations = declaration.declare(
            key.scheming.organization_schemas, "ckanext.opendatafrance.schemas:organization.yaml"
        )
        organizations.set_description("Schemas of organisations. The default is ours.")

    # IConfigurer
    def update_config(self, config: CKANConfig) -> None:
        tk.add_template_directory(config, "../common/templates")
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "odf-territories")

    # IMiddleware
    def make_middleware(self, app: Any, config: CKANConfig) -> Any:
        app.before_request(redirects.to_successor)
        app.before_request(stock_pages.to_territories)
        return app

    # IOrganizationController; IPackageController calls hooks of the same names with datasets
    def create(self, entity: Any) -> None:
        if isinstance(entity, model.Group):
            records.refresh(entity)

    def edit(self, entity: Any) -> None:
        if isinstance(entity, model.Group):
            records.refresh(entity)

    def delete(self, entity: Any) -> None:
        if isinstance(entity, model.Group):
            records.remove(entity.id)

    # IPackageController
    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        owner = pkg_dict.get("owner_org")
        terms = records.index_terms(owner) if owner and records.ready() else None
        if terms:
            pkg_dict[facets.INDEX], pkg_dict[facets.INDEX_TYPE] = terms
        return pkg_dict

    def after_dataset_search(self, search_results: dict[str, Any], search_params: dict[str, Any]) -> dict[str, Any]:
        facets.label_facets(search_results.get("search_facets") or {})
        return search_results

    # ISignal
    def get_signal_subscriptions(self) -> SignalMapping:
        return {
            tk.signals.action_succeeded: [{"sender": action, "receiver": reindex.start} for action in _ACTIONS],
        }
