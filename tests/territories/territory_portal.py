"""Charente-Maritime with a few publishers, for the tests of the pages of territories."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import _get_test_app

CDA = "epci-241700434-ca-de-la-rochelle"
LA_ROCHELLE, SAINTES = "commune-17300-la-rochelle", "commune-17415-saintes"


def make_portal() -> None:
    """478 organisations, of which La Rochelle publishes two datasets, its agglomeration one, Saintes a private one."""
    user = factories.Sysadmin()["name"]
    tk.get_action("odf_territory_seed")({"ignore_auth": True, "user": user}, {"code": "charente-maritime"})
    for name, owner in (("ecoles", LA_ROCHELLE), ("budget", LA_ROCHELLE), ("pistes", CDA)):
        factories.Dataset(name=name, title=name.capitalize(), owner_org=owner)
    factories.Dataset(name="brouillon", owner_org=SAINTES, private=True)


@contextmanager
def served(
    reset_db: Callable[[], None], reset_index: Callable[[], None], migrate_db_for: Callable[[str], None]
) -> Iterator[Any]:
    """CKAN with this portal, for all tests of a module: loading plugins for each of them would cost a minute."""
    p.load_all()
    reset_db()
    for plugin in ("activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"):
        migrate_db_for(plugin)
    reset_index()
    app = _get_test_app()
    with app.flask_app.test_request_context():
        make_portal()
    yield app
    model.Session.remove()
    p.unload_all()
