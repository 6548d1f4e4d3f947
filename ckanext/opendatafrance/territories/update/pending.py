"""What must survive a kill: organisations whose datasets are to be indexed again, and the COG that was applied last.

Both lie in CKAN's `system_info`, written in the transaction of what they are about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import ckan.model as model
from ckan.lib import search

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.territories import reindex

_TO_INDEX = "odf_territories_to_index"
_COG = "odf_territories_cog"


def note(organization_ids: Iterable[str]) -> None:
    """Remember organisations, in the caller's transaction; `finish` indexes their datasets."""
    _write(_TO_INDEX, json.dumps(sorted({*json.loads(_read(_TO_INDEX) or "[]"), *organization_ids})))


def any_left() -> bool:
    """Whether an earlier run was ended before its index was brought up to date."""
    return bool(json.loads(_read(_TO_INDEX) or "[]"))


def finish() -> None:
    """Index the datasets of all that were noted, once.

    Raises:
        OdfError: the search engine does not answer; the next run does it.
    """
    ids = json.loads(_read(_TO_INDEX) or "[]")
    if not ids:
        return
    if not search.is_available():
        raise OdfError(
            N_("The search engine does not answer: start it, then run this again to bring the index up to date."),
            code="search-engine-unavailable",
        )
    reindex.run(ids)
    _write(_TO_INDEX, "[]")
    model.Session.commit()


def cog_year() -> int | None:
    """Year of the COG that was applied last, None where none was noted."""
    found = _read(_COG)
    return int(found) if found else None


def set_cog_year(year: int) -> None:
    """Note the COG that the portal now follows, in the caller's transaction."""
    _write(_COG, str(year))


def _read(key: str) -> str | None:
    found = model.Session.query(model.SystemInfo).filter_by(key=key).first()
    return found.value if found else None


def _write(key: str, value: str) -> None:
    # model.set_system_info commits; this must be part of the caller's transaction.
    found = model.Session.query(model.SystemInfo).filter_by(key=key).first()
    if found:
        found.value = value
    else:
        model.Session.add(model.SystemInfo(key, value))
    model.Session.flush()
