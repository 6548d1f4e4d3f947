"""What was mended or left out while a record was mapped, collected on the way."""

from __future__ import annotations

from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.connector import Issue

_LONGEST_VALUE = 200


class Notes:
    """Collects the issues of one record; every mapping step that may lose something is given one.

    Args:
        record: guid or title, so that a report can name the record.
    """

    def __init__(self, record: str = "") -> None:
        self.record = record
        self._issues: dict[tuple[str, str], Issue] = {}

    @property
    def issues(self) -> tuple[Issue, ...]:
        return tuple(self._issues.values())

    def warn(self, code: str, message: str, **params: Any) -> None:
        """Note something by a message of its own; the same thing said twice is kept once."""
        short = {name: _short(value) for name, value in params.items()}
        issue = Issue(code=code, message=message, params=short, record=self.record, level="warning")
        self._issues.setdefault((code, str(issue)), issue)

    def left_out(self, code: str, field: str, value: Any, why: str = "") -> None:
        """Note a value that is not in the dataset; `why` is a marked message without fields."""
        if why:
            self.warn(code, N_("{field}: “{value}” is left out: {why}"), field=field, value=value, why=why)
        else:
            self.warn(code, N_("{field}: “{value}” cannot be read and is left out."), field=field, value=value)

    def mended(self, code: str, field: str, value: Any, result: Any) -> None:
        """Note a value that is in the dataset in another form."""
        self.warn(code, N_("{field}: “{value}” was mended to “{result}”."), field=field, value=value, result=result)


def _short(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
