"""The udata connector: which part of a site a source is, how it lists, what it maps."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from connector_conformance import ConnectorConformance, shuffled
from member_site import Answer, MemberSite, Routes
from udata_site import ORGANISATIONS, ROYAN, SAINTES, V1, V2, Raw, dataset, portal, resource

from ckanext.opendatafrance.errors import FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.connector import Candidate, Issue, Record
from ckanext.opendatafrance.harvest.connectors.udata import UdataConnector
from ckanext.opendatafrance.harvest.detection import MAX_REQUESTS, detect
from ckanext.opendatafrance.harvest.mapping import udata as mapping
from ckanext.opendatafrance.harvest.mapping import udata_api as api
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
EU = "http://publications.europa.eu/resource/authority/"
SOME = [dataset(1), dataset(2, ROYAN, harvest={"backend": "CKAN", "remote_id": "x"}), dataset(3)]


def read(site: MemberSite, fetch: Fetch, path: str = "", **options: str) -> list[Record | Issue]:
    return list(UdataConnector(site.url + path, fetch(site, tries=1), options).records())


def slugs(items: list[Record | Issue]) -> list[str]:
    return [item.content[1]["slug"] for item in items if isinstance(item, Record)]


def mapped(raw: Raw) -> tuple[Raw, list[str]]:
    result = mapping.to_dataset(raw, "https://www.data.gouv.fr", raw["id"])
    return result.dataset, [issue.code for issue in result.issues]


class TestConformance(ConnectorConformance):
    connector = UdataConnector
    path = "/fr/"
    at_least = 3

    def routes(self) -> Routes:
        return portal(SOME)

    def reordered(self) -> Routes:
        return portal([shuffled(one) for one in reversed(SOME)])

    def changed(self) -> Routes:
        return portal([dataset(1, title="Platanes"), *SOME[1:]])

    def looping(self) -> Routes:
        return {
            V1: lambda request: {
                "data": SOME,
                "total": 5000,
                "next_page": f"{V1}?page={int(request.query['page']) + 1}",
                "page": request.query["page"],
            }
        }


class TestVersion2(TestConformance):
    def routes(self) -> Routes:
        return portal(SOME, version=2)

    def reordered(self) -> Routes:
        return portal([shuffled(one) for one in reversed(SOME)], version=2)

    def changed(self) -> Routes:
        return portal([dataset(1, title="Platanes"), *SOME[1:]], version=2)

    def looping(self) -> Routes:
        return {V2: {"data": SOME, "total": 5000, "next_page": f"{V2}?page=1"}}


# -- which part of a site -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/fr/", "/api/1/datasets/?page=3", "/api/2/datasets/search/?page=1", "/api/1/site/", "/fr/search/?q="),
        "/fr/datasets/recent.atom",
    ],
)
def test_any_address_of_a_regional_site_means_all_of_it(member_site: Sites, fetch: Fetch, path: str) -> None:
    feed = Answer("<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'/>", media_type="application/atom+xml")
    site = member_site(portal(SOME) | {"/fr/datasets/recent.atom": feed})
    found = detect(site.url + path, fetch(site))
    assert (found.connector, found.url, found.count) == ("udata", site.url, 3)
    assert len(site.requests) <= MAX_REQUESTS


@pytest.mark.parametrize(
    "path",
    [
        "/organizations/ville-de-saintes/",
        "/fr/organizations/ville-de-saintes/",
        "/api/1/organizations/ville-de-saintes/",
        "/organizations/ville-de-saintes/#/datasets",
        f"/api/1/datasets/?organization={SAINTES['id']}",
        "/api/1/datasets/?organization=21170415000013",
    ],
)
def test_an_organisation_is_named_by_id_slug_or_siret(member_site: Sites, fetch: Fetch, path: str) -> None:
    """The address of its page or of its list means it alone; the endpoint keeps its id, which never changes."""
    site = member_site(portal(SOME))
    found = detect(site.url + path, fetch(site))
    assert (found.connector, found.count) == ("udata", 2)
    assert found.url == f"{site.url}{V1}?organization={SAINTES['id']}"
    assert len(site.requests) <= MAX_REQUESTS
    assert slugs(read(site, fetch, path)) == slugs(read(site, fetch, found.url.removeprefix(site.url)))


@pytest.mark.parametrize("name", [SAINTES["id"], "ville-de-saintes", "21170415000013", "211 704 150 00013"])
def test_an_organisation_may_be_an_option(member_site: Sites, fetch: Fetch, name: str) -> None:
    items = read(member_site(portal(SOME)), fetch, organization=name)
    assert slugs(items) == ["arbres-1", "arbres-3"]


def test_the_siret_of_the_organisation_helps_to_place(member_site: Sites, fetch: Fetch) -> None:
    """Lists leave it out; it comes from the organisation that was asked for."""
    site = member_site(portal(SOME))
    seen = preview(f"{site.url}/organizations/ville-de-saintes/", fetch(site), connector="udata")
    assert {one["publisher"][0]["identifier"] for one in seen.datasets} == {"21170415000013"}


@pytest.mark.parametrize("name", ["ville-de-nulle-part", f"{9:024x}", "21170300200016"])
def test_an_unknown_organisation_is_told(member_site: Sites, fetch: Fetch, name: str) -> None:
    """It is no empty catalogue from which everything was removed."""
    with pytest.raises(FatalSourceError) as caught:
        read(member_site(portal(SOME)), fetch, organization=name)
    assert caught.value.code == "organization-unknown"
    assert name in str(caught.value)


def test_a_site_that_ignores_the_siret_does_not_give_another_town(member_site: Sites, fetch: Fetch) -> None:
    """Older udata do not know this filter and give all their organisations."""
    every = {"data": [ROYAN, SAINTES], "total": 2, "next_page": None}
    site = member_site(portal(SOME) | {ORGANISATIONS: every})
    assert slugs(read(site, fetch, organization="21170415000013")) == ["arbres-1", "arbres-3"]


@pytest.mark.parametrize("name", ["fr:commune:17415", "17415", "http://id.insee.fr/geo/commune/17415"])
def test_a_territory_is_named_by_its_code(member_site: Sites, fetch: Fetch, name: str) -> None:
    elsewhere = dataset(4, spatial={"zones": ["fr:commune:17306"]})
    site = member_site(portal([*SOME, elsewhere]))
    assert slugs(read(site, fetch, territory=name)) == ["arbres-1", "arbres-2", "arbres-3"]
    assert slugs(read(site, fetch, "/fr/territories/commune/17306@latest/Royan/")) == ["arbres-4"]
    assert slugs(read(site, fetch, "/api/1/datasets/?geozone=fr:commune:17306")) == ["arbres-4"]


def test_the_page_of_a_dataset_offers_its_organisation(member_site: Sites, fetch: Fetch) -> None:
    site = member_site(portal(SOME))
    found = detect(f"{site.url}/datasets/arbres-1/", fetch(site))
    assert found.url == site.url
    assert Candidate("udata", f"{site.url}{V1}?organization={SAINTES['id']}", 2) in found.candidates


def test_the_page_of_a_dataset_of_a_national_site_means_its_organisation(
    member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who pastes a page of data.gouv.fr wants all of it."""
    site = member_site(portal(SOME))
    monkeypatch.setattr(api, "NATIONAL", {site.host})
    found = detect(f"{site.url}/datasets/arbres-1/", fetch(site))
    assert found.candidates == (Candidate("udata", f"{site.url}{V1}?organization={SAINTES['id']}", 2),)


