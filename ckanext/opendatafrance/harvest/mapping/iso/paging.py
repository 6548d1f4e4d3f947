"""Paging as servers really do it: where the next page begins, what was seen, and when a list is not whole."""

from __future__ import annotations

from dataclasses import dataclass, field

from ckanext.opendatafrance.errors import N_, FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.mapping.iso.answers import Results

#: Records asked for at a time; one of ISO 19139 takes 10 to 140 kB.
ROWS = 20
BARREN_PAGES = 2


@dataclass
class Progress:
    """What a listing saw.

    Attributes:
        known: fingerprints by guid.
        others: fingerprints of what is no record of its own: no datasets, or the guid of another one.
    """

    url: str
    known: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    _before: int = 0
    _barren: int = 0

    @property
    def seen(self) -> int:
        return len(self.known) + len(self.others)

    def turn(self, page: Results, start: int, total: int | None) -> None:
        """Note that a page was read.

        Raises:
            FatalSourceError: `page-loop` where pages hold nothing but what was seen.
            RetriableError: `listing-incomplete` where they hold nothing.
        """
        self._barren = self._barren + 1 if self.seen == self._before else 0
        self._before = self.seen
        if self._barren >= BARREN_PAGES:
            raise self.loop(start) if page.records else self.incomplete(total)

    def end(self, total: int | None) -> None:
        """Raise `listing-incomplete` (RetriableError) where less was seen than the server says that it holds."""
        if total is None or self.seen < total:
            raise self.incomplete(total)

    def incomplete(self, total: int | None) -> FatalSourceError:
        return RetriableError(
            N_(
                "{url} says that it holds {total} datasets but gave only {seen}: the list is not complete. "
                "What was given is read; nothing is removed."
            ),
            code="listing-incomplete",
            url=self.url,
            total="?" if total is None else total,
            seen=self.seen,
        )

    def loop(self, start: int) -> FatalSourceError:
        return FatalSourceError(
            N_("{url} gives the same datasets again from number {start} on: the list is not complete."),
            code="page-loop",
            url=self.url,
            start=start,
        )


def following(page: Results, start: int) -> int:
    """Where the next page begins: as the server says where that makes sense, else after what it gave."""
    if start < page.following <= start + max(ROWS, len(page.records)):
        return page.following
    return start + (len(page.records) or ROWS)
