"""System packages of Debian and Ubuntu, and where their programs are."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .console import StepError, _, run

# What CKAN's own Python packages need to be built and imported.
PYTHON = ("python3-venv", "python3-dev", "gcc", "libpq-dev", "libmagic1")
SERVERS = ("postgresql", "redis-server", "default-jre-headless", "maven")
BROWSER = ("chromium",)


def missing(packages: Iterable[str]) -> list[str]:
    """The packages that dpkg does not know as installed; all of them where there is no dpkg."""
    if not shutil.which("dpkg-query"):
        return list(packages)

    def installed(package: str) -> bool:
        asked = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Status}", package], capture_output=True, text=True, check=False
        )
        # A virtual or renamed package (libmagic1t64 on Ubuntu) provides the name without having it.
        return "install ok installed" in asked.stdout or _provided(package)

    return [package for package in packages if not installed(package)]


def _provided(package: str) -> bool:
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package} ${Provides}\n"],
        capture_output=True,
        text=True,
        check=False,
    )
    names = (line[3:].replace(",", " ").split() for line in asked.stdout.splitlines() if line.startswith("ii"))
    return any(package in line[1:] for line in names)


def install(packages: Iterable[str], log: Path) -> list[str]:
    """Install what is missing of these packages and say which they were.

    Raises:
        StepError: not root, not a Debian or Ubuntu, or apt-get failed.
    """
    wanted = missing(packages)
    if not wanted:
        return []
    by_hand = "apt-get install --no-install-recommends " + " ".join(wanted)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepError(
            _("These system packages are missing: {names}").format(names=", ".join(wanted)),
            _("As root, run: {command}").format(command=by_hand),
        )
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    problem = _("The system packages could not be installed")
    remedy = _("Check the network and the package sources, then run this again. By hand: {command}").format(
        command=by_hand
    )
    # Waits for another apt-get instead of failing on its lock.
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    run([*apt, "update"], log=log, env=env, problem=problem, remedy=remedy)
    run([*apt, "install", "--no-install-recommends", *wanted], log=log, env=env, problem=problem, remedy=remedy)
    return wanted


def postgresql_program(name: str) -> str:
    """Path of a PostgreSQL server program (initdb, postgres); Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    path = str(found[-1]) if found else shutil.which(name)
    if not path:
        raise StepError(
            _("The PostgreSQL program {name} was not found").format(name=name),
            _("Install PostgreSQL, or set CKAN_SQLALCHEMY_URL to use a server of yours."),
        )
    return path