# -- listing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 2])
def test_all_pages_are_read(member_site: Sites, fetch: Fetch, version: int) -> None:
    site = member_site(portal([dataset(number) for number in range(230)], version=version))
    items = read(site, fetch, "/api/2/" if version == 2 else "")
    assert slugs(items) == [f"arbres-{number}" for number in range(230)]
    assert all(len(api.resources(item.content[1])) == 1 for item in items if isinstance(item, Record))
    assert site.count(V1 if version == 1 else V2) == 3


def test_many_files_of_version_2_come_in_pages(member_site: Sites, fetch: Fetch) -> None:
    one = dataset(1, resources=[resource(number) for number in range(45)])
    [record] = read(member_site(portal([one], version=2)), fetch)
    assert isinstance(record, Record)
    assert len(record.content[1]["resources"]) == 45


def test_a_dataset_whose_files_cannot_be_read_is_reported(member_site: Sites, fetch: Fetch) -> None:
    """It is not harvested without its files; the others are."""
    site = member_site(portal(SOME, version=2))
    site.routes[f"/files/{SOME[1]['id']}"] = Answer(status=500)
    items = read(site, fetch)
    assert slugs(items) == ["arbres-1", "arbres-3"]
    [issue] = [item for item in items if isinstance(item, Issue)]
    assert (issue.code, issue.record, issue.level) == ("server-error", SOME[1]["id"], "error")


