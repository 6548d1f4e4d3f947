"""A file for a parser that has no limits of its own: it ends where the parser has taken too much memory."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import IO

_MEMORY = Path("/proc/self/statm")
_PIECE = 64 * 1024
_MOST_GROWTH = 256 * 1024 * 1024


class Frugal:
    """`read` of a file, in small pieces, while the memory of the process grows by less than 256 MiB.

    Nested brackets of Turtle, for one, take fifty times their own length in the parser.

    Attributes:
        tripped: the memory has grown by more, and reading ended there.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.tripped = False
        self._file = file
        self._most = _resident() + _MOST_GROWTH

    def read(self, size: int = -1) -> bytes:
        self.tripped = self.tripped or _resident() > self._most
        return b"" if self.tripped else self._file.read(min(size, _PIECE) if size >= 0 else _PIECE)


def _resident() -> int:
    """Bytes of memory that this process has; the most that it had where the system does not tell (proc(5))."""
    try:
        return int(_MEMORY.read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
