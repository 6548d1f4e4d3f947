"""The text of an answer as UTF-8, piece by piece, whatever its charset is and whatever the site says that it is."""

from __future__ import annotations

import codecs
import json
import tempfile
from collections.abc import Iterator
from typing import IO, NamedTuple

from ckanext.opendatafrance.harvest.page import Download, disk_full

START = 4096
_PIECE = 1024 * 1024
IN_MEMORY = 4 * 1024 * 1024
"""Bytes up to which an answer is kept and decoded in memory; larger ones go to temporary files."""
_UTF8 = {"utf-8", "ascii"}


class Text(NamedTuple):
    """A text in UTF-8 at its beginning, without byte order mark.

    Attributes:
        start: its first characters, from which its form can be seen.
        mended: it is not in the charset that it declares, which had to be guessed.
    """

    file: IO[bytes]
    start: str
    mended: bool = False


def text_of(answer: Download) -> Text:
    """The text of an answer.

    Declared charsets are tried first. A text in none of them is UTF-8 with a few damaged characters where most of its
    accents are right, else Windows-1252, which is what French sites mean.

    Raises:
        FatalSourceError: `not-text`, `disk-full`.
    """
    for charset in (answer.page(START).said_charset, "utf-8"):
        if _is_in(answer.file, charset):
            return _text(answer, charset, "strict", mended=False)
    damaged = accents = 0
    for piece in _decoded(answer.file, "utf-8", "replace"):
        damaged += piece.count("\ufffd")
        accents += sum(not char.isascii() for char in piece)
    return _text(answer, "utf-8" if damaged * 5 <= accents else "cp1252", "replace", mended=True)


def json_text_of(answer: Download) -> Text:
    """The text of an answer in JSON: it is UTF-8 whatever the header says (RFC 8259), except where it is not.

    Raises:
        FatalSourceError: `wrong-charset`, `not-text`, `disk-full`.
    """
    start = answer.page(START)
    for charset in filter(None, (json.detect_encoding(start.body), answer.charset)):
        if _is_in(answer.file, charset):
            return _text(answer, charset, "strict", mended=False)
    raise start.wrong_charset(answer.charset or "utf-8")


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """A file from its beginning."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _is_in(file: IO[bytes], charset: str) -> bool:
    try:
        b"".decode(charset)  # refuses what is a codec of Python but no charset, and could inflate
        for _ in _decoded(file, charset, "strict"):
            pass
    except (LookupError, UnicodeError):
        return False
    return True


def _decoded(file: IO[bytes], charset: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(charset)(errors)
    for piece in pieces(file):
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _text(answer: Download, charset: str, errors: str, *, mended: bool) -> Text:
    file = answer.file
    if errors != "strict" or codecs.lookup(charset).name not in _UTF8:
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - goes with the last who holds it
        try:
            for piece in _decoded(answer.file, charset, errors):
                file.write(piece.encode("utf-8", "replace"))
        except OSError as error:
            raise disk_full(answer.url, error) from error
    file.seek(0)
    start = codecs.getincrementaldecoder("utf-8")("replace").decode(file.read(START))
    file.seek(0)
    if "\0" in start[:2048]:
        raise answer.page(START).not_text()
    return Text(file, start, mended)
