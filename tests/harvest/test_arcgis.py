"""The ArcGIS connector: feeds of Hub in their versions, identifiers that change, other catalogues as data.json."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from connector_conformance import ConnectorConformance, checked, damaged, shuffled
from member_site import Answer, MemberSite, Routes, redirect

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors import arcgis as module
from ckanext.opendatafrance.harvest.connectors.arcgis import ArcgisConnector
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
FEED = "/api/feed/dcat-us/1.1.json"
FEED_AP = "/api/feed/dcat-ap/2.1.1.json"
ITEM = "f4bcc1035b7d46cba95e977f4affb6b{}"
SITE = "https://data-saintes.opendata.arcgis.com"
EU = "http://publications.europa.eu/resource/authority"
HOME = (
    "<!doctype html><html><head><title>Saintes open data</title>"
    '<script src="https://hubcdn.arcgis.com/opendata-ui/assets/vendor.js"></script></head><body></body></html>'
)


def dataset(number: int = 0, **fields: Any) -> dict[str, Any]:
    """A dataset as Hub's DCAT-US 1.1 feed gives it."""
    item = f"{ITEM.format(number)}_0"
    shape = "outSR=%7B%22latestWkid%22%3A2154%7D"
    return {
        "@type": "dcat:Dataset",
        "identifier": f"https://www.arcgis.com/home/item.html?id={ITEM.format(number)}&sublayer=0",
        "landingPage": f"{SITE}/datasets/saintes::arbres-{number}",
        "title": f"Arbres {number}",
        "description": "<p>Les arbres <b>remarquables</b></p><div><br /></div><script>alert(1)</script>",
        "keyword": ["arbres", "espaces verts"],
        "issued": "2021-01-29T15:34:38.000Z",
        "modified": "2025-07-27T20:25:19.723Z",
        "publisher": {"name": "Ville de Saintes"},
        "contactPoint": {"@type": "vcard:Contact", "fn": "SIG Saintes", "hasEmail": "mailto:sig@saintes.example"},
        "accessLevel": "public",
        "license": "<p>Licence Ouverte : <a href='https://www.etalab.gouv.fr/licence-ouverte-open-licence'>LO</a></p>",
        "spatial": "-0.7,45.7,-0.5,45.8",
        "theme": ["geospatial"],
        "distribution": [
            distribution("ArcGIS Hub Dataset", "Web Page", "text/html", f"{SITE}/datasets/saintes::arbres-{number}"),
            distribution(
                "ArcGIS GeoService",
                "ArcGIS GeoServices REST API",
                "application/json",
                "https://services.arcgis.com/Xj56/arcgis/rest/services/Arbres/FeatureServer/0",
            ),
            distribution("GeoJSON", "GeoJSON", "application/vnd.geo+json", f"{SITE}/datasets/{item}.geojson?{shape}"),
            distribution("CSV", "CSV", "text/csv", f"{SITE}/datasets/{item}.csv?{shape}"),
            distribution("Shapefile", "ZIP", "application/zip", f"{SITE}/datasets/{item}.zip?{shape}"),
        ],
        **fields,
    }


def distribution(title: str, form: str, media_type: str, url: str) -> dict[str, str]:
    return {"@type": "dcat:Distribution", "title": title, "format": form, "mediaType": media_type, "accessURL": url}


def feed(*datasets: Any) -> dict[str, Any]:
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
        "dataset": list(datasets),
    }


def feed_ap(*datasets: Any) -> dict[str, Any]:
    """Hub's DCAT-AP feed, whose context is within."""
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "ftype": f"{EU}/file-type/",
            "lang": f"{EU}/language/",
        },
        "@id": SITE,
        "@type": "dcat:Catalog",
        "dct:title": "Saintes open data",
        "dcat:dataset": list(datasets),
    }


