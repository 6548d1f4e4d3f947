"""Several processes of this machine that harvest at once, for `ckan odf harvest --workers`.

The parent hands one source at a time to each child. A child that dies, because memory is exhausted or somebody killed
it, is replaced; its source is tried once more and then left to the report.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from ckan import model

TRIES = 2


def each(names: Sequence[str], work: Callable[[str], Any], number: int) -> Iterator[tuple[str, Any]]:
    """Yield (name, result of `work`) as they come; None as result where two children died at it.

    Args:
        work: runs in a child and returns what can be pickled.
        number: of children.
    """
    waiting, deaths = deque(names), Counter[str]()
    # Forked, so that CKAN is loaded once; what is open on the way to the servers belongs to the parent.
    model.Session.remove()
    model.ensure_engine().dispose()
    children: dict[Connection, str] = {}
    for _ in range(min(number, len(names))):
        _hand(_child(work, children), waiting, children)
    while children:
        for child in [ready for ready in wait(list(children)) if isinstance(ready, Connection)]:
            name = children.pop(child)
            try:
                yield name, child.recv()
            except (EOFError, ConnectionResetError):
                child.close()
                child = _child(work, children)
                deaths[name] += 1
                if deaths[name] < TRIES:
                    waiting.append(name)
                else:
                    yield name, None
            _hand(child, waiting, children)


def _hand(child: Connection, waiting: deque[str], children: dict[Connection, str]) -> None:
    """Give a child its next source; without one, it ends."""
    if waiting:
        children[child] = waiting.popleft()
        child.send(children[child])
    else:
        child.close()


def _child(work: Callable[[str], Any], children: Iterable[Connection]) -> Connection:
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    # A child that kept the parent's ends would hide from the others that the parent died.
    fork.Process(target=_work, args=(work, theirs, [ours, *children]), daemon=True).start()
    theirs.close()
    return ours


def _work(work: Callable[[str], Any], pipe: Connection, of_parent: Iterable[Connection]) -> None:
    for end in of_parent:
        end.close()
    model.ensure_engine().dispose(close=False)
    while True:
        try:
            name = pipe.recv()
        except EOFError:
            return
        pipe.send(work(name))
        model.Session.remove()
