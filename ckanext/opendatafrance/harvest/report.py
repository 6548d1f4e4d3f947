"""What a run did, in numbers and in issues grouped by cause; bounded however bad the source is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.harvest.connector import Issue

EXAMPLES = 50
"""Records named for each cause; the rest is counted."""
CAUSES = 200
"""Different causes kept."""
LISTED = 5000
"""Guids listed by a dry run, and errors by its JSON."""


@dataclass
class Report:
    """The result of one run of one source.

    Attributes:
        added, updated, unchanged, deleted, held, errored: numbers of records; deleted are those archived by this run,
            held those that wait for a person, skipped those that came from this portal; errored counts the failure
            of the source as a whole as one.
        missing: records that earlier runs met and this complete one did not.
        state: running, complete, failed or interrupted, as in `odf_harvest_run`.
        keep: receives every issue, those too for which the report itself has no room.
    """

    connector: str | None = None
    url: str | None = None
    count: int | None = None
    state: str = "running"
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    held: int = 0
    skipped: int = 0
    missing: int = 0
    errored: int = 0
    errors: list[Issue] = field(default_factory=list)
    keep: Callable[[Issue], None] | None = None
    _causes: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def seen(self) -> int:
        """Records handled so far."""
        return self.added + self.updated + self.unchanged + self.skipped + self.errored

    @property
    def counts(self) -> dict[str, int]:
        """The numbers by the name of their column."""
        names = ("added", "updated", "unchanged", "deleted", "held", "skipped", "missing", "errored")
        return {name: getattr(self, name) for name in names}

    @property
    def issues(self) -> list[dict[str, Any]]:
        """The causes, errors first, the most frequent first."""
        return sorted(self._causes.values(), key=lambda cause: (cause["level"] != "error", -cause["count"]))

    def add(self, issue: Issue) -> bool:
        """Count an issue; returns whether it is an error that still fits in the list of errors."""
        if self.keep:
            self.keep(issue)
        cause = self._cause(issue)
        cause["count"] += 1
        if len(cause["examples"]) < EXAMPLES:
            cause["examples"].append(
                {"record": _text(issue.record), "message": issue.message, "params": plain(issue.params)}
            )
        if issue.level != "error":
            return False
        self.errored += 1
        if len(self.errors) >= LISTED:
            return False
        self.errors.append(issue)
        return True

    def _cause(self, issue: Issue) -> dict[str, Any]:
        key = (issue.code, issue.level)
        if key not in self._causes and len(self._causes) >= CAUSES:
            key = ("other", issue.level)
        return self._causes.setdefault(
            key, {"code": key[0], "level": issue.level, "message": issue.message, "count": 0, "examples": []}
        )


def from_error(error: OdfError, record: str = "") -> Issue:
    """The issue that tells of an error."""
    return Issue(error.code, error.message, error.params, record)


def refused(guid: str, errors: Mapping[str, Any], problem: OdfError | None) -> Issue:
    """The issue that tells of a dataset that was not stored: what CKAN's error dict says of it, else the problem."""
    if errors:
        return Issue("dataset-refused", _REFUSED, {"reasons": _summary(errors)}, guid)
    return from_error(problem or OdfError(_UNEXPLAINED), guid)


def _summary(errors: Mapping[str, Any]) -> str:
    """CKAN's error dict as one line: field: reason; field: reason."""
    return "; ".join(f"{field}: {_reasons(reasons)}" for field, reasons in errors.items())


def _reasons(reasons: Any) -> str:
    if isinstance(reasons, dict):
        return _summary(reasons)
    if isinstance(reasons, list):
        return ", ".join(_reasons(reason) for reason in reasons if reason)
    return str(reasons)


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values that JSON and PostgreSQL can hold."""
    return {
        key: value if isinstance(value, (int, float, type(None))) else _text(value) for key, value in params.items()
    }


def _text(value: object) -> str:
    """Without a NUL, and not longer than a person reads."""
    return str(value).replace("\x00", "")[:500]


_REFUSED = N_("The dataset was refused: {reasons}")
_UNEXPLAINED = N_("The dataset could not be stored.")