def dataset_ap(number: int = 0) -> dict[str, Any]:
    item = f"{SITE}/datasets/{ITEM.format(number)}_0"
    return {
        "@type": "dcat:Dataset",
        "@id": item,
        "dct:title": f"Haies {number}",
        "dct:description": "Les haies.",
        "dcat:contactPoint": {
            "@id": "https://saintes.maps.arcgis.com/sharing/rest/community/users/sig?f=json",
            "@type": "Contact",
            "vcard:fn": "sig_saintes",
            "vcard:hasEmail": None,
        },
        "dct:publisher": "Ville de Saintes",
        "dcat:theme": "geospatial",
        "dct:accessRights": "public",
        "dct:identifier": item,
        "dct:language": {"@id": "lang:FRA"},
        "dcat:keyword": ["haies", "{{tags}}"],
        "dct:issued": "2021-04-19T13:30:24.055-04:00",
        "dct:provenance": "{{provenance}}",
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:accessUrl": item,
                "dct:format": {"@id": "ftype:HTML"},
                "dct:description": "Web Page",
                "dct:title": "ArcGIS Hub Dataset",
            },
            {
                "@type": "dcat:Distribution",
                "dcat:accessUrl": f"{SITE}/api/download/v1/items/{ITEM.format(number)}/csv?layers=0",
                "dct:format": {"@id": "ftype:CSV"},
                "dct:title": "CSV",
            },
            "{{additionalResources}}",
        ],
    }


def read(site: MemberSite, fetch: Fetch, path: str = FEED) -> list[Record | Issue]:
    return list(ArcgisConnector(site.url + path, fetch(site, tries=1)).records())


def guids(items: list[Record | Issue]) -> list[str]:
    return [item.guid for item in items if isinstance(item, Record)]


def mapped(catalogue: Any, member_site: Sites, fetch: Fetch) -> list[tuple[dict[str, Any], list[str]]]:
    """Dataset dicts and the codes of their issues."""
    site = member_site({FEED: catalogue})
    reader, results = ArcgisConnector(site.url + FEED, fetch(site)), []
    for item in reader.records():
        assert isinstance(item, Record), item
        result = reader.map(item)
        results.append((result.dataset, [one.code for one in result.issues]))
    return results


class TestConformance(ConnectorConformance):
    connector = ArcgisConnector
    path = FEED
    at_least = 3
    mutations = 200

    def routes(self) -> Routes:
        return {FEED: feed(*(dataset(number) for number in range(3)))}

    def reordered(self) -> Routes:
        datasets = [shuffled(dataset(number)) for number in (2, 0, 1)]
        for one in datasets:
            one["keyword"].reverse()
            one["distribution"].reverse()
        return {FEED: feed(*datasets)}

    def changed(self) -> Routes:
        return {FEED: feed(dataset(0), dataset(1, title="Arbres abattus"), dataset(2))}


class TestDcatAp(ConnectorConformance):
    connector = ArcgisConnector
    path = FEED_AP

    def routes(self) -> Routes:
        return {FEED_AP: feed_ap(dataset_ap(0), dataset_ap(1))}

    def reordered(self) -> Routes:
        return {FEED_AP: shuffled(feed_ap(dataset_ap(1), dataset_ap(0)))}


def test_every_field_of_a_hub(member_site: Sites, fetch: Fetch) -> None:
    [(found, issues)] = mapped(feed(dataset(0)), member_site, fetch)
    assert issues == ["active-content"]
    assert json.loads(found.pop("spatial_coverage")[0]["bbox"])["coordinates"][0][2] == [-0.5, 45.8]
    resources = found.pop("resources")
    assert found == {
        "title": "Arbres 0",
        "notes": "Les arbres **remarquables**",
        "license_id": "lov2",
        "access_rights": f"{EU}/access-right/PUBLIC",
        "tags": [{"name": "arbres"}, {"name": "espaces verts"}],
        "identifier": f"https://www.arcgis.com/home/item.html?id={ITEM.format(0)}&sublayer=0",
        "url": f"{SITE}/datasets/saintes::arbres-0",
        "issued": "2021-01-29T15:34:38.000Z",
        "modified": "2025-07-27T20:25:19.723Z",
        "contact": [{"name": "SIG Saintes", "email": "sig@saintes.example"}],
        "publisher": [{"name": "Ville de Saintes"}],
    }
    service = "https://services.arcgis.com/Xj56/arcgis/rest/services/Arbres/FeatureServer/0"
    assert [(one["name"], one["format"], one.get("package_format", "")[-4:]) for one in resources] == [
        ("ArcGIS GeoService", "Esri REST", ""),
        ("GeoJSON", "GeoJSON", ""),
        ("CSV", "CSV", ""),
        ("Shapefile", "SHP", "/zip"),
    ]
    assert resources[0]["access_services"] == [{"title": "ArcGIS GeoService", "endpoint_url": [service]}]
    assert all(one["download_url"] == one["url"] for one in resources[1:])