@pytest.mark.parametrize("total", [None, "3", -1, True])
def test_a_list_that_does_not_say_how_much_there_is_is_none(member_site: Sites, fetch: Fetch, total: Any) -> None:
    """Nobody could tell that it is whole."""
    with pytest.raises(FatalSourceError) as caught:
        read(member_site({V1: {"data": SOME, "total": total, "next_page": None}}), fetch)
    assert caught.value.code == "api-error"


def test_a_list_that_ends_early_is_not_complete(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({V1: {"data": SOME, "total": 4, "next_page": None}})
    with pytest.raises(RetriableError) as caught:
        read(site, fetch)
    assert caught.value.code == "listing-incomplete"


def test_a_dataset_removed_while_reading_makes_the_list_incomplete(member_site: Sites, fetch: Fetch) -> None:
    datasets = [dataset(number) for number in range(150)]
    site = member_site(portal(datasets))
    items = UdataConnector(site.url, fetch(site)).records()
    first = [next(items) for _ in range(100)]
    del datasets[0]
    with pytest.raises(RetriableError) as caught:
        list(items)
    assert caught.value.code == "listing-incomplete"
    assert len(first) == 100


def test_what_is_not_public_is_left_out(member_site: Sites, fetch: Fetch) -> None:
    hidden = [
        dataset(2, private=True),
        dataset(3, deleted="2025-01-01T00:00:00+00:00"),
        dataset(4, archived="2025-01-01T00:00:00+00:00"),
    ]
    items = read(member_site(portal([dataset(1), *hidden])), fetch)
    assert slugs(items) == ["arbres-1"]
    assert [(item.code, item.level) for item in items if isinstance(item, Issue)] == [("not-public", "warning")] * 3


def test_a_bad_record_is_reported_and_the_rest_goes_on(member_site: Sites, fetch: Fetch) -> None:
    data = [SOME[0], None, {"title": "Sans identifiant"}, SOME[2]]
    items = read(member_site({V1: {"data": data, "total": 2, "next_page": None}}), fetch)
    assert [getattr(item, "code", "record") for item in items] == ["record", *["identifier-missing"] * 2, "record"]
    assert "Sans identifiant" in str(items[2])


@pytest.mark.parametrize(
    "change",
    [
        {"metrics": {"views": 99}},
        {"quality": {"score": 0.1}},
        {"last_modified": "2030-01-01T00:00:00+00:00"},
        {"resources": [resource(1, extras={"check:status": 404}, metrics={})]},
        {"harvest": {"last_update": "2030-01-01T00:00:00+00:00", "source_id": "other"}},
    ],
)
def test_counters_checks_and_harvests_are_no_change(change: Raw) -> None:
    assert api.fingerprint(dataset(1)) == api.fingerprint(dataset(1, **change))


def test_a_new_file_is_a_change() -> None:
    assert api.fingerprint(dataset(1)) != api.fingerprint(dataset(1, resources=[resource(1, filesize=2)]))


# -- mapping ------------------------------------------------------------------------------------------------------


def test_fields_of_a_dataset() -> None:
    found, issues = mapped(
        dataset(
            1,
            description="Les **arbres**.<script>alert(1)</script>",
            tags=["arbres", "hvd", "geospatiales"],
            badges=[{"kind": "hvd"}],
            access_type="restricted",
            contact_points=[
                {
                    "name": "Service SIG",
                    "email": "sig@saintes.fr",
                    "contact_form": "https://saintes.fr/c",
                    "role": "contact",
                },
                {"name": "Agglo", "email": None, "role": "creator"},
                {"name": "Oublié", "email": "x@y.fr", "role": "user"},
            ],
            schema={"name": "scdl/arbres", "version": "1.2.0", "url": None},
        )
    )
    assert [issue for issue in issues if "active" not in issue] == []
    assert found["title"] == "Arbres 0001"
    assert found["notes"].startswith("Les **arbres**.")
    assert "alert" not in found["notes"]
    assert found["license_id"] == "lov2"
    assert found["identifier"] == f"{4097:024x}"
    assert found["url"] == "https://www.data.gouv.fr/datasets/arbres-1/"
    assert found["alternate_identifier"] == [found["url"]]
    assert "uri" not in found
    assert (found["issued"], found["modified"]) == ("2024-01-02T03:04:05+00:00", "2025-06-07T08:09:10+00:00")
    assert found["frequency"] == f"{EU}frequency/ANNUAL"
    assert found["conforms_to"] == ["https://schema.data.gouv.fr/schemas/scdl/arbres/1.2.0/schema.json"]
    assert found["hvd_category"] == ["http://data.europa.eu/bna/c_ac64a52d"]
    assert found["applicable_legislation"] == ["http://data.europa.eu/eli/reg_impl/2023/138/oj"]
    assert found["access_rights"] == f"{EU}access-right/RESTRICTED"
    assert found["spatial_coverage"] == [{"uri": "http://id.insee.fr/geo/commune/17415", "text": "Saintes"}]
    assert found["spatial_granularity"] == "Communale"
    assert found["temporal_coverage"] == [{"start": "2020-01-01", "end": "2024-12-31"}]
    assert found["publisher"] == [{"name": "Ville de Saintes", "url": SAINTES["page"]}]
    assert found["contact"] == [{"name": "Service SIG", "email": "sig@saintes.fr", "url": "https://saintes.fr/c"}]
    assert found["creator"] == [{"name": "Agglo"}]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("**Gras** et <br>suite <a href='https://x.fr/a'>ici</a>", "**Gras** et \nsuite [ici](https://x.fr/a)"),
        ("# Titre\n\n- un <b onclick='x()'>deux</b>", "# Titre\n\n- un deux"),
        ("Voir <https://x.fr> et `a < b`", "Voir https://x.fr et `a < b`"),
        ("<p>Du <b>HTML</b></p>", "Du **HTML**"),
    ],
)
def test_markdown_stays_markdown(said: str, shown: str) -> None:
    """Descriptions are Markdown; the HTML that people paste into them goes, the rest stays as it is."""
    notes = mapped(dataset(1, description=said))[0]["notes"]
    assert "\n".join(line.rstrip() for line in notes.split("\n")) == "\n".join(
        line.rstrip() for line in shown.split("\n")
    )


