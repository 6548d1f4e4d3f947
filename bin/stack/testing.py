"""bin/test: installation, throw-away servers, the checks and pytest.

The whole suite is shared out file by file (pytest-xdist) between as many processes as there are cores, two at most,
each with servers of its own: a CKAN fills one core and its servers the other. With arguments there is one process.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import system
from .console import ROOT, Console, StepError, _, run
from .python_env import CKAN, PythonEnv
from .servers import Servers, fetch_solr, write_solr_home

BASE = ROOT / ".portal"
LIB = BASE / "solr" / "lib"
MOST_PROCESSES = 2
SERVERS_OF = "ODF_SERVERS_"
"""Prefix of the variables by which tests/conftest.py finds the servers of its process: ODF_SERVERS_gw0, …"""


@contextmanager
def installing() -> Iterator[None]:
    """One installation at a time in a checkout."""
    BASE.mkdir(exist_ok=True)
    with (BASE / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(console: Console, extras: str, packages: tuple[str, ...]) -> PythonEnv:
    """The first steps of bin/portal and bin/test: system packages, Python packages, Solr."""
    env = PythonEnv(BASE)
    env.check()
    with installing():
        with console.step(_("System packages")) as step:
            step.note = ", ".join(system.install(packages, BASE / "logs" / "apt.log")) or _("already there")
        with console.step(_("CKAN and the suite, in a virtual environment")) as step:
            step.note = "" if env.install(extras) else _("already there")
        if "maven" in packages:
            with console.step(_("Solr, from Maven Central")) as step:
                if LIB.exists():
                    step.note = _("already there")
                else:
                    fetch_solr(LIB, BASE / "maven", BASE / "logs" / "solr-fetch.log")
    return env


def _template_key(ini: Path) -> str:
    files = sorted((ROOT / "ckanext/opendatafrance/migration").rglob("*.py"))
    return hashlib.sha256(b"".join([CKAN.encode(), ini.read_bytes(), *(f.read_bytes() for f in files)])).hexdigest()[
        :16
    ]


@contextmanager
def throwaway_servers(env: PythonEnv, ini: Path, name: str = "servers") -> Iterator[dict[str, str]]:
    """Servers with an initialised database and an empty index, gone afterwards; yields the environment for CKAN.

    The initialised database is kept as a template, so that only the first run pays for it.

    Args:
        name: tells the servers of one process from those of another in the same run.
    """
    _sweep()
    base = BASE / "test" / f"run-{os.getpid()}" / name
    template = BASE / "test" / f"database-{_template_key(ini)}"
    servers = Servers(base, {}, LIB, durable=False)
    (base / "logs").mkdir(parents=True)
    environ = env.environ(CKAN_STORAGE_PATH=str(base / "storage"), **servers.env)
    try:
        write_solr_home(base / "solr", env.python, base / "logs" / "solr-schema.log")
        if template.exists():
            subprocess.run(["cp", "-a", str(template), str(base / "postgres")], check=True)
        servers.start()
        if not template.exists():
            _initialise(env, ini, environ, base / "logs" / "database.log")
            servers.postgres.stop(signal.SIGINT)
            _keep(base / "postgres", template)
            servers.start()
        yield environ | servers.env
    finally:
        servers.stop()
        shutil.rmtree(base, ignore_errors=True)


def _sweep() -> None:
    """Stop and remove what killed runs left behind."""
    for left in (BASE / "test").glob("run-*"):
        if not Path(f"/proc/{left.name.removeprefix('run-')}").exists():
            for servers in left.iterdir():
                Servers(servers, {}, LIB, durable=False).stop()
            shutil.rmtree(left, ignore_errors=True)


def _initialise(env: PythonEnv, ini: Path, environ: dict[str, str], log: Path) -> None:
    upgrade = [env.program("ckan"), "-c", str(ini), "db", "upgrade"]
    run(upgrade, log=log, problem=_("The database could not be initialised"), env=environ, cwd=ROOT)


def _keep(data: Path, template: Path) -> None:
    for old in template.parent.glob("database-*"):
        shutil.rmtree(old, ignore_errors=True)
    half = template.with_name(f"{template.name}.{os.getpid()}")
    subprocess.run(["cp", "-a", str(data), str(half)], check=True)
    if template.exists():
        shutil.rmtree(half)
    else:
        half.rename(template)


def _check(env: PythonEnv, console: Console) -> list[str]:
    """Names of the static checks that failed."""
    checks = {
        "ruff format": [env.program("ruff"), "format", "--check", "."],
        "ruff check": [env.program("ruff"), "check", "."],
        "pyright": [env.program("pyright"), "--pythonpath", str(env.python)],
    }
    failed = []
    for name, command in checks.items():
        console.line(f"\n$ {name}")
        if subprocess.call(command, cwd=ROOT, stdin=subprocess.DEVNULL):
            failed.append(name)
    return failed


def _processes() -> int:
    return min(MOST_PROCESSES, len(os.sched_getaffinity(0)))


def _servers(env: PythonEnv, ini: Path, stack: ExitStack, processes: int) -> tuple[list[str], dict[str, str]]:
    """Start the servers of a run; the options of pytest and the environment that go with them."""
    if processes == 1:
        return [], stack.enter_context(throwaway_servers(env, ini))
    environ: dict[str, str] = {}
    for number in range(processes):
        mine = stack.enter_context(throwaway_servers(env, ini, f"gw{number}"))
        own = {key: value for key, value in mine.items() if key.startswith("CKAN_")}
        environ |= mine | {f"{SERVERS_OF}gw{number}": json.dumps(own)}
    return ["--numprocesses", str(processes), "--dist", "loadfile"], environ


def main(arguments: list[str]) -> int:
    """Run the suite; the exit code of the first thing that failed."""
    console = Console(4)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        env = prepare(console, "harvest,validation,dev", (*system.PYTHON, *system.SERVERS, *system.BROWSER))
        failed = [] if arguments else _check(env, console)
        ini = ROOT / "test.ini"
        with ExitStack() as stack:
            with console.step(_("PostgreSQL, Redis and Solr for this run")):
                options, environ = _servers(env, ini, stack, 1 if arguments else _processes())
            code = subprocess.call([str(env.python), "-m", "pytest", *options, *arguments], cwd=ROOT, env=environ)
    except StepError as error:
        print(f"\n{error}\n{error.remedy}\n{error.log or ''}", file=sys.stderr)
        return 2
    if failed:
        print("\n" + _("These checks failed: {names}").format(names=", ".join(failed)), file=sys.stderr)
    return code or len(failed)
