"""Tables against their schemas: this checker, Frictionless Framework 5 and validata-table, in own processes."""

from __future__ import annotations

import csv
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from stack import validata
from stack.console import ROOT, StepError

from .table import aligned

SIDES = ("frictionless", "validata", "ours")
SOCLE = "Socle Commun des Données Locales"
BAD = 0.002
"""Share of the cells that are wrong in the bad tables."""
# Validata reads no more, and frictionless would take minutes.
LARGEST_OF_OTHERS = 100_000
_HERE = Path(__file__).parent
Say = Callable[[str], None]
Run = dict[str, float]


@dataclass(frozen=True)
class Checking:
    """(schema, kind of table, side) → runs."""

    size: int
    conditions: Sequence[str]
    runs: dict[tuple[str, str, str], list[Run]]

    def mean(self, schema: str, kind: str, side: str) -> Run:
        runs = self.runs[schema, kind, side]
        return {key: mean(run[key] for run in runs) for key in runs[0]}

    def as_dict(self) -> dict[str, Any]:
        """Everything, for programs."""
        told = [
            {"schema": schema, "table": kind, "side": side, "mean": self.mean(schema, kind, side), "runs": runs}
            for (schema, kind, side), runs in self.runs.items()
        ]
        return {"benchmark": "validation", "size": self.size, "conditions": list(self.conditions), "runs": told}

    def table(self) -> str:
        """CPU seconds of the check and of the whole process, peak memory, and how many times less ours needs."""
        head = [
            "schema",
            "table",
            "side",
            "errors",
            "check CPU s",
            "whole CPU s",
            "wall s",
            "MiB",
            "check ×",
            "whole ×",
        ]
        lines = [head]
        for schema, kind, side in self.runs:
            run = self.mean(schema, kind, side)
            own = self.mean(schema, kind, "ours")
            figures = [f"{run['errors']:.0f}", f"{run['cpu']:.2f}", f"{run['whole']:.2f}", f"{run['wall']:.2f}"]
            ratios = ["", ""] if side == "ours" else [f"{run[key] / own[key]:.0f}" for key in ("cpu", "whole")]
            lines.append([schema, kind, side, *figures, f"{run['mib']:.0f}", *ratios])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = ["  ".join(aligned(line, widths)) for line in lines]
        return "\n".join([f"validation, {self.size} rows", *self.conditions, "", *shown])


def run(size: int, rounds: int, say: Say) -> Checking:
    """Check tables of `size` rows of each schema of the socle commun, right ones and bad ones.

    Raises:
        StepError: Validata cannot be installed, or a side failed.
    """
    say("the environment of Validata")
    pythons = {"ours": str(ROOT / ".portal" / "venv" / "bin" / "python"), "frictionless": "", "validata": ""}
    if size <= LARGEST_OF_OTHERS:
        pythons |= dict.fromkeys(("frictionless", "validata"), validata.python())
    runs: dict[tuple[str, str, str], list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for file in _schemas():
            schema = Path(folder) / "schema.json"
            for kind, table in _tables(file, schema, Path(folder), size, pythons["ours"]):
                for _ in range(rounds):
                    for side in SIDES:
                        if pythons[side]:
                            say(f"{file.stem}, {kind}: {side}")
                            runs.setdefault((file.stem, kind, side), []).append(
                                _measure(pythons[side], side, table, schema)
                            )
    conditions = [
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        "check: imports are not counted; whole: the process from its start to its end",
        f"bad: {BAD:.1%} of the cells; validata stops at 1,000 errors, frictionless does no custom checks",
    ]
    return Checking(size, conditions, runs)


def _schemas() -> list[Path]:
    """Those of the socle commun."""
    files = sorted((ROOT / "schemas" / "tables").glob("*/*.yaml"))
    return [file for file in files if "@" not in file.name and f"- {SOCLE}\n" in file.read_text(encoding="utf-8")]


def _tables(file: Path, schema: Path, folder: Path, size: int, python: str) -> Iterator[tuple[str, Path]]:
    """The schema as JSON, and its two tables."""
    made = subprocess.run(
        [python, str(_HERE / "validation_rows.py"), str(file), str(schema)], capture_output=True, text=True
    )
    if made.returncode:
        raise StepError(f"No rows for {file.name}: {made.stderr[-500:]}", "")
    header, *texts = json.loads(made.stdout)
    chance = random.Random(file.stem)
    for kind, share in (("right", 0.0), ("bad", BAD)):
        table = folder / f"{kind}.csv"
        with table.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            for number in range(size):
                row = [column[number % len(column)].replace("#", str(number)) for column in texts]
                writer.writerow(["§" if share and chance.random() < share else text for text in row])
        yield kind, table


def _measure(python: str, side: str, table: Path, schema: Path) -> Run:
    started = time.monotonic()
    process = subprocess.Popen(
        [python, str(_HERE / "validation_side.py"), side, str(table), str(schema)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=table.parent,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    answer, problem = process.stdout.read(), process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise StepError(f"{side} failed: {problem[-500:]}", "")
    return {
        **json.loads(answer),
        "whole": used.ru_utime + used.ru_stime,
        "whole_wall": time.monotonic() - started,
        "mib": used.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    sys.exit("run this through benchmarks/run")
