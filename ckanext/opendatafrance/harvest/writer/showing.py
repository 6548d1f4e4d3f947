"""The datasets of a batch as package_show gives them, read back with six queries for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.dictization import model_dictize
from ckan.lib.plugins import lookup_package_plugin
from ckan.logic import apply_after_dataset_show_plugins, validators
from ckan.logic.schema import default_show_package_schema

from ckanext.opendatafrance.harvest.writer.borrowed import rebound

Validate = Callable[[Any, Any, dict[str, Any], Any, str], tuple[dict[str, Any], dict[str, Any]]]
"""Of the form of ckan.lib.plugins.plugin_validate."""


class Shown:
    """Rows of the batch, handed to CKAN's own package_dictize wherever it would ask the database.

    Args:
        packages: flushed datasets.
    """

    def __init__(self, packages: Sequence[model.Package]) -> None:
        ids = [package.id for package in packages]
        self._resources = _resources(ids)
        self._tags = _tags(ids)
        self._groups = _groups(ids)
        self._organizations = _organizations({package.owner_org for package in packages if package.owner_org})
        self._subjects, self._objects = _relationships(ids)
        self._dictize = rebound(model_dictize.package_dictize, _execute=self._execute)
        self._answers: dict[sa.Table, list[Sequence[Any]]] = {}

    def dictize(self, package: model.Package, context: Any) -> dict[str, Any]:
        """What package_show has of a dataset before any schema, with the hooks that it calls."""
        self._answers = {
            model.resource_table: [self._resources[package.id]],
            model.package_tag_table: [self._tags[package.id]],
            # Memberships are asked for with the table of members, the organisation with that of groups.
            model.member_table: [self._groups[package.id]],
            model.group_table: [self._organizations[package.owner_org]] if package.owner_org else [()],
            model.package_relationship_table: [self._subjects[package.id], self._objects[package.id]],
        }
        dataset = self._dictize(package, context)
        call_show_hooks(package, dataset)
        return dataset

    def _execute(self, _query: Any, table: sa.Table, _context: Any) -> Sequence[Any]:
        """Stands in for model_dictize._execute: the rows that the query would find, in the order of the questions."""
        return self._answers[table].pop(0)


def call_show_hooks(package: model.Package, dataset: dict[str, Any]) -> None:
    """The hooks that package_show calls on a dataset before it applies a schema."""
    for plugin in p.PluginImplementations(p.IPackageController):
        plugin.read(package)
    for plugin in p.PluginImplementations(p.IResourceController):
        for resource in dataset["resources"]:
            plugin.before_resource_show(resource)


def both_schemas(dataset: dict[str, Any], context: Any, validate: Validate) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dictized dataset under CKAN's default schema and under the site's, as the index needs it.

    See ckan.logic.package_show_default_and_custom_schemas. The schemas are made afresh for each dataset: scheming
    fills the one that it is given, and a used one silently loses every field that is kept in extras.
    """
    default_schema = default_show_package_schema()
    plugin = lookup_package_plugin(dataset["type"])
    schema = plugin.show_package_schema()
    is_default = schema == default_schema
    default, _errors = validate(object(), context, dataset, _without_look_up(default_schema), "package_show")
    custom = default
    if not is_default:
        _without_look_up(schema)
        custom, _errors = validate(plugin, context, dataset, schema, "package_show")
    apply_after_dataset_show_plugins(context, custom)
    return default, custom


def _without_look_up(schema: Any) -> Any:
    """Drop the question whether another dataset has the name: showing ignores the answer."""
    unique = validators.package_name_validator
    schema["name"] = [validator for validator in schema["name"] if validator is not unique]
    return schema


def show_context(context: Any) -> Any:
    """The context under which CKAN shows a dataset for the index."""
    return tk.fresh_context(context, ignore_auth=True, use_cache=False, validate=False)


def _rows(query: sa.Select[Any], key: str) -> defaultdict[str, list[Any]]:
    """The rows of a query by its first column, which they do not have any more: CKAN shows every column of a row."""
    frozen = model.Session.execute(query).freeze()
    grouped: defaultdict[str, list[Any]] = defaultdict(list)
    columns = range(1, len(query.selected_columns))
    for owner, row in zip(frozen().scalars(key), frozen().columns(*columns), strict=True):
        grouped[owner].append(row)
    return grouped


def _resources(ids: list[str]) -> defaultdict[str, list[Any]]:
    table = model.resource_table
    return _rows(sa.select(table.c.package_id.label("owner"), table).where(table.c.package_id.in_(ids)), "owner")


def _tags(ids: list[str]) -> defaultdict[str, list[Any]]:
    tag, link = model.tag_table, model.package_tag_table
    query = sa.select(link.c.package_id.label("owner"), tag, link.c.state).join(link, tag.c.id == link.c.tag_id)
    return _rows(query.where(link.c.package_id.in_(ids)), "owner")


def _groups(ids: list[str]) -> defaultdict[str, list[Any]]:
    group, member = model.group_table, model.member_table
    query = sa.select(member.c.table_id.label("owner"), group, member.c.capacity).join(
        member, group.c.id == member.c.group_id
    )
    return _rows(
        query.where(member.c.table_id.in_(ids), member.c.state == "active", group.c.is_organization == sa.false()),
        "owner",
    )


def _organizations(ids: Iterable[str]) -> defaultdict[str, list[Any]]:
    group = model.group_table
    query = sa.select(group.c.id.label("owner"), group).where(group.c.id.in_(ids), group.c.state == "active")
    return _rows(query, "owner")


def _relationships(ids: list[str]) -> tuple[defaultdict[str, list[Any]], defaultdict[str, list[Any]]]:
    table = model.package_relationship_table
    subject, object_ = table.c.subject_package_id, table.c.object_package_id
    subjects = _rows(sa.select(subject.label("owner"), table).where(subject.in_(ids)), "owner")
    objects = _rows(sa.select(object_.label("owner"), table).where(object_.in_(ids)), "owner")
    return subjects, objects