def test_every_field_of_the_dcat_ap_feed(member_site: Sites, fetch: Fetch) -> None:
    """Prefixes of the context are resolved, empty templates dropped, the page of the dataset is no file."""
    [(found, issues)] = mapped(feed_ap(dataset_ap(0)), member_site, fetch)
    assert issues == []
    page = f"{SITE}/datasets/{ITEM.format(0)}_0"
    download = f"{SITE}/api/download/v1/items/{ITEM.format(0)}/csv?layers=0"
    assert found == {
        "title": "Haies 0",
        "notes": "Les haies.",
        "access_rights": f"{EU}/access-right/PUBLIC",
        "tags": [{"name": "haies"}],
        "identifier": page,
        "uri": page,
        "url": page,
        "issued": "2021-04-19T13:30:24.055-04:00",
        "language": [f"{EU}/language/FRA"],
        "contact": [{"name": "sig_saintes"}],
        "publisher": [{"name": "Ville de Saintes"}],
        "resources": [
            {"url": download, "download_url": download, "name": "CSV", "format": "CSV", "mimetype": "text/csv"}
        ],
    }


def test_a_link_that_hub_calls_a_service_is_a_link(member_site: Sites, fetch: Fetch) -> None:
    """Hub gives the address of any item as a service, also that of a web page."""
    link = distribution("ArcGIS GeoService", "ArcGIS GeoServices REST API", "application/json", "https://actes.fr/17")
    [(found, _)] = mapped(feed(dataset(0, distribution=[link])), member_site, fetch)
    assert found["resources"] == [{"url": "https://actes.fr/17", "name": "ArcGIS GeoService"}]


@pytest.mark.parametrize(
    "identifier",
    [
        "https://www.arcgis.com/home/item.html?id={}&sublayer=0",
        "https://www.arcgis.com/home/item.html?id={}",
        "http://data-saintes.opendata.arcgis.com/datasets/{}_0",
        "https://opendata.saintes.fr/datasets/{}",
        "{}_0",
    ],
)
def test_an_identifier_that_changes_keeps_its_dataset(member_site: Sites, fetch: Fetch, identifier: str) -> None:
    """Whatever the domain and the version of Hub, and whether layer 0 is said."""
    site = member_site({FEED: feed(dataset(0, identifier=identifier.format(ITEM.format(0))))})
    assert guids(read(site, fetch)) == [f"{ITEM.format(0)}_0"]


def test_layers_of_one_item_stay_apart(member_site: Sites, fetch: Fetch) -> None:
    """And from the item itself, where it is listed beside them; the layer may be told by the service only."""
    item = ITEM.format(0)
    plain = dataset(0, identifier=f"https://x.fr/datasets/{item}", distribution=[])
    first = dataset(0, identifier=f"https://x.fr/datasets/{item}_0")
    second = dataset(0, identifier=f"https://www.arcgis.com/home/item.html?id={item}&sublayer=1")
    third = dataset(0, identifier=f"https://x.fr/datasets/{item}")
    third["distribution"][1]["accessURL"] = "https://services.arcgis.com/X/arcgis/rest/services/A/MapServer/3"
    site = member_site({FEED: feed(plain, first, second, third)})
    assert guids(read(site, fetch)) == [item, f"{item}_0", f"{item}_1", f"{item}_3"]


