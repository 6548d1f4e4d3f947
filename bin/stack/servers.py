"""PostgreSQL, Redis and Solr of one portal or one test run, on loopback ports of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from .console import ROOT, StepError, _, run
from .process import Daemon, free_port, listening
from .system import postgresql_program

HERE = Path(__file__).parent


def _as_postgres(base: Path) -> list[str]:
    """Prefix that drops root: PostgreSQL refuses to run as root.

    Where the checkout lies below a folder that only root may enter, the server keeps the right to pass through it.
    """
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    reachable = subprocess.run(
        [*prefix, "test", "-x", str(base)], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    if reachable.returncode:
        prefix += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return prefix


@dataclass
class Servers:
    """The three servers below `base`; started together, stopped together.

    Attributes:
        base: folder of their data, pid files and logs.
        ports: {"postgres", "redis", "solr"} → port; filled with free ones where absent.
        lib: folder of Solr's jars.
        durable: False for tests: no fsync, nothing kept.
        password: of the database; without one every local user may connect.
    """

    base: Path
    ports: dict[str, int]
    lib: Path
    durable: bool = True
    password: str = ""

    def __post_init__(self) -> None:
        for name in ("postgres", "redis", "solr"):
            self.ports.setdefault(name, free_port())

    @property
    def env(self) -> dict[str, str]:
        """The addresses, in the variables that CKAN itself reads."""
        user = f"ckan:{self.password}" if self.password else "ckan"
        return {
            "CKAN_SQLALCHEMY_URL": f"postgresql://{user}@127.0.0.1:{self.ports['postgres']}/ckan",
            "CKAN_SOLR_URL": f"http://127.0.0.1:{self.ports['solr']}/solr/ckan",
            # redis-py 8 gives up an idle connection after 5 s; ckanext-harvest's consumers wait on theirs for work.
            "CKAN_REDIS_URL": f"redis://127.0.0.1:{self.ports['redis']}/0?socket_timeout=604800",
        }

    def _daemon(self, name: str, command: Sequence[str], env: dict[str, str] | None = None) -> Daemon:
        return Daemon(name, command, self.base / "run", self.base / "logs", env=env)

    @cached_property
    def postgres(self) -> Daemon:
        """PostgreSQL: TCP on loopback only, no socket file."""
        options = {"port": self.ports["postgres"], "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [*_as_postgres(self.base), postgresql_program("postgres"), "-D", str(self.base / "postgres")]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return self._daemon("postgres", command)

    @cached_property
    def redis(self) -> Daemon:
        """Redis, kept on disk for a portal, in memory for tests."""
        data = self.base / "redis"
        data.mkdir(parents=True, exist_ok=True)
        save = "60 1" if self.durable else ""
        command = ["redis-server", "--port", str(self.ports["redis"]), "--bind", "127.0.0.1", "--dir", str(data)]
        return self._daemon("redis", [*command, "--save", save, "--daemonize", "no"])

    @cached_property
    def solr(self) -> Daemon:
        """Solr with one core, `ckan`."""
        home = self.base / "solr"
        heap = "1g" if self.durable else "512m"
        command = ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", f"-Dsolr.log.dir={self.base / 'logs'}"]
        command += ["-Dsolr.log.muteconsole=true", "-cp", f"{self.lib}/*", str(HERE / "solr" / "SolrServer.java")]
        return self._daemon("solr", [*command, str(self.ports["solr"]), str(home)])

    def start(self) -> None:
        """Start what does not run and wait until all three answer.

        Raises:
            StepError: one of them does not start; its log is named.
        """
        self._renew_ports()
        postgres = self.base / "postgres"
        if not (postgres / "PG_VERSION").exists():
            self._init_postgres(postgres)
        for daemon in (self.solr, self.postgres, self.redis):
            daemon.start()
        self.postgres.wait(lambda: listening(self.ports["postgres"]), 60)
        self.redis.wait(lambda: listening(self.ports["redis"]), 30)
        self.solr.wait(lambda: self._solr_answers(), 120)
        self._ensure_database()

    def stop(self) -> list[str]:
        """Stop all three; names of those that ran."""
        stopped = []
        for daemon, signal_ in (
            (self.solr, signal.SIGTERM),
            (self.redis, signal.SIGTERM),
            (self.postgres, signal.SIGINT),
        ):
            if daemon.stop(signal_):
                stopped.append(daemon.name)
        return stopped

    def _renew_ports(self) -> None:
        """A port that another program took since the last start is exchanged for a free one."""
        for name in ("postgres", "redis", "solr"):
            if not getattr(self, name).pid() and listening(self.ports[name]):
                self.ports[name] = free_port()
                del self.__dict__[name]

    def _init_postgres(self, data: Path) -> None:
        prefix = _as_postgres(self.base)
        half = data.with_suffix(".new")  # an interrupted initdb is not taken for a finished one
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True, mode=0o700)
        if prefix:
            user = pwd.getpwnam("postgres")
            os.chown(half, user.pw_uid, user.pw_gid)
        command = [*prefix, postgresql_program("initdb"), "-D", str(half), "-U", "ckan", "-E", "UTF8"]
        # C.UTF-8 sorts the same on every machine.
        command += ["--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        with tempfile.NamedTemporaryFile("w") as secret:
            secret.write(self.password)
            secret.flush()
            if prefix:
                os.chown(secret.name, user.pw_uid, user.pw_gid)
            command += ["-A", "scram-sha-256", "--pwfile", secret.name] if self.password else ["-A", "trust"]
            self._run_initdb(command, data)
        half.rename(data)

    def _run_initdb(self, command: Sequence[str], data: Path) -> None:
        run(
            command,
            log=self.base / "logs" / "initdb.log",
            problem=_("PostgreSQL could not create its data folder {path}").format(path=data),
            remedy=_("Look whether the disk is full and whether the user postgres may read the checkout."),
        )

    def _ensure_database(self) -> None:
        client = ["-h", "127.0.0.1", "-p", str(self.ports["postgres"]), "-U", "ckan"]
        env = {**os.environ, "PGPASSWORD": self.password}
        exists = "SELECT 1 FROM pg_database WHERE datname = 'ckan'"
        asked = subprocess.run(
            ["psql", *client, "-d", "postgres", "-Atc", exists], capture_output=True, text=True, check=False, env=env
        )
        if asked.stdout.strip() != "1":
            run(
                ["createdb", *client, "-E", "UTF8", "-T", "template0", "ckan"],
                env=env,
                log=self.base / "logs" / "initdb.log",
                problem=_("The database ckan could not be created"),
            )

    def _solr_answers(self) -> bool:
        url = f"http://127.0.0.1:{self.ports['solr']}/solr/ckan/admin/ping"
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            if error.code == 500:
                problem = _("Solr started, but its core does not load")
                raise StepError(problem, _("Read the log named below."), self.solr.log) from error
            return False
        except (OSError, urllib.error.URLError):
            return False


def fetch_solr(lib: Path, repository: Path, log: Path) -> None:
    """Bring Solr's jars from Maven Central into `lib`, whole or not at all."""
    half = lib.with_suffix(".new")
    shutil.rmtree(half, ignore_errors=True)
    run(
        ["mvn", "-q", "-B", "-f", str(HERE / "solr" / "pom.xml"), f"-Dmaven.repo.local={repository}",
         "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={half}"],
        log=log,
        problem=_("Solr could not be fetched from Maven Central"),
        remedy=_("Check the network, then run this again; or set CKAN_SOLR_URL to use a Solr of yours."),
    )  # fmt: skip
    shutil.rmtree(lib, ignore_errors=True)
    half.rename(lib)
    shutil.rmtree(repository, ignore_errors=True)


