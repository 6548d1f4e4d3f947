"""One validated dict into CKAN's tables, through the ORM and without asking the database anything.

The rules are those of ckan.lib.dictization.model_save and of package_owner_org_update; `Stored` answers in place of
the database.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.dictization import model_save

from ckanext.opendatafrance.harvest.writer.plan import Plan
from ckanext.opendatafrance.harvest.writer.stored import Stored, TagKey


def tag_keys(data: dict[str, Any]) -> set[TagKey]:
    """The tags of a validated dict."""
    return {(tag["name"], tag.get("vocabulary_id")) for tag in data.get("tags") or ()}


def save(plan: Plan, data: dict[str, Any], stored: Stored, context: Any) -> tuple[model.Package, bool]:
    """Put a validated dict into the session; returns the dataset and whether anything of it changed."""
    package = stored.packages.get(plan.id) or model.Package()
    changed = _save_package(package, plan, data, stored)
    changed |= _save_resources(package, plan, data.get("resources"), context)
    changed |= _save_tags(package, data, stored)
    changed |= _save_groups(package, data.get("groups"), stored)
    if plan.is_new or changed:
        if not data.get("metadata_modified"):
            package.metadata_modified = _now()
        _save_owner(package, stored)
    return package, plan.is_new or changed


def _save_package(package: model.Package, plan: Plan, data: dict[str, Any], stored: Stored) -> bool:
    data.pop("metadata_created", None)
    plugin_data = data.pop("plugin_data", None)
    if plugin_data and stored.user.sysadmin:
        data["plugin_data"] = deepcopy(plugin_data)
    if plan.is_new:
        stored.free_name(data["name"])
        data["creator_user_id"] = stored.user.id
        data["id"] = plan.id
    extras = {extra["key"]: extra["value"] for extra in data.get("extras", [])}
    changed, _skipped = package.from_dict({**data, "extras": extras})
    model.Session.add(package)
    return bool(changed)


def _save_resources(package: model.Package, plan: Plan, dicts: list[dict[str, Any]] | None, context: Any) -> bool:
    if dicts is None:
        return False
    known = {resource.id: resource for resource in package.resources_all}
    before = [resource for resource in package.resources_all if resource.state != "deleted"]
    changed = False
    resources = []
    for position, data in enumerate(dicts):
        data["package_id"] = data.get("package_id") or package.id
        resource, change = _save_resource(data, data.get("id") in known, plan.resource_ids[position], context)
        if plan.is_new:
            data["id"] = resource.id  # plugins are told
        resources.append(resource)
        changed |= bool(change)
    if resources == before:
        return changed
    gone = [resource for resource in package.resources_all if resource not in resources]
    package.resources_all[:] = resources
    for resource in gone:
        if resource.state == "deleted":
            resource.purge()
        else:  # kept until the next change, so that a plugin can clean up after it
            resource.state = "deleted"
            package.resources_all.append(resource)
    return True


def _save_resource(data: dict[str, Any], is_known: bool, new_id: str, context: Any) -> tuple[model.Resource, Any]:
    if is_known:
        return model_save.resource_dict_save(data, context)
    given = data.pop("id", None)
    resource, change = model_save.resource_dict_save(data, context)
    resource.id = given or new_id
    if given:
        data["id"] = given
    return resource, change


def _save_tags(package: model.Package, data: dict[str, Any], stored: Stored) -> bool:
    present = {(link.tag.name, link.tag.vocabulary_id): link for link in package.package_tags if link.tag}
    wanted = tag_keys(data)
    changed = False
    for key, link in present.items():
        state = "active" if key in wanted else "deleted"
        if link.state != state and not (state == "active" and link.state != "deleted"):
            link.state = state
            changed = True
    for key in sorted(wanted - set(present), key=str):
        model.Session.add(model.PackageTag(package, stored.tags[key], "active"))
        changed = True
    return changed


def _save_groups(package: model.Package, dicts: Iterable[dict[str, Any]] | None, stored: Stored) -> bool:
    if dicts is None:
        return False
    present = {member.group: member for member in stored.members(package.id) if member.capacity != "organization"}
    wanted = {group for data in dicts if (group := _group(data, stored))}
    changed = False
    for group in set(present) - wanted:
        if present[group].state != "deleted":
            present[group].capacity, present[group].state = "public", "deleted"
            changed = True
    for group in wanted:
        member = present.get(group)
        if member is None:
            model.Session.add(_member(package, group, "public"))
        elif member.state != "active":
            member.capacity, member.state = "public", "active"
        else:
            continue
        changed = True
    return changed


def _group(data: dict[str, Any], stored: Stored) -> model.Group | None:
    return stored.group(data["id"]) if data.get("id") else stored.groups.get(data.get("name") or "")


def _save_owner(package: model.Package, stored: Stored) -> None:
    organization = None
    if package.owner_org:
        organization = stored.group(package.owner_org)
        if organization is None or not organization.is_organization:
            raise tk.ObjectNotFound(tk._("Organization was not found."))
    package.owner_org = organization.id if organization else None
    is_member = False
    for member in stored.members(package.id):
        if member.capacity != "organization":
            continue
        if organization and member.group_id == organization.id:
            is_member = True
        else:
            member.state = "deleted"
    if organization and not is_member:
        model.Session.add(_member(package, organization, "organization"))


def _member(package: model.Package, group: model.Group, capacity: str) -> model.Member:
    return model.Member(
        table_id=package.id, table_name="package", group=group, capacity=capacity, group_id=group.id, state="active"
    )


def _now() -> datetime.datetime:
    """UTC as CKAN writes it, never on a whole second.

    Solr drops ".000", after which package_show takes the cached dataset for an older one.
    """
    time = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    return time if time.microsecond >= 1000 else time.replace(microsecond=1000)
