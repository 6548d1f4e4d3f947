"""Figures of both sides, their ratio, and the table that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

CPU = ("python", "postgresql", "solr")
SIDES = ("stock", "ours")
Run = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """A benchmark with the runs of both sides.

    Attributes:
        conditions: sentences that say what was measured, and how.
        unit: "s", or "ms" for small pieces of work, whose memory is not told.
        runs: side → one entry for each round: phase → {"wall", "cpu": {name: seconds}, "peak_mib", "report"}.
    """

    name: str
    size: int
    phases: Sequence[str]
    conditions: Sequence[str]
    runs: Mapping[str, Sequence[Mapping[str, Run]]]
    unit: str = "s"

    @property
    def sides(self) -> Sequence[str]:
        """Those that were measured; a size that stock cannot do in reasonable time has only ours."""
        return [side for side in SIDES if self.runs.get(side)]

    def mean(self, side: str, phase: str) -> dict[str, float]:
        """Means over the rounds: wall, each part of the CPU, their sum "total", peak memory."""
        runs = [run[phase] for run in self.runs[side]]
        cpu = {name: mean(run["cpu"].get(name, 0.0) for run in runs) for name in CPU}
        return {
            "wall": mean(run["wall"] for run in runs),
            **cpu,
            "total": sum(cpu.values()),
            "peak_mib": mean(run["peak_mib"] for run in runs),
        }

    def ratio(self, phase: str) -> dict[str, float | None]:
        """Stock divided by ours: how many times less ours needs. None where ours is too small for the clock."""
        stock, ours = self.mean("stock", phase), self.mean("ours", phase)
        return {key: stock[key] / ours[key] if ours[key] > 0 else None for key in stock}

    def as_dict(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "benchmark": self.name,
            "size": self.size,
            "conditions": list(self.conditions),
            "phases": {
                phase: {
                    **{side: self.mean(side, phase) for side in self.sides},
                    **({"ratio": self.ratio(phase)} if len(self.sides) > 1 else {}),
                }
                for phase in self.phases
            },
            "runs": {side: [dict(run) for run in self.runs[side]] for side in self.sides},
        }

    def table(self) -> str:
        """The table, with the conditions above and what each side reported below."""
        names = [f"{name} {self.unit}" for name in ("wall", "Python", "PostgreSQL", "Solr", "CPU")]
        heading = ("", "", *names, *(["peak MiB"] if self.unit == "s" else []))
        rows = [heading]
        for phase in self.phases:
            for side in self.sides:
                rows.append((phase if side == self.sides[0] else "", side, *self._cells(self.mean(side, phase))))
            if len(self.sides) > 1:
                rows.append(("", "ratio", *_ratios(self.ratio(phase))[: len(heading) - 2]))
        widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
        lines = ["  ".join(aligned(row, widths)).rstrip() for row in rows]
        lines.insert(1, "-" * len(lines[0]))
        reports = [
            f"{side}, {phase}: {self.runs[side][-1][phase]['report']}" for phase in self.phases for side in self.sides
        ]
        return "\n".join([f"{self.name}, {self.size} datasets", *self.conditions, "", *lines, "", *reports])

    def _cells(self, figures: Mapping[str, float]) -> list[str]:
        order = ("wall", *CPU, "total")
        if self.unit == "ms":
            return [f"{figures[key] * 1000:.0f}" for key in order]
        return [*(f"{figures[key]:.2f}" for key in order), f"{figures['peak_mib']:.0f}"]


def _ratios(ratios: Mapping[str, float | None]) -> list[str]:
    order = ("wall", *CPU, "total", "peak_mib")
    return ["–" if (ratio := ratios[key]) is None else f"{ratio:.1f}×" for key in order]


def aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Words to the left, numbers to the right."""
    return [
        cell.ljust(width) if column < 2 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
