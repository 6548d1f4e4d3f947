"""The custom checks of a schema over the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import polars as pl

from ckanext.opendatafrance.validation import rules, swift
from ckanext.opendatafrance.validation.cells import Judge
from ckanext.opendatafrance.validation.finding import Finding, Findings
from ckanext.opendatafrance.validation.rules.rule import Cells, Rule, WrongCheckError
from ckanext.opendatafrance.validation.table import Chunk
from ckanext.opendatafrance.validation.table_schema import Field, TableSchema


class Column(Protocol):
    """A column of the file that the schema knows."""

    field: Field
    name: str
    text: pl.Expr
    judge: Judge


class RowRules:
    """The rules of a schema that apply to a file with these columns."""

    def __init__(self, schema: TableSchema, columns: Mapping[str, Column], findings: Findings) -> None:
        self.columns = columns
        self.findings = findings
        self.rules: list[Rule] = []
        for check in schema.checks:
            try:
                rule = rules.rule(check)
            except WrongCheckError as error:
                findings.add(
                    Finding("check-error", params={"reason": (error.message, error.params), "check": check.name})
                )
                continue
            wrong = rule.header(frozenset(columns))
            if wrong:
                findings.add(Finding(wrong[0], column=rule.column, params=wrong[1]))
            elif any(name in columns for name in rule.columns) and not (
                rule.skips_missing and any(name not in columns for name in rule.columns)
            ):
                self.rules.append(rule)

    def check(self, chunk: Chunk, right: pl.DataFrame, blank: pl.Series) -> None:
        """Args: right - which cells are certainly right, by name of the column; blank - rows without a cell."""
        for rule in self.rules:
            doubtful = self._doubtful(rule, chunk, right) & ~blank
            if doubtful.any():
                self._decide(rule, chunk, doubtful)

    def _doubtful(self, rule: Rule, chunk: Chunk, right: pl.DataFrame) -> pl.Series:
        there = [self.columns[name] for name in rule.columns if name in self.columns]
        cells = [self._cells(name) for name in rule.columns]
        certain = rule.accepts(cells) if rule.accepts else pl.lit(False)
        if rule.skips_missing:
            certain = certain | pl.any_horizontal([one.empty for one in cells])
        names = {one.name: f"right_{one.name}" for one in there}
        both = chunk.frame.select(list(names)).hstack(right.select(list(names)).rename(names))
        return both.select((~certain).fill_null(True).alias("doubtful"))["doubtful"].rename("")

    def _cells(self, name: str) -> Cells:
        column = self.columns.get(name)
        if column is None:
            return Cells(pl.lit(""), pl.lit(False), pl.lit(True))
        empty = swift.absent(column.field, column.text)
        return Cells(column.text, pl.col(f"right_{column.name}") & ~empty, empty)

    def _decide(self, rule: Rule, chunk: Chunk, doubtful: pl.Series) -> None:
        there = [self.columns.get(name) for name in rule.columns]
        texts = chunk.frame.select([one.name for one in there if one]).filter(doubtful)
        decided: dict[tuple[str, ...], tuple[str, Mapping[str, Any]] | None] = {}
        shown = rule.columns.index(rule.column) if rule.column else None
        for row, line in zip(doubtful.arg_true(), texts.iter_rows(), strict=True):
            if line not in decided:
                decided[line] = self._decide_line(rule, there, line)
            wrong = decided[line]
            if wrong:
                value = _spread(there, line)[shown] if shown is not None else None
                self.findings.add(Finding(wrong[0], chunk.first_row + row, rule.column, value, wrong[1]))

    def _decide_line(
        self, rule: Rule, there: Sequence[Column | None], line: tuple[str, ...]
    ) -> tuple[str, Mapping[str, Any]] | None:
        values = [
            column.judge(text)[0] if column and text is not None else None
            for column, text in zip(there, _spread(there, line), strict=True)
        ]
        if rule.skips_missing and any(value is None for value in values):
            return None
        return rule.decide(*values)


def _spread(there: Sequence[Column | None], line: tuple[str, ...]) -> list[str | None]:
    """The texts of a line at the places of the rule's columns, None where the file has no such column."""
    texts = iter(line)
    return [next(texts) if column else None for column in there]
