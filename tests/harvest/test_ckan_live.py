"""The CKAN connector against a real CKAN: this portal itself, served over loopback."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from ckan.tests import factories

from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport


@pytest.mark.usefixtures("tables")
def test_a_real_ckan_is_found_and_read(portal_url: str) -> None:
    """From its home page; private datasets and drafts stay where they are, fields come over as they were entered."""
    town = factories.Organization(title="Ville de Saintes")
    resource = {"url": "https://data.saintes.fr/arbres.csv", "name": "Arbres", "format": "CSV"}
    entered = {
        "owner_org": town["id"],
        "notes": "Les **arbres** de la commune.",
        "license_id": "lov2",
        "frequency": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
        "theme": ["http://publications.europa.eu/resource/authority/data-theme/ENVI"],
        "tags": [{"name": "arbres"}],
        "contact": [{"name": "Espaces verts", "email": "verts@saintes.fr"}],
        "issued": "2024-03-12",
        "resources": [resource],
    }
    public = factories.Dataset(title="Arbres de Saintes", **entered)
    factories.Dataset(title="Arbres secrets", private=True, **entered)
    factories.Dataset(title="Arbres à venir", state="draft", **entered)

    fetch = Transport(allow_hosts=[urlsplit(portal_url).netloc])
    found = detect(f"{portal_url}/fr/organization/{town['name']}", fetch)
    assert (found.connector, found.url) == ("ckan", portal_url)
    own = next(one for one in found.candidates if one.url.endswith(town["name"]))
    assert own.count == 1

    seen = preview(own.url, fetch, connector="ckan")
    assert [(error.code, str(error)) for error in seen.errors] == []
    [dataset] = seen.datasets
    assert dataset["title"] == "Arbres de Saintes"
    same = ("notes", "license_id", "frequency", "theme", "issued", "contact")
    assert {name: dataset[name] for name in same} == {name: entered[name] for name in same}
    assert dataset["url"] == f"{portal_url}/dataset/{public['name']}"
    assert dataset["publisher"][0]["name"] == "Ville de Saintes"
    assert dataset["resources"][0].items() >= resource.items()
