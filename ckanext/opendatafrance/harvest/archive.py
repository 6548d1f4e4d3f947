"""Archived datasets: out of search because their source has them no more, otherwise exactly as they were.

The state lives in `odf_harvest_record` alone. The dataset stays active and public, so that its page and its links work
and nothing has to be undone in it; only its document leaves the index. Should anything index it again (an edit, a
rebuild), `before_dataset_index` gives the document the state "archived", which no search asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pysolr
import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import SearchIndexError, make_connection
from ckan.logic import index_update_package

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest import doubt
from ckanext.opendatafrance.harvest.model import HarvestRecord, now
from ckanext.opendatafrance.harvest.records import pages
from ckanext.opendatafrance.harvest.writer import indexing

STATE = "archived"
PAGE = 100
_RECORD: sa.Table = HarvestRecord.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_PACKAGE: sa.Table = model.package_table
_FAULTS = (SearchIndexError, pysolr.SolrError, OSError)


def archive(source_id: str, guids: Sequence[str], limit: int) -> list[str]:
    """Archive those of these records that have been missing for `limit` runs as of now; returns their guids. Commits.

    Raises:
        IndexUnavailableError: the search engine does not answer; pages of datasets archived before stay so.
    """
    archived: list[str] = []
    for page in pages(guids, PAGE):
        rows = model.Session.execute(
            sa.update(_RECORD)
            .where(
                _RECORD.c.source_id == source_id,
                _RECORD.c.guid.in_(page),
                _RECORD.c.state == "missing",
                _RECORD.c.missing_runs >= limit,
            )
            .values(state=STATE, archived=now())
            .returning(_RECORD.c.guid, _RECORD.c.dataset_id)
        ).all()
        hidden = _hidden_among([row.dataset_id for row in rows])
        try:
            doubt.note(source_id, hidden)
            _take_out(hidden)
            model.Session.commit()
        except _FAULTS as error:
            model.Session.rollback()
            raise _unavailable(error) from error
        except BaseException:
            model.Session.rollback()
            indexing.withdraw((), hidden)
            raise
        # What another source still has is shown on.
        archived.extend(row.guid for row in rows if row.dataset_id in hidden)
    return archived


def bring_back(source_id: str, guids: Sequence[str], state: str = "present") -> None:
    """Records that are in their source again, or ("kept") that a person shows all the same. Commits.

    Raises:
        IndexUnavailableError: the search engine does not answer; the records of this page stay as they were.
    """
    for page in pages(guids, PAGE):
        mine = sa.and_(_RECORD.c.source_id == source_id, _RECORD.c.guid.in_(page))
        query = sa.select(_RECORD.c.dataset_id).join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
        hidden = query.where(mine, _RECORD.c.state == STATE, _PACKAGE.c.state == "active")
        ids = list(model.Session.execute(hidden).scalars())
        seen = {"last_seen": now()} if state == "present" else {}
        model.Session.execute(sa.update(_RECORD).where(mine).values(state=state, missing_runs=0, archived=None, **seen))
        try:
            doubt.note(source_id, ids)
            for dataset_id in ids:
                index_update_package({"ignore_auth": True}, dataset_id, True)
            if ids:
                make_connection().commit()
            model.Session.commit()
        except BaseException as error:
            model.Session.rollback()
            indexing.withdraw(ids, ())
            if isinstance(error, _FAULTS):
                raise _unavailable(error) from error
            raise


def restore(dataset_id: str) -> bool:
    """Show an archived dataset again although its source has it no more; False where it is not archived. Commits.

    Raises:
        IndexUnavailableError: the search engine does not answer; the dataset stays archived.
    """
    query = sa.select(_RECORD.c.source_id, _RECORD.c.guid)
    rows = model.Session.execute(query.where(_RECORD.c.dataset_id == dataset_id, _RECORD.c.state == STATE)).all()
    for row in rows:
        bring_back(row.source_id, [row.guid], "kept")
    return bool(rows)


def is_archived(dataset_id: str) -> bool:
    """Whether a dataset is out of search: every source that had it has it no more."""
    query = sa.select(sa.func.bool_and(_RECORD.c.state == STATE)).where(_RECORD.c.dataset_id == dataset_id)
    return bool(model.Session.execute(query).scalar())


def archived_of(source_id: str, guids: Sequence[str]) -> list[str]:
    """Those of these records that are archived."""
    query = sa.select(_RECORD.c.guid).where(
        _RECORD.c.source_id == source_id, _RECORD.c.guid.in_(guids), _RECORD.c.state == STATE
    )
    return list(model.Session.execute(query).scalars())


def datasets() -> sa.Subquery:
    """Ids of all archived datasets (column dataset_id) that are neither in the trash nor purged."""
    return (
        sa.select(_RECORD.c.dataset_id)
        .join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
        .where(_PACKAGE.c.state == "active")
        .group_by(_RECORD.c.dataset_id)
        .having(sa.func.bool_and(_RECORD.c.state == STATE))
        .subquery()
    )


def is_hidden(dataset_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The same as `datasets`, as a condition on one id: a few datasets are asked for by index, without all records."""
    other = _RECORD.alias("other")
    elsewhere = sa.exists().where(other.c.dataset_id == _RECORD.c.dataset_id, other.c.state != STATE)
    return sa.exists().where(_RECORD.c.dataset_id == dataset_id, _RECORD.c.state == STATE, sa.not_(elsewhere))