def test_the_slug_may_change_without_the_identifier(member_site: Sites, fetch: Fetch) -> None:
    """Hub names pages and downloads after the title: the item is found in the downloads."""
    before = dataset(0, identifier=f"{SITE}/datasets/saintes::arbres", landingPage=f"{SITE}/datasets/saintes::arbres")
    after = dataset(0, identifier=f"{SITE}/datasets/saintes::arbres-1", title="Arbres 2026")
    found = [guids(read(member_site({FEED: feed(one)}), fetch)) for one in (before, after)]
    assert found[0] == found[1] == [f"{ITEM.format(0)}_0"]


def test_two_datasets_with_one_identifier_are_told(member_site: Sites, fetch: Fetch) -> None:
    items = read(member_site({FEED: feed(dataset(0), dataset(0), dataset(0, title="Autre"))}), fetch)
    assert guids(items) == [f"{ITEM.format(0)}_0"]
    assert [item.code for item in items if isinstance(item, Issue)] == ["duplicate-identifier"]


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("<p>Données sous <a href='http://opendatacommons.org/licenses/odbl/1.0/'>ODbL</a></p>", "odc-odbl"),
        ("<div style='x'><span>Licence Ouverte / Open Licence version 2.0</span></div>", "lov2"),
        ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
        ("No license provided. Request permission to use.", None),
        ("{{licenseInfo}}", None),
        ("None", None),
        ("Custom License", None),
        (None, None),
    ],
)
def test_licences_in_html_are_read(member_site: Sites, fetch: Fetch, licence: Any, expected: str | None) -> None:
    """What Hub writes for a licence that nobody chose is none, and no wording to keep."""
    [(found, issues)] = mapped(feed(dataset(0, license=licence, description="")), member_site, fetch)
    assert (found.get("license_id"), issues) == (expected, [])
    assert not any(one.get("rights") or one.get("license") for one in found["resources"])


@pytest.mark.parametrize(
    ("spatial", "corner"),
    [
        ("-1.2,46.1,-1.0,46.3", [-1.2, 46.1]),
        ("-1.2 46.1 -1.0 46.3", [-1.2, 46.1]),
        ({"type": "envelope", "coordinates": [[-1.2, 46.3], [-1.0, 46.1]]}, [-1.2, 46.1]),
        ({"type": "Polygon", "coordinates": [[[-1.2, 46.1], [-1.0, 46.1], [-1.0, 46.3], [-1.2, 46.3], [-1.2, 46.1]]]},
         [-1.2, 46.1]),
        ([{"@type": "Location", "prefLabel": "Ré", "bbox": "POLYGON((-1.2 46.1, -1 46.1, -1 46.3, -1.2 46.1))"}],
         [-1.2, 46.1]),
    ],
)  # fmt: skip
def test_boxes_in_every_form(member_site: Sites, fetch: Fetch, spatial: Any, corner: list[float]) -> None:
    [(found, issues)] = mapped(feed(dataset(0, spatial=spatial, description="")), member_site, fetch)
    [place] = found["spatial_coverage"]
    assert json.loads(place["bbox"])["coordinates"][0][0] == corner
    assert issues == []


@pytest.mark.parametrize(
    "catalogue", [feed(*map(dataset, range(3)), dataset(0)), feed_ap(dataset_ap(0), dataset_ap(1))]
)
def test_a_feed_too_large_for_the_memory_gives_the_same(
    member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch, catalogue: Any
) -> None:
    """Read from the disk, dataset by dataset; a page or another JSON stays an error."""
    site = member_site({FEED: catalogue})
    before = read(site, fetch)
    monkeypatch.setattr(module, "IN_MEMORY", -1)
    assert read(site, fetch) == before
    assert ArcgisConnector(site.url + FEED, fetch(site)).count() == len(
        catalogue.get("dataset") or catalogue["dcat:dataset"]
    )
    for answer, code in (({"dataset": [1]}, "not-data-json"), (HOME, "html-instead-of-data"), ("{", "bad-json")):
        with pytest.raises(FatalSourceError) as caught:
            read(member_site({FEED: answer}), fetch)
        assert caught.value.code == code


