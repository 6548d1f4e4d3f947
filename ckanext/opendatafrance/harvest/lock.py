"""One run of a source at a time, on however many machines the workers are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from ckan.model import ensure_engine

# First half of PostgreSQL's two-part advisory locks: keeps ours apart from those of other programs.
_NAMESPACE = 0x0DF5


@contextmanager
def source_lock(source_id: str) -> Iterator[bool]:
    """Hold the lock of a source; yields False at once where another run holds it.

    The lock belongs to a connection of its own, so that commits do not end it and that PostgreSQL frees it by itself
    when the process or the machine dies.
    """
    with ensure_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"namespace": _NAMESPACE, "source": source_id}
        held = connection.execute(
            sa.text("SELECT pg_try_advisory_lock(:namespace, hashtext(:source))"), key
        ).scalar_one()
        try:
            yield held
        finally:
            if held:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:namespace, hashtext(:source))"), key)
