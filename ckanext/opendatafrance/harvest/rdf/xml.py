"""RDF/XML before it is read: no DOCTYPE, no entities, and a watch over what could fill the memory of a parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.charset import pieces

_HEAD = 128 * 1024
_TAIL = 2000
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_PROLOG = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_FIRST_TAG = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_LAST_TAG = re.compile(rb"</([^\s<>]+)\s*>(?:\s|<!--(?:(?!-->).)*-->)*\Z", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
#: Neither a comment nor CDATA.
_MARKUP = re.compile(rb"<!(?:[^\-\[]|-[^-]|\[[^C])")
LONGEST_TEXT = 8 * 1024 * 1024
_DEEPEST = 10_000


class Xml:
    """A document as often as it is to be read, without XML declaration and DOCTYPE.

    Attributes:
        suspect: what was read so far may fill the memory of a parser that has no limits: a DOCTYPE after the first
            element, a text of many megabytes, or elements that are never closed. Reading ended there.

    Raises:
        FatalSourceError: `doctype-refused` where entities are defined, which could fill the memory or read files.
    """

    def __init__(self, file: IO[bytes], url: str) -> None:
        self.suspect = False
        self._file = file
        file.seek(0)
        head = file.read(_HEAD)
        self._skipped = len(head)
        head = _DECLARATION.sub(_line_ends, head, count=1)
        start = _PROLOG.match(head).end()  # pyright: ignore[reportOptionalMemberAccess] - matches anything
        if head[start : start + 9].upper() == b"<!DOCTYPE":
            found = _DOCTYPE.match(head, start)
            if found is None or _ENTITY.search(found[0]):
                raise doctype_refused(url)
            head = head[:start] + _line_ends(found) + head[found.end() :]
        self._head = head

    def pieces(self) -> Iterator[bytes]:
        """The document from its beginning."""
        yield self._head
        for number, piece in enumerate(pieces(self._file)):
            yield piece[self._skipped :] if number == 0 else piece

    def watched(self) -> IO[bytes]:
        """The document as a file for a parser without limits; it ends where it becomes `suspect`."""
        return _Reader(self._watched())  # pyright: ignore[reportReturnType] - parsers only call `read`

    def is_closed(self) -> bool:
        """Whether it ends with the end of its first element; False also where that is hard to see."""
        size = self._file.seek(0, 2)
        self._file.seek(max(0, size - _TAIL))
        first, last = _FIRST_TAG.search(self._head), _LAST_TAG.search(self._file.read())
        return first is not None and last is not None and first[1] == last[1]

    def _watched(self) -> Iterator[bytes]:
        before, text, depth = b"", 0, 0
        for piece in self.pieces():
            first, last = piece.find(b"<"), piece.rfind(b"<")
            text = text + len(piece) if first < 0 else len(piece) - last
            # An estimate: comments and texts may look like elements, and a piece may end within a mark.
            depth += piece.count(b"<") - 2 * piece.count(b"</") - piece.count(b"/>")
            depth -= piece.count(b"<!") + piece.count(b"<?")
            self.suspect = bool(_MARKUP.search(before + piece)) or text > LONGEST_TEXT or depth > _DEEPEST
            if self.suspect:
                return
            before = piece[-8:] if b"<" in piece[-8:] else b""
            yield piece


class _Reader:
    """What pyoxigraph reads from: `read` of a file, over pieces."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source = source
        self._piece = b""
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        while self._at >= len(self._piece):
            piece = next(self._source, None)
            if piece is None:
                return b""
            self._piece, self._at = piece, 0
        part = self._piece[self._at : self._at + size] if size >= 0 else self._piece[self._at :]
        self._at += len(part)
        return part


def _line_ends(cut: re.Match[bytes]) -> bytes:
    """What stays of a part that is cut out, so that faults are told with the line that a person sees."""
    return b"\n" * cut[0].count(b"\n")


def doctype_refused(url: str) -> FatalSourceError:
    """The error for a document that defines entities, or could."""
    return FatalSourceError(
        N_("{url} defines XML entities (<!ENTITY …>), not read for safety: its publisher can leave them out."),
        code="doctype-refused",
        url=url,
    )
