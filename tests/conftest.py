"""Fixtures of the whole suite; everything here works without CKAN."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from ckanext.opendatafrance.harvest.transport import Limits, Transport

# bin/test gives each process of a shared run servers of its own.
os.environ.update(json.loads(os.environ.get(f"ODF_SERVERS_{os.environ.get('PYTEST_XDIST_WORKER')}", "{}")))

# Helpers shared by tests (`member_site`, `connector_conformance`) are plain modules beside this file.
sys.path.insert(0, str(Path(__file__).parent))

from member_site import MemberSite, sites


@pytest.fixture
def member_site() -> Iterator[Callable[..., MemberSite]]:
    """Factory of real loopback HTTP servers: `site = member_site({"/data.json": {...}})`."""
    yield from sites()


@pytest.fixture
def fetch() -> Callable[..., Transport]:
    """Factory of clients that may read the given sites and lose no time: `fetch(site, tries=1)`."""

    def client(*sites: MemberSite, **limits: Any) -> Transport:
        swift = {"host_interval": 0, "retry_wait": 0.01, "connect_seconds": 2, "read_seconds": 5, "total_seconds": 20}
        return Transport([site.host for site in sites], limits=Limits(**{**swift, **limits}))

    return client


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of the real responses; the test is skipped where it is not there."""
    root = Path(__file__).parent.parent
    folder = Path(os.environ.get("ODF_CORPUS") or root.parent / "shared" / "corpus")
    if not folder.is_dir():
        pytest.skip(f"no real responses in {folder} (set ODF_CORPUS)")
    return folder


@pytest.fixture(scope="module")
def filled() -> list[bool]:
    """Not empty once the tests of this module have their data."""
    return []


@pytest.fixture
def fill_once(
    with_plugins: None,
    filled: list[bool],
    reset_db: Callable[[], None],
    reset_index: Callable[[], None],
    migrate_db_for: Callable[[str], None],
) -> Callable[[Callable[[], None]], None]:
    """Run a function on an empty portal before the first test of a module: plugins are loaded for each test only."""

    def fill(make: Callable[[], None]) -> None:
        if filled:
            return
        reset_db()
        for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
            migrate_db_for(plugin)
        reset_index()
        make()
        filled.append(True)

    return fill


@pytest.fixture
def portal_url(app: Any) -> Iterator[str]:
    """Address of this test's CKAN, served on loopback for a real browser."""
    server = make_server("127.0.0.1", 0, app.flask_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
