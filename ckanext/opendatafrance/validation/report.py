"""The verdict on a table, as the actions, the pages and the command show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ckanext.opendatafrance.validation import levels, wording
from ckanext.opendatafrance.validation.engine import check
from ckanext.opendatafrance.validation.finding import Finding, Findings
from ckanext.opendatafrance.validation.table import Table
from ckanext.opendatafrance.validation.table_schema import TableSchema
from ckanext.opendatafrance.validation.wording import Say


@dataclass(frozen=True)
class Report:
    """What came of a check.

    Attributes:
        rows: of data.
        totals: how many findings there are of each code in each column.
    """

    schema: TableSchema
    rows: int
    format: str
    encoding: str
    delimiter: str
    findings: Sequence[Finding]
    totals: Mapping[tuple[str, str], int]

    @property
    def valid(self) -> bool:
        return self.errors == 0

    @property
    def errors(self) -> int:
        return sum(number for (code, _), number in self.totals.items() if levels.level(code) == "error")

    @property
    def warnings(self) -> int:
        return sum(self.totals.values()) - self.errors

    def as_dict(self, say: Say) -> dict[str, Any]:
        """The JSON of `ckan odf check` and of `odf_table_check`; `say` gives the language."""
        return {
            "valid": self.valid,
            "schema": {"name": self.schema.id, "version": self.schema.version},
            "rows": self.rows,
            "format": self.format,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "errors": self.errors,
            "warnings": self.warnings,
            "totals": [
                {"code": code, "level": levels.level(code), "field": column, "count": number}
                for (code, column), number in sorted(self.totals.items())
            ],
            "findings": [finding_dict(one, say) for one in self.findings],
        }


def finding_dict(finding: Finding, say: Say) -> dict[str, Any]:
    """One finding in words."""
    suggested = wording.suggestion(finding)
    return {
        "code": finding.code,
        "level": levels.level(finding.code),
        "row": finding.row,
        "field": finding.column,
        "value": finding.value,
        "message": wording.spoken(wording.message(finding), say),
        "suggestion": wording.spoken(suggested, say) if suggested else "",
    }


def run(schema: TableSchema, table: Table, kept: int = 100) -> Report:
    """Check an open table; kept - how many findings of each kind in each column are kept."""
    rows, findings = check(schema, table.header, table.chunks, kept)
    return make(schema, table, rows, findings)


def make(schema: TableSchema, table: Table, rows: int, findings: Findings) -> Report:
    return Report(schema, rows, table.format, table.encoding, table.delimiter, findings.sorted(), dict(findings.totals))
