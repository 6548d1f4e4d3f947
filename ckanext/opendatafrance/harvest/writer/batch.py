"""One attempt to store a batch: one flush, one update of the index, one commit, or nothing at all."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import datapreview, uploader
from ckan.lib.plugins import lookup_package_plugin
from ckan.logic import package_show_default_and_custom_schemas
from ckan.logic.action import create

from ckanext.opendatafrance.harvest.writer import activities, indexing
from ckanext.opendatafrance.harvest.writer.faults import refusal
from ckanext.opendatafrance.harvest.writer.items import BeforeIndex, Result
from ckanext.opendatafrance.harvest.writer.plan import Plan, Preparer
from ckanext.opendatafrance.harvest.writer.saving import save, tag_keys
from ckanext.opendatafrance.harvest.writer.shortcuts import shortcuts
from ckanext.opendatafrance.harvest.writer.showing import Shown, Validate, both_schemas, show_context
from ckanext.opendatafrance.harvest.writer.stored import Stored
from ckanext.opendatafrance.harvest.writer.validation import SHORTCUTS

log = logging.getLogger(__name__)


class MismatchError(Exception):
    """What was written is not what CKAN would show: some plugin does what the writer does not know."""


@dataclass
class Settings:
    """What all attempts of a writer share."""

    user: str
    before_index: BeforeIndex | None
    validate: Validate


@dataclass
class Draft:
    """A dataset on its way into the database.

    Attributes:
        data: the validated dict, which hooks receive.
        dataset: the dict before validation, which listeners receive.
        shown: the dataset under the site's own schema, once it is there.
    """

    plan: Plan
    context: Any
    dataset: dict[str, Any]
    data: dict[str, Any]
    package: Any = None
    changed: bool = False
    shown: Any = None
    document: Any = None

    def result(self) -> Result:
        """What will have come of it, if the batch succeeds."""
        action = ("added" if self.plan.is_new else "updated") if self.changed else "unchanged"
        return Result(self.plan.item.guid, action, self.plan.id)


class Batch:
    """An attempt; either `run` returns and everything is stored, or it raises and nothing is.

    Args:
        isolate: give each dataset a savepoint, so that a fault takes only its own dataset along.

    Attributes:
        results: by guid, of what is stored, unchanged or refused by the schema.
        aside: plans left for CKAN's own actions: out of the ordinary, or, with `isolate`, those that met a fault.
        was_committed: whether a plugin ended our transaction half-way; a later fault could not undo what was before.
    """

    def __init__(self, settings: Settings, plans: Sequence[Plan], *, isolate: bool = False) -> None:
        self.settings = settings
        self.plans = plans
        self.isolate = isolate
        self.results: dict[str, Result] = {}
        self.aside: list[Plan] = []
        self.was_committed = False
        self._drafts: list[Draft] = []
        self._sent = False

    def run(self) -> None:
        """Store the batch.

        Raises:
            Exception: whatever CKAN, a plugin, the database or the search engine raises.
        """
        try:
            self.stored = Stored(self.plans, self.settings.user)
            self.preparer = Preparer(self.plans, self.stored.packages)
            transaction = model.Session().get_transaction()
            self._stage([plan for plan in self.plans if self._is_ordinary(plan)])
            self.was_committed = model.Session().get_transaction() is not transaction
            if self._drafts:
                self._check_sample()
                self._sent = True
                indexing.send([draft.document for draft in self._drafts])
                model.Session.commit()
            else:
                model.Session.rollback()
        except BaseException:
            model.Session.rollback()
            self._withdraw()
            raise
        for draft in self._drafts:
            self.results[draft.plan.item.guid] = draft.result()

    def announce(self) -> Iterator[tuple[Plan, Exception]]:
        """Tell those who listen to CKAN's actions; yields the plans of which a listener raised."""
        for draft in self._drafts:
            try:
                _send_signal(draft)
            except Exception as error:
                log.exception("A listener to %s failed for dataset %s", draft.plan.action, draft.plan.id)
                yield draft.plan, error
                model.Session.rollback()

    def _is_ordinary(self, plan: Plan) -> bool:
        """Whether the writer knows how to store it; what it does not know is rare in harvests."""
        dataset = plan.item.dataset
        package = self.stored.packages.get(plan.id)
        ordinary = (
            (plan.is_new or package is not None)
            and dataset.get("state", package and package.state) != "deleted"
            and not {"relationships_as_subject", "relationships_as_object"} & set(dataset)
            and not any(_is_upload(resource) for resource in dataset.get("resources") or ())
        )
        if not ordinary:
            self.aside.append(plan)
        return ordinary

    def _stage(self, plans: Sequence[Plan]) -> None:
        """Bring datasets as far as their index documents."""
        if not self.isolate:
            self._drafts = self._write(plans)
            return
        for plan in plans:
            try:
                with model.Session.begin_nested():
                    self._drafts += self._write([plan])
            except Exception:  # noqa: BLE001 - the guard of one record; CKAN's own action then tells of the fault
                self.aside.append(plan)

    def _write(self, plans: Sequence[Plan]) -> list[Draft]:
        drafts = [draft for plan in plans if (draft := self._validate(plan))]
        self.stored.load_tags(key for draft in drafts for key in tag_keys(draft.data))
        changed: list[Draft] = []
        for draft in drafts:
            draft.package, draft.changed = save(draft.plan, draft.data, self.stored, draft.context)
            if draft.changed:
                changed.append(draft)
            else:
                self.results[draft.plan.item.guid] = draft.result()
        if not changed:
            return []
        model.Session.flush()
        makes_views = _makes_views()
        for draft in changed:
            _call_hooks(draft)
            if draft.plan.is_new and makes_views:
                self._make_views(draft)
        if self.settings.before_index:
            self.settings.before_index([draft.result() for draft in changed])
        self._show(changed)
        return changed

    def _validate(self, plan: Plan) -> Draft | None:
        context = self._context()
        dataset = self.preparer.dataset(plan)
        context[SHORTCUTS] = shortcuts(plan, self.stored)
        if plan.is_new:
            plugin = _plugin_for_new(dataset)
            schema = plugin.create_package_schema()
        else:
            context["package"] = self.stored.packages[plan.id]
            plugin = lookup_package_plugin(dataset["type"])
            schema = plugin.update_package_schema()
            _guess_mimetypes(dataset)
        tk.check_access(plan.action, context, dataset)
        data, errors = self.settings.validate(plugin, context, dataset, schema, plan.action)
        del context[SHORTCUTS]
        if errors:
            self.results[plan.item.guid] = refusal(plan, tk.ValidationError(errors))
            return None
        return Draft(plan, context, dataset, data)

    def _context(self) -> Any:
        return {
            "model": model,
            "session": model.Session,
            "user": self.settings.user,
            "auth_user_obj": self.stored.user,
            "ignore_auth": True,
        }

    def _make_views(self, draft: Draft) -> None:
        if not draft.data.get("resources"):
            return
        context = tk.fresh_context(draft.context, ignore_auth=True, defer_commit=True)
        tk.get_action("package_create_default_resource_views")(context, {"package": draft.data})
        views = [pending for pending in model.Session.new if isinstance(pending, model.ResourceView)]
        model.Session.flush()
        if activities.are_kept():
            activities.add_views(draft.package, views, self.stored.user)

    def _show(self, drafts: Iterable[Draft]) -> None:
        drafts = list(drafts)
        shown = Shown([draft.package for draft in drafts])
        keeps_activities = activities.are_kept()
        for draft in drafts:
            context = show_context(draft.context)
            dataset = shown.dictize(draft.package, context)
            default, draft.shown = both_schemas(dataset, context, self.settings.validate)
            draft.document = indexing.document(default, draft.shown)
            if keeps_activities:
                activities.add(draft.package, draft.document, self.stored.user, is_new=draft.plan.is_new)

    def _check_sample(self) -> None:
        """Compare one dataset of the batch with what CKAN itself would show of it."""
        draft = self._drafts[-1]
        _default, shown = package_show_default_and_custom_schemas(draft.context, draft.plan.id)
        if shown != draft.shown:
            raise MismatchError(draft.plan.id)

    def _withdraw(self) -> None:
        if self._sent:
            drafts = self._drafts
            indexing.withdraw(
                [draft.plan.id for draft in drafts if draft.plan.is_new],
                [draft.plan.id for draft in drafts if not draft.plan.is_new],
            )


