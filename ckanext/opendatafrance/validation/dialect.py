"""Encoding and separator of a text table, told from its beginning."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence

from charset_normalizer import from_bytes

DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What French office software writes when it does not write UTF-8.
_OFFICE = "cp1252"
_UNKNOWN_IN_OFFICE = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")


def encoding_of(sample: bytes, whole: bool) -> str:
    """Encoding of a text, as Python calls it.

    Args:
        sample: its first bytes.
        whole: whether these are all; else the last character may be cut.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    for cut in range(1 if whole else 4):
        try:
            sample[: len(sample) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8"
    if _mostly_utf8(sample):
        return "utf-8"
    if not any(byte in sample for byte in _UNKNOWN_IN_OFFICE):
        return _OFFICE
    best = from_bytes(sample).best()
    return best.encoding if best else "latin-1"


def _mostly_utf8(sample: bytes) -> bool:
    """Whether only some lines of a text in UTF-8 are in another encoding: others are hardly ever right UTF-8."""
    letters = [letter for letter in sample.decode("utf-8", "replace") if not letter.isascii()]
    return letters.count("\ufffd") * 2 <= len(letters)


def delimiter_of(lines: Sequence[str], known: Sequence[str] = ()) -> str:
    """Separator of a table: the one that gives most of its first lines the same number of cells, and more than one.

    Args:
        lines: the first lines.
        known: names of columns; the separator that yields one of them in the first line wins.
    """
    names = {name.casefold() for name in known}
    scores: dict[str, tuple[int, int, int]] = {}
    for delimiter in DELIMITERS:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        if not rows:
            continue
        widths = Counter(len(row) for row in rows)
        width, agreeing = max(widths.items(), key=lambda one: (one[0] > 1, one[1], one[0]))
        hits = max((len(names & {cell.strip().casefold() for cell in row}) for row in rows[:10]), default=0)
        scores[delimiter] = (hits, agreeing if width > 1 else 0, width)
    return max(scores, key=lambda one: scores[one]) if scores and max(scores.values())[1] else ","
