"""The activity of a stored dataset, in the transaction of the dataset and without reading it back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.dictization import table_dictize
from ckan.lib.plugins import get_permission_labels
from ckan.logic import apply_after_dataset_show_plugins

from ckanext.opendatafrance.harvest.writer.showing import call_show_hooks


def are_kept() -> bool:
    """Whether this site records activities."""
    return p.plugin_loaded("activity") and bool(tk.config.get("ckan.activity_streams_enabled"))


def add_views(package: model.Package, views: Iterable[model.ResourceView], user: model.User) -> None:
    """Record the views that CKAN made of new resources: its listener leaves out those not yet committed."""
    from ckanext.activity.model import Activity  # as below

    for view in views:
        data = table_dictize(view, {}, package_id=package.id)
        model.Session.add(Activity(user.id, package.id, "new resource view", data))


def add(package: model.Package, document: dict[str, Any], user: model.User, *, is_new: bool) -> None:
    """Record that a dataset was made or changed.

    CKAN reads the dataset back from the index for this; the document is just what it would find there.
    """
    from ckanext.activity.model import Activity  # its table exists only where the plugin is on

    dataset = json.loads(document["validated_data_dict"])
    call_show_hooks(package, dataset)
    apply_after_dataset_show_plugins({"for_view": False, "ignore_auth": True, "package": package}, dataset)
    model.Session.add(
        Activity(
            user.id,
            package.id,
            "new package" if is_new else "changed package",
            {"package": dataset, "actor": user.name},
            get_permission_labels().get_dataset_labels(package),
        )
    )
