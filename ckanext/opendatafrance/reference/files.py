"""The files of a year's COG, made by `data/rebuild.py`: those of the suite, or those of another folder for a while."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

DATA = Path(__file__).parent / "data"
_folder: ContextVar[Path] = ContextVar("odf_cog_folder", default=DATA)
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Vintage:
    """Year of the COG (as it is on 1 January) and reference year of the populations."""

    cog: int
    populations: int

    @property
    def date(self) -> str:
        """The day that the COG describes."""
        return f"{self.cog}-01-01"


def once_per_folder(read: Callable[[], _Read]) -> Callable[[], _Read]:
    """Remember what a function without arguments reads, for each folder that it is read from."""
    remembered = lru_cache(maxsize=2)(lambda folder: read())
    return lambda: remembered(_folder.get())


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Within it, and in this thread only, `cog`, `history` and `moves` answer from another folder of such files."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


@once_per_folder
def vintage() -> Vintage:
    """Which COG this is."""
    return Vintage(**json.loads((_folder.get() / "vintage.json").read_text(encoding="utf-8")))


def lines(name: str) -> Iterator[str]:
    """Lines of one of the compressed files, without its heading."""
    with gzip.open(_folder.get() / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        next(file)
        yield from file.read().splitlines()