def write_solr_home(home: Path, python: Path, log: Path) -> None:
    """Write the solr home with the core `ckan`: CKAN's own schema of the installed version, analysed in French."""
    conf = home / "ckan" / "conf"
    conf.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "solr" / "solr.xml", home / "solr.xml")
    shutil.copy(HERE / "solr" / "solrconfig.xml", conf / "solrconfig.xml")
    (home / "ckan" / "core.properties").write_text("name=ckan\n")
    for name in ("protwords.txt", "synonyms.txt", "stopwords.txt"):
        (conf / name).touch()
    schema = conf / "schema.xml"
    with schema.with_suffix(".new").open("wb") as out, log.open("ab") as errors:
        code = subprocess.call(
            [str(python), "-m", "ckanext.opendatafrance.search.solr_schema"], stdout=out, stderr=errors, cwd=ROOT
        )
    if code:
        raise StepError(_("The search schema could not be written"), _("Read the log named below."), log)
    schema.with_suffix(".new").replace(schema)


def reachable(url: str) -> bool:
    """Whether the host and port of an address answer at all."""
    parts = urlsplit(url)
    port = parts.port or {"postgresql": 5432, "redis": 6379, "https": 443}.get(parts.scheme, 80)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", port), timeout=5):
            return True
    except OSError:
        return False
