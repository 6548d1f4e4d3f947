"""What two descriptions of a dataset have in common, and whether a record came from this portal; pure."""

from __future__ import annotations

import pytest

from ckanext.opendatafrance.harvest.identity import addresses, origin
from ckanext.opendatafrance.harvest.identity.keys import MOST, keys_of

UUID = "8f14e45f-ceea-467f-a9d3-1f0c2b7a6d5e"
PORTAL = origin.Portal(["https://opendata.larochelle.fr", "vieux-nom.fr/donnees"])


@pytest.mark.parametrize(
    "same",
    [
        ("http://www.ville.fr/a.csv", "https://ville.fr:443/a.csv#haut"),
        ("https://Ville.fr/a%20b.csv?b=1&a=2", "https://ville.fr/a b.csv?a=2&b=1&utm_source=lettre"),
        ("https://ville.fr/dataset/budget/", "https://ville.fr/dataset/budget"),
    ],
)
def test_addresses_that_lead_to_the_same(same) -> None:
    """Scheme, www, port, capitals of the host, fragment, order of parameters and campaigns mean nothing."""
    one, other = map(addresses.particular, same)
    assert one == other != ""


@pytest.mark.parametrize(
    "address",
    [
        "https://ville.fr",
        "https://ville.fr/?lang=fr",
        "https://ville.fr/opendata/",
        "https://ville.fr/api/explore/v2.1/catalog/datasets",
        "https://ville.fr/geoserver/wms?SERVICE=WMS&REQUEST=GetCapabilities",
        "https://ville.fr/geoserver/espace/ows",
        "https://ville.fr/arcgis/rest/services/Lieux/MapServer",
        "https://donnees.example.org/dataset/budget",
        "http://localhost:5000/dataset/budget",
        "http://serveur/dataset/budget",
        "http://192.168.1.4/dataset/budget",
        "http://[::1]/dataset/budget",
        "http://[zz]/dataset/budget",
        "mailto:mairie@ville.fr",
        "",
        None,
    ],
)
def test_addresses_that_stand_for_no_dataset(address) -> None:
    """Home pages, roots of APIs, services of many layers, hosts that belong to nobody."""
    assert addresses.particular(address) == ""


def test_a_layer_of_a_service_stands_for_itself() -> None:
    """Unlike the service."""
    layer = "https://ville.fr/wfs?service=WFS&request=GetFeature&typeNames=ville:lieux"
    assert addresses.particular(layer)
    assert addresses.particular("https://ville.fr/arcgis/rest/services/Lieux/FeatureServer/0")


@pytest.mark.parametrize(
    ("identifier", "is_key"),
    [
        (UUID, True),
        (f"{{{UUID.upper()}}}", True),
        (f"fr-210173006-jdd-{UUID}", True),
        ("5b2b5e2e88ee3809f8e4e8d2", True),
        ("doi:10.5281/zenodo.1234", True),
        ("https://ville.fr/jeux/budget", True),
        ("1", False),
        ("budget-2024", False),
        ("budget@ville", False),
        ("https://ville.fr/", False),
        ("00000000-0000-0000-0000-000000000000", False),
        ("urn:example:1234567", False),
    ],
)
def test_identifiers_that_nobody_else_uses(identifier, is_key) -> None:
    """A number, a slug or a template is no key."""
    assert [key.kind for key in keys_of({"identifier": identifier})] == ["identifier"] * is_key


def test_a_page_and_an_identifier_may_be_equal() -> None:
    """A copy names the page of its original as its identifier."""
    [page] = keys_of({"url": "https://ville.fr/jeux/budget"})
    [identifier] = keys_of({"uri": "http://ville.fr/jeux/budget/"})
    assert (page.kind, identifier.kind, page.digest) == ("page", "identifier", identifier.digest)


def test_keys_of_a_dataset_are_few() -> None:
    """However many files it has; the empty file and too short a title say nothing."""
    files = [{"url": f"https://ville.fr/f/{n}.csv", "hash": "d41d8cd98f00b204e9800998ecf8427e"} for n in range(500)]
    assert len(keys_of({"title": "Lieux", "owner_org": "x", "resources": files})) == MOST
    [title] = keys_of({"title": "Équipements  SPORTIFS", "owner_org": "x"})
    assert keys_of({"title": "equipements sportifs", "owner_org": "x"}) == (title,)
    assert keys_of({"title": "equipements sportifs", "owner_org": "y"}) != (title,)


@pytest.mark.parametrize(
    ("dataset", "content"),
    [
        ({"uri": "http://opendata.larochelle.fr/dataset/1"}, None),
        ({"url": "https://opendata.larochelle.fr/fr/dataset/budget"}, None),
        ({"identifier": "https://vieux-nom.fr/donnees/dataset/1"}, None),
        ({}, {"harvest": {"remote_url": "https://opendata.larochelle.fr/dataset/budget"}}),
        ({}, ("https://www.data.gouv.fr", {"harvest": {"domain": "opendata.larochelle.fr", "remote_id": "7"}})),
        ({}, {"extras": {"harvest:remote_id": "https://opendata.larochelle.fr/dataset/7"}}),
        ({}, ("https://ckan", {"extras": [{"key": "guid", "value": "https://opendata.larochelle.fr/dataset/7"}]})),
        ({"resources": [{"url": "https://opendata.larochelle.fr/dataset/1/resource/2/download/a.csv"}]}, None),
    ],
)
def test_what_came_from_here(dataset, content) -> None:
    """By any of its names, by what udata and CKAN say of its origin, or by all of its files."""
    assert PORTAL.published(dataset, origin.said(content))


@pytest.mark.parametrize(
    ("dataset", "content"),
    [
        ({"uri": "https://opendata.larochelle.fr.pirate.fr/dataset/1"}, None),
        ({"uri": "https://vieux-nom.fr/autre/dataset/1"}, None),
        ({"resources": []}, {"harvest": None, "extras": "x"}),
        (
            {
                "resources": [
                    {"url": "https://opendata.larochelle.fr/dataset/1/resource/2/download/a.csv"},
                    {"url": "https://ville.fr/b.csv"},
                ]
            },
            [1, None],
        ),
    ],
)
def test_what_did_not(dataset, content) -> None:
    """A host that begins alike, another folder, one linked file."""
    assert not PORTAL.published(dataset, origin.said(content))