def test_fields_of_a_resource() -> None:
    """The permanent address is its URI: by it the same file is known again after a new upload."""
    [found] = mapped(dataset(1))[0]["resources"]
    assert found == {
        "url": "https://static.data.gouv.fr/resources/arbres/20250601-080910/arbres.csv",
        "download_url": "https://static.data.gouv.fr/resources/arbres/20250601-080910/arbres.csv",
        "uri": "https://www.data.gouv.fr/fr/datasets/r/1",
        "name": "arbres.csv",
        "format": "CSV",
        "mimetype": "text/csv",
        "size": 1200,
        "hash": "3af9d30228e2f9857e8acd265720bf16fcba8266",
        "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha1",
        "issued": "2024-01-02T03:04:05+00:00",
        "modified": "2025-06-07T08:09:10+00:00",
        "conforms_to": ["https://schema.data.gouv.fr/schemas/scdl/arbres/latest/schema.json"],
    }


def test_the_origin_of_a_harvested_dataset_is_kept() -> None:
    """What stops the loop: data.gouv.fr gives back what it harvested here, with the identifiers that it had here."""
    origin = {
        "backend": "DCAT",
        "domain": "donnees.charente-maritime.fr",
        "remote_id": "https://donnees.charente-maritime.fr/dataset/4b5f",
        "remote_url": "https://donnees.charente-maritime.fr/dataset/arbres",
        "uri": "https://donnees.charente-maritime.fr/dataset/4b5f",
        "dct_identifier": "4b5f",
        "issued_at": "2019-01-01T00:00:00+00:00",
        "modified_at": "2023-01-01T00:00:00+00:00",
    }
    found, _ = mapped(dataset(1, harvest=origin))
    assert found["identifier"] == "4b5f"
    assert found["uri"] == origin["uri"]
    assert found["alternate_identifier"] == [found["url"], f"{4097:024x}", origin["remote_id"], origin["remote_url"]]
    assert (found["issued"], found["modified"]) == (origin["issued_at"], origin["modified_at"])