def test_a_broken_feed_is_offered(member_site: Sites, fetch: Fetch) -> None:
    """The preview says what is wrong with it."""
    body = json.dumps(feed(*map(dataset, range(3))))[:-300]
    site = member_site({FEED: Answer(body, media_type="application/json")})
    candidates = {(one.connector, one.count) for one in detect(site.url + FEED, fetch(site)).candidates}
    assert ("arcgis", None) in candidates


def test_identifiers_that_are_objects(member_site: Sites, fetch: Fetch) -> None:
    """DCAT-US 3: an address, or a notation within an agency."""
    first = dataset(0, identifier={"@type": "Identifier", "@id": "https://v.fr/three"})
    second = dataset(1, identifier=[{"@type": "Identifier", "schemaAgency": "V", "notation": "V-2024"}])
    found = [one["identifier"] for one, _ in mapped(version_3(dataset=[first, second]), member_site, fetch)]
    assert found == ["https://v.fr/three", "V-2024"]


def test_files_of_a_hub_identify_no_dataset_of_another_catalogue(member_site: Sites, fetch: Fetch) -> None:
    """Two datasets elsewhere may link to one item."""
    datasets = [dataset(0, identifier=name, landingPage=f"https://v.fr/{name}") for name in ("a", "b")]
    assert guids(read(member_site({FEED: feed(*datasets)}), fetch)) == ["a", "b"]


@pytest.mark.parametrize("pasted", ["/", "/datasets/saintes::arbres-0/explore", FEED, "/data.json"])
def test_a_hub_is_found_from_any_address(member_site: Sites, fetch: Fetch, pasted: str) -> None:
    """Home page, page of a dataset, feed, old address of the feed: the feed and how much it holds."""
    site = member_site({"/": HOME, "/datasets/saintes::arbres-0/explore": HOME, "/data.json": redirect(FEED)})
    site.routes[FEED] = feed(dataset(0), dataset(1))
    found = detect(site.url + pasted, fetch(site))
    assert (found.connector, found.url, found.count) == ("arcgis", site.url + FEED, 2)
    assert len(site.requests) <= 8


