"""Validata in a virtual environment of its own: what the checker is compared with, in the suite and in benchmarks."""

from __future__ import annotations

import shutil
import sys

from .console import ROOT, _, run

PACKAGE = "validata-table==0.12.5"
ENVIRONMENT = ROOT / ".portal" / "validata"


def python() -> str:
    """The interpreter of the environment, which is made on first use.

    Raises:
        StepError: no network, or no wheel for this Python.
    """
    interpreter = str(ENVIRONMENT / "bin" / "python")
    stamp = ENVIRONMENT / "installed"
    if stamp.exists() and stamp.read_text() == PACKAGE:
        return interpreter
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    log = ROOT / ".portal" / "logs" / "validata.log"
    problem = _("The Python packages could not be installed")
    remedy = _("Check the network, then run this again.")
    for command in (
        [sys.executable, "-m", "venv", str(ENVIRONMENT)],
        [interpreter, "-m", "pip", "install", "--progress-bar", "off", PACKAGE],
    ):
        run(command, log=log, problem=problem, remedy=remedy)
    stamp.write_text(PACKAGE)
    return interpreter
