"""Long-running processes: started in the background, found again, stopped; ports."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .console import StepError, _


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_ports(count: int) -> int:
    """The first of `count` free loopback ports in a row, below those that Linux gives to outgoing connections."""
    while True:
        first = random.randrange(20000, 32768 - count)
        if all(_is_free(first + n) for n in range(count)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def listening(port: int) -> bool:
    """Whether something answers on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_holder(port: int) -> str:
    """Name and number of the process that listens on a port, as far as this user may see it; empty if unknown."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(descriptor.readlink()) in inodes for descriptor in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} ({process.name})"
        except OSError:
            continue
    return ""


def _started(pid: int) -> str:
    """Start time of a process in clock ticks since boot: tells it from a later one with the same number."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rsplit(")", 1)[1].split()
    return "" if fields[0] == "Z" else fields[19]


@dataclass
class Daemon:
    """A background process that a later command can find again.

    Attributes:
        name: also the name of its pid and log files.
        command: what to run.
        run_dir, log_dir: where these files are.
        group: whether stopping it stops what it started too.
    """

    name: str
    command: Sequence[str]
    run_dir: Path
    log_dir: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    group: bool = False

    @property
    def log(self) -> Path:
        return self.log_dir / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.run_dir / f"{self.name}.json"

    def pid(self) -> int | None:
        """Number of the running process, None if it does not run."""
        try:
            known = json.loads(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
        return known["pid"] if known["started"] and _started(known["pid"]) == known["started"] else None

    def start(self) -> None:
        """Start it unless it runs."""
        if self.pid():
            return
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            child = subprocess.Popen(
                list(self.command),
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
            )
        self._pid_file.write_text(json.dumps({"pid": child.pid, "started": _started(child.pid)}))

    def wait(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until `ready` says yes.

        Raises:
            StepError: the process ended, or the time is over.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if ready():
                return
            if not self.pid():
                break
            time.sleep(0.1)
        said = self.log.read_text(errors="replace").strip().splitlines()[-4:] if self.log.exists() else []
        problem = _("{name} does not start").format(name=self.name)
        raise StepError("\n    ".join([problem, *said]), _("Read the log named below."), self.log)

    def stop(self, signal_: int = signal.SIGTERM, seconds: float = 20) -> bool:
        """Stop it and wait for its end; True if it ran."""
        pid = self.pid()
        if pid is None:
            self._pid_file.unlink(missing_ok=True)
            return False
        for number, patience in ((signal_, seconds), (signal.SIGKILL, 5)):
            try:
                (os.killpg if self.group else os.kill)(pid, number)
            except ProcessLookupError:
                break
            end = time.monotonic() + patience
            while self.pid() and time.monotonic() < end:
                _reap(pid)
                time.sleep(0.05)
            if not self.pid():
                break
        self._pid_file.unlink(missing_ok=True)
        return True


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):  # started by an earlier command: not our child
        os.waitpid(pid, os.WNOHANG)
