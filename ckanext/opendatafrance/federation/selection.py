"""Which datasets a feed holds, in an order that no change of a dataset disturbs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import shown
from ckanext.opendatafrance.federation import config

_PACKAGE: Any = model.package_table.c
_GROUP: Any = model.group_table.c


@dataclass(frozen=True, slots=True)
class Scope:
    """What a feed is about.

    Attributes:
        organizations: ids of owners; None for the whole portal.
        schema: `owner/name` of a table schema that the dataset or one of its files names.
    """

    organizations: tuple[str, ...] | None = None
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A dataset of a feed; `created` and `id` are its place in the order."""

    id: str
    created: datetime
    modified: datetime
    owner: str

    @property
    def mark(self) -> str:
        """Where the next page begins, also when this dataset is gone by then."""
        return f"{self.created.isoformat()}_{self.id}"


def rows(scope: Scope, limit: int, after: str = "", offset: int = 0) -> list[Row]:
    """Datasets of one page, oldest first: new ones come last, and one that goes moves no other to another page.

    Args:
        after: mark of the last dataset of the page before.

    Raises:
        ValueError: `after` is no mark.
    """
    place = (_PACKAGE.metadata_created, _PACKAGE.id)
    statement = sa.select(*place, _PACKAGE.metadata_modified, _PACKAGE.owner_org).where(*_wanted(scope))
    if after:
        created, _, identifier = after.partition("_")
        statement = statement.where(
            sa.tuple_(*place) > sa.tuple_(sa.literal(datetime.fromisoformat(created)), sa.literal(identifier))
        )
    found = model.Session.execute(statement.order_by(*place).limit(limit).offset(offset)).all()
    return [Row(row.id, row.metadata_created, row.metadata_modified, row.owner_org or "") for row in found]


def total(scope: Scope) -> int:
    """Number of datasets of a feed."""
    statement = sa.select(sa.func.count()).select_from(model.package_table).where(*_wanted(scope))
    return model.Session.scalar(statement) or 0


def owners(ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """What the feeds say of organisations: title, email, url, siren, and a digest of these."""
    statement = sa.select(_GROUP.id, _GROUP.title, _GROUP.name, _GROUP.extras).where(_GROUP.id.in_(sorted(set(ids))))
    found = {}
    for row in model.Session.execute(statement):
        extras = row.extras or {}
        said = {
            "title": row.title or row.name,
            "email": extras.get("contact_email") or "",
            "url": extras.get("website") or "",
            "siren": extras.get("siren") or "",
        }
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]
        found[row.id] = {**said, "digest": digest}
    return found


def organization(text: str) -> Any | None:
    """An active organisation by id, name, INSEE code or SIREN."""
    group = model.Group.get(text)
    if group is None and p.plugin_loaded("opendatafrance_territories"):
        from ckanext.opendatafrance.territories import find  # needs the tables of that plugin

        group = model.Group.get(find.organization_id(text))
    return group if group is not None and group.is_organization and group.state == "active" else None


def with_subtree(organization_id: str) -> tuple[str, ...]:
    """An organisation and all below it."""
    if not p.plugin_loaded("opendatafrance_territories"):
        return (organization_id,)
    from ckanext.opendatafrance.territories.model import territories  # a table of that plugin

    below = sa.select(territories.c.organization_id).where(territories.c.ancestors.contains([organization_id]))
    return (organization_id, *model.Session.scalars(below.order_by(territories.c.organization_id)))


def _wanted(scope: Scope) -> list[sa.ColumnElement[bool]]:
    conditions = list(shown.public(_PACKAGE))
    if scope.organizations is not None:
        conditions.append(_PACKAGE.owner_org.in_(scope.organizations))
    if scope.schema:
        resource: Any = model.resource_table.c
        named = f"/{scope.schema}/"
        of_file = sa.exists().where(
            resource.package_id == _PACKAGE.id,
            resource.state == "active",
            sa.cast(resource.extras, sa.Text).contains(named, autoescape=True),
        )
        of_dataset = sa.cast(_PACKAGE.extras, sa.Text).contains(named, autoescape=True)
        conditions.append(sa.or_(of_dataset, of_file))
    hosts = config.excluded_hosts()
    if hosts and p.plugin_loaded("opendatafrance_harvest"):
        conditions.append(sa.not_(_harvested_from(hosts)))
    return conditions


def _harvested_from(hosts: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a source at one of these hosts has the dataset."""
    from ckanext.harvest.model import HarvestSource
    from ckanext.opendatafrance.harvest.model import HarvestRecord  # a table of that plugin

    pattern = "|".join(host.replace(".", r"\.") for host in hosts)
    return sa.exists().where(
        HarvestRecord.dataset_id == _PACKAGE.id,
        HarvestRecord.source_id == HarvestSource.id,
        HarvestSource.url.regexp_match(rf"^[a-z]+://([^/@]*@)?([a-z0-9.-]+\.)?({pattern})(:\d+)?(/|$)", "i"),
    )


def datasets(found: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """The datasets of rows by id: out of the index where it is up to date, else as they are stored."""
    if not found:
        return {}
    wanted = {row.id: row for row in found}
    query = {"fq": f"id:({' OR '.join(wanted)})", "rows": len(wanted), "include_private": False, "facet": False}
    indexed = tk.get_action("package_search")({"ignore_auth": True}, query)["results"]
    made = {
        one["id"]: one
        for one in indexed
        if one["id"] in wanted and one["metadata_modified"] == wanted[one["id"]].modified.isoformat()
    }
    for identifier in wanted.keys() - made.keys():
        try:
            made[identifier] = tk.get_action("package_show")({"ignore_auth": True}, {"id": identifier})
        except tk.ObjectNotFound:  # deleted since
            continue
    return made
