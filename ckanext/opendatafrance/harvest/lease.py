"""One run of a source at a time, on however many machines the workers are.

A lease is a row with a time at which it ends. A thread renews it; a worker that died, or hangs, renews it no more, and
another takes the source over. Should the first one wake up, it finds that the token is not its own any more: each of
its transactions renews the lease as part of itself, so that none of them is committed without the lease.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from ckan import model
from ckan.model.types import make_uuid

from ckanext.opendatafrance.harvest.holder import identity, is_dead
from ckanext.opendatafrance.harvest.model import HarvestLease

log = logging.getLogger(__name__)

STALLED = 3600.0
"""Seconds without any sign of life after which a worker is taken for hung: more than the longest download and the
parsing of it take."""
_LEASE: sa.Table = HarvestLease.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause


class LeaseLostError(BaseException):
    """Another worker has the source now; nothing may be written any more.

    Not an Exception: the guards of single records must not take it for the fault of one of them.
    """


@dataclass
class Lease:
    """The right to harvest a source, as long as it is renewed."""

    source_id: str
    seconds: float
    token: str = field(default_factory=make_uuid)
    _seen_alive: float = field(default_factory=time.monotonic)

    def alive(self) -> None:
        """Say that the run goes on; without it for STALLED seconds, the lease is renewed no more."""
        self._seen_alive = time.monotonic()

    def fence(self) -> None:
        """Renew the lease in the transaction of CKAN's session, which then cannot be committed by who lost it.

        The row stays locked until the end of the transaction, so that nobody takes the source over in between;
        PostgreSQL ends a transaction that then stands still as long as the lease, because its machine may be gone.

        Raises:
            LeaseLostError: another worker took the source over.
        """
        self.alive()
        timeout = sa.func.set_config("idle_in_transaction_session_timeout", str(int(self.seconds * 1000)), True)
        if model.Session.execute(self._renewal().returning(timeout)).first() is None:
            raise LeaseLostError(self.source_id)

    def _renewal(self) -> sa.Update:
        mine = sa.and_(_LEASE.c.source_id == self.source_id, _LEASE.c.token == self.token)
        return sa.update(_LEASE).where(mine).values(expires=_after(self.seconds))

    def _take(self) -> bool:
        if self.source_id in held([self.source_id]):
            return False  # without waiting for the lock of a batch under way
        values = {"token": self.token, "holder": identity(), "expires": _after(self.seconds)}
        statement = (
            insert(_LEASE)
            .values(source_id=self.source_id, **values)
            .on_conflict_do_update(
                index_elements=["source_id"],
                set_=values,
                where=sa.or_(
                    _LEASE.c.expires < sa.func.clock_timestamp(), _LEASE.c.holder.in_(_dead([self.source_id]))
                ),
            )
        )
        with model.ensure_engine().begin() as connection:
            return connection.execute(statement.returning(_LEASE.c.token)).first() is not None

    def _keep(self, ended: threading.Event) -> None:
        """Renew until the end; a database that is away for a moment is asked again."""
        while not ended.wait(self.seconds / 4):
            if time.monotonic() - self._seen_alive > STALLED:
                log.error("The harvest of source %s stands still; its lease is given up", self.source_id)
                return
            try:
                with model.ensure_engine().begin() as connection:
                    if connection.execute(self._renewal()).rowcount == 0:
                        return
            except DBAPIError:
                log.warning("The lease of source %s could not be renewed now", self.source_id, exc_info=True)

    def _release(self) -> None:
        mine = sa.and_(_LEASE.c.source_id == self.source_id, _LEASE.c.token == self.token)
        try:
            with model.ensure_engine().begin() as connection:
                connection.execute(sa.delete(_LEASE).where(mine))
        except DBAPIError:
            log.warning("The lease of source %s ends by itself, in %s s", self.source_id, self.seconds, exc_info=True)


@contextmanager
def lease(source_id: str, seconds: float) -> Iterator[Lease | None]:
    """Hold the lease of a source; yields None at once where another run holds it.

    Args:
        seconds: how long the lease outlives a worker that renews it no more.
    """
    mine = Lease(source_id, seconds)
    if not mine._take():
        yield None
        return
    ended = threading.Event()
    keeper = threading.Thread(target=mine._keep, args=(ended,), name=f"lease {source_id}", daemon=True)
    keeper.start()
    try:
        yield mine
    finally:
        ended.set()
        keeper.join(timeout=5)
        mine._release()


def held(source_ids: list[str] | None = None) -> set[str]:
    """The sources that a worker is at now, of these or of all."""
    query = sa.select(_LEASE.c.source_id, _LEASE.c.holder).where(_LEASE.c.expires >= sa.func.clock_timestamp())
    if source_ids is not None:
        query = query.where(_LEASE.c.source_id.in_(source_ids))
    with model.ensure_engine().connect() as connection:
        return {row.source_id for row in connection.execute(query) if not is_dead(row.holder)}


def _dead(source_ids: list[str]) -> list[str]:
    query = sa.select(_LEASE.c.holder).where(_LEASE.c.source_id.in_(source_ids))
    with model.ensure_engine().connect() as connection:
        return [holder for holder in connection.execute(query).scalars() if is_dead(holder)]


def _after(seconds: float) -> sa.ColumnElement[Any]:
    """By the clock of the database, which all workers share."""
    return sa.func.clock_timestamp() + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)