def names() -> set[str]:
    """Names and ids of all archived datasets."""
    hidden = datasets()
    query = sa.select(_PACKAGE.c.id, _PACKAGE.c.name).join(hidden, hidden.c.dataset_id == _PACKAGE.c.id)
    return {value for row in model.Session.execute(query) for value in row}


def count(source_id: str) -> int:
    """Number of archived datasets of a source."""
    hidden = datasets()
    mine = sa.select(_RECORD.c.dataset_id).where(_RECORD.c.source_id == source_id)
    query = sa.select(sa.func.count()).select_from(hidden).where(hidden.c.dataset_id.in_(mine))
    return model.Session.execute(query).scalar_one()


def about(dataset_id: str) -> dict[str, Any] | None:
    """Why and since when a dataset is archived, as `listed` tells it; None where it is not."""
    if not is_archived(dataset_id):
        return None
    query = _listing().where(_RECORD.c.dataset_id == dataset_id).order_by(_RECORD.c.archived.desc()).limit(1)
    return next(_rows(query), None)


def listed(
    organizations: Sequence[str] | None, source_id: str | None, limit: int, offset: int
) -> tuple[int, list[dict[str, Any]]]:
    """The archived datasets of these organisations (ids; None = all), last archived first: how many, and one page."""
    query = _listing()
    if organizations is not None:
        query = query.where(_PACKAGE.c.owner_org.in_(organizations))
    if source_id:
        query = query.where(_RECORD.c.source_id == source_id)
    total = model.Session.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()
    page = query.order_by(_RECORD.c.archived.desc(), _PACKAGE.c.title, _RECORD.c.guid).limit(limit).offset(offset)
    return total, list(_rows(page))


def _listing() -> sa.Select[Any]:
    site = model.package_table.alias("site")
    return (
        sa.select(
            _PACKAGE.c.id,
            _PACKAGE.c.name,
            _PACKAGE.c.title,
            _RECORD.c.guid,
            _RECORD.c.last_seen,
            _RECORD.c.archived,
            site.c.name.label("source_name"),
            sa.func.coalesce(HarvestSource.title, site.c.title).label("source_title"),
        )
        .select_from(_RECORD)
        .join(_PACKAGE, _PACKAGE.c.id == _RECORD.c.dataset_id)
        .outerjoin(HarvestSource, HarvestSource.id == _RECORD.c.source_id)
        .outerjoin(site, site.c.id == _RECORD.c.source_id)
        .where(_RECORD.c.state == STATE, _PACKAGE.c.state == "active")
    )


def _rows(query: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    for row in model.Session.execute(query):
        found = dict(row._mapping)
        yield {**found, **{key: found[key] and found[key].isoformat() for key in ("last_seen", "archived")}}


def _hidden_among(dataset_ids: Sequence[str]) -> list[str]:
    hidden = datasets()
    query = sa.select(hidden.c.dataset_id).where(hidden.c.dataset_id.in_(dataset_ids))
    return list(model.Session.execute(query).scalars())


def _take_out(dataset_ids: Sequence[str]) -> None:
    """Remove documents from the index, all in one request."""
    if dataset_ids:
        ids = " OR ".join(f'"{dataset_id}"' for dataset_id in dataset_ids)
        site = tk.config["ckan.site_id"]
        make_connection().delete(q=f'+entity_type:package +site_id:"{site}" +id:({ids})', commit=True)


def _unavailable(error: Exception) -> indexing.IndexUnavailableError:
    return indexing.IndexUnavailableError(_NO_INDEX, detail=str(error)[:300])


_NO_INDEX = N_(
    "The search engine does not answer, so datasets could not be archived or shown again. Start it, then run this"
    " again. ({detail})"
)
