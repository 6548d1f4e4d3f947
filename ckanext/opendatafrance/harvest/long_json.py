"""JSON too long to be held whole: walked down to its long lists, whose elements are then decoded one by one. Pure."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import IO, Any

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.page import bad_json, storable

ITEM = "[]"
"""Stands in a path for any element of a list."""
Path = tuple[str, ...]
Opens = Callable[[Path, str], bool]

_LARGEST = 32 * 1024 * 1024
_PIECE = 1024 * 1024
_SPACE = re.compile(r"[ \t\n\r]*")


def parts(file: IO[bytes], url: str, opens: Opens) -> Iterator[tuple[Path, Any]]:
    """The values of a document in UTF-8, each with the path of keys that leads to it, in their order.

    Args:
        opens: told the path of an object ("{") or a list ("["), says whether its members come one by one; what is not
            opened comes whole. Empty lists and objects that are opened come as nothing.

    Raises:
        FatalSourceError: `bad-json` with line and column, `too-large` for one value of more than 32 MiB.
    """
    reader = _Reader(file, url, opens)
    try:
        yield from reader.walk(())
        reader.expect_end()
    except (ValueError, RecursionError) as error:
        raise bad_json(url, reader.where()) from error


class _Reader:
    """A window on the file: what was read on is forgotten, what is not whole yet makes it grow."""

    def __init__(self, file: IO[bytes], url: str, opens: Opens) -> None:
        self._file = file
        self._url = url
        self._opens = opens
        self._decoder = json.JSONDecoder(parse_constant=lambda _: None)
        self._text = ""
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._at = 0
        self._ended = False
        self._line, self._column = 1, 1
        file.seek(0)

    def walk(self, path: Path) -> Iterator[tuple[Path, Any]]:
        mark = self._peek()
        if mark not in ("{", "[") or not self._opens(path, mark):
            yield path, self._value()
            return
        self._at += 1
        end = "}" if mark == "{" else "]"
        if self._peek() == end:
            self._at += 1
            return
        while True:
            member = ITEM
            if mark == "{":
                member = self._key()
            yield from self.walk((*path, member))
            if self._next(f",{end}") == end:
                return

    def expect_end(self) -> None:
        """Raise ValueError where something follows the document."""
        if self._peek():
            raise ValueError

    def where(self) -> str:
        """Line and column up to which it was read."""
        read = self._text[: self._at]
        column = len(read) - read.rfind("\n") if "\n" in read else self._column + len(read)
        return f"line {self._line + read.count(chr(10))}, column {column}"

    def _key(self) -> str:
        if self._peek() != '"':
            raise ValueError
        key = self._value()
        self._next(":")
        return key

    def _next(self, expected: str) -> str:
        mark = self._peek()
        if not mark or mark not in expected:
            raise ValueError
        self._at += 1
        return mark

    def _peek(self) -> str:
        """The next character that is no space, empty at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # pyright: ignore[reportOptionalMemberAccess] - matches
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more()

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if self._ended:
                    raise
            else:
                if end < len(self._text) or self._ended:  # a number at the very end may go on
                    break
            self._more()
        escaped = self._text.find("\\u", self._at, end) >= 0
        self._at = end
        return storable(value) if escaped else value

    def _more(self) -> None:
        """Forget what was read, and read as much as is there once more."""
        read, kept = self._text[: self._at], self._text[self._at :]
        if len(kept) > _LARGEST:
            raise FatalSourceError(
                N_("One value in the JSON of {url} is larger than {megabytes} MB, more than any dataset needs."),
                code="too-large",
                url=self._url,
                megabytes=round(_LARGEST / 1_000_000),
            )
        self._column = len(read) - read.rfind("\n") if "\n" in read else self._column + len(read)
        self._line += read.count("\n")
        piece = self._file.read(max(_PIECE, len(kept)))
        self._ended = not piece
        self._text, self._at = kept + self._utf8.decode(piece, final=self._ended), 0
