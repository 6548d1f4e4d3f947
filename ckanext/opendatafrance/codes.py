"""The code lists of dataset fields: those of `reference/`, by the name that `code_list` gives in the schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ckanext.opendatafrance.reference import frequencies, hvd, languages, licences, themes
from ckanext.opendatafrance.reference.folding import fold

Choice = dict[str, Any]
Field = dict[str, Any]


@dataclass(frozen=True)
class Codes:
    """The codes that a field accepts.

    Attributes:
        choices: in the order of the form, `{"value", "label": {"en", "fr"}}`.
        find: the code that other words mean, None where they mean none.
    """

    choices: list[Choice]
    find: Callable[[str], str | None]
    _labels: dict[str, dict[str, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_labels", {choice["value"]: choice["label"] for choice in self.choices})

    def __contains__(self, value: str) -> bool:
        return value in self._labels

    def label(self, value: str) -> dict[str, str] | str:
        """The labels of a code by language, the value itself where it is not of the list."""
        return self._labels.get(value, value)


def of_field(schema_field: Field) -> Codes:
    """The codes of a field of the schema: those of its `code_list`, else its own `choices`."""
    if name := schema_field.get("code_list"):
        return _official(name)
    return _own(tuple((choice["value"], tuple(choice["label"].items())) for choice in schema_field["choices"]))


@cache
def _official(name: str) -> Codes:
    if name == "licences":
        return Codes(licences.choices(), lambda text: _attribute(licences.find(text), "id"))
    lists = {
        "frequencies": (frequencies.FREQUENCIES, frequencies.find),
        "themes": (themes.THEMES, themes.find),
        "languages": (languages.LANGUAGES, languages.find),
        "hvd": (hvd.CATEGORIES, hvd.CATEGORIES.find),
    }
    codes, find = lists[name]
    return Codes(codes.choices(), lambda text: _attribute(find(text), "uri"))


def _attribute(entry: object, name: str) -> str | None:
    return getattr(entry, name) if entry else None


@cache
def _own(entries: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> Codes:
    words = {
        fold(word): value
        for value, labels in entries
        for word in (value, value.rsplit("/", 1)[-1], *dict(labels).values())
    }
    return Codes(
        [{"value": value, "label": dict(labels)} for value, labels in entries], lambda text: words.get(fold(text))
    )
