"""Values that may appear once only: the constraint `unique` and the primary key, over the whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from ckanext.opendatafrance.validation.finding import Finding, Findings
from ckanext.opendatafrance.validation.rows import Column
from ckanext.opendatafrance.validation.table import Chunk
from ckanext.opendatafrance.validation.table_schema import TableSchema

_TEXTUAL = ("string", "any")


class Uniqueness:
    """Gathers the columns concerned chunk by chunk, and compares them at the end."""

    def __init__(self, schema: TableSchema, columns: Mapping[str, Column], findings: Findings) -> None:
        self.columns = columns
        self.findings = findings
        self.single = [name for name, one in columns.items() if one.field.constraints.get("unique")]
        known = bool(schema.primary_key) and all(name in columns for name in schema.primary_key)
        self.key: Sequence[str] = schema.primary_key if known else ()
        self._names = list(dict.fromkeys([*self.single, *self.key]))
        self._parts: list[pl.DataFrame] = []

    def add(self, chunk: Chunk, blank: pl.Series) -> None:
        """Args: blank - rows without a cell, which are no rows."""
        if not self._names:
            return
        part = pl.DataFrame({name: self._meaning(self.columns[name], chunk) for name in self._names})
        rows = pl.int_range(chunk.first_row, chunk.first_row + part.height, eager=True).alias("#row")
        self._parts.append(part.hstack([rows]).filter(~blank))

    def finish(self) -> None:
        """Tell every value that was there before."""
        if not self._parts:
            return
        table = pl.concat(self._parts)
        for name in self.single:
            self._tell(table.filter(pl.col(name).is_not_null()), [name], "unique", name)
        if self.key:
            none = pl.all_horizontal([pl.col(name).is_null() for name in self.key])
            for row in table.filter(none)["#row"]:
                self.findings.add(Finding("key-empty", row, params={"columns": ", ".join(self.key)}))
            column = self.key[0] if len(self.key) == 1 else ""
            self._tell(table.filter(~none), list(self.key), "key", column)

    def _tell(self, table: pl.DataFrame, names: list[str], code: str, column: str) -> None:
        again = table.with_columns(pl.col("#row").shift(1).over(names).alias("#before")).filter(
            pl.col("#before").is_not_null()
        )
        room = self.findings.room(code, column)
        for line in again.head(room).iter_rows(named=True):
            value = line[names[0]] if column else None
            params = {"before": line["#before"], "columns": ", ".join(names)}
            self.findings.add(Finding(code, line["#row"], column, value, params))
        self.findings.count(code, column, again.height - min(room, again.height))

    def _meaning(self, column: Column, chunk: Chunk) -> pl.Series:
        """What is compared: the text, or, where several texts mean one value, a text of that value; null for none."""
        texts = chunk.frame[column.name]
        if column.field.type in _TEXTUAL:
            missing = list(column.field.missing_values)
            return chunk.frame.select(pl.when(~pl.col(column.name).is_in(missing)).then(pl.col(column.name)))[
                column.name
            ]
        distinct = texts.unique()
        meanings = {text: _written(column.judge(text)[0]) for text in distinct}
        return texts.replace_strict(list(meanings), list(meanings.values()), return_dtype=pl.String)


def _written(value: Any) -> str | None:
    if value is None:
        return None
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)
