"""Which process holds a lease, so that a killed one is known to be dead by those beside it, at once.

Workers on other machines cannot see that, and wait until the lease ends.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path


def identity() -> str:
    """This process as "machine pid start", which no other process ever is."""
    pid = os.getpid()
    return f"{_machine()} {pid} {_started(pid)}"


def is_dead(holder: str) -> bool:
    """Whether a process is known to have ended; False where this machine cannot know."""
    machine, pid, started = holder.split(" ")
    return bool(started) and machine == _machine() and _started(int(pid)) != started


@cache
def _machine() -> str:
    """What tells this boot of this machine, and this container, from all others; "?" where the system does not say."""
    try:
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "?"


def _started(pid: int) -> str:
    """When a process began, in ticks since boot; empty for one that ended, or where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
