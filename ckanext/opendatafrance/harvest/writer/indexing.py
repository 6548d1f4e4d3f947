"""The documents of a batch: made by CKAN's own index_package, sent together, taken back when the batch fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from typing import Any

import pysolr

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import SearchIndexError, make_connection
from ckan.lib.search.index import PackageSearchIndex
from ckan.logic import index_update_package

from ckanext.opendatafrance.errors import N_, RetriableError
from ckanext.opendatafrance.harvest.writer.borrowed import rebound

log = logging.getLogger(__name__)

Document = dict[str, Any]


class IndexUnavailableError(RetriableError):
    """The search engine does not answer: nothing can be stored now."""

    code = "search-engine-unavailable"


class DocumentsRefusedError(Exception):
    """The search engine answers, but refuses some documents; `reasons` by dataset id."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


class _Collector:
    """Stands in for the connection to Solr: keeps the document instead of sending it."""

    def __init__(self) -> None:
        self.document: Document = {}

    def add(self, docs: Sequence[Document], commit: bool = False) -> None:
        [self.document] = docs


def document(default: dict[str, Any], custom: dict[str, Any]) -> Document:
    """The index document of a dataset shown under both schemas, after the hooks of the plugins."""
    collector = _Collector()
    index_package = rebound(PackageSearchIndex.index_package, make_connection=lambda: collector)
    index_package(PackageSearchIndex(), {**default, "with_custom_schema": custom})
    return collector.document


def send(documents: Sequence[Document]) -> None:
    """Add documents and commit, once for all.

    Raises:
        IndexUnavailableError: the search engine does not answer.
        DocumentsRefusedError: it refuses some; others may be in the index already: a batch is not added as a whole.
    """
    if not documents:
        return
    try:
        make_connection().add(list(documents), commit=bool(tk.config["ckan.search.solr_commit"]))
    except (pysolr.SolrError, OSError) as error:
        if not is_refusal(error):
            raise unavailable(error) from error
        refused = dict(_refused(documents))
        # None, where the batch is refused as a whole but each document is accepted: too large, or the fault is over.
        raise DocumentsRefusedError(refused) from error


def _refused(documents: Sequence[Document]) -> Iterable[tuple[str, str]]:
    """Yield (dataset id, reason) of each document that is refused, by halves."""
    try:
        make_connection().add(list(documents), commit=False)
    except (pysolr.SolrError, OSError) as error:
        if not is_refusal(error):
            raise unavailable(error) from error
        if len(documents) == 1:
            yield documents[0]["id"], str(error)
            return
        middle = len(documents) // 2
        yield from _refused(documents[:middle])
        yield from _refused(documents[middle:])


def withdraw(created: Iterable[str], updated: Iterable[str]) -> None:
    """Bring the index back to what the database holds, after a rollback: created datasets out, updated ones as before.

    A search engine that does not answer is only told of in the log: nothing reached it, or the caller keeps a note.
    """
    created, updated = list(created), list(updated)
    try:
        restore(created, updated)
    except (pysolr.SolrError, SearchIndexError, OSError) as error:
        log.warning(
            "The search index may hold %s datasets that are not stored (%s)", len(created) + len(updated), error
        )


def restore(absent: Sequence[str], stored: Sequence[str]) -> None:
    """Take datasets that are not there out of the index, and index those that are as the database has them.

    Raises:
        pysolr.SolrError, SearchIndexError, OSError: the search engine does not answer.
    """
    connection = make_connection()
    if absent:
        connection.delete(q=_query(absent))
    for dataset_id in stored:
        _index_again(dataset_id)
    connection.commit()


def _index_again(dataset_id: str) -> None:
    try:
        index_update_package({"ignore_auth": True}, dataset_id, True)
    except SearchIndexError:
        raise
    except Exception:
        log.exception("The stored dataset %s could not be indexed again", dataset_id)
        model.Session.rollback()


def _query(ids: Iterable[str]) -> str:
    site = tk.config["ckan.site_id"]
    return '+entity_type:package +site_id:"{}" +id:({})'.format(site, " OR ".join(f'"{id_}"' for id_ in ids))


def is_refusal(error: Exception) -> bool:
    """Whether Solr answered that the request is wrong, rather than not at all or that it is in trouble itself."""
    return bool(re.search(r"\(HTTP 4\d\d\)", str(error)))


def unavailable(error: Exception) -> IndexUnavailableError:
    """For a search engine that does not answer."""
    return IndexUnavailableError(
        N_("The search engine does not answer, so nothing was stored. Start it, then run this again. ({detail})"),
        detail=str(error)[:300],
    )
