"""The CKAN connector: how it lists, what it leaves out, what it maps, on faithful and on odd sites."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from connector_conformance import ConnectorConformance, shuffled
from member_site import Answer, MemberSite, Request, Routes

from ckanext.opendatafrance.errors import FatalSourceError, RetriableError
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors import ckan as module
from ckanext.opendatafrance.harvest.connectors.ckan import CkanConnector
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
SEARCH = "/api/3/action/package_search"
LIST = "/api/3/action/current_package_list_with_resources"
NAMES = "/api/3/action/package_list"
SHOW = "/api/3/action/package_show"


def package(number: int, **fields: Any) -> dict[str, Any]:
    """A dataset as CKAN 2.11 gives it."""
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "name": f"jeu-{number}",
        "title": f"Jeu de données n° {number}",
        "notes": "Les **arbres** de la commune.",
        "license_id": "lov2",
        "license_title": "Licence Ouverte 2.0",
        "metadata_created": "2024-01-02T03:04:05.000000",
        "metadata_modified": "2026-01-02T03:04:05.000000",
        "num_resources": 1,
        "private": False,
        "state": "active",
        "type": "dataset",
        "tags": [{"name": "arbres", "display_name": "arbres"}, {"name": "nature", "display_name": "nature"}],
        "groups": [{"name": "environnement", "title": "Environnement"}],
        "organization": {"id": "x", "name": "ville-de-saintes", "title": "Ville de Saintes", "image_url": ""},
        "extras": [{"key": "Fréquence", "value": "annuelle"}, {"key": "langue", "value": "fr"}],
        "resources": [
            {
                "id": f"r{number}",
                "name": "arbres.csv",
                "url": f"https://data.saintes.fr/arbres-{number}.csv",
                "format": "csv",
                "mimetype": "text/csv",
                "size": 1200,
                "hash": "d41d8cd98f00b204e9800998ecf8427e",
                "state": "active",
                "created": "2024-01-02T03:04:05.000000",
                "last_modified": "2025-06-07T08:09:10.000000",
                "url_type": "upload",
            }
        ],
        **fields,
    }


def search(packages: list[dict[str, Any]], most: int = 1000, **result: Any) -> Callable[[Request], dict[str, Any]]:
    """`package_search` over these datasets, with CKAN's own paging."""

    def answer(request: Request) -> dict[str, Any]:
        start, rows = int(request.query.get("start", 0)), min(int(request.query.get("rows", 10)), most)
        chosen = [one for one in packages if _matches(one, request.query.get("fq", ""))]
        return ok({"count": len(chosen), "results": chosen[start : start + rows], "facets": {}, **result})

    return answer


def _matches(one: dict[str, Any], fq: str) -> bool:
    return not fq or fq == f"organization:{one['organization']['name']}"


def ok(result: Any) -> dict[str, Any]:
    return {"help": "", "success": True, "result": result}


def read(site: MemberSite, fetch: Fetch, path: str = "") -> Iterator[Record | Issue]:
    return CkanConnector(site.url + path, fetch(site, tries=1)).records()


def guids(items: Iterator[Record | Issue]) -> list[str]:
    return [item.guid for item in items if isinstance(item, Record)]


def mapped(raw: dict[str, Any], member_site: Sites, fetch: Fetch) -> tuple[dict[str, Any], list[str]]:
    """The dataset dict of one package, and the codes of its issues."""
    site = member_site({SEARCH: search([raw])})
    reader = CkanConnector(site.url, fetch(site))
    [record] = reader.records()
    assert isinstance(record, Record)
    result = reader.map(record)
    return json.loads(json.dumps(result.dataset).replace(site.url, "http://site")), [one.code for one in result.issues]


class TestConformance(ConnectorConformance):
    connector = CkanConnector
    path = ""
    at_least = 3
    mutations = 200

    def routes(self) -> Routes:
        return {SEARCH: search([package(number) for number in range(3)])}

    def reordered(self) -> Routes:
        packages = [package(number) for number in (2, 0, 1)]
        for one in packages:
            one["tags"].reverse()
            one["extras"].reverse()
        return {SEARCH: search([shuffled(one) for one in packages])}

    def changed(self) -> Routes:
        return {SEARCH: search([package(0), package(1, title="Arbres remarquables"), package(2)])}

    def looping(self) -> Routes:
        return {SEARCH: ok({"count": 5000, "results": [package(number) for number in range(3)]})}


