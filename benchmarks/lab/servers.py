"""Servers for measuring: started once for both sides, a fresh database and an empty index for each run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from stack import system
from stack.console import ROOT, Console, run
from stack.ini import write_ini
from stack.python_env import PythonEnv
from stack.servers import Servers, write_solr_home
from stack.testing import BASE, LIB, prepare


class Bench:
    """PostgreSQL, Redis and Solr as a portal runs them (written through to disk), below a folder of their own.

    Attributes:
        python: interpreter of the virtual environment.
        pids: the servers whose CPU counts.
    """

    def __init__(self, base: Path, env: PythonEnv) -> None:
        self.base = base
        self.env = env
        self.servers = Servers(base, {}, LIB, durable=True)
        (base / "logs").mkdir(parents=True)

    def start(self) -> None:
        write_solr_home(self.base / "solr", self.env.python, self.base / "logs" / "solr-schema.log")
        self.servers.start()

    def stop(self) -> None:
        self.servers.stop()
        shutil.rmtree(self.base, ignore_errors=True)

    @property
    def pids(self) -> dict[str, int]:
        """Numbers of the server processes."""
        found = {"postgresql": self.servers.postgres.pid(), "solr": self.servers.solr.pid()}
        return {name: pid for name, pid in found.items() if pid}

    def ini(self, side: str, settings: Mapping[str, str]) -> Path:
        """A ckan.ini for one side."""
        path = self.base / side / "ckan.ini"
        path.parent.mkdir(exist_ok=True)
        common = {
            "SECRET_KEY": "for-measuring-only",
            "api_token.jwt.encode.secret": "string:for-measuring-only-0123456789-0123456789",
            "api_token.jwt.decode.secret": "string:for-measuring-only-0123456789-0123456789",
            "ckan.site_url": "http://localhost:5000",
            "ckan.site_id": f"measuring_{side}",
            "ckan.harvest.mq.type": "redis",
            "ckan.storage_path": str(self.base / side / "storage"),
        }
        write_ini(path, {**common, **settings})
        return path

    def environ(self, side: str, database: str) -> dict[str, str]:
        """What a CKAN process of one side needs."""
        addresses = dict(self.servers.env)
        addresses["CKAN_SQLALCHEMY_URL"] = addresses["CKAN_SQLALCHEMY_URL"].rsplit("/", 1)[0] + f"/{database}"
        return self.env.environ(CKAN_INI=str(self.base / side / "ckan.ini"), **addresses)

    def make_template(self, side: str) -> None:
        """An initialised database of this side, from which each run gets its own."""
        template = f"template_{side}"
        self._sql(f"CREATE DATABASE {template} TEMPLATE template0 ENCODING 'UTF8'")
        log = self.base / "logs" / f"database-{side}.log"
        for words in (("db", "init"), ("db", "pending-migrations", "--apply")):
            run(
                [self.env.program("ckan"), *words],
                log=log,
                problem=f"The database of the side “{side}” could not be initialised",
                env=self.environ(side, template),
                cwd=ROOT,
            )

    def fresh(self, side: str) -> str:
        """A new database of this side, an empty index, empty queues; the name of the database."""
        self._sql("DROP DATABASE IF EXISTS run WITH (FORCE)")
        self._sql(f"CREATE DATABASE run TEMPLATE template_{side}")
        self._sql("CHECKPOINT")
        address = self.servers.env["CKAN_SOLR_URL"] + "/update?commit=true"
        body = b'{"delete": {"query": "*:*"}}'
        request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=60).close()
        port = str(self.servers.ports["redis"])
        subprocess.run(["redis-cli", "-p", port, "flushall"], check=True, stdout=subprocess.DEVNULL)
        return "run"

    def _sql(self, statement: str) -> None:
        client = ["psql", "-h", "127.0.0.1", "-p", str(self.servers.ports["postgres"]), "-U", "ckan", "-d", "postgres"]
        subprocess.run([*client, "-qc", statement], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def bench() -> Iterator[Bench]:
    """Running servers, gone afterwards; installs what is missing, like bin/test."""
    with redirect_stdout(sys.stderr):  # what is printed as JSON stays JSON
        env = prepare(Console(3), "harvest,dev", (*system.PYTHON, *system.SERVERS))
    made = Bench(BASE / "benchmarks" / f"run-{os.getpid()}", env)
    try:
        made.start()
        yield made
    finally:
        made.stop()
