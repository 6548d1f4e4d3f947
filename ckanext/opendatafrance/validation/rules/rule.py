"""What a custom check is to the engine: the columns it reads, the cells it surely accepts, and its exact decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from ckanext.opendatafrance.errors import OdfError

Params = Mapping[str, Any]


class WrongCheckError(OdfError):
    """The schema asks for a check that does not exist, or gives it the wrong parameters."""

    code = "check-error"


@dataclass(frozen=True)
class Cells:
    """A column of a rule, as expressions over the rows.

    Attributes:
        text: as the file has it.
        filled: it certainly has a value of the type of the column.
        empty: it certainly has none.
    """

    text: pl.Expr
    filled: pl.Expr
    empty: pl.Expr


@dataclass(frozen=True)
class Rule:
    """A check of one row.

    Attributes:
        code: of its findings.
        column: that its findings are at, empty for the row as a whole.
        columns: those that it reads, in the order of the arguments of `decide`.
        decide: values of these columns (None: no value, or none of the column's type) to None where all is well, else
            to the code of the finding and what its sentence needs.
        skips_missing: a row that lacks one of the values is left alone.
        accepts: from the columns, rows that are certainly right; the exact decision is asked for the others. None where
            there is no quick way.
        header: of the columns that the file has, to what is wrong with them; the rows are then not looked at.
    """

    code: str
    column: str
    columns: tuple[str, ...]
    decide: Callable[..., tuple[str, Params] | None]
    skips_missing: bool = True
    accepts: Callable[[Sequence[Cells]], pl.Expr] | None = None
    header: Callable[[frozenset[str]], tuple[str, Params] | None] = lambda present: None
