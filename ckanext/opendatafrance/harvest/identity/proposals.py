"""Pairs of datasets that may be one, for a person to say; and what was decided before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckan import model

from ckanext.opendatafrance.harvest.identity.keys import ORDER
from ckanext.opendatafrance.harvest.identity.look_up import MOST, PACKAGE, RECORD
from ckanext.opendatafrance.harvest.identity.tables import APART, KEY, HarvestIdentity

_GROUP: sa.Table = model.group_table


def listed(organizations: Sequence[str] | None, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """Pairs with a dataset of these organisations (ids; None = all), the surest first: how many, and one page.

    Each has kinds, sure, and one and other: id, name, title, organization, organization_title, source (title).
    """
    pairs = _pairs(organizations).subquery()
    sure = pairs.c.kinds.bool_op("&&")(sa.cast(list(ORDER), pairs.c.kinds.type))
    # The number comes with the page: finding the pairs is what takes time.
    total = sa.func.count().over().label("total")
    page = sa.select(pairs, sure.label("sure"), total).order_by(sure.desc(), pairs.c.one, pairs.c.other)
    rows = model.Session.execute(page.limit(limit).offset(offset)).all()
    told = _told({one for row in rows for one in (row.one, row.other)})
    return (rows[0].total if rows else 0), [
        {"kinds": sorted(row.kinds), "sure": row.sure, "one": told[row.one], "other": told[row.other]} for row in rows
    ]


def _pairs(organizations: Sequence[str] | None) -> sa.Select[Any]:
    """Datasets of different sources with a common key, which no source uses twice, that nobody told apart."""
    telling = (
        sa.select(KEY.c.digest)
        .group_by(KEY.c.digest)
        .having(sa.func.count().between(2, MOST), sa.func.count() == sa.func.count(KEY.c.source_id.distinct()))
        .subquery()
    )
    one, other = _shown("one"), _shown("other")
    apart = sa.exists().where(
        APART.c.source_id == one.c.source_id,
        APART.c.guid == one.c.guid,
        APART.c.other_source_id == other.c.source_id,
        APART.c.other_guid == other.c.guid,
    )
    query = (
        sa.select(
            one.c.dataset_id.label("one"),
            other.c.dataset_id.label("other"),
            sa.func.array_agg(one.c.kind.distinct()).label("kinds"),
        )
        .join(telling, telling.c.digest == one.c.digest)
        .join(other, sa.and_(other.c.digest == one.c.digest, other.c.dataset_id != one.c.dataset_id))
        .where(~apart, one.c.first < other.c.first)
        .group_by(one.c.dataset_id, other.c.dataset_id)
    )
    if organizations is not None:
        query = query.where(sa.or_(one.c.owner_org.in_(organizations), other.c.owner_org.in_(organizations)))
    return query


def _shown(name: str) -> sa.Subquery:
    """The keys of records whose datasets everybody sees."""
    # Who was here first keeps the address; the id decides between equals.
    first = PACKAGE.c.metadata_created.cast(sa.UnicodeText) + PACKAGE.c.id
    return (
        sa.select(KEY, RECORD.c.dataset_id, PACKAGE.c.owner_org, first.label("first"))
        .join(RECORD, sa.and_(RECORD.c.source_id == KEY.c.source_id, RECORD.c.guid == KEY.c.guid))
        .join(PACKAGE, PACKAGE.c.id == RECORD.c.dataset_id)
        .where(PACKAGE.c.state == "active", PACKAGE.c.private.is_(False), RECORD.c.state != "archived")
        .subquery(name)
    )


def _told(dataset_ids: set[str]) -> dict[str, dict[str, Any]]:
    site = aliased(PACKAGE)
    query = (
        sa.select(
            PACKAGE.c.id,
            PACKAGE.c.name,
            PACKAGE.c.title,
            PACKAGE.c.url,
            _GROUP.c.name.label("organization"),
            _GROUP.c.title.label("organization_title"),
            sa.func.string_agg(site.c.title.distinct(), ", ").label("source"),
        )
        .join(RECORD, RECORD.c.dataset_id == PACKAGE.c.id)
        .join(site, site.c.id == RECORD.c.source_id)
        .outerjoin(_GROUP, _GROUP.c.id == PACKAGE.c.owner_org)
        .where(PACKAGE.c.id.in_(dataset_ids))
        .group_by(PACKAGE.c.id, _GROUP.c.name, _GROUP.c.title)
    )
    return {row.id: dict(row._mapping) for row in model.Session.execute(query)}


def decided(organizations: Sequence[str] | None, limit: int, offset: int) -> list[dict[str, Any]]:
    """Changes of identities, the latest first, with the datasets of these organisations (ids; None = all).

    Each has id, action, dataset_id, dataset_name, dataset_title, other_name, created, decided_by (name), undone.
    """
    query = (
        sa.select(
            HarvestIdentity.id,
            HarvestIdentity.action,
            HarvestIdentity.dataset_id,
            PACKAGE.c.name.label("dataset_name"),
            PACKAGE.c.title.label("dataset_title"),
            HarvestIdentity.other_name,
            HarvestIdentity.created,
            HarvestIdentity.undone,
            model.User.name.label("decided_by"),
        )
        .outerjoin(PACKAGE, PACKAGE.c.id == HarvestIdentity.dataset_id)
        .outerjoin(model.User, model.User.id == HarvestIdentity.decided_by)
        .order_by(HarvestIdentity.created.desc(), HarvestIdentity.id)
    )
    if organizations is not None:
        query = query.where(PACKAGE.c.owner_org.in_(organizations))
    rows = [dict(row._mapping) for row in model.Session.execute(query.limit(limit).offset(offset))]
    return [row | {key: row[key] and row[key].isoformat() for key in ("created", "undone")} for row in rows]
