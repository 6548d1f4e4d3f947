"""How grave each finding is: as in Validata, what the schema forbids is an error, what it would have liked is not."""

from __future__ import annotations

from ckanext.opendatafrance.validation.finding import Level

_WARNINGS = frozenset(
    {
        "missing-optional-column",
        "extra-column",
        "column-order",
        "blank-column",
    }
)


def level(code: str) -> Level:
    """Of a finding, by its code."""
    return "warning" if code in _WARNINGS else "error"
