"""bin/portal as a newcomer meets it: from nothing to pages, on the servers of this test run."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    """The run's own servers, with a database of its own for the portal."""
    url = sa.make_url(os.environ["CKAN_SQLALCHEMY_URL"])
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS newcomer"))
        connection.execute(sa.text("CREATE DATABASE newcomer TEMPLATE template0 ENCODING 'UTF8'"))
    redis = os.environ["CKAN_REDIS_URL"].replace("/0?", "/7?")
    yield {
        "CKAN_SQLALCHEMY_URL": url.set(database="newcomer").render_as_string(hide_password=False),
        "CKAN_SOLR_URL": os.environ["CKAN_SOLR_URL"],
        "CKAN_REDIS_URL": redis,
    }
    with engine.connect() as connection:
        connection.execute(sa.text("DROP DATABASE newcomer WITH (FORCE)"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("portal")


def portal(
    home: Path, servers: dict[str, str], *arguments: str, language: str = "en"
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **servers, "ODF_PORTAL_HOME": str(home), "LANG": f"{language}.UTF-8", "LANGUAGE": ""}
    env.pop("LC_ALL", None)
    command = [str(ROOT / "bin" / "portal"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False, timeout=600)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def running(home: Path, servers: dict[str, str], port: int) -> Iterator[str]:
    """A portal of the smallest pilot territory, with its demonstration sites harvested."""
    done = portal(home, servers, "--territory", "mulhouse-alsace-agglomeration", "--port", str(port))
    assert not done.returncode, done.stdout + done.stderr
    yield done.stdout
    portal(home, servers, "stop")


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as page:
        return page.read().decode()


def test_says_where_the_portal_is(running: str, port: int, home: Path) -> None:
    """The last lines name the address, the administrator and where the password is kept."""
    assert f"http://localhost:{port}" in running
    assert str(home / "admin-password.txt") in running
    assert (home / "admin-password.txt").stat().st_mode & 0o077 == 0


def test_shows_organisations_and_harvested_data(running: str, port: int) -> None:
    """Its API counts the organisations of the territory and datasets from the demonstration sites."""
    api = f"http://localhost:{port}/api/3/action"
    datasets = json.loads(get(f"{api}/package_search?rows=0"))["result"]["count"]
    organisations = json.loads(get(f"{api}/odf_territory_search?limit=1"))["result"]["count"]
    assert datasets > 10
    assert organisations > 40
    assert "Mulhouse" in get(f"http://localhost:{port}/")


def test_a_second_run_changes_nothing(running: str, home: Path, servers: dict[str, str], port: int) -> None:
    """Run again, every step that made something says that it is already there."""
    again = portal(home, servers)
    assert not again.returncode, again.stderr
    for step in ("Database", "Administrator", "organisations", "Harvest of the demonstration sites"):
        assert [line for line in again.stdout.splitlines() if step in line and "already there" in line], step


def test_status_and_ckan_commands(running: str, home: Path, servers: dict[str, str]) -> None:
    """`status` says what runs; `ckan` passes its words on to CKAN with this portal's configuration."""
    status = portal(home, servers, "status")
    assert not status.returncode
    assert "web" in status.stdout
    listed = portal(home, servers, "ckan", "odf", "source", "list")
    assert not listed.returncode, listed.stderr
    assert "127.0.0.1" in listed.stdout


def test_reset_does_not_touch_servers_of_others(home: Path, servers: dict[str, str], running: str) -> None:
    """`reset` asks for --yes, and leaves given servers alone."""
    assert portal(home, servers, "reset").returncode == 1
    refused = portal(home, servers, "reset", "--yes")
    assert refused.returncode == 1
    assert "servers of yours" in refused.stderr


def test_an_unknown_territory_is_named(home: Path, servers: dict[str, str]) -> None:
    """The message names the wrong slug and the right ones, in the user's language."""
    failed = portal(home, servers, "--territory", "charente", language="fr_FR")
    assert failed.returncode == 1
    assert "Territoire inconnu" in failed.stderr
    assert "charente-maritime" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_port_in_use_is_named(tmp_path: Path, servers: dict[str, str]) -> None:
    """Nothing is installed or started where the web port belongs to another program."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        failed = portal(tmp_path, servers, "--port", str(number))
    assert failed.returncode == 1
    assert str(number) in failed.stderr
    assert f"({os.getpid()})" in failed.stderr
    assert not (tmp_path / "ckan.ini").exists()


def test_half_of_the_servers_is_refused(tmp_path: Path, servers: dict[str, str]) -> None:
    """With only some addresses given, the missing one is named."""
    failed = portal(tmp_path, {**servers, "CKAN_SOLR_URL": ""})
    assert failed.returncode == 1
    assert "CKAN_SOLR_URL" in failed.stderr
