from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ckan.tests import factories, helpers

# Helpers of these tests (`full_dataset`, `browser_form`) are plain modules beside this file.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def clean_portal(clean_db: None, clean_index: None, migrate_db_for: Callable[[str], None]) -> None:
    """An empty portal: CKAN's own fixture drops the tables of plugins with the rest, the first time."""
    for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
        migrate_db_for(plugin)


@pytest.fixture
def organization() -> dict[str, Any]:
    return factories.Organization(name="saintes", title="Saintes", image_url="")


@pytest.fixture
def act() -> Callable[..., dict[str, Any]]:
    """Call an action as an administrator."""
    user = factories.Sysadmin()["name"]
    return lambda action, **data: helpers.call_action(action, {"user": user}, **data)
