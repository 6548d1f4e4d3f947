"""CKAN's own actions, one dataset at a time: the way that is always right, and slow."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.dictization import model_save
from ckan.lib.plugins import lookup_package_plugin, plugin_validate

from ckanext.opendatafrance.harvest.writer.items import BeforeIndex, Result
from ckanext.opendatafrance.harvest.writer.plan import Plan, Preparer
from ckanext.opendatafrance.harvest.writer.stored import packages


def write(plan: Plan, user: str, before_index: BeforeIndex | None) -> Result:
    """Store one dataset with package_create or package_update; an unchanged one is left alone.

    Raises:
        ckan.logic.ValidationError, NotFound, or whatever a plugin, the database or the search engine raises; nothing
        is stored then.
    """
    if plan.is_new and not plan.item.dataset.get("id") and model.Session.get(model.Package, plan.id):
        plan.is_new = False  # a plugin committed it half-way through a batch that failed
    stored = packages([plan])
    if not plan.is_new and plan.id not in stored:
        raise tk.ObjectNotFound("Package was not found.")
    dataset = Preparer([plan], stored).dataset(plan)
    if not plan.is_new and _is_unchanged(dataset, stored[plan.id], user):
        return Result(plan.item.guid, "unchanged", plan.id)
    if plan.is_new:
        dataset["id"] = plan.id
        for resource, identifier in zip(dataset.get("resources") or (), plan.resource_ids, strict=True):
            resource.setdefault("id", identifier)
    result = Result(plan.item.guid, "added" if plan.is_new else "updated", plan.id)
    if before_index:
        # The rows of the caller may refer to the dataset before it is there, in the same transaction.
        model.Session.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
        before_index([result])
        model.Session.flush()
    tk.get_action(plan.action)(_context(user), dataset)
    return result


def _context(user: str) -> Any:
    return {"user": user, "ignore_auth": True, "model": model, "session": model.Session}


def _is_unchanged(dataset: dict[str, Any], package: model.Package, user: str) -> bool:
    """Whether saving would change anything: saved as CKAN does, then rolled back."""
    context = _context(user)
    context["package"] = package
    plugin = lookup_package_plugin(package.type)
    copy = deepcopy(dataset)
    try:
        data, errors = plugin_validate(plugin, context, copy, plugin.update_package_schema(), "package_update")
        if errors:
            return False
        _package, change = model_save.package_dict_save(data, context)
        return change is None
    finally:
        model.Session.rollback()
