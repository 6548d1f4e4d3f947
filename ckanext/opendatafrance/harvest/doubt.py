"""Datasets whose index document may not be what the database holds, and how the two agree again.

The search engine takes no part in the transactions of the database. So the ids of a batch are noted, and committed,
before anything is sent to it, and the note is removed by the transaction of the batch itself: whatever is still noted
belongs to a batch that was killed, or that failed while the search engine could not be reached.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

import pysolr
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckan import model
from ckan.lib.search.common import SearchIndexError

from ckanext.opendatafrance.harvest.model import HarvestDoubt
from ckanext.opendatafrance.harvest.records import pages
from ckanext.opendatafrance.harvest.writer import indexing

log = logging.getLogger(__name__)

PAGE = 100
_DOUBT: sa.Table = HarvestDoubt.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause
_PACKAGE: sa.Table = model.package_table


def note(source_id: str, dataset_ids: Iterable[str]) -> None:
    """Note datasets that are about to be sent to the search engine, at once; and forget them with the transaction of
    CKAN's session, which the caller commits once they are sent."""
    rows = [{"source_id": source_id, "dataset_id": dataset_id} for dataset_id in dataset_ids]
    if not rows:
        return
    with model.ensure_engine().begin() as connection:
        connection.execute(insert(_DOUBT).values(rows).on_conflict_do_nothing())
    model.Session.execute(_forget(source_id, [row["dataset_id"] for row in rows]))


def settle(source_id: str) -> bool:
    """Index what is noted of a source as the database has it; False where the search engine is away. Commits."""
    query = sa.select(_DOUBT.c.dataset_id).where(_DOUBT.c.source_id == source_id).order_by(_DOUBT.c.dataset_id)
    for page in pages(list(model.Session.execute(query).scalars()), PAGE):
        active = sa.select(_PACKAGE.c.id).where(_PACKAGE.c.id.in_(page), _PACKAGE.c.state == "active")
        stored = set(model.Session.execute(active).scalars())
        try:
            indexing.restore([one for one in page if one not in stored], sorted(stored))
        except (pysolr.SolrError, SearchIndexError, OSError):
            log.warning("The search engine is away; %s datasets are indexed again later", len(page), exc_info=True)
            model.Session.rollback()
            return False
        model.Session.execute(_forget(source_id, page))
        model.Session.commit()
        log.info("%s datasets of a batch that did not end were indexed as the database has them", len(page))
    return True


def sources() -> set[str]:
    """The sources of which something is noted."""
    return set(model.Session.execute(sa.select(_DOUBT.c.source_id).distinct()).scalars())


def _forget(source_id: str, dataset_ids: Sequence[str]) -> sa.Delete:
    return sa.delete(_DOUBT).where(_DOUBT.c.source_id == source_id, _DOUBT.c.dataset_id.in_(dataset_ids))
