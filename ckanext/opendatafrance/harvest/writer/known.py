"""Whether the way round CKAN's actions may be taken: only where nothing is in it that was not looked at."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib import search
from ckan.lib.search.index import PackageSearchIndex
from ckan.logic.action import create, get, update

# Hashes as `source_hash` gives them: CKAN 2.12.0, ckanext-scheming 3.1.0.
WRITING: dict[str, tuple[str, ...]] = {
    "ckan.logic.action.create:package_create": ("66137a77e498",),
    "ckan.logic.action.create:package_create_default_resource_views": ("97538070dab6",),
    "ckan.logic.action.update:package_update": ("bfffacfb5b73",),
    "ckan.logic.action.update:package_owner_org_update": ("45cdf7bdfa61",),
    "ckan.logic.action.get:package_show": ("eed73b462eef",),
    "ckan.logic:package_show_default_and_custom_schemas": ("4187be5ab385",),
    "ckan.logic:apply_after_dataset_show_plugins": ("8770c549f0cb",),
    "ckan.logic:index_insert_package_dicts": ("37c7e6532b1b",),
    "ckan.logic:index_update_package_dicts": ("fa752752e1f0",),
    "ckan.lib.dictization:table_dict_save": ("78257681e8ad",),
    "ckan.lib.dictization.model_save:package_dict_save": ("4adf98bb07a9",),
    "ckan.lib.dictization.model_save:package_resource_list_save": ("7d060f9cc7cd",),
    "ckan.lib.dictization.model_save:package_tag_list_save": ("45fa5d796fed",),
    "ckan.lib.dictization.model_save:package_membership_list_save": ("7c8cc7700da0",),
    "ckan.lib.dictization.model_save:resource_dict_save": ("e1e3907abf13",),
    "ckan.lib.dictization.model_dictize:package_dictize": ("d6deffc6ce00",),
    "ckan.lib.dictization.model_dictize:_execute": ("b10242a10ef0",),
    "ckan.lib.search.index:PackageSearchIndex.index_package": ("c65c9f151292",),
    "ckan.lib.search.index:PackageSearchIndex.update_dict": ("8a5e615cca9a",),
    "ckan.lib.uploader:get_resource_uploader": ("8de052791da5",),
    "ckan.model.modification:DomainObjectModificationExtension.notify_observers": ("9a4881fcc854",),
}
"""Functions of which the writer does the work in its own way, or runs in other surroundings: known sources of each."""

ACTIVITIES: dict[str, tuple[str, ...]] = {
    "ckanext.activity.subscriptions:package_changed": ("d6c807c8a487",),
    "ckanext.activity.subscriptions:package_updated": ("c6dffba2f5ef",),
    "ckanext.activity.subscriptions:_create_package_activity": ("b4bc2c59307d",),
    "ckanext.activity.logic.action:activity_create": ("a42d31094cd6",),
}
"""The same where the activity plugin is on; its code defines tables, so it is not touched where it is off."""

VALIDATING: dict[str, tuple[str, ...]] = {
    "ckan.lib.navl.dictization_functions:validate": ("781d48964ab3",),
    "ckan.lib.navl.dictization_functions:_validate": ("d54d4de07db8",),
    "ckan.lib.navl.dictization_functions:augment_data": ("474e338c95be",),
    "ckan.lib.navl.dictization_functions:make_full_schema": ("ac7cd3a4d86c",),
    "ckan.lib.navl.dictization_functions:get_all_key_combinations": ("e421c62443be",),
    "ckan.lib.navl.dictization_functions:flatten_schema": ("e3e45217b28b",),
    "ckan.lib.navl.dictization_functions:flatten_dict": ("62e174320dd9",),
    "ckan.lib.navl.dictization_functions:unflatten": ("49b7e1d72360",),
    "ckan.lib.navl.dictization_functions:convert": ("6bf693f6e289",),
    "ckan.lib.navl.dictization_functions:_remove_blank_keys": ("fd31c08925a9",),
    "ckan.lib.plugins:plugin_validate": ("ba1c0496c4d2",),
    "ckan.logic.validators:package_name_validator": ("f33ee520bc5f",),
    "ckan.logic.validators:owner_org_validator": ("a5b06ece8bc0",),
    "ckanext.scheming.plugins:SchemingDatasetsPlugin.validate": ("da80eab5a887",),
}
"""The same for the validation of a dict."""

ACTIONS = {
    "package_create": create.package_create,
    "package_update": update.package_update,
    "package_show": get.package_show,
    "package_owner_org_update": update.package_owner_org_update,
}


def unknown(functions: dict[str, tuple[str, ...]]) -> list[str]:
    """Those functions whose source is not one that was checked."""
    return [path for path, hashes in functions.items() if source_hash(path) not in hashes]


def source_hash(path: str) -> str:
    """Hash of the source of "module:function", "?" where it has none."""
    module, _colon, name = path.partition(":")
    try:
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return hashlib.sha256(inspect.getsource(found).encode()).hexdigest()[:12]
    except (ImportError, AttributeError, OSError, TypeError):
        return "?"


def obstacles() -> Iterator[str]:
    """Why CKAN's own actions must be used on this site, in English for the log; nothing where they need not."""
    functions, actions = dict(WRITING), dict(ACTIONS)
    if p.plugin_loaded("activity"):
        from ckanext.activity.logic.action import activity_create

        functions |= ACTIVITIES
        actions["activity_create"] = activity_create
    for name, core in actions.items():
        if getattr(tk.get_action(name), "__wrapped__", None) is not core:
            yield f"a plugin changes the action {name}"
    for plugin in p.PluginImplementations(p.IUploader):
        yield f"the plugin {plugin.name} keeps uploaded files"
    if type(search.index_for("package")) is not PackageSearchIndex:
        yield "a plugin replaces the search index"
    for path in unknown(functions):
        yield f"the source of {path} is not one that was checked"
