"""Badges of files, and the filters by schema and validity, as a visitor sees them."""

from __future__ import annotations

import pytest
from clerks import DELIBERATIONS
from test_jobs import dataset

from ckan.tests.helpers import call_action

from ckanext.opendatafrance.validation import indexing

pytestmark = pytest.mark.ckan_config("ckan.locale_default", "en")
ADDRESS = f"https://schema.data.gouv.fr/schemas/{DELIBERATIONS}/2.1.5/schema.json"


def test_a_declared_schema_has_a_badge_and_a_filter(app, clerk) -> None:
    """Not checked yet: the page of the dataset says so with a link to the report; others say nothing."""
    own = clerk()
    files = [{"url": "https://example.org/d.csv", "format": "CSV"}]
    declaring = dataset(own, conforms_to=[ADDRESS], resources=files)
    plain = dataset(own, resources=files)
    page = app.get(f"/dataset/{declaring['name']}").body
    assert "Not checked" in page
    assert f"/odf/check/{declaring['resources'][0]['id']}" in page
    assert "/odf/check/" not in app.get(f"/dataset/{plain['name']}").body
    found = app.get(f"/dataset/?organization={own.organization['name']}&{indexing.VALIDITY}=not-checked").body
    assert declaring["name"] in found
    assert plain["name"] not in found
    assert "Délibérations" in found
    assert (
        call_action("package_search", fq=f'{indexing.SCHEMA}:"{DELIBERATIONS}" AND id:{declaring["id"]}')["count"] == 1
    )


@pytest.mark.parametrize(
    ("states", "shown"),
    [([], "not-checked"), (["valid", "not-checked"], "valid"), (["valid", "invalid"], "invalid")],
)
def test_the_state_of_a_dataset_is_that_of_its_files(states: list[str], shown: str) -> None:
    assert indexing.worst(states) == shown
