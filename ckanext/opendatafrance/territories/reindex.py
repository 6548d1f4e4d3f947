"""Datasets carry the names of what their owner belongs to, so a change of the tree indexes those below it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.lib import search

from ckanext.opendatafrance.territories.model import memberships, territories

_WAITING = "odf_territories_to_reindex"
_BATCH = 100


def later(*organization_ids: str) -> None:
    """Note organisations of this session; `start` sends them to a background job once the change is committed."""
    model.Session().info.setdefault(_WAITING, set()).update(organization_ids)


def take() -> set[str]:
    """The organisations that were noted, which are then no longer."""
    return model.Session().info.pop(_WAITING, set())


def start(sender: str = "", **_: Any) -> None:
    """Receiver of CKAN's signal after an action on an organisation."""
    waiting = take()
    if waiting and _datasets(sorted(waiting)):
        tk.enqueue_job(run, [sorted(waiting)], title="Index the datasets of organisations that moved")


def run(
    organization_ids: list[str],
    only_own: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Index the datasets of these organisations and of all that is below them.

    Args:
        only_own: ids of organisations whose own datasets are to be indexed too, not those below.
        progress: called with the number of datasets done and of all.
    """
    datasets = list(dict.fromkeys([*_datasets(organization_ids), *_own_datasets(only_own)]))
    for first in range(0, len(datasets), _BATCH):
        progress(first, len(datasets))
        search.rebuild(package_ids=datasets[first : first + _BATCH], force=True, quiet=True)
        # CKAN leaves the commit to Solr's timer when it is given a list.
        search.commit()
    progress(len(datasets), len(datasets))


def _own_datasets(organization_ids: Sequence[str]) -> list[str]:
    package = model.package_table.c
    statement = sa.select(package.id).where(package.state == "active", package.owner_org.in_(organization_ids))
    return list(model.Session.execute(statement).scalars())


def _datasets(organization_ids: list[str]) -> list[str]:
    wanted = sa.literal(organization_ids, territories.c.ancestors.type)
    below = sa.select(territories.c.organization_id).where(territories.c.ancestors.overlap(wanted))
    related = sa.select(memberships.c.organization_id).where(memberships.c.of_id.in_(organization_ids))
    package = model.package_table.c
    statement = sa.select(package.id).where(
        package.state == "active",
        sa.or_(*(package.owner_org.in_(owners) for owners in (organization_ids, below, related))),
    )
    return list(model.Session.execute(statement).scalars())
