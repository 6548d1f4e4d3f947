"""What a piece of work costs: wall time, CPU of each process that takes part, peak memory. Linux's /proc only."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Seconds, and MiB for the peak memory of the measuring process."""

    wall: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    peak_mib: float = 0.0


def cpu_of(pid: int) -> float:
    """CPU seconds of a process, of its children, and of the children that it has seen end."""
    used = 0.0
    for number in (pid, *_children(pid)):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        # utime, stime, and both of the children that were waited for (proc(5), counted from the state).
        used += sum(int(fields[index]) for index in (11, 12, 13, 14)) * _TICK
    return used


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(number) for number in task.read_text().split()]
        except OSError:
            continue
    return found


@contextmanager
def measured(servers: Mapping[str, int]) -> Iterator[Cost]:
    """Measure the block in this process, and meanwhile the servers (name → pid)."""
    _forget_peak()
    cost = Cost()
    before = {name: cpu_of(pid) for name, pid in servers.items()}
    own, started = _own_cpu(), time.monotonic()
    yield cost
    cost.wall = time.monotonic() - started
    cost.cpu = {"python": _own_cpu() - own}
    cost.cpu |= {name: cpu_of(pid) - before[name] for name, pid in servers.items()}
    cost.peak_mib = _peak()


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _forget_peak() -> None:
    """Begin the high-water mark of the resident memory anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0
