"""Many small sources at once: `ckan odf harvest --all` with one, two and four workers."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from stack.console import ROOT, StepError

from .catalogue import SITE, Site
from .cost import cpu_of
from .harvest import SETTINGS, Say
from .servers import Bench, bench
from .table import CPU, aligned

WORKERS = (1, 2, 4)
DATASETS = 10


@dataclass(frozen=True)
class Scaling:
    """Runs by number of workers: each {"wall", "cpu": {name: seconds}, "peak_mib", "report"}."""

    size: int
    conditions: Sequence[str]
    runs: dict[int, list[dict[str, Any]]]

    def mean(self, workers: int) -> dict[str, float]:
        """Means over the rounds; peak memory is that of the largest process."""
        runs = self.runs[workers]
        cpu = {name: mean(run["cpu"][name] for run in runs) for name in CPU}
        figures = {name: mean(run[name] for run in runs) for name in ("wall", "peak_mib")}
        return {**figures, **cpu, "total": sum(cpu.values())}

    def as_dict(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "benchmark": "workers",
            "size": self.size,
            "conditions": list(self.conditions),
            "workers": {
                workers: {**self.mean(workers), "faster": self.mean(1)["wall"] / self.mean(workers)["wall"]}
                for workers in self.runs
            },
            "runs": self.runs,
        }

    def table(self) -> str:
        """The table, and what the last run of each number of workers reported."""
        heading = ("workers", "", "wall s", "faster", "Python s", "PostgreSQL s", "Solr s", "CPU s", "peak MiB")
        rows: list[tuple[str, ...]] = [heading]
        for workers, figures in self.as_dict()["workers"].items():
            seconds = [f"{figures[name]:.1f}" for name in (*CPU, "total")]
            times = (f"{figures['wall']:.1f}", f"{figures['faster']:.1f}×", *seconds)
            rows.append((str(workers), "", *times, f"{figures['peak_mib']:.0f}"))
        widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
        lines = ["  ".join(aligned(row, widths)).rstrip() for row in rows]
        reports = [f"{workers}: {runs[-1]['report']}" for workers, runs in self.runs.items()]
        title = f"workers, {self.size} sources of {DATASETS} datasets"
        return "\n".join([title, *self.conditions, "", lines[0], "-" * len(lines[0]), *lines[1:], "", *reports])


def run(size: int, rounds: int, say: Say) -> Scaling:
    """Harvest as many sources for the first time with each number of workers."""
    runs: dict[int, list[dict[str, Any]]] = {workers: [] for workers in WORKERS}
    with bench() as servers, ExitStack() as sites:
        addresses = []
        for number in range(size):
            site = Site(DATASETS)
            sites.callback(site.close)
            # Datasets of its own: the same ones would be recognised as the same.
            site.body = site.body.replace(SITE.encode(), f"{SITE}-{number}".encode()).replace(
                b">jeu-", f">{number}-jeu-".encode()
            )
            addresses.append((site.host, site.url))
        settings = SETTINGS["ours"] | {"ckanext.opendatafrance.allowed_hosts": " ".join(host for host, _ in addresses)}
        servers.ini("ours", settings)
        servers.make_template("ours")
        for number in range(rounds):
            for workers in WORKERS if number % 2 == 0 else reversed(WORKERS):
                say(f"Round {number + 1} of {rounds}: {workers} workers")
                runs[workers].append(_run(servers, [url for _, url in addresses], workers))
    conditions = (
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end.",
        "Each source has an organisation and a site of its own; first harvest; the start of CKAN is counted.",
    )
    return Scaling(size, conditions, runs)


def _run(servers: Bench, urls: Sequence[str], workers: int) -> dict[str, Any]:
    environ = servers.environ("ours", servers.fresh("ours"))
    _process(servers, [str(servers.env.python), str(Path(__file__).with_name("workers_side.py"))], environ, urls)
    before = {name: cpu_of(pid) for name, pid in servers.pids.items()}
    own, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [str(servers.env.program("ckan")), "odf", "harvest", "--all", "--workers", str(workers), "--json"]
    results = json.loads(_process(servers, command, environ))
    wall, used = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = {"python": used.ru_utime + used.ru_stime - own.ru_utime - own.ru_stime}
    cpu |= {name: cpu_of(pid) - before[name] for name, pid in servers.pids.items()}
    done = f"{sum(one['added'] for one in results)} added, {sum(one['errored'] for one in results)} errored"
    return {"wall": wall, "cpu": cpu, "peak_mib": used.ru_maxrss / 1024, "report": f"{len(results)} sources: {done}"}


def _process(servers: Bench, command: list[str], environ: dict[str, str], given: Any = None) -> str:
    log = servers.base / "logs" / "workers.log"
    with log.open("ab") as errors:
        done = subprocess.run(
            command, input=json.dumps(given).encode(), stdout=subprocess.PIPE, stderr=errors, env=environ, cwd=ROOT,
            check=False,
        )  # fmt: skip
    if done.returncode:
        raise StepError("\n    ".join([f"{command[1]} failed", *log.read_text(errors="replace").splitlines()[-6:]]))
    return done.stdout.decode()
