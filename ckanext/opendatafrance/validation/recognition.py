"""Which schema a table follows, from the names of its columns and from what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from ckanext.opendatafrance.validation import swift
from ckanext.opendatafrance.validation.catalogue import Catalogue
from ckanext.opendatafrance.validation.cells import judge
from ckanext.opendatafrance.validation.header import alike
from ckanext.opendatafrance.validation.table_schema import Field, TableSchema

_ROWS = 200
_LEAST = 0.5
"""Confidence below which a schema is not proposed."""


@dataclass(frozen=True)
class Guess:
    """A schema that a table may follow.

    Attributes:
        confidence: 0 to 1: how much of the table the schema knows, how much of what it requires is there, and how many
            of the first cells it accepts.
        matched: columns of the schema that the table has.
    """

    schema: TableSchema
    confidence: float
    matched: tuple[str, ...]


def guess(catalogue: Catalogue, header: Sequence[str], sample: pl.DataFrame | None = None) -> list[Guess]:
    """The schemas that a table may follow, the likeliest first.

    Args:
        sample: first rows, columns named column_0, column_1, …; tells versions and look-alikes apart.
    """
    found = [one for schema in catalogue.all(older=True) if (one := _guess(schema, header, sample))]
    # Of versions that fit alike the newest, which is the first of its name.
    return sorted(found, key=lambda one: (-round(one.confidence, 3), one.schema.id, _newest_first(one.schema)))


def _newest_first(schema: TableSchema) -> list[int]:
    return [-int(part) if part.isdigit() else 0 for part in schema.version.split(".")]


def _guess(schema: TableSchema, header: Sequence[str], sample: pl.DataFrame | None) -> Guess | None:
    places = {alike(name): place for place, name in reversed(list(enumerate(header))) if name.strip()}
    matched = [field for field in schema.fields if alike(field.name) in places]
    if not matched:
        return None
    named = sum(bool(name.strip()) for name in header)
    required = [field for field in schema.fields if field.required]
    precision = len(matched) / named
    recall = len(matched) / len(schema.fields)
    compulsory = sum(field in matched for field in required) / len(required) if required else recall
    by_name = 0.5 * precision + 0.35 * compulsory + 0.15 * recall
    if by_name < _LEAST:
        return None
    confidence = by_name
    if sample is not None and sample.height:
        cells = [_accepted(field, sample[f"column_{places[alike(field.name)]}"]) for field in matched]
        confidence = by_name * (0.6 + 0.4 * sum(cells) / len(cells))
    return Guess(schema, confidence, tuple(field.name for field in matched)) if confidence >= _LEAST else None


def _accepted(field: Field, texts: pl.Series) -> float:
    """Share of the first cells that a column accepts."""
    frame = pl.DataFrame({"text": texts.head(_ROWS)})
    right = frame.select(swift.accepts(field, pl.col("text")))[:, 0]
    decide = judge(field)
    exact = sum(not decide(text)[1] for text in frame["text"].filter(~right))
    return (int(right.sum()) + exact) / frame.height
