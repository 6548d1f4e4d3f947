"""Organisations of a territory: `ckan odf territory seed` and a loop over CKAN's organization_create."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

from stack.console import ROOT, StepError
from stack.ini import PLUGINS

from . import stock
from .servers import Bench, bench
from .table import CPU, aligned

SIZES = (300, 2000, 5000)
# A loop over more would take longer than three minutes; from there on the price of one more is measured.
WHOLE_LOOP = 300
SAMPLE = 20
Say = Callable[[str], None]
Run = dict[str, Any]


@dataclass(frozen=True)
class Seeding:
    """The figures of both sides.

    Attributes:
        ours: number of organisations → runs: {"first", "again"} → cost, number, report.
        stock: number of organisations present → runs of organization_create: cost, number, report.
        france: all of France in one run, and again.
    """

    conditions: Sequence[str]
    ours: dict[int, list[dict[str, Run]]]
    stock: dict[int, list[Run]]
    france: dict[str, Run]

    def seeded(self, size: int) -> tuple[float, float]:
        """Wall and CPU seconds of our seeding."""
        runs = [run["first"] for run in self.ours[size]]
        return mean(run["wall"] for run in runs), mean(_cpu(run) for run in runs)

    def looped(self, size: int) -> tuple[float, float]:
        """Wall and CPU seconds of the loop: measured up to WHOLE_LOOP, then the area under the marginal costs."""
        walls, cpus = self._price("wall"), self._price("cpu")
        whole = self.stock[0]
        wall, cpu = mean(run["wall"] for run in whole), mean(_cpu(run) for run in whole)
        points = [present for present in sorted(walls) if WHOLE_LOOP <= present <= size]
        for low, high in pairwise(points):
            wall += (high - low) * (walls[low] + walls[high]) / 2
            cpu += (high - low) * (cpus[low] + cpus[high]) / 2
        return wall, cpu

    def _price(self, kind: str) -> dict[int, float]:
        """Seconds of one more organisation, by the number of those present."""
        return {
            present: mean((run["wall"] if kind == "wall" else _cpu(run)) / run["number"] for run in runs)
            for present, runs in self.stock.items()
            if present
        }

    def as_dict(self) -> dict[str, Any]:
        """Everything, for programs."""
        sizes = {}
        for size in self.ours:
            stock_, ours = self.looped(size), self.seeded(size)
            sizes[size] = {
                "stock": dict(zip(("wall", "cpu"), stock_, strict=True)),
                "stock_is_estimated": size > WHOLE_LOOP,
                "ours": dict(zip(("wall", "cpu"), ours, strict=True)),
                "ratio": {"wall": stock_[0] / ours[0], "cpu": stock_[1] / ours[1]},
            }
        return {
            "benchmark": "territories", "conditions": list(self.conditions), "sizes": sizes, "france": self.france,
            "runs": {"ours": self.ours, "stock": self.stock},
        }  # fmt: skip

    def table(self) -> str:
        """The tables that a person reads."""
        rows: list[Sequence[str]] = [("organisations", "", "wall s", "CPU s", "ms CPU each", "peak MiB")]
        for size in self.ours:
            stock_, ours = self.looped(size), self.seeded(size)
            mark = "≈ " if size > WHOLE_LOOP else ""
            peak = max(run["first"]["peak_mib"] for run in self.ours[size])
            rows.append(
                (str(size), "stock", f"{mark}{stock_[0]:.1f}", f"{mark}{stock_[1]:.1f}", *_each(stock_[1], size))
            )
            rows.append(("", "ours", f"{ours[0]:.2f}", f"{ours[1]:.2f}", _each(ours[1], size)[0], f"{peak:.0f}"))
            rows.append(("", "ratio", f"{stock_[0] / ours[0]:.0f}×", f"{stock_[1] / ours[1]:.0f}×", "", ""))
        for phase, title in (("first", "all of France"), ("again", "the same again")):
            run = self.france[phase]
            each = _each(_cpu(run), run["number"])[0]
            rows.append((title, "ours", f"{run['wall']:.1f}", f"{_cpu(run):.1f}", each, f"{run['peak_mib']:.0f}"))
        for present, runs in sorted(self.stock.items()):
            if present:
                wall, cpu = self._price("wall")[present], self._price("cpu")[present]
                title = f"{runs[0]['number']} more at {present}"
                rows.append((title, "stock", f"{wall * runs[0]['number']:.1f}", f"{cpu * runs[0]['number']:.1f}",
                             f"{cpu * 1000:.0f}", ""))  # fmt: skip
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(aligned(row, widths)).rstrip() for row in rows]
        lines.insert(1, "-" * len(lines[0]))
        told = [f"ours, {size}: {runs[-1]['first']['report']}; again: {runs[-1]['again']['report']}"
                for size, runs in self.ours.items()]  # fmt: skip
        told.append(f"ours, France: {self.france['first']['report']}; again: {self.france['again']['report']}")
        return "\n".join(["territories", *self.conditions, "", *lines, "", *told])


def _cpu(run: Run) -> float:
    return sum(run["cpu"].get(name, 0.0) for name in CPU)


def _each(cpu: float, number: int) -> tuple[str, str]:
    return f"{cpu / number * 1000:.1f}", ""


def run(size: int, rounds: int, say: Say) -> Seeding:
    """Measure both sides `rounds` times at each size up to `size`, then all of France once."""
    sizes = [one for one in SIZES if one <= size] or [size]
    points = [
        f"0:{min(WHOLE_LOOP, sizes[-1])}",
        *(f"{present}:{SAMPLE}" for present in sizes if sizes[-1] > WHOLE_LOOP),
    ]
    ours: dict[int, list[dict[str, Run]]] = {one: [] for one in sizes}
    loops: dict[int, list[Run]] = {int(point.partition(":")[0]): [] for point in points}
    with bench() as servers:
        servers.ini("stock", stock.settings(servers.base / "stock"))
        servers.ini("ours", {"ckan.plugins": PLUGINS})
        for side in ("stock", "ours"):
            servers.make_template(side)
        for number in range(rounds):
            for one in sizes:
                say(f"Round {number + 1} of {rounds}: ours, {one} organisations")
                ours[one].append(_side(servers, "ours", str(one)))
            for point in points:
                say(f"Round {number + 1} of {rounds}: stock, present:number = {point}")
                loops[int(point.partition(":")[0])].append(_side(servers, "stock", point)["first"])
        say("Ours, all of France")
        france = _side(servers, "ours", "france")
    return Seeding(_conditions(rounds), ours, loops, france)


def _side(servers: Bench, side: str, what: str) -> dict[str, Run]:
    """One piece of work in a process and a database of its own."""
    script = Path(__file__).with_name("territories_side.py")
    command = [str(servers.env.python), str(script), side, what, json.dumps(servers.pids)]
    log = servers.base / "logs" / f"{side}.log"
    environ = servers.environ(side, servers.fresh(side))
    with log.open("ab") as errors:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, env=environ, cwd=ROOT, check=False)
    if done.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-4:]
        raise StepError("\n    ".join([f"The side “{side}” failed at {what}", *last]))
    return json.loads(done.stdout.splitlines()[-1])


def _conditions(rounds: int) -> list[str]:
    return [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end.",
        "The first organisations of France with codes, populations, positions, place in the tree; activity plugin on.",
        f"Both use the same PostgreSQL, Redis and Solr; fresh process and database each. Means of {rounds} rounds.",
        f"Stock: organization_create one by one. ≈: run as a loop to {WHOLE_LOOP}; beyond, {SAMPLE} more are created",
        "where so many are present, and the whole is the area under these prices, because the loop would take longer",
        "than three minutes.",
        "Ours: what “ckan odf territory seed” does, without --activity.",
    ]
