"""Steps, progress and failures as a person at a terminal reads them, in French or English."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _languages() -> list[str]:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value and not value.startswith(("C", "POSIX")):
            return [value.split(":")[0].split(".")[0].split("_")[0]]
    return ["en"]


_ = gettext.translation("ckanext-opendatafrance", ROOT / "i18n", _languages(), fallback=True).gettext


class StepError(Exception):
    """A step could not be done: what happened, and what a person can do about it."""

    def __init__(self, problem: str, remedy: str = "", log: Path | None = None) -> None:
        super().__init__(problem)
        self.remedy = remedy
        self.log = log


class Console:
    """Numbered steps; on a terminal the running one shows its seconds, elsewhere each is a plain line."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self.total = total
        self.number = 0
        self.quiet = quiet
        self.live = sys.stdout.isatty() and not quiet

    def step(self, title: str) -> Step:
        self.number += 1
        return Step(self, f"[{self.number}/{self.total}] {title}")

    def line(self, text: str = "") -> None:
        if not self.quiet:
            print(text, flush=True)


class Step:
    """Context manager around one step: prints its title, its progress and its end."""

    def __init__(self, console: Console, title: str) -> None:
        self.console = console
        self.title = title
        self.note = ""
        self._done = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Step:
        self.started = time.monotonic()
        if self.console.live:
            self._ticker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        self._done.set()
        seconds = time.monotonic() - self.started
        if self.console.live:
            self._ticker.join()
            print("\r\033[K", end="")
        if isinstance(error, StepError):
            # Texts inside an f-string are not seen by the extraction.
            failed = _("FAILED")
            print(f"{self.title}: {failed}", file=sys.stderr, flush=True)
        elif error is None:
            note = self.note or _("done")
            self.console.line(f"{self.title} … {note} ({seconds:.1f} s)")

    def _tick(self) -> None:
        while not self._done.wait(0.2):
            seconds = time.monotonic() - self.started
            note = f" – {self.note}" if self.note else ""
            print(f"\r\033[K{self.title} … {seconds:.0f} s{note}"[:150], end="", flush=True)


def run(
    command: Sequence[str],
    *,
    log: Path,
    problem: str,
    remedy: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    accept: Sequence[int] = (0,),
) -> None:
    """Run a command with its output in `log`; `accept` are the exit codes that are no failure.

    Raises:
        StepError: it ended with an error, or does not exist; the last lines of the log are part of the problem.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        out.write(f"\n$ {' '.join(command)}\n".encode())
        out.flush()
        start = out.tell()
        try:
            code = subprocess.call(
                list(command), stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env, cwd=cwd
            )
        except FileNotFoundError as error:
            raise StepError(f"{problem}: {error.filename}", remedy, log) from error
    if code not in accept:
        with log.open("rb") as said:
            said.seek(start)
            last = said.read().decode(errors="replace").strip().splitlines()[-6:]
        raise StepError("\n    ".join([problem, *last]), remedy, log)
