"""Real worker processes for the tests of the harvest room: started in a moment, killed or stopped at any point."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

ROOT = Path(__file__).parents[1]


class Workshop:
    """One process that has loaded CKAN, from which workers are forked; `kills` counts those that were killed."""

    def __init__(self) -> None:
        self.kills = 0
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("workshop_process.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "CKAN_INI": str(ROOT / "test.ini"), "PGOPTIONS": "-c synchronous_commit=on"},
        )
        assert self._answer() == "ready"

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._answer())

    def start(self, work: str, **order: Any) -> int:
        """Let a worker begin; its process id.

        Args:
            order: source, config (options besides those of test.ini), at (the point at which it gets `signal`), page
                (records a batch), largest_file (bytes that a file may have).
        """
        return self._ask({"work": work, **order})["pid"]

    def wait(self, pid: int) -> dict[str, Any]:
        """Wait for the end of a worker: killed, and, where it was not, what came of its harvest."""
        return self._ask({"wait": pid})

    def harvest(self, source: str, **order: Any) -> dict[str, Any]:
        """A worker that does one source, to its end or to its death."""
        done = self.wait(self.start("harvest", source=source, **order))
        self.kills += done["killed"]
        return done

    def kill(self, pid: int) -> None:
        """kill -9, and nothing left of it."""
        os.kill(pid, signal.SIGKILL)
        self.wait(pid)
        self.kills += 1

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


def lasting(*places: Any, **more: Any) -> dict[str, Any]:
    """Options of workers that may read these sites, and archive nothing, so that what must be there is easy to say."""
    hosts = [place.site.host for place in places]
    return {
        "ckanext.opendatafrance.allowed_hosts": hosts,
        "ckanext.opendatafrance.missing_runs": 1000,
        **{f"ckanext.opendatafrance.{name}": value for name, value in more.items()},
    }


def clock() -> None:
    """What `ckan harvester run` does every few minutes."""
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    asked: Any = {"user": site, "model": model, "session": model.Session}
    tk.get_action("harvest_jobs_run")(asked, {})


def wait_until(ready: Callable[[], Any], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_stopped(pid: int) -> bool:
    """Whether a process stands still because of SIGSTOP."""
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "tT"