class TestDkanConformance(ConnectorConformance):
    """DKAN has no search; lists are wrapped in lists."""

    connector = CkanConnector
    path = "/api/3/action/package_list"

    def routes(self) -> Routes:
        return self.site([package(number, state="Active", private=True, type="Dataset") for number in range(2)])

    def reordered(self) -> Routes:
        return self.site([shuffled(package(number, type="Dataset", private=True, state="Active")) for number in (1, 0)])

    def changed(self) -> Routes:
        packages = [package(number, state="Active", private=True, type="Dataset") for number in range(2)]
        packages[0]["title"] = "Autre titre"
        return self.site(packages)

    def looping(self) -> Routes:
        """The same two datasets at every offset, of five that there are."""
        return {NAMES: ok(list("abcde")), LIST: ok([[package(0), package(1)]])}

    def site(self, packages: list[dict[str, Any]]) -> Routes:
        return {
            NAMES: ok([one["id"] for one in packages]),
            LIST: lambda request: ok([packages[int(request.query["offset"]) :]]),
        }


def test_all_pages_are_read(member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the site gives fewer than it was asked for."""
    monkeypatch.setattr(module, "ROWS", 4)
    site = member_site({SEARCH: search([package(number) for number in range(11)], most=3)})
    assert len(guids(read(site, fetch))) == 11
    assert site.requests[0].query["sort"] == "id asc"
    assert len(site.requests) == 4


def test_datasets_deleted_while_paging_hide_no_other(
    member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What moves forward over the edge of a page is looked for again, and nothing comes twice."""
    monkeypatch.setattr(module, "ROWS", 3)
    packages = [package(number) for number in range(9)]
    site = member_site()

    def shrinking(request: Request) -> dict[str, Any]:
        if request.query["start"] == "3":
            del packages[0:2]
        return search(packages)(request)

    site.routes[SEARCH] = shrinking
    found = guids(read(site, fetch))
    assert Counter(found) == {package(number)["id"]: 1 for number in range(9)}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ok({"count": 50, "results": []}), "listing-incomplete"),
        (ok({"count": 50, "results": [package(1)]}), "page-loop"),
        (ok({"count": 2, "results": [package(1), package(1)]}), "listing-incomplete"),
        ({"success": False, "error": {"message": "Accès refusé"}}, "api-error"),
        (ok({"results": None}), "api-error"),
    ],
)
def test_a_listing_that_is_not_whole_says_so(member_site: Sites, fetch: Fetch, answer: Any, code: str) -> None:
    """So that the caller removes nothing."""
    site = member_site({SEARCH: answer})
    with pytest.raises(FatalSourceError) as caught:
        list(read(site, fetch))
    assert caught.value.code == code