def test_whole_objects_are_read_as_their_ids_are() -> None:
    """Where a site gives licence, frequency and zones as objects."""
    plain, _ = mapped(dataset(1))
    whole, _ = mapped(
        dataset(
            1,
            license={"id": "lov2", "title": "Licence Ouverte", "url": "https://etalab.gouv.fr"},
            frequency={"id": "annual", "label": "Annuelle"},
            spatial={
                "zones": [{"id": "fr:commune:17415", "name": "Saintes", "code": "17415", "level": "fr:commune"}],
                "granularity": {"id": "fr:commune", "name": "Commune"},
            },
        )
    )
    assert whole == plain


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("fr:departement:17", {"uri": "http://id.insee.fr/geo/departement/17", "text": "Charente-Maritime"}),
        ("fr:region:75", {"uri": "http://id.insee.fr/geo/region/75", "text": "Nouvelle-Aquitaine"}),
        ("fr:epci:241700434", {"text": "CA de La Rochelle"}),
        ("country:fr", {"uri": f"{EU}country/FRA", "text": "France"}),
        ("fr:iris:173000101", {"text": "fr:iris:173000101"}),
    ],
)
def test_zones(zone: str, place: Raw) -> None:
    assert mapped(dataset(1, spatial={"zones": [zone]}))[0]["spatial_coverage"] == [place]


def test_a_geometry_goes_with_the_first_zone() -> None:
    ring = [[-0.7, 45.7], [-0.6, 45.7], [-0.6, 45.8], [-0.7, 45.7]]
    geometry = {"type": "MultiPolygon", "coordinates": [[ring]]}
    [place] = mapped(dataset(1, spatial={"zones": ["fr:commune:17415"], "geom": geometry}))[0]["spatial_coverage"]
    assert place["text"] == "Saintes"
    assert json.loads(place["geom"]) == geometry


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("continuous", "CONT"),
        ("fiveMinutes", "5MIN"),
        ("punctual", "AS_NEEDED"),
        ("biannual", "ANNUAL_2"),
        ("threeTimesAWeek", "WEEKLY_3"),
        ("unknown", ""),
        (None, ""),
    ],
)
def test_frequencies(said: Any, code: str) -> None:
    found, issues = mapped(dataset(1, frequency=said))
    assert found.get("frequency", "").rpartition("/")[2] == code
    assert issues == []


def test_nothing_is_invented() -> None:
    found, issues = mapped({"id": "a" * 24, "title": "Nu"})
    page = f"https://www.data.gouv.fr/datasets/{'a' * 24}/"
    assert found == {
        "title": "Nu",
        "identifier": "a" * 24,
        "url": page,
        "alternate_identifier": [page],
        "resources": [],
    }
    assert issues == []


