"""The last runs of a source as a small drawing: paths of an SVG, so that a page of fifty stays light. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STEP, BAR, HEIGHT = 4, 3, 20
"""Pixels: from bar to bar, width of a bar, height of the drawing."""


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Paths of the complete runs (bars as high as the number of datasets), of those with errors (the same, with a gap
    at the foot) and of those that failed (crosses): the shape tells what the colour tells."""

    width: int
    height: int
    complete: str
    errors: str
    failed: str


def draw(runs: Sequence[Mapping[str, Any]]) -> Sparkline:
    """Draw runs, oldest first, each with state, datasets and errored."""
    most = max((run["datasets"] for run in runs), default=0) or 1
    paths: dict[str, list[str]] = {"complete": [], "errors": [], "failed": []}
    for place, run in enumerate(runs):
        left = place * STEP
        if run["state"] != "complete":
            bottom = HEIGHT - BAR
            paths["failed"].append(f"M{left} {bottom}l{BAR} {BAR}M{left + BAR} {bottom}l-{BAR} {BAR}")
            continue
        high = max(2, round(run["datasets"] / most * (HEIGHT - 4)))
        foot = HEIGHT - 3 if run["errored"] else HEIGHT
        kind = "errors" if run["errored"] else "complete"
        paths[kind].append(f"M{left} {foot}v-{high}h{BAR}v{high}z")
    width = max(len(runs), 1) * STEP
    return Sparkline(width, HEIGHT, *("".join(paths[kind]) for kind in ("complete", "errors", "failed")))