def _plugin_for_new(dataset: dict[str, Any]) -> Any:
    """The plugin of the dataset's type; without a type, the default one's first type, as package_create does."""
    if "type" in dataset:
        return lookup_package_plugin(dataset["type"])
    plugin = lookup_package_plugin()
    types = plugin.package_types() if hasattr(plugin, "package_types") else []
    dataset["type"] = types[0] if types else "dataset"
    return plugin if types else lookup_package_plugin("dataset")


def _is_upload(resource: dict[str, Any]) -> bool:
    return bool({"upload", "clear_upload"} & set(resource)) or resource.get("url_type") == "upload"


def _guess_mimetypes(dataset: dict[str, Any]) -> None:
    for resource in dataset.get("resources") or ():
        upload = uploader.get_resource_uploader(resource)
        if "mimetype" not in resource and hasattr(upload, "mimetype"):
            resource["mimetype"] = upload.mimetype
        if "url_type" in resource and hasattr(upload, "filesize"):
            resource["size"] = upload.filesize


def _call_hooks(draft: Draft) -> None:
    for plugin in p.PluginImplementations(p.IPackageController):
        if draft.plan.is_new:
            plugin.create(draft.package)
            plugin.after_dataset_create(draft.context, draft.data)
        else:
            plugin.edit(draft.package)
            plugin.after_dataset_update(draft.context, draft.data)


def _makes_views() -> bool:
    """Whether new resources get views by themselves; asked once, because CKAN warns of each plugin that is off."""
    action = tk.get_action("package_create_default_resource_views")
    is_core = getattr(action, "__wrapped__", None) is create.package_create_default_resource_views
    return not is_core or bool(datapreview.get_default_view_plugins())


def _send_signal(draft: Draft) -> None:
    signal = tk.signals.action_succeeded
    for receiver in signal.receivers_for(draft.plan.action):
        if getattr(receiver, "__module__", "") == "ckanext.activity.subscriptions":
            continue  # its row is written already
        receiver(draft.plan.action, context=draft.context, data_dict=draft.dataset, result=draft.shown)
