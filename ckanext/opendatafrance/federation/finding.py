"""What data.gouv.fr would refuse, lose or misread of a dataset, and how to mend it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Any

#: Worst first. refused: the dataset would not be there; lost: a value would not; misread: it would mean another thing;
#: mended: the portal wrote it in another form, and nothing is lost.
LEVELS = ("refused", "lost", "misread", "mended")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one dataset.

    Attributes:
        code: stable kebab-case word.
        level: one of LEVELS.
        field: name of the field, "resources.url" for one of a file.
        message: English msgid, with the named fields of `params`.
        remedy: English msgid: what to do.
        resource: name or address of the file concerned, empty for the dataset.
    """

    code: str
    level: str
    field: str
    message: str
    remedy: str
    resource: str = ""
    params: Mapping[str, Any] = made_by(default_factory=dict)

    def as_dict(self, say: Callable[[str, Mapping[str, Any]], str]) -> dict[str, Any]:
        """The finding in the language of who reads it."""
        return {
            "code": self.code,
            "level": self.level,
            "field": self.field,
            "resource": self.resource,
            "message": say(self.message, self.params),
            "remedy": say(self.remedy, self.params),
        }


class Findings:
    """Collects the findings of one dataset while it is prepared."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str, str], Finding] = {}

    def add(
        self, code: str, level: str, field: str, message: str, remedy: str, *, resource: str = "", **params: Any
    ) -> None:
        """Note something once for each field, file and value."""
        short = {name: _short(value) for name, value in params.items()}
        finding = Finding(code, level, field, message, remedy, resource, short)
        self._found.setdefault((code, field, resource, str(short)), finding)

    def sorted(self) -> list[Finding]:
        """The findings, worst first."""
        return sorted(self._found.values(), key=lambda one: LEVELS.index(one.level))


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
