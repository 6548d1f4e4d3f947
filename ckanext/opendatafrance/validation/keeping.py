"""A report as it is kept: plain JSON without words, told again in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.opendatafrance.validation import levels
from ckanext.opendatafrance.validation.finding import Finding
from ckanext.opendatafrance.validation.report import Report, finding_dict
from ckanext.opendatafrance.validation.wording import Say

MOST = 300
"""Findings that are kept of one report; the totals are true all the same."""
_LONGEST = 1000
"""Letters of a cell that are kept."""

Kept = dict[str, Any]


def keep(report: Report, most: int = MOST) -> Kept:
    """A report as JSON values: as `Report.as_dict`, with the parameters of each finding in place of its sentences."""
    return {
        "valid": report.valid,
        "schema": {"name": report.schema.id, "version": report.schema.version},
        "rows": report.rows,
        "format": report.format,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "errors": report.errors,
        "warnings": report.warnings,
        "totals": [
            {"code": code, "level": levels.level(code), "field": column, "count": number}
            for (code, column), number in sorted(report.totals.items())
        ],
        "findings": [
            [one.code, one.row, one.column, plain(one.value), plain(one.params)] for one in report.findings[:most]
        ],
    }


def findings(kept: Mapping[str, Any]) -> list[Finding]:
    """The findings of a kept report."""
    return [
        Finding(code, row, column, value, {name: _sentence(one) for name, one in params.items()})
        for code, row, column, value, params in kept["findings"]
    ]


def told(kept: Mapping[str, Any], say: Say) -> Kept:
    """A kept report in words, as `Report.as_dict` would have told it."""
    return {**kept, "findings": [finding_dict(one, say) for one in findings(kept)]}


def plain(value: Any) -> Any:
    """A value as JSON that PostgreSQL keeps, bounded."""
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    # PostgreSQL's JSON has no NUL.
    return str(value).replace("\0", "␀")[:_LONGEST]


def _sentence(value: Any) -> Any:
    """A sentence within a parameter is a pair, which JSON made a list."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict):
        return value[0], {name: _sentence(one) for name, one in value[1].items()}
    return value
