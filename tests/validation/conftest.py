"""Fixtures of the validation room that need a portal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from ckan import model

sys.path.insert(0, str(Path(__file__).parent))

from clerks import Clerk


@pytest.fixture
def tables(with_plugins, non_clean_db, migrate_db_for):
    """CKAN with the tables of its plugins; what other tests stored stays."""
    if not sa.inspect(model.ensure_engine()).has_table("odf_harvest_run"):
        for plugin in ("activity", "harvest", "opendatafrance_harvest"):
            migrate_db_for(plugin)
    if not sa.inspect(model.ensure_engine()).has_table("odf_territory"):
        migrate_db_for("opendatafrance_territories")
    if not sa.inspect(model.ensure_engine()).has_table("odf_resource_check"):
        migrate_db_for("opendatafrance_validation")


@pytest.fixture
def clerk(tables) -> Callable[[], Clerk]:
    """Factory of editors, each with an organisation of their own."""
    return Clerk
