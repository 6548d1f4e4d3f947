"""What must survive a kill: organisations whose datasets are to be indexed again, and the COG that was applied last.

Both lie in CKAN's `system_info`, written in the transaction of what they are about.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import ckan.model as model
from ckan.lib import search

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.territories import reindex

_TO_INDEX = "odf_territories_index"
_COG = "odf_territories_cog"
_NOTHING = "[[], []]"


def note(moved: Iterable[str] = (), renamed: Iterable[str] = ()) -> None:
    """Remember organisations, in the caller's transaction; `finish` indexes their datasets.

    Args:
        moved: with all that is below them, whose datasets carry other names of territories now.
        renamed: only their own datasets carry the title.
    """
    noted = _noted()
    _write(_TO_INDEX, json.dumps([sorted({*old, *new}) for old, new in zip(noted, (moved, renamed), strict=True)]))


def finish(progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Index the datasets of all that were noted, once.

    Args:
        progress: called with the number of datasets done and of all.

    Raises:
        OdfError: the search engine does not answer; the next run does it.
    """
    moved, renamed = _noted()
    if not moved and not renamed:
        return
    if not search.is_available():
        raise OdfError(
            N_("The search engine does not answer: start it, then run this again to bring the index up to date."),
            code="search-engine-unavailable",
        )
    reindex.run(moved, renamed, progress)
    _write(_TO_INDEX, _NOTHING)
    model.Session.commit()


def _noted() -> tuple[list[str], list[str]]:
    moved, renamed = json.loads(_read(_TO_INDEX) or _NOTHING)
    return moved, renamed


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