def test_a_hub_with_the_dcat_ap_feed_only(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": HOME, FEED_AP: feed_ap(dataset_ap(0))})
    found = detect(site.url, fetch(site))
    assert (found.connector, found.url, found.count) == ("arcgis", site.url + FEED_AP, 1)


def test_a_feed_that_a_page_names_is_asked_for(member_site: Sites, fetch: Fetch) -> None:
    """Several Hubs may share a host."""
    home = HOME.replace("</head>", "<link rel=alternate type=application/json href='api/feed/dcat-us/1.1.json'></head>")
    site = member_site({"/saintes/": home, f"/saintes{FEED}": feed(dataset(0))})
    assert detect(f"{site.url}/saintes/", fetch(site)).url == f"{site.url}/saintes{FEED}"


def test_a_data_json_of_another_origin_is_left_to_dcat(member_site: Sites, fetch: Fetch) -> None:
    """Where it is RDF; DCAT-US 3 without a context is not, and is read here."""
    other = {"title": "Budget", "identifier": "b1", "accessLevel": "public", "publisher": {"name": "Ville"}}
    old = member_site({"/data.json": feed(other)})
    assert detect(f"{old.url}/data.json", fetch(old)).connector == "dcat"
    assert guids(read(old, fetch, "/data.json")) == ["b1"]
    new = member_site({"/data.json": version_3(dataset=[other])})
    assert detect(f"{new.url}/data.json", fetch(new)).connector == "arcgis"


def version_3(**parts: Any) -> dict[str, Any]:
    return {"@type": "Catalog", "conformsTo": {"@type": "Standard", "title": "DCAT-US 3.0"}, "title": "C", **parts}


def test_dcat_us_3_with_what_it_nests(member_site: Sites, fetch: Fetch) -> None:
    """Catalogues within, members of series, services with what they serve: each dataset once, services as resources."""

    def simple(name: str, **fields: Any) -> dict[str, Any]:
        return {"@type": "Dataset", "title": name, "identifier": name, "publisher": {"name": "V"}, **fields}

    service = {"title": "API", "endpointURL": ["https://api.fr/v1"], "servesDataset": [simple("d"), {"@id": "a"}]}
    catalogue = version_3(
        dataset=[
            simple(
                "a",
                contactPoint=[{"@type": "Kind", "fn": "C", "hasEmail": "mailto:c@v.example"}],
                temporal=[{"@type": "PeriodOfTime", "startDate": "2020-01-01", "endDate": "2020-12-31"}],
                accrualPeriodicity="R/P1Y",
                distribution=[
                    {
                        "@type": "Distribution",
                        "title": "Table",
                        "downloadURL": "https://v.fr/a.csv",
                        "mediaType": "text/csv",
                        "byteSize": "1200",
                        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
                        "checksum": {"algorithm": "sha1", "checksumValue": "a" * 40},
                    }
                ],
            )
        ],
        catalog=[version_3(dataset=[simple("b")], catalog=[version_3(dataset=[simple("c")])])],
        datasetSeries=[{"title": "S", "seriesMember": [simple("a"), simple("e")]}],
        service=[service],
    )
    found = {one["title"]: one for one, _ in mapped(catalogue, member_site, fetch)}
    assert set(found) == {"a", "b", "c", "d", "e"}
    first = found["a"]
    assert first["license_id"] == "cc-zero"
    assert first["frequency"] == f"{EU}/frequency/ANNUAL"
    assert first["temporal_coverage"] == [{"start": "2020-01-01", "end": "2020-12-31"}]
    assert first["contact"] == [{"name": "C", "email": "c@v.example"}]
    assert (first["resources"][0]["size"], first["resources"][0]["hash"]) == (1200, "a" * 40)
    assert [one["url"] for one in first["resources"]] == ["https://v.fr/a.csv", "https://api.fr/v1"]
    assert found["d"]["resources"][0]["access_services"][0]["endpoint_url"] == ["https://api.fr/v1"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"dataset": []}, "not-data-json"),
        ({"success": True, "result": []}, "not-data-json"),
        ([], "not-data-json"),
        ([{"title": "x"}], "not-data-json"),
        (HOME, "html-instead-of-data"),
        (Answer(json.dumps(feed(dataset(0)))[:900], media_type="application/json"), "bad-json"),
    ],
)
def test_what_is_no_feed_is_an_error(member_site: Sites, fetch: Fetch, answer: Any, code: str) -> None:
    """Never an empty catalogue."""
    with pytest.raises(FatalSourceError) as caught:
        read(member_site({FEED: answer}), fetch)
    assert caught.value.code == code


def test_one_bad_dataset_costs_nothing_but_itself(member_site: Sites, fetch: Fetch) -> None:
    nameless = {"accessLevel": "public", "publisher": {"name": "V"}}
    odd = dataset(1, keyword=7, publisher=["x"], distribution={"accessURL": 5}, spatial=[[]], license={"a": None})
    site = member_site({FEED: feed(dataset(0), None, "x", nameless, odd)})
    items = read(site, fetch)
    assert len(guids(items)) == 2
    assert [item.code for item in items if isinstance(item, Issue)] == ["identifier-missing"] * 3
    assert mapped(feed(odd), member_site, fetch)[0][0]["title"] == "Arbres 1"


# -- real files -----------------------------------------------------------------------------------------------------


