"""One portal below `.portal/`: its servers, its configuration, its content, its web address."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from .console import ROOT, Console, StepError, _, run
from .ini import PLUGINS, write_ini
from .process import Daemon, free_ports, listening, port_holder
from .python_env import PythonEnv
from .servers import Servers, reachable, write_solr_home
from .state import State
from .testing import BASE, LIB

ADMINISTRATOR = "administrateur"
# Installed packages stay in the checkout; the state and content of the portal may be elsewhere.
HOME = Path(os.environ.get("ODF_PORTAL_HOME") or BASE).absolute()
ADDRESSES = ("CKAN_SQLALCHEMY_URL", "CKAN_SOLR_URL", "CKAN_REDIS_URL")

#: One for each software of the demonstration sites and one for those out of order, some kept for others.
DEMO_PORTS = 9
NAMES = """
import json, sys
from ckanext.opendatafrance import registry
territory = registry.territory(sys.argv[1])
print(json.dumps([territory.title, territory.description["fr"]]))
"""


def external_servers() -> bool:
    """Whether the three servers are somebody else's.

    Raises:
        StepError: only some of the three addresses are given.
    """
    given = [name for name in ADDRESSES if os.environ.get(name)]
    if given and len(given) < len(ADDRESSES):
        absent = ", ".join(name for name in ADDRESSES if name not in given)
        raise StepError(
            _("{given} is set, but {absent} is not").format(given=", ".join(given), absent=absent),
            _("Set all three to use servers of yours, or none to let this command start its own."),
        )
    return bool(given)


class Portal:
    """The portal of this checkout; every method may be called again and then changes nothing."""

    def __init__(self, console: Console) -> None:
        HOME.mkdir(parents=True, exist_ok=True)
        self.console = console
        self.state = State.load(HOME / "state.json")
        self.env = PythonEnv(BASE)
        self.ini = HOME / "ckan.ini"
        self.password_file = HOME / "admin-password.txt"
        self.logs = HOME / "logs"

    @cached_property
    def servers(self) -> Servers:
        """The servers that this portal starts when none are given."""
        return Servers(HOME, self.state.ports, LIB, password=self.state.secrets["database"])

    @property
    def address(self) -> str:
        return f"http://localhost:{self.state.port}"

    @property
    def addresses(self) -> dict[str, str]:
        """The three server addresses, given or own."""
        return {name: os.environ[name] for name in ADDRESSES} if external_servers() else self.servers.env

    @property
    def environ(self) -> dict[str, str]:
        return self.env.environ(CKAN_INI=str(self.ini), **self.addresses)

    # --- the parts that run -------------------------------------------------------------------------------------

    def _daemon(self, name: str, *command: str) -> Daemon:
        return Daemon(name, command, HOME / "run", self.logs, env=self.environ, cwd=ROOT)

    @property
    def web(self) -> Daemon:
        bind = f"127.0.0.1:{self.state.port}"
        options = ["--workers", "2", "--threads", "4", "--timeout", "120", "--bind", bind, "--chdir", str(ROOT / "bin")]
        return self._daemon("web", self.env.program("gunicorn"), *options, "stack.wsgi:application")

    @property
    def demo_sites(self) -> Daemon:
        serve = ["demo/serve.py", "--territory", self.state.territory, "--port-base", str(self.state.ports["demo"])]
        return self._daemon("demo", str(self.env.python), *serve)

    @property
    def workers(self) -> list[Daemon]:
        """The harvest queue's consumers, the job queue's, and the clock that ckanext-harvest asks for."""
        ckan = f"'{self.env.program('ckan')}'"
        commands = {
            # Two sources are harvested at once.
            "gather": f"{ckan} harvester gather-consumer; sleep 5",
            "gather-2": f"{ckan} harvester gather-consumer; sleep 5",
            "fetch": f"{ckan} harvester fetch-consumer; sleep 5",
            "jobs": f"{ckan} jobs worker; sleep 5",
            "clock": f"sleep 300; {ckan} harvester run",
        }
        # A worker that ends, because Redis was away for a moment, comes back.
        loops = [self._daemon(name, "sh", "-c", f"while :; do {command}; done") for name, command in commands.items()]
        return [replace(loop, group=True) for loop in loops]

    def daemons(self) -> list[Daemon]:
        """Everything that this portal may have running, servers last."""
        servers = [] if external_servers() else [self.servers.solr, self.servers.redis, self.servers.postgres]
        demo = [self.demo_sites] if "demo" in self.state.ports else []
        return [self.web, *self.workers, *demo, *servers]

    # --- steps --------------------------------------------------------------------------------------------------

    def check_port(self) -> None:
        """Fail before anything is done where the web port belongs to somebody else.

        Raises:
            StepError: another program listens there; names it.
        """
        if self.web.pid() or not listening(self.state.port):
            return
        holder = port_holder(self.state.port) or _("another program")
        raise StepError(
            _("Port {port} is already used by {holder}").format(port=self.state.port, holder=holder),
            _("Stop it, or choose another port: {command}").format(command="bin/portal --port 5001"),
        )

    def start_servers(self) -> None:
        if external_servers():
            for name, url in self.addresses.items():
                if not reachable(url):
                    raise StepError(
                        _("{name}: nothing answers at {url}").format(name=name, url=url.rsplit("@", 1)[-1]),
                        _("Start that server or mend the address."),
                    )
            return
        self.logs.mkdir(parents=True, exist_ok=True)
        if not self.servers.solr.pid():
            write_solr_home(HOME / "solr", self.env.python, self.logs / "solr-schema.log")
        self.servers.start()
        self.state.save()

    def configure(self) -> None:
        """Write the configuration; what runs with another one is stopped, to be started again with this."""
        title, description = self._territory_names()
        demo = self._demo_port()
        settings = {
            "SECRET_KEY": self.state.secrets["session"],
            "api_token.jwt.encode.secret": f"string:{self.state.secrets['token']}",
            "api_token.jwt.decode.secret": f"string:{self.state.secrets['token']}",
            "sqlalchemy.url": self.addresses["CKAN_SQLALCHEMY_URL"],
            "solr_url": self.addresses["CKAN_SOLR_URL"],
            "ckan.redis.url": self.addresses["CKAN_REDIS_URL"],
            "ckan.harvest.mq.type": "redis",
            "ckan.site_id": "opendatafrance",
            "ckan.site_url": self.address,
            "ckan.site_title": title,
            "ckan.site_description": description,
            "ckan.locale_default": "fr",
            "ckan.locales_offered": "fr en",
            "ckan.plugins": PLUGINS,
            "ckan.storage_path": str(HOME / "storage"),
            "ckan.auth.create_user_via_web": "false",
            "ckan.auth.create_unowned_dataset": "false",
            # Organisations are seeded, and rights on what is below one are given by a role (docs/rights.md).
            "ckan.auth.user_create_organizations": "false",
            "ckan.auth.roles_that_cascade_to_sub_groups": "",
            "ckan.views.default_views": "",
            # No visitor's address goes to a service elsewhere for the sake of a picture.
            "ckan.gravatar_default": "disabled",
            "ckanext.opendatafrance.territory": self.state.territory,
        }
        if self.state.demo:
            settings["ckanext.opendatafrance.allowed_hosts"] = " ".join(
                f"127.0.0.1:{demo + n}" for n in range(DEMO_PORTS)
            )
        self.state.save()
        if write_ini(self.ini, settings):
            for daemon in (self.web, *self.workers):
                daemon.stop()

    def _demo_port(self) -> int:
        """First of the ports of the demonstration sites, kept as long as nobody else takes them."""
        ports = self.state.ports
        taken = any(listening(ports["demo"] + n) for n in range(DEMO_PORTS)) if "demo" in ports else True
        if taken and not ("demo" in ports and self.demo_sites.pid()):
            ports["demo"] = free_ports(DEMO_PORTS)
        return ports["demo"]

    def _territory_names(self) -> tuple[str, str]:
        command = [str(self.env.python), "-c", NAMES, self.state.territory]
        asked = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if asked.returncode:
            last = (asked.stderr.strip().splitlines() or [""])[-1]
            raise StepError(last.split(": ", 1)[-1], _("The pilot territories: {names}").format(names=territories()))
        title, description = json.loads(asked.stdout)
        return title, description

    def once(self, step: str, inputs: list[Path], *words: str) -> str | None:
        """The fingerprint to `mark` when a step must run, None when it is already done for these inputs."""
        files = sorted(f for path in inputs for f in ([path] if path.is_file() else path.rglob("*")) if f.is_file())
        content = [f.read_bytes() for f in files if "__pycache__" not in f.parts]
        database = self.addresses["CKAN_SQLALCHEMY_URL"].rsplit("@", 1)[-1]
        parts = [*(word.encode() for word in (database if external_servers() else "", *words)), *content]
        fingerprint = hashlib.sha256(b"\0".join(parts)).hexdigest()
        return None if self.state.done.get(step) == fingerprint else fingerprint

    def ckan(self, *arguments: str, problem: str, accept: tuple[int, ...] = (0,)) -> None:
        """Run a `ckan` command of this portal, with its output in a log."""
        command = [self.env.program("ckan"), *arguments]
        run(command, log=self.logs / "ckan.log", problem=problem, env=self.environ, cwd=ROOT, accept=accept)

    def initialise_database(self) -> bool:
        package = ROOT / "ckanext/opendatafrance"
        fingerprint = self.once("database", [package / "migration", ROOT / "pyproject.toml"])
        if fingerprint:
            self.ckan("db", "upgrade", problem=_("The database could not be initialised"))
            self.state.mark("database", fingerprint)
        return bool(fingerprint)

    def create_administrator(self) -> bool:
        fingerprint = self.once("administrator", [])
        if not fingerprint:
            return False
        if not self.password_file.exists():
            password = secrets.token_urlsafe(12)
            with os.fdopen(os.open(self.password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
                out.write(password + "\n")
        password = self.password_file.read_text().strip()
        asked = subprocess.run(
            [str(self.env.python), str(ROOT / "bin" / "stack" / "administrator.py"), ADMINISTRATOR],
            input=password, capture_output=True, text=True, env=self.environ, cwd=ROOT, check=False,
        )  # fmt: skip
        if asked.returncode:
            raise StepError(
                "\n    ".join([_("The administrator could not be created"), *asked.stderr.splitlines()[-4:]])
            )
        self.state.mark("administrator", fingerprint)
        return True

    def seed(self) -> bool:
        data = [ROOT / "schemas" / "territories", ROOT / "ckanext/opendatafrance/reference/data"]
        fingerprint = self.once("territory", data, self.state.territory)
        if fingerprint:
            self.ckan("odf", "territory", "seed", self.state.territory, problem=_("The territory could not be created"))
            self.state.mark("territory", fingerprint)
        return bool(fingerprint)

    def start_web(self) -> None:
        """Start the web server and wait for the first page."""
        # Only `ckan run` translates CKAN's scripts by itself.
        fingerprint = self.once("scripts", [ROOT / "i18n"])
        if fingerprint:
            self.ckan("translation", "js", problem=_("The texts of CKAN's scripts could not be written"))
            self.state.mark("scripts", fingerprint)
        self.web.start()
        self.web.wait(self._home_answers, 120)

    def _home_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api/3/action/status_show", timeout=30) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def start_demo(self) -> None:
        self.demo_sites.start()
        self.demo_sites.wait(lambda: listening(self.state.ports["demo"]), 30)

    def harvest_demo(self) -> bool:
        """Register the demo sites and harvest them once; later runs leave them to the schedule."""
        fingerprint = self.once("demo", [ROOT / "demo"], self.state.territory, str(self.state.ports["demo"]))
        if fingerprint:
            sources = HOME / "demo-sources.csv"
            serve = [str(self.env.python), "demo/serve.py", "--territory", self.state.territory]
            with sources.open("w") as out:
                subprocess.run(
                    [*serve, "--port-base", str(self.state.ports["demo"]), "--list", "--csv"],
                    stdout=out, env=self.environ, cwd=ROOT, check=True,
                )  # fmt: skip
            self.ckan("odf", "source", "import", str(sources), problem=_("The demo sites could not be registered"))
            # Some of them are out of order on purpose: the command says so with exit code 1.
            self.ckan("odf", "harvest", "--all", problem=_("The demo sites could not be harvested"), accept=(0, 1))
            self.state.mark("demo", fingerprint)
        return bool(fingerprint)

    def start_workers(self) -> None:
        for worker in self.workers:
            worker.start()

    def stop(self) -> list[str]:
        """Stop everything; names of what ran."""
        stopped = []
        for daemon in self.daemons():
            if daemon.stop(signal.SIGINT if daemon.name == "postgres" else signal.SIGTERM):
                stopped.append(daemon.name)
        return stopped

    def reset(self) -> None:
        """Remove the content and the configuration; installed packages stay."""
        self.stop()
        for name in ("postgres", "redis", "storage", "run", "solr/ckan"):
            shutil.rmtree(HOME / name, ignore_errors=True)
        for path in (self.ini, self.password_file, self.state.path):
            path.unlink(missing_ok=True)

    def wait_for_page(self) -> float:
        """Seconds that the home page takes; the first call warms the templates up."""
        started = time.monotonic()
        with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(self.address, timeout=60) as page:
            page.read()
        return time.monotonic() - started


def territories() -> str:
    return ", ".join(sorted(path.stem for path in (ROOT / "schemas" / "territories").glob("*.yaml")))
