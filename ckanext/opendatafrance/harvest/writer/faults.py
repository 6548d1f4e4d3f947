"""What went wrong with a dataset, in words for the person who reads the report."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from sqlalchemy.exc import DBAPIError

import ckan.plugins.toolkit as tk
from ckan.lib.search import SearchIndexError

from ckanext.opendatafrance.errors import N_, OdfError, RetriableError, SkippableRecordError
from ckanext.opendatafrance.harvest.writer import indexing
from ckanext.opendatafrance.harvest.writer.items import Result
from ckanext.opendatafrance.harvest.writer.plan import Plan

log = logging.getLogger(__name__)

LONGEST = 300
"""Characters of a technical detail that are shown."""


def refusal(plan: Plan, error: Exception) -> Result:
    """The result of an item that could not be stored."""
    problem = _problem(error)
    if problem.code == "plugin-fault":
        log.error("The dataset %s could not be stored", plan.item.guid, exc_info=error)
    return Result(plan.item.guid, "errored", errors=getattr(error, "error_dict", {}), problem=problem)


def listener_fault(error: Exception) -> OdfError:
    """For a dataset that is stored, but of which another plugin could not be told."""
    return SkippableRecordError(
        N_("The dataset is stored, but a plugin that wanted to know of it failed: {detail}."),
        code="listener-fault",
        detail=_detail(error),
    )


def is_outage(error: Exception) -> bool:
    """Whether the database itself is gone, so that trying the datasets one by one is of no use."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _problem(error: Exception) -> OdfError:
    if isinstance(error, OdfError):
        return error
    if isinstance(error, tk.ValidationError):
        return _skippable("schema-refused", N_("The dataset does not fit the schema: {detail}."), _fields(error))
    if isinstance(error, tk.ObjectNotFound):
        message = N_("The dataset, or its organisation, is not in the portal any more: {detail}.")
        return _skippable("not-found", message, _detail(error))
    if isinstance(error, DBAPIError):
        return _database_problem(error)
    if isinstance(error, SearchIndexError):
        return index_refusal(str(error)) if indexing.is_refusal(error) else indexing.unavailable(error)
    if isinstance(error, ValueError) and "NUL" in str(error):
        message = N_(
            "A text of the dataset holds a NUL character, which cannot be stored. Ask the publisher to remove it."
        )
        return _skippable("nul-character", message, "")
    message = N_("A plugin of the portal failed on the dataset: {detail}. The log of the portal has more.")
    return _skippable("plugin-fault", message, _detail(error))


def _database_problem(error: DBAPIError) -> OdfError:
    if is_outage(error):
        message = N_("The database does not answer, so nothing was stored. Start it, then run this again. ({detail})")
        return RetriableError(message, code="database-unavailable", detail=_detail(error.orig))
    return _skippable("database-refused", N_("The database refuses the dataset: {detail}."), _detail(error.orig))


def index_refusal(reason: str) -> OdfError:
    """For a dataset whose document the search engine refuses."""
    return _skippable("index-refused", N_("The search engine refuses the dataset: {detail}."), reason[:LONGEST])


def _skippable(code: str, message: str, detail: str) -> OdfError:
    return SkippableRecordError(message, code=code, detail=detail)


def _detail(error: object) -> str:
    """The first line of an error, with its class where that says more than the text."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:LONGEST].rstrip(".")


def _fields(error: tk.ValidationError) -> str:
    return "; ".join(_lines(error.error_dict))[:LONGEST].rstrip(".")


def _lines(errors: Any, where: str = "") -> Iterator[str]:
    """Yield "field: what is wrong" for each leaf of an error dict; members of lists are counted from 1."""
    if isinstance(errors, dict):
        for field, inner in errors.items():
            yield from _lines(inner, f"{where} {field}".strip())
    elif isinstance(errors, list) and any(isinstance(inner, dict) for inner in errors):
        for number, inner in enumerate(errors, 1):
            yield from _lines(inner, f"{where} {number}")
    elif isinstance(errors, list):
        yield f"{where}: {', '.join(str(inner).rstrip('.') for inner in errors)}"
    elif errors:
        yield f"{where}: {errors}"
