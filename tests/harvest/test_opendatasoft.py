"""The Opendatasoft connector: how it lists, what it maps, on domains that answer as real ones do."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from connector_conformance import ConnectorConformance, shuffled
from member_site import Answer, MemberSite, Routes
from opendatasoft_site import FULL, HOME, V1, V2, Raw, dataset, domain, flat, old_domain

from ckanext.opendatafrance.errors import FatalSourceError, RetriableError, SkippableRecordError
from ckanext.opendatafrance.harvest.connector import Candidate, Issue, Record
from ckanext.opendatafrance.harvest.connectors import opendatasoft as module
from ckanext.opendatafrance.harvest.connectors.opendatasoft import OpendatasoftConnector
from ckanext.opendatafrance.harvest.detection import MAX_REQUESTS, detect
from ckanext.opendatafrance.harvest.mapping import opendatasoft as mapping
from ckanext.opendatafrance.harvest.mapping import opendatasoft_api as api
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
EU = "http://publications.europa.eu/resource/authority/"


def read(site: MemberSite, fetch: Fetch, path: str = "") -> list[Record | Issue]:
    return list(OpendatasoftConnector(site.url + path, fetch(site, tries=1), {}).records())


def guids(items: list[Record | Issue]) -> list[str]:
    return [item.guid for item in items if isinstance(item, Record)]


def mapped(raw: Raw, base: str = "https://data.saintes.fr", version: int = 2) -> tuple[Raw, list[str]]:
    entry = api.entry(raw)
    assert entry
    result = mapping.to_dataset(entry, base, version)
    return result.dataset, [issue.code for issue in result.issues]


SOME = [
    dataset(1),
    dataset(2, "Ville de Royan", dcat={"creator": "Régie des eaux", "accrualperiodicity": "annuelle"}),
    dataset(3, custom={"insee": "17306"}, inspire={"contact_email": "sig@saintes.fr"}),
]


class TestConformance(ConnectorConformance):
    connector = OpendatasoftConnector
    path = "/explore/"
    at_least = 3

    def routes(self) -> Routes:
        return domain(SOME)

    def reordered(self) -> Routes:
        return domain([shuffled(one) for one in reversed(SOME)])

    def changed(self) -> Routes:
        return domain([dataset(1, default={"title": "Platanes"}), *SOME[1:]])

    def looping(self) -> Routes:
        return {f"{V2}/datasets": {"total_count": 5000, "results": SOME}}


class TestVersion1(TestConformance):
    def routes(self) -> Routes:
        return old_domain(SOME)

    def reordered(self) -> Routes:
        return old_domain([shuffled(one) for one in reversed(SOME)])

    def changed(self) -> Routes:
        return old_domain([dataset(1, default={"title": "Platanes"}), *SOME[1:]])

    def looping(self) -> Routes:
        return {V1: {"nhits": 5000, "datasets": [flat(one) for one in SOME]}}


# -- finding the domain -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/explore/?disjunctive.theme&sort=modified",
        "/explore/dataset/arbres-1/information/",
        "/explore/dataset/disparu/table/",
        "/pages/accueil/",
        "/api/explore/v2.1/catalog/datasets?limit=1",
        "/api/v2/catalog/datasets/arbres-1",
        "/api/datasets/1.0/search/?q=arbres",
        "/api/records/1.0/search/?dataset=arbres-1",
    ],
)
def test_any_address_of_the_domain_leads_to_its_catalogue(member_site: Sites, fetch: Fetch, path: str) -> None:
    """Home page, page of a dataset (also one that is gone), any API address: one endpoint, and the DCAT export."""
    site = member_site(domain(SOME))
    found = detect(site.url + path, fetch(site))
    assert (found.connector, found.url, found.count) == ("opendatasoft", site.url, 3)
    assert Candidate("dcat", f"{site.url}{V2}/exports/dcat", 3) in found.candidates
    assert len(site.requests) <= MAX_REQUESTS


def test_a_home_page_that_hides_what_it_is_is_found_all_the_same(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(domain(SOME) | {"/": "<!doctype html><html><body>Nos données</body></html>"})
    found = OpendatasoftConnector.detect(fetch(site).get(site.url + "/"), fetch(site))
    assert Candidate("opendatasoft", site.url, 3) in list(found)


def test_an_old_domain_is_found_by_its_version_1(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(old_domain(SOME))
    found = detect(site.url, fetch(site))
    assert (found.connector, found.url, found.count) == ("opendatasoft", site.url, 3)
    assert [one.connector for one in found.candidates] == ["opendatasoft"]


@pytest.mark.parametrize(
    "path", ["/explore/?refine.publisher=Ville+de+Royan", f"{V2}/datasets?refine=publisher:%22Ville%20de%20Royan%22"]
)
def test_a_filter_in_the_address_narrows_the_source(member_site: Sites, fetch: Fetch, path: str) -> None:
    """A pooled domain can be harvested for one producer; the narrow address is offered."""
    site = member_site(domain(SOME))
    assert guids(read(site, fetch, path)) == ["arbres-2"]
    narrow = f"{site.url}/explore/?refine.publisher=Ville%20de%20Royan"
    assert Candidate("opendatasoft", narrow, 1) in detect(site.url + path, fetch(site)).candidates
    assert guids(read(site, fetch, narrow.removeprefix(site.url))) == ["arbres-2"]


# -- listing ------------------------------------------------------------------------------------------------------


def test_all_pages_are_read_in_order(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(domain([dataset(number) for number in range(250)]))
    assert guids(read(site, fetch)) == [f"arbres-{number}" for number in range(250)]
    assert {request.query["order_by"] for request in site.requests} == {"title"}
    assert len(site.requests) == 3


def _row(raw: Raw) -> Raw:
    """A dataset as a row with dotted names, the other form in which catalogues are exported."""
    row = {f"{name}.{key}": value for name, part in raw["metas"].items() for key, value in part.items()}
    return {"datasetid": raw["dataset_id"], "has_records": True, "features": raw["features"], **row}


def test_large_catalogues_are_read_by_their_export(member_site: Sites, fetch: Fetch) -> None:
    """Pages end at 10,000; the export goes on."""
    small = [{**dataset(number), "fields": []} for number in range(10_120)]
    site = member_site(domain(small))
    items = read(site, fetch)
    assert len(set(guids(items))) == len(items) == 10_120
    assert site.count(f"{V2}/datasets") == 1
    assert site.count(f"{V2}/exports/json") == 21


def test_an_export_with_dotted_names_is_read(member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other form in which catalogues are exported."""
    monkeypatch.setattr(module, "LAST_OFFSET", 100)
    site = member_site(domain([dataset(number) for number in range(120)], most=100, exported=_row))
    items = read(site, fetch)
    assert len(set(guids(items))) == 120
    last = items[-1]
    assert isinstance(last, Record)
    found = OpendatasoftConnector(site.url, fetch(site)).map(last).dataset
    assert (found["title"], found["license_id"], len(found["resources"])) == ("Jeu de données n° 00119", "lov2", 5)


