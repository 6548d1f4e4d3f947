"""Triples of a page that is too large for the memory: in a temporary database, which SQLite removes by itself."""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.page import disk_full
from ckanext.opendatafrance.harvest.rdf.graph import (
    Blank,
    Graph,
    Iri,
    Literal,
    Node,
    Properties,
    Resource,
    append,
    expand,
    led_to,
)

#: What a whole page is asked for: nodes of a class, and nodes with a predicate.
_CLASSES = frozenset(Iri(expand(name)) for name in ("dcat:Dataset", "dcat:DatasetSeries", "dcat:Catalog"))
_TYPE = expand("rdf:type")
_LINKS = frozenset(
    map(expand, ("dcat:dataset", "dcat:servesDataset", "hydra:next", "hydra:nextPage", "hydra:totalItems"))
)
_TRIPLES_IN_MEMORY = 20_000
_NODES_AT_ONCE = 500
_LARGEST_PART = 64 * 1024 * 1024
_MOST_NODES = 500_000
_MOST_BYTES = 4 * 1024**3
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
CREATE TABLE node (position INTEGER PRIMARY KEY, subject TEXT NOT NULL, properties BLOB NOT NULL);
CREATE TABLE link (name TEXT NOT NULL, subject TEXT NOT NULL, value TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX node_subject ON node (subject);
CREATE INDEX link_name ON link (name, value);
"""


class LargeGraph(Graph):
    """Answers as a Graph does, of the same triples in the same order; to be asked only after `complete`."""

    def __init__(self, url: str = "") -> None:
        super().__init__(url=url)
        self._left = _TRIPLES_IN_MEMORY
        self._written = 0
        self._store = sqlite3.connect("", isolation_level=None)
        self._store.executescript(_SCHEMA)

    def __len__(self) -> int:
        """Number of triples; what is said again much later counts again."""
        rows = self._rows("SELECT properties FROM node")
        return sum(len(values) for (row,) in rows for _, values in marshal.loads(row))

    def __contains__(self, node: object) -> bool:
        return isinstance(node, Iri | Blank) and node in self._fetched([node])

    def clear(self) -> None:
        super().clear()
        self._store.executescript("DELETE FROM node; DELETE FROM link;")

    def add(self, subject: Resource, predicate: str, value: Node) -> None:
        super().add(subject, predicate, value)
        self._left -= 1
        if not self._left:
            self._put_away()

    def complete(self) -> None:
        self._put_away()
        self._run(self._store.executescript, _INDEXES)

    def of_type(self, *names: str) -> list[Resource]:
        wanted = [expand(name) for name in names]
        return self._in_order(f"name = ? AND value IN ({_marks(wanted)})", [_TYPE, *map(_key, map(Iri, wanted))])

    def subjects(self, *names: str) -> Iterator[Resource]:
        wanted = [expand(name) for name in names]
        return iter(self._in_order(f"name IN ({_marks(wanted)})", wanted))

    def pointing_to(self, node: Resource, name: str) -> list[Resource]:
        return self._in_order("name = ? AND value = ?", [expand(name), _key(node)])

    def properties(self, node: Node) -> Properties:
        return {} if isinstance(node, Literal) else self._fetched([node]).get(node, {})

    def part(self, node: Resource, also: Iterable[Resource] = ()) -> Graph:
        """Fetches what is a step further at once, and then goes the same way as in memory."""
        also = list(also)
        near: dict[Resource, Properties] = {}
        waiting = asked = {node, *also}
        while waiting:
            found = self._fetched(list(waiting))
            near |= found
            waiting = {value for properties in found.values() for value in led_to(properties)} - asked
            asked = asked | waiting
        return Graph(near, self.url).part(node, also)

    def _in_order(self, condition: str, values: Sequence[str]) -> list[Resource]:
        """Subjects of links, in the order of the document."""
        rows = self._rows(
            f"SELECT subject FROM link WHERE {condition} GROUP BY subject"
            " ORDER BY (SELECT min(position) FROM node WHERE node.subject = link.subject)",
            values,
        )
        found = [_node(key) for (key,) in islice(rows, _MOST_NODES + 1)]
        if len(found) > _MOST_NODES:
            raise self._too_large()
        return found  # pyright: ignore[reportReturnType] - subjects are no literals

    def _fetched(self, nodes: Sequence[Resource]) -> dict[Resource, Properties]:
        found: dict[Resource, Properties] = {}
        size = 0
        for start in range(0, len(nodes), _NODES_AT_ONCE):
            keys = [_key(node) for node in nodes[start : start + _NODES_AT_ONCE]]
            query = f"SELECT subject, properties FROM node WHERE subject IN ({_marks(keys)}) ORDER BY position"
            for key, row in self._rows(query, keys):
                size += len(row)
                if size > _LARGEST_PART:
                    raise self._too_large()
                properties = found.setdefault(_node(key), {})  # pyright: ignore[reportArgumentType]
                for predicate, values in marshal.loads(row):
                    if predicate in properties:
                        for value in values:
                            append(properties, predicate, _node(value))
                    else:
                        properties[predicate] = [_node(value) for value in values]
        return found

    def _put_away(self) -> None:
        """Write what is in memory: one row for each node, and those links that are asked for without their node."""
        nodes, links = [], []
        for subject, properties in self._nodes.items():
            key = _key(subject)
            content = [(name, [_key(value) for value in values]) for name, values in properties.items()]
            nodes.append((key, marshal.dumps(content)))
            links += [(name, key, value) for name, values in content if name in _LINKS for value in map(str, values)]
            links += [(_TYPE, key, _key(value)) for value in properties.get(_TYPE, ()) if value in _CLASSES]
        self._written += sum(len(content) for _, content in nodes)
        if self._written > _MOST_BYTES:
            raise self._too_large()
        self._run(self._store.execute, "BEGIN")
        self._run(self._store.executemany, "INSERT INTO node (subject, properties) VALUES (?, ?)", nodes)
        self._run(self._store.executemany, "INSERT INTO link VALUES (?, ?, ?)", links)
        self._run(self._store.execute, "COMMIT")
        self._nodes.clear()
        self._left = _TRIPLES_IN_MEMORY

    def _rows(self, query: str, values: Sequence[str] = ()) -> Iterator[tuple[Any, ...]]:
        return self._run(self._store.execute, query, values)

    def _run(self, call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except sqlite3.OperationalError as error:
            raise disk_full(self.url, error) from error

    def _too_large(self) -> FatalSourceError:
        return FatalSourceError(
            N_("{url} says more than a catalogue of datasets does, or more of one thing: it was not read to its end."),
            code="too-large",
            url=self.url,
        )


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _key(node: Node) -> Any:
    """A node as SQLite and marshal store it."""
    if isinstance(node, Literal):
        return tuple(node)
    return f"<{node}" if isinstance(node, Iri) else f"_{node}"


def _node(key: Any) -> Node:
    if isinstance(key, tuple):
        return Literal(*key)
    return Iri(key[1:]) if key[0] == "<" else Blank(key[1:])
