"""All sources at a glance: state, last success, next run, counts and the last runs, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckan import model

from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.opendatafrance.harvest import archive, deletions
from ckanext.opendatafrance.harvest.model import HarvestDeletion, HarvestRecord, HarvestRun
from ckanext.opendatafrance.harvest.sources import PAUSED, TYPE

LIGHTS = ("error", "warning", "never", "running", "ok")
"""Worst first: the source failed or was interrupted; it has errors or waits for a person; …"""
STATES = (*LIGHTS, "paused", "held")
RUNS = 30
SORTS = ("light", "title", "organization", "last_success", "next_run", "seconds")


def overview(
    organizations: Sequence[str] | None,
    *,
    text: str = "",
    state: str = "",
    owner: str = "",
    sort: str = "light",
    limit: int = 50,
    offset: int = 0,
) -> dict[str, Any]:
    """One page of the sources of these organisations (ids; None = all).

    Args:
        text: part of the title, name or address.
        state: one of STATES.
        owner: id or name of an organisation.
        sort: one of SORTS, with "-" before it for the other way round.

    Returns:
        count, states (how many there are of each, whatever `state` asks), results.
    """
    every = _sources(organizations, text, owner).subquery()
    # All of them, but of each only what is counted and sorted; then everything of those on the page.
    order = sa.select(every.c.id, every.c.light, every.c.paused, every.c.held).order_by(*_order(every, sort))
    sources = model.Session.execute(order).all()
    states = Counter(name for source in sources for name in _states(source))
    chosen = [source.id for source in sources if not state or state in _states(source)]
    ids = chosen[offset : offset + limit]
    page = _sources(organizations, text, owner).where(HarvestSource.id.in_(ids))
    rows = {row.id: dict(row._mapping) for row in model.Session.execute(page)}
    runs, datasets = _runs(ids), _datasets(ids)
    results = [_told({**rows[one], "runs": runs[one], "datasets": datasets.get(one, 0)}) for one in ids if one in rows]
    return {"count": len(chosen), "states": {name: states[name] for name in STATES}, "results": results}


def _states(source: Any) -> list[str]:
    """What a source counts as."""
    return [source.light, *(["paused"] if source.paused else []), *(["held"] if source.held else [])]


def _sources(organizations: Sequence[str] | None, text: str, owner: str) -> sa.Select[Any]:
    """Every source with its last run, its last success and its light."""
    last, success = _lateral(), _lateral(HarvestRun.state == "complete")
    waiting = (
        sa.select(HarvestJob.source_id, sa.func.max(HarvestJob.created).label("since"))
        .where(HarvestJob.status.in_(("New", "Running")))
        .group_by(HarvestJob.source_id)
        .subquery()
    )
    paused = sa.func.coalesce(HarvestSource.next_run >= PAUSED, sa.false())
    held = sa.func.coalesce(sa.func.jsonb_array_length(HarvestDeletion.guids), 0)
    light = sa.case(
        (sa.or_(waiting.c.source_id.is_not(None), last.state == "running"), "running"),
        (last.state.is_(None), "never"),
        (last.state != "complete", "error"),
        (sa.or_(last.errored > 0, held > 0), "warning"),
        else_="ok",
    )
    active: Any = HarvestSource.active
    query = (
        sa.select(
            HarvestSource.id,
            model.Package.name,
            sa.func.coalesce(sa.func.nullif(HarvestSource.title, ""), model.Package.name).label("title"),
            HarvestSource.url,
            HarvestSource.frequency,
            HarvestSource.next_run,
            model.Group.name.label("organization"),
            model.Group.title.label("organization_title"),
            paused.label("paused"),
            held.label("held"),
            light.label("light"),
            last.job_id.label("job"),
            last.state.label("state"),
            last.started,
            sa.extract("epoch", last.finished - last.started).label("seconds"),
            success.finished.label("last_success"),
            *(getattr(last, name) for name in ("added", "updated", "unchanged", "deleted", "missing", "errored")),
        )
        .join(model.Package, model.Package.id == HarvestSource.id)
        .outerjoin(model.Group, model.Group.id == model.Package.owner_org)
        .outerjoin(last, sa.true())
        .outerjoin(success, sa.true())
        .outerjoin(waiting, waiting.c.source_id == HarvestSource.id)
        .outerjoin(
            HarvestDeletion,
            sa.and_(HarvestDeletion.source_id == HarvestSource.id, HarvestDeletion.state == deletions.PENDING),
        )
        .where(HarvestSource.type == TYPE, active.is_(True))
    )
    if organizations is not None:
        query = query.where(model.Package.owner_org.in_(organizations))
    if owner:
        query = query.where(sa.or_(model.Group.id == owner, model.Group.name == owner))
    if text:
        columns = (HarvestSource.title, HarvestSource.url, model.Package.name)
        query = query.where(sa.or_(*(column.icontains(text, autoescape=True) for column in columns)))
    return query


def _lateral(*conditions: Any) -> Any:
    """The last run of a source, of those that meet the conditions."""
    query = sa.select(HarvestRun).where(HarvestRun.source_id == HarvestSource.id, *conditions)
    return aliased(HarvestRun, query.order_by(HarvestRun.started.desc()).limit(1).lateral())


def _order(every: sa.Subquery, sort: str) -> list[Any]:
    descending, name = sort.startswith("-"), sort.lstrip("-")
    if name == "light":
        column: Any = sa.case({light: place for place, light in enumerate(LIGHTS)}, value=every.c.light)
    else:
        column = every.c[name]
        column = sa.func.lower(column) if name in ("title", "organization") else column
    return [(column.desc() if descending else column.asc()).nulls_last(), sa.func.lower(every.c.title), every.c.id]


def _runs(ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The last runs of these sources, oldest first: state, number of datasets met, errors."""
    one = aliased(HarvestRun)
    chosen = sa.select(sa.func.unnest(sa.literal(list(ids), sa.ARRAY(sa.UnicodeText))).label("id")).subquery()
    latest = (
        sa.select(one.source_id, one.started, one.state, one.added, one.updated, one.unchanged, one.errored)
        .where(one.source_id == chosen.c.id)
        .order_by(one.started.desc())
        .limit(RUNS)
        .lateral()
    )
    query = sa.select(latest).select_from(chosen).join(latest, sa.true()).order_by(latest.c.started)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in model.Session.execute(query):
        met = row.added + row.updated + row.unchanged
        found[row.source_id].append({"state": row.state, "datasets": met, "errored": row.errored})
    return found


def _datasets(ids: Sequence[str]) -> dict[str, int]:
    """How many datasets of each of these sources are shown."""
    query = sa.select(HarvestRecord.source_id, sa.func.count()).where(HarvestRecord.source_id.in_(ids))
    query = query.where(HarvestRecord.state != archive.STATE).group_by(HarvestRecord.source_id)
    return {source_id: number for source_id, number in model.Session.execute(query)}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Times as ISO 8601; a paused source has no next run."""
    if row["paused"]:
        row["next_run"] = None
    row["seconds"] = None if row["seconds"] is None else round(float(row["seconds"]), 1)
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
