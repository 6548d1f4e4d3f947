"""The plugin `opendatafrance_harvest`: member sites of any software, as one source type of ckanext-harvest."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import ckan.authz as authz
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.interfaces import IHarvester
from ckanext.harvest.model import HarvestJob, HarvestObject
from ckanext.opendatafrance.cli import odf
from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest import archive, jobs, options, owners, schedule, sources
from ckanext.opendatafrance.harvest.cli import source
from ckanext.opendatafrance.harvest.cli_deletions import deletions
from ckanext.opendatafrance.harvest.cli_edits import edits
from ckanext.opendatafrance.harvest.cli_harvest import harvest
from ckanext.opendatafrance.harvest.cli_identity import identity
from ckanext.opendatafrance.harvest.cli_import import import_
from ckanext.opendatafrance.harvest.cli_mails import harvest_digest
from ckanext.opendatafrance.harvest.cli_operations import pause, resume
from ckanext.opendatafrance.harvest.cli_placing import placing
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.edits import noting
from ckanext.opendatafrance.harvest.logic import (
    action,
    action_deletions,
    action_edits,
    action_identity,
    action_import,
    action_jobs,
    action_mails,
    action_operations,
    action_placing,
    action_placing_file,
    auth,
    auth_edits,
    auth_identity,
    auth_mails,
    auth_placing,
)
from ckanext.opendatafrance.harvest.views import odf_harvest
from ckanext.opendatafrance.harvest.views_adding import odf_adding
from ckanext.opendatafrance.harvest.views_deletions import odf_deletions
from ckanext.opendatafrance.harvest.views_edits import odf_edits
from ckanext.opendatafrance.harvest.views_identity import odf_identity
from ckanext.opendatafrance.harvest.views_mails import odf_mails
from ckanext.opendatafrance.harvest.views_metrics import odf_metrics
from ckanext.opendatafrance.harvest.views_placing import odf_placing
from ckanext.opendatafrance.messages import say
from ckanext.opendatafrance.shown import IHiddenDatasets


def _functions(*modules: ModuleType) -> dict[str, Any]:
    return {name: one for module in modules for name, one in authz.get_local_functions(module)}


@tk.blanket.actions(
    _functions(
        action,
        action_deletions,
        action_edits,
        action_identity,
        action_import,
        action_jobs,
        action_mails,
        action_operations,
        action_placing,
        action_placing_file,
    )
)
@tk.blanket.auth_functions(_functions(auth, auth_edits, auth_identity, auth_mails, auth_placing))
@tk.blanket.blueprints(
    [odf_harvest, odf_adding, odf_deletions, odf_edits, odf_identity, odf_mails, odf_metrics, odf_placing]
)
@tk.blanket.config_declarations
@tk.blanket.helpers
@tk.blanket.validators
class HarvestPlugin(p.SingletonPlugin):
    """Harvester "member site", its pages, actions and commands."""

    p.implements(p.IConfigurer)
    p.implements(p.IClick)
    p.implements(p.IPackageController, inherit=True)
    p.implements(IHarvester, inherit=True)
    p.implements(IHiddenDatasets)

    # IConfigurer

    def update_config(self, config: Any) -> None:
        tk.add_template_directory(config, "templates")
        tk.add_resource("assets", "odf-harvest")

    # IClick

    def get_commands(self) -> list[Any]:
        for command in (import_, pause, resume):
            source.add_command(command)
        for command in (source, harvest, harvest_digest, deletions, edits, identity, placing):
            odf.add_command(command)
        return [odf]

    # IPackageController

    def after_dataset_create(self, context: Any, data_dict: dict[str, Any]) -> None:
        self._check_source(data_dict)

    def after_dataset_update(self, context: Any, data_dict: dict[str, Any]) -> None:
        self._check_source(data_dict)
        if data_dict.get("type") == "harvest":
            schedule.replan(data_dict)
        self._note_edits(context, data_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        """Whatever indexes an archived dataset, no search finds it."""
        if pkg_dict.get("type") != "harvest" and archive.is_archived(pkg_dict["id"]):
            pkg_dict["state"] = archive.STATE
        return pkg_dict

    def _note_edits(self, context: Any, data_dict: dict[str, Any]) -> None:
        """What a person changes in a harvested dataset stays; the portal itself, which harvests, is no person."""
        name = context.get("user")
        if data_dict.get("type") == "harvest" or not name or name == tk.config["ckan.site_id"]:
            return
        user = model.User.get(name)
        user_id = user.id if user else None
        owners.note(dataset_id=data_dict["id"], user_id=user_id)
        noting.note(data_dict["id"], user_id)

    def _check_source(self, data_dict: dict[str, Any]) -> None:
        """Refuse the address of a source, of whatever type, that the portal must not open.

        ckanext-harvest's own validator looks at uniqueness only, and its schema cannot be extended; here the
        transaction is still open.
        """
        if data_dict.get("type") != "harvest":
            return
        try:
            sources.check_address(data_dict.get("url") or "")
        except OdfError as error:
            model.Session.rollback()
            raise tk.ValidationError({"url": [say(error.message, error.params)]}) from error

    # IHiddenDatasets

    def is_hidden(self, dataset_id: Any) -> Any:
        return archive.is_hidden(dataset_id)

    # IHarvester

    def info(self) -> dict[str, str]:
        return {
            "name": sources.TYPE,
            "title": tk._("Member site"),
            "description": tk._("A site of any supported software; the portal finds out which"),
            "form_config_interface": "Text",
        }

    def validate_config(self, config: str | list[str]) -> str:
        """The form sends a list: what each of its fields says of the configuration."""
        try:
            text = config if isinstance(config, str) else options.joined(config)
            return options.dump(options.parse(text, set(connectors())))
        except options.SourceConfigError as error:
            raise ValueError(say(error.message, error.params)) from error

    def gather_stage(self, harvest_job: HarvestJob) -> list[str]:
        """Run the whole job; nothing is left for the fetch queue."""
        jobs.work(harvest_job)
        return []

    def fetch_stage(self, harvest_object: HarvestObject) -> bool:
        return False

    def import_stage(self, harvest_object: HarvestObject) -> bool:
        return False
