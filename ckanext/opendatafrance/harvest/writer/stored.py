"""What the database holds of a batch, read with a few queries for all of it instead of a dozen for each dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import class_mapper, selectinload

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.opendatafrance.harvest.writer.plan import Plan

TagKey = tuple[str, str | None]
"""Name and vocabulary of a tag; free tags have no vocabulary."""

TAG_LOCK = 0x6F64665F746167
"""Key of PostgreSQL's advisory lock under which free tags are created."""


def packages(plans: Iterable[Plan]) -> dict[str, model.Package]:
    """The stored datasets of those items that update one, by id, with their resources and tags."""
    ids = [plan.id for plan in plans if not plan.is_new]
    if not ids:
        return {}
    links = class_mapper(model.Package).relationships
    tag = class_mapper(model.PackageTag).relationships["tag"]
    query = (
        model.Session.query(model.Package)
        .filter(model.Package.id.in_(ids))
        .options(
            selectinload(links["resources_all"].class_attribute),
            selectinload(links["package_tags"].class_attribute).joinedload(tag.class_attribute),
        )
        # Another process may have changed them since this one saw them last.
        .populate_existing()
    )
    return {package.id: package for package in query}


class Stored:
    """The rows that a batch meets; kept here because SQLAlchemy forgets, and asks again, what nobody holds.

    Attributes:
        user: the one who writes.
        packages: datasets to update, by id.
        groups: organisations and groups that the items name, by id and by name.
        tags: see `load_tags`.
    """

    def __init__(self, plans: Sequence[Plan], user: str) -> None:
        self.user = existing_user(user)
        self.packages = packages(plans)
        self.groups = _groups(plans)
        self.tags: dict[TagKey, model.Tag] = {}
        self._members = _members(self.packages)
        self._displaced = _deleted_namesakes(plans)

    def members(self, package_id: str) -> list[model.Member]:
        """Memberships of a dataset in organisations and groups, in any state."""
        return self._members[package_id]

    def group(self, reference: str) -> model.Group | None:
        """An organisation or group by its id."""
        group = self.groups.get(reference)
        return group if group is not None and group.id == reference else model.Session.get(model.Group, reference)

    def free_name(self, name: str) -> None:
        """Take the name away from a deleted dataset that has it, as CKAN does."""
        package = self._displaced.pop(name, None)
        if package is not None:
            package.name = package.id

    def load_tags(self, keys: Iterable[TagKey]) -> None:
        """Have all these tags, created where they are not there."""
        wanted = set(keys) - set(self.tags)
        if not wanted:
            return
        self.tags |= _tags(wanted)
        missing = wanted - set(self.tags)
        if missing:
            _create_tags(missing)
            self.tags |= _tags(missing)


def existing_user(name: str) -> model.User:
    """The user of that name.

    Raises:
        ckan.plugins.toolkit.ObjectNotFound: there is none.
    """
    user = model.User.by_name(name)
    if user is None:
        raise tk.ObjectNotFound(f"There is no user {name}.")
    return user


def _groups(plans: Iterable[Plan]) -> dict[str, model.Group]:
    references: set[Any] = set()
    for plan in plans:
        references.add(plan.item.dataset.get("owner_org"))
        for group in plan.item.dataset.get("groups") or ():
            references |= {group.get("id"), group.get("name")}
    names = [reference for reference in references if isinstance(reference, str)]
    if not names:
        return {}
    found = model.Session.query(model.Group).filter(sa.or_(model.Group.id.in_(names), model.Group.name.in_(names)))
    return {reference: group for group in found for reference in (group.id, group.name)}


def _members(package_ids: Iterable[str]) -> defaultdict[str, list[model.Member]]:
    members: defaultdict[str, list[model.Member]] = defaultdict(list)
    if ids := list(package_ids):
        query = model.Session.query(model.Member).filter(model.Member.table_id.in_(ids)).populate_existing()
        for member in query:
            members[str(member.table_id)].append(member)
    return members


def _deleted_namesakes(plans: Iterable[Plan]) -> dict[str, model.Package]:
    names = [plan.item.dataset["name"] for plan in plans if plan.is_new and plan.item.dataset.get("name")]
    if not names:
        return {}
    query = model.Session.query(model.Package).filter(
        model.Package.name.in_(names), model.Package.state == model.State.DELETED
    )
    return {package.name: package for package in query}


def _tags(keys: set[TagKey]) -> dict[TagKey, model.Tag]:
    query = model.Session.query(model.Tag).filter(model.Tag.name.in_({name for name, _vocabulary in keys}))
    # Where duplicates exist already, every batch chooses the same one.
    found = {(tag.name, tag.vocabulary_id): tag for tag in query.order_by(model.Tag.id.desc())}
    return {key: found[key] for key in keys if key in found}


def _create_tags(keys: set[TagKey]) -> None:
    """Create tags in a short transaction of their own, so that two writers neither duplicate them nor wait long.

    The unique constraint on (name, vocabulary) does not hold for free tags, whose vocabulary is NULL.
    """
    table = model.tag_table
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(TAG_LOCK)))
        names = [name for name, _vocabulary in keys]
        rows = connection.execute(sa.select(table.c.name, table.c.vocabulary_id).where(table.c.name.in_(names)))
        missing = sorted(keys - {(row.name, row.vocabulary_id) for row in rows}, key=str)
        if missing:
            connection.execute(
                sa.insert(table), [{"name": name, "vocabulary_id": vocabulary} for name, vocabulary in missing]
            )