def test_a_site_that_breaks_down_in_the_middle_keeps_what_it_gave(
    member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS", 2)
    whole = search([package(number) for number in range(5)])
    site = member_site(
        {SEARCH: lambda request: Answer(status=503) if request.query["start"] == "4" else whole(request)}
    )
    items = read(site, fetch)
    assert [next(items).guid for _ in range(4)] == [package(number)["id"] for number in range(4)]
    with pytest.raises(RetriableError):
        next(items)


def test_a_list_is_paged_until_it_ends(member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 2)
    packages = [package(number) for number in range(5)]

    def listed(request: Request) -> Any:
        start, rows = int(request.query["offset"]), int(request.query["limit"])
        return ok(packages[start : start + rows])

    site = member_site({LIST: listed, NAMES: ok([one["name"] for one in packages])})
    assert len(guids(read(site, fetch))) == 5
    site.routes[LIST] = ok(packages[:2])
    with pytest.raises(RetriableError) as caught:
        list(read(site, fetch))
    assert caught.value.code == "listing-incomplete"


def test_datasets_are_asked_for_by_name_where_nothing_else_works(member_site: Sites, fetch: Fetch) -> None:
    """One that is refused is reported and the rest goes on; the listing is then no reason to remove anything."""

    def show(request: Request) -> Any:
        number = int(request.query["id"][-1])
        return Answer(status=403) if number == 2 else ok([package(number)])

    site = member_site({NAMES: ok(["jeu-1", "jeu-2", "jeu-3"]), SHOW: show})
    items = read(site, fetch)
    first, refused, last = next(items), next(items), next(items)
    assert isinstance(first, Record)
    assert isinstance(last, Record)
    assert isinstance(refused, Issue)
    assert (refused.record, refused.code) == ("jeu-2", "forbidden")
    with pytest.raises(RetriableError):
        next(items)


def test_what_is_not_public_is_left_out(member_site: Sites, fetch: Fetch) -> None:
    packages = [
        package(1),
        package(2, private=True),
        package(3, state="draft"),
        package(4, state="deleted"),
        package(5, type="harvest"),
    ]
    items = list(read(member_site({SEARCH: search(packages)}), fetch))
    assert guids(iter(items)) == [packages[0]["id"]]
    issues = [item for item in items if isinstance(item, Issue)]
    assert [(issue.code, issue.level) for issue in issues] == [("not-public", "warning")] * 4


def test_a_bad_record_is_reported_and_the_rest_goes_on(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({SEARCH: ok({"count": 5, "results": [package(1), None, {"title": "Sans nom"}, 7, package(2)]})})
    items = list(read(site, fetch))
    assert [getattr(item, "code", "record") for item in items] == ["record", *["identifier-missing"] * 3, "record"]
    assert "Sans nom" in str(items[2])


def test_an_organisation_page_means_its_datasets_only(member_site: Sites, fetch: Fetch) -> None:
    other = package(2, organization={"name": "royan", "title": "Ville de Royan"})
    site = member_site({SEARCH: search([package(1), other])})
    assert guids(read(site, fetch, "/organization/royan")) == [other["id"]]
    assert guids(read(site, fetch, "/fr/organization/royan?page=2")) == [other["id"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metadata_modified", "2030-01-01T00:00:00"),
        ("num_resources", 12),
        ("tracking_summary", {"total": 99}),
        ("organization", {"name": "ville-de-saintes", "title": "Ville de Saintes", "image_url": "x.png"}),
    ],
)
def test_counters_and_rebuilds_are_no_change(member_site: Sites, fetch: Fetch, field: str, value: Any) -> None:
    before, after = package(1), package(1, **{field: value})
    after["resources"][0] |= {"cache_last_updated": "x", "datastore_active": True, "metadata_modified": "y"}
    prints = [next(iter(read(member_site({SEARCH: search([one])}), fetch))).fingerprint for one in (before, after)]
    assert prints[0] == prints[1]


def test_fields_of_a_french_portal(member_site: Sites, fetch: Fetch) -> None:
    """What extras say in French reaches the fields of the schema."""
    dataset, issues = mapped(
        package(
            1,
            url="https://www.saintes.fr/arbres",
            maintainer="Service des espaces verts",
            maintainer_email="verts@saintes.fr",
            author="Luc Petit",
            extras=[
                {"key": "Fréquence de mise à jour", "value": "Tous les mois"},
                {"key": "Date de publication", "value": "12 mars 2024"},
                {"key": "date_de_mise_a_jour", "value": "07/06/2025"},
                {"key": "Langue", "value": "français"},
                {"key": "Couverture géographique", "value": "Saintes"},
                {"key": "spatial", "value": '{"type": "Point", "coordinates": [-0.63, 45.74]}'},
                {"key": "temporal_start", "value": "2020"},
                {"key": "temporal_end", "value": "2024"},
                {"key": "SIRET", "value": "21170415300013"},
                {"key": "thématique", "value": "Environnement"},
            ],
        ),
        member_site,
        fetch,
    )
    assert issues == []
    assert dataset["title"] == "Jeu de données n° 1"
    assert dataset["license_id"] == "lov2"
    assert dataset["frequency"].endswith("/MONTHLY")
    assert (dataset["issued"], dataset["modified"]) == ("2024-03-12", "2025-06-07")
    assert dataset["language"] == ["http://publications.europa.eu/resource/authority/language/FRA"]
    assert dataset["theme"] == ["http://publications.europa.eu/resource/authority/data-theme/ENVI"]
    assert dataset["spatial_coverage"][0]["text"] == "Saintes"
    assert json.loads(dataset["spatial_coverage"][0]["centroid"])["coordinates"] == [-0.63, 45.74]
    assert dataset["temporal_coverage"] == [{"start": "2020", "end": "2024"}]
    assert dataset["publisher"][0]["name"] == "Ville de Saintes"
    assert dataset["publisher"][0]["url"] == "http://site/organization/ville-de-saintes"
    assert dataset["contact"] == [{"name": "Service des espaces verts", "email": "verts@saintes.fr"}]
    assert dataset["creator"] == [{"name": "Luc Petit"}]
    assert (dataset["url"], dataset["homepage"]) == ("http://site/dataset/jeu-1", "https://www.saintes.fr/arbres")
    assert [tag["name"] for tag in dataset["tags"]][:2] == ["arbres", "nature"]


def test_fields_of_a_resource(member_site: Sites, fetch: Fetch) -> None:
    dataset, _ = mapped(package(1), member_site, fetch)
    assert dataset["resources"] == [
        {
            "url": "https://data.saintes.fr/arbres-1.csv",
            "download_url": "https://data.saintes.fr/arbres-1.csv",
            "name": "arbres.csv",
            "format": "CSV",
            "mimetype": "text/csv",
            "size": 1200,
            "hash": "d41d8cd98f00b204e9800998ecf8427e",
            "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_md5",
            "issued": "2024-01-02T03:04:05.000000",
            "modified": "2025-06-07T08:09:10.000000",
        }
    ]
    assert dataset["modified"] == "2025-06-07T08:09:10.000000"


def test_fields_of_a_scheming_portal(member_site: Sites, fetch: Fetch) -> None:
    """Repeating subfields of ckanext-dcat's own schema come over as they are."""
    fields = {
        "contact": [{"name": "Mairie", "email": "mairie@saintes.fr", "identifier": "", "uri": ""}],
        "publisher": [{"name": "Saintes", "identifier": "217 004 153 00013", "uri": "https://saintes.fr/#org"}],
        "theme": ["http://publications.europa.eu/resource/authority/data-theme/TRAN"],
        "frequency": "http://publications.europa.eu/resource/authority/frequency/DAILY",
        "temporal_coverage": [{"start": "2020-01-01", "end": "2020-12-31"}],
        "spatial_coverage": [{"uri": "http://id.insee.fr/geo/commune/17415", "text": "Saintes", "geom": None}],
        "applicable_legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"],
        "conforms_to": ["https://schema.data.gouv.fr/schemas/scdl/arbres.json"],
        "alternate_identifier": ["a1"],
        "extras": [],
    }
    dataset, issues = mapped(package(1, **fields), member_site, fetch)
    assert issues == []
    assert dataset["contact"] == [{"name": "Mairie", "email": "mairie@saintes.fr"}]
    assert dataset["publisher"][0]["uri"] == "https://saintes.fr/#org"
    assert dataset["spatial_coverage"] == [{"uri": "http://id.insee.fr/geo/commune/17415", "text": "Saintes"}]
    same = ("frequency", "temporal_coverage", "applicable_legislation", "conforms_to", "alternate_identifier")
    assert {name: dataset[name] for name in same} == {name: fields[name] for name in same}
    assert fields["theme"][0] in dataset["theme"]


def test_json_within_fields_is_read(member_site: Sites, fetch: Fetch) -> None:
    """Some portals put objects into texts, or give a text in several languages."""
    dataset, _ = mapped(
        package(
            1,
            title='{"de": "Bäume", "fr": "Arbres", "en": "Trees"}',
            notes={"en": "Trees of the town", "fr": ""},
            author='[{"name": "Roy", "given_name": "Ann", "email": "ann@wsl.ch"}, {"name": "Petit"}]',
            maintainer='{"name": "Roy", "given_name": "Ann", "email": "ann@wsl.ch"}',
        ),
        member_site,
        fetch,
    )
    assert (dataset["title"], dataset["notes"]) == ("Arbres", "Trees of the town")
    assert dataset["contact"] == [{"name": "Ann Roy", "email": "ann@wsl.ch"}]
    assert dataset["creator"][0]["name"] == "Ann Roy, Petit"


def test_nothing_that_runs_gets_through(member_site: Sites, fetch: Fetch) -> None:
    raw = package(1, title="<script>alert(1)</script>Arbres", notes="<p onclick='x()'>Bon</p><script>y()</script>")
    raw["url"] = "javascript:alert(1)"
    raw["name"] = "../../evil"
    raw["resources"][0] |= {
        "url": "javascript:alert(2)",
        "name": "<img src=x onerror=alert(3)>",
        "hash": "",
        "size": "x",
    }
    dataset, _ = mapped(raw, member_site, fetch)
    text = json.dumps(dataset)
    assert "script" not in text
    assert "onerror" not in text
    assert "onclick" not in text


def test_an_unknown_licence_is_kept_in_words(member_site: Sites, fetch: Fetch) -> None:
    raw = package(1, license_id="maison", license_title="Licence maison de Saintes")
    dataset, issues = mapped(raw, member_site, fetch)
    assert "license_id" not in dataset
    assert "Licence maison de Saintes" in dataset["resources"][0]["rights"]
    assert issues == ["licence-unknown"]


# -- real responses -----------------------------------------------------------------------------------------------


def held(path: Path) -> int:
    """Number of datasets in a file, counted in its text: each has one `creator_user_id`."""
    return path.read_text().count('"creator_user_id"')


def test_every_real_file_is_previewed(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """As many datasets as the file holds, or one clear error where it holds none."""
    folder = corpus / "ckan-api"
    site = member_site({"/corpus": folder})
    files = sorted(folder.rglob("*.json"))
    assert len(files) >= 5
    for path in files:
        seen = preview(f"{site.url}/corpus/{path.relative_to(folder).as_posix()}", fetch(site)).as_dict()
        assert len(seen["datasets"]) == held(path), path.name
        codes = [error["code"] for error in seen["errors"]]
        assert codes in ([], ["listing-incomplete"], ["nothing-found"]), path.name
        assert (codes == ["nothing-found"]) == (held(path) == 0), path.name


def test_dkan_of_hauts_de_france(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """A dataset of a French DKAN: list-shaped, dates and sizes in words, licence as an address."""
    answer = json.loads((corpus / "ckan-api/udata-ckan-dkan/dkan-french-w-license.json").read_text())
    site = member_site({NAMES: ok([answer["result"][0]["id"]]), SHOW: answer})
    [dataset] = preview(site.url, fetch(site), connector="ckan").datasets
    assert dataset["title"] == "Antennes régionales de la Région Hauts-de-France (au 01/10/2019)"
    assert dataset["notes"] == "Liste et coordonnées des antennes de proximité du conseil régional Hauts-de-France."
    assert dataset["license_id"] == "fr-lo"
    assert dataset["issued"] == "2019-12-10T09:23:00"
    assert dataset["modified"] == "2019-12-19T03:00:00"
    assert dataset["frequency"].endswith("/AS_NEEDED")
    assert dataset["identifier"] == "4b5f8e1b-de37-47cd-9203-37a59f318b09"
    assert dataset["publisher"] == [{"name": "Région Hauts-de-France"}]
    assert dataset["url"].startswith("https://opendata.hautsdefrance.fr/?q=dataset/")
    assert len(dataset["tags"]) == 13
    ring = json.loads(dataset["spatial_coverage"][0]["bbox"])["coordinates"][0]
    assert [1.1865234, 48.805463] in ring
    assert [(one["name"], one.get("format")) for one in dataset["resources"]] == [
        ("coordonnees_antennes.xlsx", "XLSX"),
        ("Visionneuse mviewer", None),
    ]
    assert dataset["resources"][0]["size"] == 42


def test_city_of_zurich(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Real datasets behind a faithful search: three of three, each with all its files."""
    packages = json.loads((corpus / "ckan-api/zurich-ch/ckan_package_search.json").read_text())["results"]
    site = member_site({SEARCH: search(packages)})
    seen = preview(site.url, fetch(site))
    assert (seen.connector, seen.url, seen.count, seen.errors) == ("ckan", site.url, 3, [])
    for raw, dataset in zip(sorted(packages, key=_by_title), sorted(seen.datasets, key=_by_title), strict=True):
        assert dataset["title"] == " ".join(raw["title"].split())
        assert dataset["license_id"] == "cc-zero"
        assert dataset["url"] == f"{site.url}/dataset/{raw['name']}"
        assert dataset["publisher"][0]["name"] == "Stadt Zürich"
        assert dataset["contact"][0]["email"] == "opendata@zuerich.ch"
        assert [one["url"] for one in dataset["resources"]] == [one["url"] for one in raw["resources"]]
        assert {tag["name"].lower() for tag in dataset["tags"]} >= {tag["name"].lower() for tag in raw["tags"]}
        assert dataset["modified"] == "-".join(reversed(raw["dateLastUpdated"].split(".")))


def _by_title(dataset: dict[str, Any]) -> str:
    return dataset["title"]


def test_a_daily_rebuild_of_zurich_is_no_change(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """This portal touches every dataset each night: `metadata_modified` moves, the data does not."""
    [raw, *_] = json.loads((corpus / "ckan-api/zurich-ch/ckan_package_search.json").read_text())["results"]
    tomorrow = copy.deepcopy(raw)
    tomorrow["metadata_modified"] = "2026-08-08T06:10:44.740279"
    prints = {next(iter(read(member_site({SEARCH: search([one])}), fetch))).fingerprint for one in (raw, tomorrow)}
    assert len(prints) == 1
