"""From an item to the very dict that CKAN's own actions would be given: names, ids of datasets and resources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from ckan import model

from ckanext.opendatafrance.harvest.writer.items import Item
from ckanext.opendatafrance.harvest.writer.names import Names
from ckanext.opendatafrance.harvest.writer.resources import match


@dataclass
class Plan:
    """An item and what stays fixed however often it is tried.

    Attributes:
        id: of the dataset, known before anything is written, so that its document can always be found again.
        is_new: whether it is created.
        resource_ids: of new resources, by position; None where the dataset says it itself or the resource is stored.
        name: the name made for a new dataset without one.
    """

    item: Item
    id: str
    is_new: bool
    resource_ids: list[str]
    name: str = ""

    @property
    def action(self) -> str:
        """CKAN's name of what is done."""
        return "package_create" if self.is_new else "package_update"


def plan(item: Item) -> Plan:
    """Fix the ids of an item."""
    count = len(item.dataset.get("resources") or ())
    identifier = item.dataset_id or item.dataset.get("id") or str(uuid4())
    return Plan(item, identifier, item.dataset_id is None, [str(uuid4()) for _ in range(count)])


class Preparer:
    """Makes the dicts of a batch, with one look at the database for all of them.

    Args:
        plans: of the batch; names are chosen anew each time, because another process may have taken one meanwhile.
    """

    def __init__(self, plans: Sequence[Plan], packages: dict[str, model.Package]) -> None:
        self._packages = packages
        unnamed = [plan for plan in plans if plan.is_new and not plan.item.dataset.get("name")]
        given = [plan.item.dataset["name"] for plan in plans if plan.is_new and plan.item.dataset.get("name")]
        names = Names([_title(plan) for plan in unnamed], given)
        for plan_ in unnamed:
            plan_.name = names.claim(_title(plan_))
        self._owners = _resource_owners(plans)

    def dataset(self, plan: Plan) -> dict[str, Any]:
        """A copy of the item's dict, ready for the validators of package_create or package_update."""
        dataset = deepcopy(plan.item.dataset)
        if plan.is_new:
            dataset["name"] = dataset.get("name") or plan.name
        else:
            package = self._packages[plan.id]
            # The address of a dataset outlives a change of its title.
            dataset.update(id=package.id, name=package.name, type=package.type)
        for resource in dataset.get("resources") or ():
            # Two portals may publish one resource under the same id, as copies of a third; CKAN stores an id once.
            if "id" in resource and self._owners.setdefault(resource["id"], plan.id) != plan.id:
                del resource["id"]
        if not plan.is_new and dataset.get("resources"):
            self._match(dataset["resources"], self._packages[plan.id])
        return dataset

    def _match(self, resources: list[dict[str, Any]], package: model.Package) -> None:
        stored = {resource.id: stored_fields(resource) for resource in package.resources}
        for resource, identifier in zip(resources, match(resources, list(stored.values())), strict=True):
            if not identifier:
                continue
            resource["id"] = identifier
            if resource.get("url") != stored[identifier]["url"]:
                continue
            # What CKAN guessed from the URL, at first for the format and later for the type, is no reason for a change.
            resource.setdefault("mimetype", stored[identifier]["mimetype"])
            resource["format"] = resource.get("format") or stored[identifier]["format"]


def stored_fields(resource: model.Resource) -> dict[str, Any]:
    """The fields of a stored resource by which an incoming one is recognised."""
    fields = {**(resource.extras or {})}
    for name in ("id", "url", "name", "format", "mimetype"):
        fields[name] = getattr(resource, name)
    return fields


def _title(plan: Plan) -> str:
    return str(plan.item.dataset.get("title") or "")


def _resource_owners(plans: Iterable[Plan]) -> dict[Any, str]:
    """The datasets that hold the resource ids which the items ask for."""
    resources = [resource for plan in plans for resource in plan.item.dataset.get("resources") or ()]
    asked = [resource["id"] for resource in resources if isinstance(resource.get("id"), str)]
    if not asked:
        return {}
    query = sa.select(model.Resource.id, model.Resource.package_id).where(model.Resource.id.in_(asked))
    return {row.id: row.package_id for row in model.Session.execute(query)}
