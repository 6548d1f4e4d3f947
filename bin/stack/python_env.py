"""The virtual environment with CKAN and the suite."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .console import ROOT, StepError, _, run

CKAN = "ckan[requirements]==2.12.0"
WEB_SERVER = "gunicorn>=23,<26"


class PythonEnv:
    """A virtual environment under `base`, installed once per state of the package's metadata.

    Attributes:
        python: its interpreter.
    """

    def __init__(self, base: Path) -> None:
        self.path = base / "venv"
        self.log = base / "logs" / "python.log"
        self.python = self.path / "bin" / "python"

    def program(self, name: str) -> str:
        """Path of a program of the environment."""
        return str(self.path / "bin" / name)

    def _fingerprint(self, extras: str) -> str:
        metadata = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "setup.py")]
        parts = [CKAN, WEB_SERVER, extras, sys.version, str(ROOT)]
        return hashlib.sha256(b"\n".join([*metadata, *(part.encode() for part in parts)])).hexdigest()

    def install(self, extras: str) -> bool:
        """Install CKAN and the suite with these extras; False if nothing was to do.

        Raises:
            StepError: no venv, or pip failed.
        """
        stamp = self.path / f"installed-{extras.replace(',', '-')}"
        wanted = self._fingerprint(extras)
        if stamp.exists() and stamp.read_text() == wanted:
            return False
        self._create()
        pip = [str(self.python), "-m", "pip", "install", "--progress-bar", "off"]
        remedy = _("Check the network, then run this again.")
        problem = _("The Python packages could not be installed")
        # psycopg2 and a few sdists of CKAN's ecosystem do not build with the setuptools that a distribution ships.
        run([*pip, "-U", "pip", "wheel", "setuptools"], log=self.log, problem=problem, remedy=remedy)
        run([*pip, CKAN, WEB_SERVER], log=self.log, problem=problem, remedy=remedy)
        run([*pip, "-e", f"{ROOT}[{extras}]"], log=self.log, problem=problem, remedy=remedy, cwd=ROOT)
        stamp.write_text(wanted)
        return True

    def _create(self) -> None:
        works = self.python.exists() and not subprocess.call(
            [str(self.python), "-c", "import pip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if works:
            return
        shutil.rmtree(self.path, ignore_errors=True)
        run(
            [sys.executable, "-m", "venv", str(self.path)],
            log=self.log,
            problem=_("Python could not create a virtual environment in {path}").format(path=self.path),
            remedy=_("As root, run: {command}").format(command="apt-get install python3-venv"),
        )

    def check(self) -> None:
        """Fail early where the interpreter is too old.

        Raises:
            StepError: Python is older than 3.10.
        """
        if sys.version_info < (3, 10):  # noqa: UP036 - said here in words instead of failing on a wheel
            raise StepError(
                _("Python {version} is too old, CKAN 2.12 needs 3.10 or later").format(version=sys.version.split()[0]),
                _("Use Debian 12, Ubuntu 22.04 or later, or run this with a newer python3 first in PATH."),
            )

    def environ(self, **more: str) -> dict[str, str]:
        """The caller's environment with this virtual environment first in PATH."""
        path = f"{self.path / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, "VIRTUAL_ENV": str(self.path), "PATH": path, **more}
