"""How far a harvest is, on the error output: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

import ckan.plugins.toolkit as tk

SECONDS_BETWEEN_LINES = 10


class Meter:
    """Shows the progress of one source; keeps quiet about sources that are done at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._bar: Any = None
        self._shown = 0
        self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.render_finish()

    def show(self, report: Any) -> None:
        """Called after each page of records."""
        if sys.stderr.isatty():
            self._draw(report)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + SECONDS_BETWEEN_LINES
            click.echo(tk._("{source}: {count} datasets so far").format(source=self.name, count=report.seen), err=True)

    def _draw(self, report: Any) -> None:
        if self._bar is None:
            self._bar = click.progressbar(length=report.count or 0, label=self.name, file=sys.stderr, show_pos=True)
            self._bar.render_progress()
        if not report.count:
            self._bar.length = report.seen
        self._bar.update(report.seen - self._shown)
        self._shown = report.seen
