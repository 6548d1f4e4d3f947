"""An official list of codes: URI, labels, and the words by which people and software name each code."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ckanext.opendatafrance.reference.folding import fold, fold_url

_CODES = Path(__file__).parent / "codes"


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a list.

    Attributes:
        code: last part of the URI.
        uri: the URI that publishes the code, stored in datasets.
        en: English label.
        fr: French label.
        words: other names of the code, as written.
    """

    code: str
    uri: str
    en: str
    fr: str
    words: tuple[str, ...] = ()

    def label(self, lang: str = "en") -> str:
        """French for French, else English."""
        return self.fr if lang.startswith("fr") else self.en


class CodeList:
    """A list read from `codes/<name>.csv` (columns code, en, fr, words) at its first use.

    Args:
        name: name of the file.
        base: what goes before a code to make its URI.
        aliases: other beginnings of URIs whose last part is a code or one of its words.
    """

    def __init__(self, name: str, base: str, aliases: tuple[str, ...] = ()) -> None:
        self.name = name
        self.base = base
        self._bases = tuple(fold_url(start) for start in (base, *aliases))

    @cached_property
    def _codes(self) -> dict[str, Code]:
        with (_CODES / f"{self.name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [
                Code(
                    row["code"],
                    self.base + row["code"],
                    row["en"],
                    row["fr"],
                    tuple(filter(None, row["words"].split("|"))),
                )
                for row in csv.DictReader(file)
            ]
        return {code.uri: code for code in rows}

    @cached_property
    def _by_word(self) -> dict[str, Code]:
        words: dict[str, Code] = {}
        for code in self:
            for word in (code.code, code.en, code.fr, *code.words):
                words.setdefault(fold(word), code)
        return words

    def __iter__(self) -> Iterator[Code]:
        return iter(self._codes.values())

    def __len__(self) -> int:
        return len(self._codes)

    def get(self, uri: str) -> Code | None:
        """The entry with exactly this URI."""
        return self._codes.get(uri)

    def label(self, uri: str, lang: str = "en") -> str:
        """Label of a URI, the text itself where it is not of the list."""
        code = self.get(uri)
        return code.label(lang) if code else uri

    def find(self, text: str) -> Code | None:
        """The entry that a URI, a code, a label or one of the other names means; None where none does."""
        if code := self._codes.get(text):
            return code
        bare = fold_url(text.replace("#", "/"))
        for start in self._bases:
            if bare.startswith(start + "/"):
                return self._by_word.get(fold(bare[len(start) + 1 :]))
        return self._by_word.get(fold(text))

    def choices(self) -> list[dict[str, Any]]:
        """The entries as choices of a ckanext-scheming field."""
        return [{"value": code.uri, "label": {"en": code.en, "fr": code.fr}} for code in self]