def test_a_person_may_publish() -> None:
    found, _ = mapped(dataset(1, None, owner={"first_name": "Ann", "last_name": "Roy"}))
    assert found["publisher"] == [{"name": "Ann Roy"}]


# -- real data ----------------------------------------------------------------------------------------------------


def real(corpus: Path) -> list[Raw]:
    """Objects of data.gouv.fr, put together as its list gives them (the dump keeps organisation and files apart)."""
    path = corpus / "data-gouv/udata-fixtures/fixtures/given.json"
    parts = json.loads(path.read_text())["datasets"]
    found = [
        {**part["dataset"], "organization": part["organization"], "resources": part["resources"]} for part in parts
    ]
    for one in found:
        one["created_at"], one["last_update"] = one["created_at_internal"], one["last_modified_internal"]
    return found


@pytest.mark.parametrize("version", [1, 2])
def test_real_datasets_of_data_gouv(corpus: Path, member_site: Sites, fetch: Fetch, version: int) -> None:
    """All of them with all their files, by either version; four of them field by field."""
    raws = real(corpus)
    site = member_site(portal(copy.deepcopy(raws), version=version, organizations=()))
    seen = preview(site.url, fetch(site), connector="udata")
    assert (seen.count, len(seen.datasets), seen.errors) == (len(raws), len(raws), [])
    parts = json.loads((corpus / "data-gouv/udata-fixtures/fixtures/given.json").read_text())["datasets"]
    assert sum(len(one["resources"]) for one in seen.datasets) == sum(len(part["resources"]) for part in parts)
    found = {one["identifier"]: one for one in seen.datasets}
    for raw in raws:
        one = found[raw["id"]]
        assert one["title"] == " ".join(raw["title"].split())
        assert one["publisher"][0]["name"] == raw["organization"]["name"]
        assert one["publisher"][0].get("identifier", "") == (raw["organization"]["business_number_id"] or "")
        assert {tag["name"] for tag in one.get("tags", [])} == set(raw["tags"])
        assert [file["url"] for file in one["resources"]] == [file["url"] for file in raw["resources"]]
        assert [file.get("hash") for file in one["resources"]] == [
            (file["checksum"] or {}).get("value") for file in raw["resources"]
        ]
        assert [file.get("size") for file in one["resources"]] == [file["filesize"] for file in raw["resources"]]
    sirene = found["5b7ffc618b4c4169d30727e0"]
    assert sirene["temporal_coverage"] == [{"start": "1973-01-01", "end": "2023-12-31"}]
    assert sirene["frequency"] == f"{EU}frequency/MONTHLY"
    assert sirene["applicable_legislation"] == ["http://data.europa.eu/eli/reg_impl/2023/138/oj"]
    assert sirene["issued"].startswith("2018-08-24")
    clean = found["6155ad9c9c3b0ee5891f3374"]
    name = "etalab/schema-vehicules-faibles-emissions-renouvellement-parc"
    schema = f"https://schema.data.gouv.fr/schemas/{name}/latest/schema.json"
    assert [file["conforms_to"] for file in clean["resources"]] == [[schema], [schema]]
    assert [file["format"] for file in clean["resources"]] == ["CSV", "PDF"]
    lyon = found["65271c20a80b3f04010e71ff"]
    assert [file["format"] for file in lyon["resources"]][:2] == ["JSON", "CSV"]
    assert all("download_url" not in file for file in lyon["resources"])
    energy = found["5ee2391763c79811ddfbc86a"]
    assert "frequency" not in energy
    assert energy["resources"][0]["format"] == "HTML"


@pytest.mark.parametrize("name", ["tests/es-fake-result.json", "fixtures/given.json"])
def test_what_is_no_list_of_udata_is_told(corpus: Path, member_site: Sites, fetch: Fetch, name: str) -> None:
    """An index dump and an import file are no answers of the API."""
    site = member_site({"*": corpus / "data-gouv/udata-fixtures" / name})
    with pytest.raises(FatalSourceError) as caught:
        read(site, fetch)
    assert caught.value.code == "api-error"