def test_an_export_that_ends_early_is_not_complete(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(
        {f"{V2}/datasets": {"total_count": 10_001, "results": SOME}, f"{V2}/exports/json": lambda request: []}
    )
    with pytest.raises(RetriableError) as caught:
        read(site, fetch)
    assert caught.value.code == "listing-incomplete"


def test_a_dataset_removed_while_reading_makes_the_list_incomplete(member_site: Sites, fetch: Fetch) -> None:
    """What moved over the edge of a page was not seen: nothing may be removed for that."""
    datasets = [dataset(number) for number in range(150)]
    site = member_site(domain(datasets))
    reader = OpendatasoftConnector(site.url, fetch(site))
    items = reader.records()
    first = [next(items) for _ in range(100)]
    del datasets[0]
    with pytest.raises(RetriableError) as caught:
        list(items)
    assert caught.value.code == "listing-incomplete"
    assert len(first) == 100


def test_an_empty_catalogue_is_one(member_site: Sites, fetch: Fetch) -> None:
    assert read(member_site(domain([])), fetch) == []


def test_a_fault_of_the_moment_does_not_lead_to_version_1(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(old_domain(SOME) | {f"{V2}/datasets": Answer(status=503)})
    with pytest.raises(RetriableError):
        read(site, fetch)
    assert site.count(V1) == 0


def test_what_has_no_identifier_is_reported_and_the_rest_goes_on(member_site: Sites, fetch: Fetch) -> None:
    nameless = {"metas": {"default": {"title": "Sans identifiant"}}}
    site = member_site({f"{V2}/datasets": {"total_count": 4, "results": [SOME[0], nameless, None, SOME[1]]}})
    items = read(site, fetch)
    assert [getattr(item, "code", "record") for item in items] == ["record", *["identifier-missing"] * 2, "record"]
    assert "Sans identifiant" in str(items[1])


@pytest.mark.parametrize(
    "change",
    [
        {"records_count": 121},
        {"data_processed": "2030-01-01T00:00:00+00:00", "metadata_processed": "2030-01-01T00:00:00+00:00"},
        {"references": ""},
    ],
)
def test_counters_and_runs_are_no_change(change: Raw) -> None:
    before, after = api.entry(dataset(1)), api.entry(dataset(1, default=change, explore={"download_count": 9}))
    assert before
    assert after
    assert before.fingerprint == after.fingerprint


def test_a_dataset_that_loses_its_records_changes() -> None:
    before, after = api.entry(dataset(1)), api.entry({**dataset(1), "has_records": False})
    assert before
    assert after
    assert before.fingerprint != after.fingerprint


# -- mapping ------------------------------------------------------------------------------------------------------


def test_fields_of_all_templates() -> None:
    """default, dcat, dcat_ap, inspire and custom, each where the schema has a field for it."""
    found, issues = mapped(FULL)
    assert issues == ["active-content"] or issues == [one for one in issues if "active" in one or "script" in one]
    assert found["title"] == "Jeu de données n° 00007"
    assert found["notes"].startswith("Voir [le site](https://saintes.fr).")
    assert "alert" not in found["notes"]
    assert found["license_id"] == "lov2"
    assert found["theme"] == [f"{EU}data-theme/ENVI"]
    assert {tag["name"] for tag in found["tags"]} == {"arbres", "nature", "Environnement", "Habitats et biotopes"}
    assert found["identifier"] == found["uri"] == found["url"], "as the domain's own DCAT export names it"
    origin = "https://data.agglo-saintes.fr/explore/dataset/arbres/"
    assert found["alternate_identifier"] == ["da_000007", "fr-217004153-arbres", origin]
    assert found["provenance"] == f"Saintes Grandes Rives – {origin}\n\nFond de plan : OpenStreetMap"
    assert found["url"] == "https://data.saintes.fr/explore/dataset/arbres-7/"
    assert (found["issued"], found["modified"]) == ("2020-03-12", "2025-06-07T08:09:10+00:00")
    assert found["frequency"] == f"{EU}frequency/MONTHLY"
    assert found["language"] == [f"{EU}language/FRA"]
    assert found["conforms_to"] == ["https://schema.data.gouv.fr/scdl/arbres/"]
    assert found["hvd_category"] == ["http://data.europa.eu/bna/c_ac64a52d"]
    assert found["access_rights"] == f"{EU}access-right/PUBLIC"
    assert found["spatial_granularity"] == "Communale"
    saintes, elsewhere = found["spatial_coverage"]
    assert (saintes["text"], saintes["uri"]) == ("Saintes", "http://id.insee.fr/geo/commune/17415")
    assert [-0.7, 45.7] in json.loads(saintes["bbox"])["coordinates"][0]
    assert elsewhere == {"text": "Nulle-Part"}, "a code whose name is another is no proof"
    assert found["temporal_coverage"] == [{"start": "2015-01-01", "end": "2024-12-31"}]
    assert found["publisher"] == [{"name": "Ville de Saintes", "identifier": "21170415000013"}]
    assert found["contact"] == [{"name": "Service SIG", "email": "sig@saintes.fr"}]
    assert found["creator"] == [{"name": "Service des espaces verts"}]
    assert found["documentation"] == ["https://www.saintes.fr/arbres"]


def test_nothing_is_invented() -> None:
    """What a bare dataset does not say stays empty."""
    bare = {"dataset_id": "nu", "has_records": False, "metas": {"default": {"title": "Nu", "records_count": 0}}}
    found, issues = mapped(bare)
    assert found == {
        "title": "Nu",
        **dict.fromkeys(("identifier", "uri", "url"), "https://data.saintes.fr/explore/dataset/nu/"),
        "resources": [],
    }
    assert issues == []


@pytest.mark.parametrize(
    ("change", "formats"),
    [
        ({}, ["CSV", "JSON", "Parquet", "GeoJSON", "SHP"]),
        ({"features": ["analyze"], "fields": []}, ["CSV", "JSON", "Parquet"]),
        (
            {"features": [], "fields": [{"name": "lieu", "type": "geo_shape"}]},
            ["CSV", "JSON", "Parquet", "GeoJSON", "SHP"],
        ),
        ({"has_records": False}, []),
        ({"data_visible": False}, []),
    ],
)
def test_exports_that_make_sense(change: Raw, formats: list[str]) -> None:
    """Maps for what has a place, nothing where there are no records; addresses made of the id."""
    found, _ = mapped({**dataset(1), **change})
    assert [one["format"] for one in found["resources"]] == formats
    root = f"https://data.saintes.fr{V2}/datasets/arbres-1/exports/"
    assert all(one["url"].startswith(root) for one in found["resources"])


def test_a_shapefile_that_would_be_cut_is_not_offered() -> None:
    found, _ = mapped(dataset(1, default={"records_count": 50_001}))
    assert [one["format"] for one in found["resources"]] == ["CSV", "JSON", "Parquet", "GeoJSON"]


def test_columns_describe_the_table() -> None:
    resources = mapped(dataset(1))[0]["resources"]
    assert resources[0]["description"] == "- Essence `essence` (text) : Nom français\n- `geo` (geo_point_2d)"
    assert (resources[4]["mimetype"], resources[4]["package_format"][-15:]) == ("application/zip", "application/zip")


def test_attached_files_are_resources() -> None:
    raw = dataset(1) | {
        "has_records": False,
        "attachments": [
            {"id": "notice_pdf", "title": "Notice", "mimetype": "application/pdf", "url": "odsfile://notice.pdf"},
            {"id": "x", "title": "Ailleurs", "url": "https://saintes.fr/été 2024.ods"},
            {"title": "Perdu", "url": "odsfile://perdu.csv"},
        ],
        "alternative_exports": [
            {"id": "gtfs_zip", "title": "GTFS", "url": "odsfile://g.zip", "description": "<b>Bus</b>"}
        ],
    }
    found, issues = mapped(raw)
    root = f"https://data.saintes.fr{V2}/datasets/arbres-1/"
    assert [(one["name"], one["url"], one.get("format")) for one in found["resources"]] == [
        ("GTFS", f"{root}alternative_exports/gtfs_zip", "GTFS"),
        ("Notice", f"{root}attachments/notice_pdf", "PDF"),
        ("Ailleurs", "https://saintes.fr/%C3%A9t%C3%A9%202024.ods", "ODS"),
        ("Perdu", found["url"], "CSV"),
    ]
    assert found["resources"][0]["description"] == "**Bus**"
    assert "resource-without-address" in issues


def test_an_unknown_licence_stays_in_words_and_its_address_may_tell() -> None:
    found, issues = mapped(dataset(1, default={"license": "Licence maison", "license_url": ""}))
    assert "license_id" not in found
    assert {one["rights"] for one in found["resources"]} == {"Licence maison"}
    assert issues == ["licence-unknown"]
    found, issues = mapped(
        dataset(1, default={"license": "Notre licence", "license_url": "http://opendatacommons.org/licenses/odbl/"})
    )
    assert (found["license_id"], issues) == ("odc-odbl", [])


def test_a_federated_dataset_of_unknown_origin_is_told() -> None:
    found, issues = mapped(dataset(1, default={"federated": True}))
    assert issues == ["federated-origin-unknown"]
    assert "provenance" not in found


def test_the_commune_of_a_custom_field() -> None:
    saintes = {"uri": "http://id.insee.fr/geo/commune/17415", "text": "Saintes"}
    assert mapped(dataset(1, custom={"code_insee": "17415"}))[0]["spatial_coverage"] == [saintes]
    named = dataset(1, default={"territory": ["SAINTES", "Royan"]}, custom={"code_insee": "17415"})
    assert mapped(named)[0]["spatial_coverage"] == [saintes, {"text": "Royan"}]


# -- real responses -----------------------------------------------------------------------------------------------


def held(path: Path) -> int:
    """Number of datasets in a file, counted in its text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sum(1 for row in csv.reader(file) if len(row) > 10) - 1
    text = path.read_text()
    return text.count('"datasetid"') + text.count('"dataset_id"')


def by_guid(datasets: list[Raw]) -> dict[str, Raw]:
    """Datasets by the last part of their identifier."""
    return {one["identifier"].rstrip("/").rpartition("/")[2]: one for one in datasets}


def test_every_real_file_is_previewed(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """As many datasets as a file holds, or a clear error where it is no catalogue; a cut list says so."""
    folders = [corpus / "ods-v1", corpus / "ods-v2.1"]
    site = member_site({f"/{folder.name}": folder for folder in folders})
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in (".json", ".csv")]
    assert len(files) >= 15
    for path in files:
        url = f"{site.url}/{path.relative_to(corpus).as_posix()}"
        seen = preview(url, fetch(site), connector="opendatasoft")
        assert len(seen.datasets) == held(path), path.name
        codes = [error.code for error in seen.errors]
        expected = ["listing-incomplete"] if path.name == "catalog.json" else [] if held(path) else ["api-error"]
        assert codes == expected, path.name
        if held(path):
            found = OpendatasoftConnector.detect(fetch(site).get(url), fetch(site))
            assert list(found) == [Candidate("opendatasoft", url, held(path))]


def test_every_real_dataset_of_version_1_through_its_api(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """The nine datasets of data.gouv.fr's own tests, behind a search; three of them field by field."""
    folder = corpus / "ods-v1/udata-ods-tests/data"
    raws = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json")) if path.name != "no-data.json"]
    site = member_site({V1: {"nhits": len(raws), "datasets": raws}})
    found = by_guid(preview(site.url, fetch(site), connector="opendatasoft").datasets)
    assert set(found) == {raw["datasetid"] for raw in raws}
    one = found["test-a"]
    assert one["notes"] == "test-a-description"
    assert one["license_id"] == "lov2"
    assert {tag["name"] for tag in one["tags"]} == {"keyword1", "keyword2", "Culture", "Heritage", "Environment"}
    assert one["documentation"] == ["http://example.com"]
    assert one["publisher"] == [{"name": "test"}]
    assert one["modified"] == "2015-04-09T10:28:45+00:00"
    assert [file["format"] for file in one["resources"]] == ["CSV", "JSON"]
    assert one["resources"][0]["url"] == f"{site.url}/explore/dataset/test-a/download/?format=csv"
    one = found["test-b"]
    assert [file["format"] for file in one["resources"]] == ["CSV", "JSON", "GeoJSON", "SHP", "GTFS", "PDF", "XLS"]
    assert one["resources"][5]["url"] == f"{site.url}/api/datasets/1.0/test-b/attachments/documentation_pdf"
    assert one["theme"] == [f"{EU}data-theme/REGI"]
    one = found["inspire"]
    assert one["contact"] == [{"name": "ACME", "email": "tnt@acme.com"}]
    assert one["alternate_identifier"] == ["{73E--sfA386709}"]
    assert [0.1568, 46.4944] in json.loads(one["spatial_coverage"][0]["bbox"])["coordinates"][0]
    assert [file["format"] for file in found["test-shp-limit"]["resources"]] == ["CSV", "JSON", "GeoJSON"]
    assert found["empty"]["resources"] == []


def test_the_public_catalogue_of_2015(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Licences of the wild, frequencies and periods in French, HTML: three of its datasets field by field."""
    path = corpus / "ods-v1/ods-dcat-draft/catalog.given.csv"
    site = member_site({"/catalog.csv": path})
    seen = preview(f"{site.url}/catalog.csv", fetch(site), connector="opendatasoft")
    found = by_guid(seen.datasets)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["datasetid"]: row for row in csv.DictReader(file)}
    assert set(found) == set(rows)
    for guid, row in rows.items():
        assert found[guid]["title"] == " ".join(row["title"].split())
        assert found[guid].get("publisher", [{}])[0].get("name", "") == " ".join(row["publisher"].split())
        assert "<p" not in found[guid].get("notes", "")
    licensed = {guid for guid, row in rows.items() if row["license"]}
    unknown = {issue.record for issue in seen.warnings if issue.code == "licence-unknown"}
    assert {guid for guid, one in found.items() if "license_id" in one} == licensed - unknown
    assert len(unknown) == 15
    gardens = found["concessions_dans_les_jardins"]
    assert gardens["license_id"] == "odc-odbl"
    assert gardens["issued"] == "2011-01-26"
    assert gardens["spatial_coverage"] == [{"text": "Paris"}]
    assert gardens["temporal_coverage"] == [{"start": "2011", "end": "2011"}]
    water = found["volumes_d_eau_distribues"]
    assert water["frequency"] == f"{EU}frequency/ANNUAL"
    assert water["publisher"] == [{"name": "Ville de Paris - Direction de la propreté et de l'eau"}]
    assert [tag["name"] for tag in water["tags"]] == ["eau", "consommation", "Environnement"]
    ign = found["geoflar-departements"]
    assert ign["license_id"] == "fr-lo"
    assert ign["documentation"] == ["http://professionnels.ign.fr/geofla#tab-3"]
    assert ign["spatial_coverage"] == [{"text": "France Métropolitaine"}]


def test_a_catalogue_that_was_cut_is_not_complete(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """What came before is read; what is missing does not count as gone."""
    whole = (corpus / "ods-v1/ods-dcat-draft/catalog.given.csv").read_bytes()
    site = member_site({"/catalog.csv": Answer(whole[: len(whole) // 2], media_type="text/csv")})
    seen = preview(f"{site.url}/catalog.csv", fetch(site), connector="opendatasoft")
    assert 20 < len(seen.datasets) < 84
    assert [error.code for error in seen.errors] == ["listing-incomplete"]


def test_the_swiss_railways(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Twelve of 61, cut to a few fields by `select`: what is there is read, the rest of the list is missed."""
    answer = json.loads((corpus / "ods-v2.1/sbb-ch/catalog.json").read_text())
    site = member_site(
        {
            f"{V2}/datasets": lambda request: (
                answer if request.query.get("offset") in (None, "0") else {**answer, "results": []}
            )
        }
    )
    seen = preview(site.url, fetch(site), connector="opendatasoft")
    assert (len(seen.datasets), [error.code for error in seen.errors]) == (12, ["listing-incomplete"])
    found = by_guid(seen.datasets)
    assert found["brucken"]["title"] == "Bridges"
    assert [one["format"] for one in found["brucken"]["resources"]] == ["CSV", "JSON", "Parquet"]
    users = found["anzahl-sbb-bahnhofbenutzer-wochentag"]
    assert users["title"] == "Amount of Trainstation User (Daily)"
    assert users["frequency"] == f"{EU}frequency/ANNUAL"
    assert found["dashboard_behig_tu"]["resources"] == []


def test_examples_of_the_official_documentation(corpus: Path) -> None:
    """Datasets as version 2 wraps them, from the OpenAPI description."""
    text = (corpus / "ods-docs/openapi-v2.1/api/openapi.yaml").read_text()
    found = {
        one["dataset_id"]: one
        for one in reversed(_examples(yaml.safe_load(text)))
        if isinstance(one.get("metas"), dict)
    }
    assert len(found) >= 2
    results = {}
    for guid, raw in found.items():
        with_title = raw["metas"].get("default", {}).get("title")
        try:
            results[guid] = mapped({"links": [], "dataset": json.loads(json.dumps(raw, default=str))})[0]
        except SkippableRecordError:
            assert not with_title
    cities = results["geonames-all-cities-with-a-population-1000"]
    assert cities["resources"][-1]["format"] == "ZIP"
    assert cities["resources"][-1]["url"].endswith("/attachments/cities1000_zip")
    world = next(one for one in results.values() if "World Administrative" in one["title"])
    assert world["publisher"] == [{"name": "World Food Programme (UN agency)"}]
    assert world["spatial_coverage"] == [{"text": "World"}]
    assert world["license_id"] == "uk-ogl", "told by its address"
    assert world["modified"].startswith("2021-06-23")


def _examples(value: Any) -> list[Raw]:
    if isinstance(value, Mapping):
        here = [dict(value)] if "dataset_id" in value and "has_records" in value else []
        return [one for one in here if isinstance(one["dataset_id"], str)] + [
            one for part in value.values() for one in _examples(part)
        ]
    return [one for part in value for one in _examples(part)] if isinstance(value, list) else []


def test_a_page_of_fault_is_told(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"*": HOME})
    with pytest.raises(FatalSourceError) as caught:
        read(site, fetch)
    assert caught.value.code == "html-instead-of-data"
