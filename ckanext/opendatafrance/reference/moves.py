"""What a commune's INSEE code meant at a date: communes have merged, split and changed their codes since 1943.

Source: INSEE's file of movements of communes (`data/moves.csv.gz`). A code that is in no movement is one that never
changed. A code can live several times (27676 until 2021, and again since 2023), and several codes can follow it.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ckanext.opendatafrance.reference import cog, files
from ckanext.opendatafrance.reference.folding import fold

_NEVER = "9999-12-31"
_RENAMED, _REESTABLISHED = "10", "21"
# INSEE's MOD, as far as it ends the life of a code.
_ENDS = {
    "20": "split",
    "21": "split",
    "30": "suppressed",
    "31": "merged",
    "32": "merged",
    "33": "merged",
    "41": "recoded",
    "50": "recoded",
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a code means at a date.

    Attributes:
        code: as asked, normalised.
        codes: the code itself where it is live at that date, else those that follow it and are live then.
        live: whether it is itself the code of a commune at that date.
        since: first day of the life of the code that is spoken of; None for one that began before 1943.
        until: the day from which it is no longer live; None while it lasts.
        why: live, merged, recoded (same commune, other code: other seat or département), split, suppressed (nothing
            or several communes have its land), not-yet (its life begins later), unknown.
        name: the name at that time, or the last one before; empty where unknown.
        today: codes of today of all that it meant at that date; others than `codes` after a later merger or split.
    """

    code: str
    codes: tuple[str, ...]
    live: bool
    since: str | None
    until: str | None
    why: str
    name: str
    today: tuple[str, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether a person must choose among several successors."""
        return len(self.codes) > 1


@dataclass(frozen=True, slots=True)
class Move:
    """A line of the file: on this day the land of one commune, or a part of it, came to another (or stayed)."""

    day: str
    kind: str
    before: str
    name_before: str
    after: str
    name_after: str


def resolve(code: object, on: date | str | None = None) -> Resolution:
    """Find the commune or communes that a code means.

    Args:
        code: an INSEE code of a commune, of today or of the past.
        on: the day; without it, the last that is known.

    Raises:
        ValueError: `on` is no date written YYYY-MM-DD.
    """
    wanted = cog.normalise("commune", code)
    day = _day(on)
    lives = _lives().get(wanted)
    if lives is None:
        found = cog.commune(wanted)
        codes = (wanted,) if found else ()
        why, name = ("live", found.name) if found else ("unknown", "")
        return Resolution(wanted, codes, bool(found), None, None, why, name, codes)
    begun = [life for life in lives if life[0] <= day]
    if not begun:
        return Resolution(wanted, (), False, lives[0][0], _end(lives[0]), "not-yet", _name(wanted, lives[0][0]), ())
    since, until = begun[-1]
    if day < until:
        today = (wanted,) if on is None else _descendants(wanted, day, _NEVER)
        return Resolution(wanted, (wanted,), True, since or None, _end(begun[-1]), "live", _name(wanted, day), today)
    return Resolution(
        wanted, _descendants(wanted, until, day, inclusive=True), False, since or None, until,
        _ENDS[_leaving(wanted)[until][0].kind], _leaving(wanted)[until][0].name_before,
        _descendants(wanted, until, _NEVER, inclusive=True),
    )  # fmt: skip


def renamed(after: str, until: str) -> dict[str, tuple[str, str]]:
    """Communes that only changed their name after one day, until and with another: code → (old name, new name)."""
    found: dict[str, tuple[str, str]] = {}
    for move in _moves():
        if after < move.day <= until and move.kind == _RENAMED and move.name_before != move.name_after:
            found[move.before] = (found.get(move.before, (move.name_before,))[0], move.name_after)
    return found


def changed(after: str, until: str) -> tuple[set[str], set[str]]:
    """Codes that were live on one day and are not on the other, and those that are new."""
    before, now = (
        {code for code, lives in _lives().items() if any(a <= day < b for a, b in lives)} for day in (after, until)
    )
    return before - now, now - before


def _day(on: date | str | None) -> str:
    if on is None:
        return _NEVER[:-1] + "0"
    return on.isoformat() if isinstance(on, date) else date.fromisoformat(on).isoformat()


def _end(life: tuple[str, str]) -> str | None:
    return None if life[1] == _NEVER else life[1]


def _descendants(code: str, day: str, last: str, inclusive: bool = False) -> tuple[str, ...]:
    return tuple(sorted(set(_follow(code, day, last, inclusive, (code,), frozenset()))))


def _follow(
    code: str, day: str, last: str, inclusive: bool, trail: tuple[str, ...], seen: frozenset[tuple[str, str]]
) -> Iterator[str]:
    """Codes on the last day of what a code was on a day.

    Args:
        inclusive: whether what happened on that very day comes after it (a code can end on the day it begins).
        trail: the codes that it came through; a commune that leaves a union takes back what it brought into it.
    """
    for when, moves in sorted(_leaving(code).items()):
        if not (day < when <= last or (inclusive and when == day)) or (code, when) in seen:
            continue
        heirs = _heirs(code, moves, trail)
        if heirs == {code}:
            continue
        for heir in heirs:
            yield from _follow(heir, when, last, heir != code, (*trail, heir), seen | {(code, when)})
        return
    yield code


def _heirs(code: str, moves: list[Move], trail: tuple[str, ...]) -> set[str]:
    heirs = {move.after for move in moves if move.after}
    returning = heirs & set(trail[: trail.index(code)])
    if returning:
        return returning
    stays = any(move.after == code and fold(move.name_before) == fold(move.name_after) for move in moves)
    # Others leave the union, under the codes that they had before it; what came from elsewhere stays in it.
    if stays and trail[0] != code and all(move.kind == _REESTABLISHED for move in moves):
        return {code}
    return heirs


def _name(code: str, day: str) -> str:
    """Name of a live code: by the last movement up to that day, or as the next one calls it."""
    past = [move for move in _moves_of(code) if move.day <= day and move.after == code]
    if past:
        return past[-1].name_after
    ahead = [move for move in _moves_of(code) if move.day > day and move.before == code]
    return ahead[0].name_before if ahead else ""


def _moves_of(code: str) -> list[Move]:
    return _by_code().get(code, [])


def _leaving(code: str) -> dict[str, list[Move]]:
    """What happened to a commune, by day; changes of the name alone are left out."""
    found: dict[str, list[Move]] = defaultdict(list)
    for move in _moves_of(code):
        if move.before == code and move.kind != _RENAMED:
            found[move.day].append(move)
    # The end of the code first: it is what the day is told by.
    return {day: sorted(moves, key=lambda move: move.after == code) for day, moves in found.items()}


@files.once_per_folder
def _moves() -> tuple[Move, ...]:
    return tuple(Move(*row) for row in csv.reader(files.lines("moves")))


@files.once_per_folder
def _by_code() -> dict[str, list[Move]]:
    found: dict[str, list[Move]] = defaultdict(list)
    for move in _moves():
        for code in {move.before, move.after} - {""}:
            found[code].append(move)
    return found


@files.once_per_folder
def _lives() -> dict[str, list[tuple[str, str]]]:
    """For each code, the days from which and until which it is one of a commune; "" stands for before 1943."""
    return {code: list(_lives_of(code, moves)) for code, moves in _by_code().items()}


def _lives_of(code: str, moves: list[Move]) -> Iterator[tuple[str, str]]:
    days: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        days[move.day].append(move)
    since: str | None = None
    for position, (day, those) in enumerate(sorted(days.items())):
        leaving = [move for move in those if move.before == code]
        stays = any(move.after == code for move in leaving)
        arrives = any(move.before != code for move in those)
        # What leaves for elsewhere on the first day that it is heard of, and arrived on it too, lived for no day.
        if position == 0 and leaving and (stays or not arrives):
            since = ""
        elif since is None:
            since = day
        if leaving and not stays:
            yield since, day
            since = None
    if since is not None:
        yield since, _NEVER
