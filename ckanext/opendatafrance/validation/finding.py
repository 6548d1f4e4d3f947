"""What the checker has to say of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at one place, or in one column, or in the whole table.

    Attributes:
        code: stable kebab-case word; `wording` says it in a sentence, `levels` how grave it is.
        row: 1 for the first row of data; None for a matter of the header or of the whole table.
        column: name of the column, empty where it concerns a row or the table.
        value: the cell as it is written in the file, None where there is none.
        params: what the sentences of this code need besides.
    """

    code: str
    row: int | None = None
    column: str = ""
    value: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


class Findings:
    """Findings with true totals, of which only the first of each kind in each column are kept.

    Args:
        kept: how many of one code in one column are kept.
    """

    def __init__(self, kept: int = 100) -> None:
        self.kept = kept
        self.totals: dict[tuple[str, str], int] = {}
        self._findings: list[Finding] = []

    def add(self, finding: Finding) -> None:
        key = (finding.code, finding.column)
        total = self.totals.get(key, 0)
        self.totals[key] = total + 1
        if total < self.kept:
            self._findings.append(finding)

    def room(self, code: str, column: str) -> int:
        """How many more of a kind would be kept."""
        return max(0, self.kept - self.totals.get((code, column), 0))

    def count(self, code: str, column: str, number: int) -> None:
        """Count findings that nobody will look at one by one."""
        self.totals[(code, column)] = self.totals.get((code, column), 0) + number

    def sorted(self) -> list[Finding]:
        """Those of the header first, then row by row."""
        return sorted(self._findings, key=lambda one: one.row or 0)