def catalogues(corpus: Path) -> dict[str, Any]:
    """All catalogues of the collection by their file."""
    found = {}
    for path in sorted((corpus / "data-json-us").rglob("*.json")):
        value = json.loads(path.read_bytes())
        if isinstance(value, list) or "dataset" in value:
            found[f"{path.parent.name}/{path.name}"] = value
    return found


def test_every_real_catalogue_is_read(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """As many records as the JSON holds identifiers; only what has no title is refused."""
    total, refused = 0, []
    for name, value in catalogues(corpus).items():
        site = member_site({FEED: Answer(json.dumps(value), media_type="application/json")})
        reader = ArcgisConnector(site.url + FEED, fetch(site, tries=1))
        records = [item for item in reader.records() if isinstance(item, Record)]
        listed = value if isinstance(value, list) else value["dataset"]
        assert len(records) == len({one.get("identifier") or json.dumps(one) for one in listed if one}), name
        refused += [name for record in records if checked(reader, record) is None]
        total += len(records)
    assert total >= 30
    assert refused == ["ckanext-datajson/missing-identifier-title.data.json"]


def test_agriculture_field_by_field(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """A real extract of the ministry's data.json."""
    value = catalogues(corpus)["ckanext-datajson/usda.gov.data.json"]
    found = mapped(value, member_site, fetch)
    assert len(found) == len(value["dataset"]) == 3
    for raw, (one, _) in zip(value["dataset"], found, strict=True):
        assert one["title"] == raw["title"]
        assert one["identifier"] == raw["identifier"]
        assert one["contact"][0]["name"] == raw["contactPoint"]["fn"]
        assert one["contact"][0]["email"] == raw["contactPoint"]["hasEmail"].removeprefix("mailto:")
        assert one["publisher"][0]["name"] == raw["publisher"]["name"]
        assert one["modified"][:10] == raw["modified"][:10]
        assert one.get("url") == raw.get("landingPage")
        links = [entry.get("downloadURL") or entry["accessURL"] for entry in raw["distribution"]]
        assert [entry["url"] for entry in one["resources"]] == [link for link in links if link != one.get("url")]


def test_the_dataset_of_esri_itself(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Esri's own code makes such a feed of this item; description, box, dates and layer come through."""
    item = json.loads((corpus / "data-json-us/koop-dcat-us-11/src/test-helpers/mock-dataset.json").read_bytes())
    said = item["properties"]
    box = [number for corner in said["extent"]["coordinates"] for number in corner]
    raw = dataset(
        0,
        title=said["name"],
        description=said["description"],
        keyword=said["tags"],
        identifier=f"https://tahoe.hub.arcgis.com/datasets/{said['id']}",
        publisher={"name": said["source"]},
        contactPoint={"@type": "vcard:Contact", "fn": said["owner"], "hasEmail": "{{orgContactEmail:optional}}"},
        issued="2021-01-29T15:34:38.000Z",
        spatial=",".join(map(str, box)),
    )
    [(found, issues)] = mapped(feed(raw), member_site, fetch)
    assert issues == []
    assert found["title"] == "Tahoe places of interest"
    assert found["notes"].startswith("Description. Here be Tahoe things.")
    assert "<" not in found["notes"]
    assert [tag["name"] for tag in found["tags"]] == ["Data collection", "just modified"]
    assert found["publisher"] == [{"name": "QA Premium Alpha Hub"}]
    assert found["contact"] == [{"name": "thervey_qa_pre_a_hub"}]
    assert json.loads(found["spatial_coverage"][0]["bbox"])["coordinates"][0][0] == [-121.118, 38.7754]
    assert guids(read(member_site({FEED: feed(raw)}), fetch)) == [said["id"]]


def test_damaged_real_catalogues_end_in_records_or_clear_errors(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    dice = random.Random(5)
    conformance = TestConformance()
    for value in catalogues(corpus).values():
        body = json.dumps(copy.deepcopy(value))
        site = member_site(lambda _, body=body: damaged(Answer(body, media_type="application/json"), dice))
        for _ in range(10 if len(body) < 100_000 else 2):
            assert conformance.survived(site, fetch)
