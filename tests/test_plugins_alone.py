"""Each plugin of the suite can be enabled without those that it does not need."""

from __future__ import annotations

from typing import Any

import pytest

from ckan.tests import factories

ALONE = [
    pytest.param("opendatafrance", id="the look only"),
    pytest.param("opendatafrance scheming_datasets scheming_organizations", id="look and schemas"),
    pytest.param("opendatafrance_territories scheming_organizations", id="territories without the look"),
    pytest.param("opendatafrance_harvest harvest", id="harvest without look and schemas"),
    pytest.param("opendatafrance_validation", id="validation alone"),
    pytest.param("opendatafrance_federation dcat scheming_datasets", id="federation without look and harvest"),
    pytest.param("opendatafrance_harvest opendatafrance_territories harvest activity", id="all but the look"),
]


def page(app: Any, path: str) -> str:
    answer = app.get(path)
    assert answer.status_code == 200, path
    return answer.body


@pytest.mark.parametrize(
    "enabled",
    [pytest.param(p.values[0], id=p.id, marks=pytest.mark.ckan_config("ckan.plugins", p.values[0])) for p in ALONE],
)
@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
def test_the_portal_works_with_these_plugins_only(app: Any, enabled: str, migrate_db_for: Any) -> None:
    """Home, datasets, organisations and API answer, with an organisation there."""
    for plugin in {"activity", "harvest", "opendatafrance_harvest", "opendatafrance_territories"} & {*enabled.split()}:
        migrate_db_for(plugin)
    organization = factories.Organization()
    page(app, f"/organization/{organization['name']}")
    for path in ("/", "/dataset/", "/organization/", "/api/3/action/status_show"):
        page(app, path)
    if "opendatafrance_territories" in enabled:
        for path in ("/territoires", "/territoires/arbre", "/territoires/carte", "/territoires/carte.svg"):
            page(app, path)
    if "harvest" in enabled.split():
        page(app, "/harvest")
    if "opendatafrance_validation" in enabled:
        page(app, "/api/3/action/odf_table_schema_list")
    if "opendatafrance_federation" in enabled:
        page(app, "/catalog.ttl")
