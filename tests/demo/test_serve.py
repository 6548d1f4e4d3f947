"""demo/serve.py as the portal and a person meet it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import signal
import socket
import struct
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars
import pytest
import rdflib
from bs4 import BeautifulSoup

from ckanext.opendatafrance.errors import FatalSourceError, SkippableRecordError
from ckanext.opendatafrance.harvest.connector import Connector, Record
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.transport import Limits, Transport
from ckanext.opendatafrance.reference.siren import is_siret
from ckanext.opendatafrance.registry import territories, territory
from ckanext.opendatafrance.territories import tree

ROOT = Path(__file__).parents[2]
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
DEMONSTRATION = "Données de démonstration"
Source = dict[str, Any]


def command(*options: str) -> list[str]:
    return [sys.executable, str(ROOT / "demo" / "serve.py"), *options]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """The program to its end."""
    return subprocess.run(command(*options), capture_output=True, text=True, check=False, timeout=60)


def listed(base: int, slug: str = "charente-maritime") -> list[Source]:
    return json.loads(run("--territory", slug, "--port-base", str(base), "--list", "--json").stdout)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_ports() -> int:
    """The first of nine ports in a row that nobody listens on, below those that systems hand out by chance."""
    while True:
        base = random.randrange(15000, 32000)
        if not any(listening(base + offset) for offset in range(9)):
            return base


def get(url: str, **headers: str) -> tuple[int, str, bytes]:
    """Status, media type and body; the address may hold spaces and accents, as people paste it."""
    request = urllib.request.Request(quote(url, safe=":/?=&#%"), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read()


@pytest.fixture(scope="module")
def sources() -> Iterator[list[Source]]:
    """The sites of Charente-Maritime while they run, as --list --json describes them."""
    base = free_ports()
    found = listed(base)
    process = subprocess.Popen(command("--port-base", str(base)), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines = [process.stdout.readline() for _ in found]
    assert [line.split(", ")[0].split("  ")[-1] for line in lines] == [
        source["title"].split(", ")[0] for source in found
    ]
    yield found
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


@pytest.fixture
def client(sources: list[Source]) -> Transport:
    """The portal's own client."""
    hosts = {source["url"].split("/")[2] for source in sources}
    return Transport(hosts, limits=Limits(host_interval=0, retry_wait=0.01))


def open_source(source: Source, client: Transport) -> Connector:
    """The connector that the portal would find for a site."""
    if source["broken"]:
        return connectors()[source["connector"]](source["url"], client)
    found = detect(source["url"], client)
    assert found.connector == source["connector"], found.message
    return connectors()[found.connector](found.url, client)


def test_working_sites_are_found_and_read(sources, client):
    """Detection knows each site by its home page; 60 to 130 datasets come out, all told to be a demonstration."""
    datasets, refused = [], []
    for source in (source for source in sources if not source["broken"]):
        connector = open_source(source, client)
        for record in connector.records():
            try:
                datasets.append({"connector": source["connector"], **connector.map(record).dataset})
            except SkippableRecordError as error:
                refused.append((source["site"], str(error)))
    assert 60 <= len(datasets) <= 130
    # Files of a page have no description: the page itself says what they are.
    assert all(DEMONSTRATION in dataset["notes"] for dataset in datasets if dataset["connector"] != "web_page")
    assert len({theme for dataset in datasets for theme in dataset.get("theme", [])}) >= 10
    assert len({dataset.get("license_id") for dataset in datasets}) >= 5
    assert {resource["format"] for dataset in datasets for resource in dataset["resources"]} >= {"CSV", "GeoJSON"}
    # The one whose title somebody forgot.
    assert [site for site, _ in refused] == ["royan"]
    assert "no title" in refused[0][1]


def test_every_link_of_every_dataset_answers(sources, client):
    """Files and pages are there, with the announced type, and what is said of them holds."""
    looked_at = 0
    for source in (source for source in sources if not source["broken"]):
        connector = open_source(source, client)
        for record in connector.records():
            try:
                dataset = connector.map(record).dataset
            except SkippableRecordError:
                continue
            for resource in dataset["resources"]:
                status, media_type, body = get(resource.get("download_url") or resource["url"])
                if resource["format"] == "Esri REST":  # its description comes as plain JSON
                    assert (status, media_type) == (200, "application/json")
                    continue
                assert (status, media_type) == (200, resource["mimetype"])
                # Exports are made when they are asked for: nobody knows their size before.
                assert len(body) == int(resource.get("size", len(body)))
                check_content(resource["format"], body)
                looked_at += 1
    assert looked_at > 120


def check_content(form: str, body: bytes) -> None:
    """What a spreadsheet or a map would need to open the file."""
    if form == "CSV":
        text = body.decode("utf-8")
        first = text.split("\n", 1)[0]
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ","))
        assert len(rows) >= 3
        assert all(None not in row and None not in row.values() for row in rows)
    elif form == "GeoJSON":
        collection = json.loads(body)
        assert collection["type"] == "FeatureCollection"
        longitudes = [next(numbers(feature["geometry"]["coordinates"])) for feature in collection["features"]]
        assert longitudes
        assert all(-1.7 < longitude < 0.1 for longitude in longitudes)
    elif form == "JSON":
        assert len(json.loads(body)) >= 3
    elif form == "PDF":
        assert body.startswith(b"%PDF")
    elif form == "XLSX":
        assert body.startswith(b"PK")
    elif form == "Parquet":
        assert len(polars.read_parquet(body)) >= 3
    elif form == "SHP":
        check_shapefile(body)


def check_shapefile(body: bytes) -> None:
    """The parts fit together: index, shapes and attributes tell of as many records, the shapes of the same places."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name.rpartition(".")[2]: archive.read(name) for name in archive.namelist()}
    assert set(parts) == {"shp", "shx", "dbf", "prj", "cpg"}
    records = (len(parts["shx"]) - 100) // 8
    assert records == struct.unpack("<I", parts["dbf"][4:8])[0] >= 3
    for part in ("shp", "shx"):
        assert struct.unpack(">i", parts[part][24:28])[0] * 2 == len(parts[part])
        west, south, east, north = struct.unpack("<4d", parts[part][36:68])
        assert -1.7 < west <= east < 0.1
        assert 45 < south <= north < 46.5
    offset, length = struct.unpack(">2i", parts["shx"][-8:])
    assert (offset + 4 + length) * 2 == len(parts["shp"])


def numbers(nested: Any) -> Iterator[float]:
    for item in nested:
        if isinstance(item, list):
            yield from numbers(item)
        else:
            yield item


def test_deliberations_keep_to_their_schema(sources):
    """Votes add up, SIRET have a right key, the control of legality comes after the sitting."""
    base = next(source["url"] for source in sources if source["site"] == "la-rochelle")
    package = json.loads(get(f"{base}api/3/action/package_show?id=deliberations")[2])["result"]
    rows = list(csv.DictReader(io.StringIO(get(package["resources"][0]["url"])[2].decode())))
    assert len(rows) > 60
    for row in rows:
        votes = [int(row[name]) for name in ("VOTE_POUR", "VOTE_CONTRE", "VOTE_ABSTENTION")]
        assert sum(votes) == int(row["VOTE_REEL"]) <= int(row["VOTE_EFFECTIF"])
        assert row["PREF_DATE"] >= row["DELIB_DATE"]
        assert is_siret(row["COLL_SIRET"])
        assert bool(row["BUDGET_ANNEE"]) == bool(row["BUDGET_NOM"])


def test_ckan_answers_as_ckan(sources):
    """Pages of a search, one dataset, the organisation, and refusals in CKAN's own shape."""
    api = next(s["url"] for s in sources if s["site"] == "la-rochelle") + "api/3/action/"

    def call(action: str) -> Any:
        return json.loads(get(api + action)[2])

    first = call("package_search?rows=5&sort=name asc")["result"]
    rest = call("package_search?rows=50&start=5&sort=name asc")["result"]
    names = [package["name"] for page in (first, rest) for package in page["results"]]
    assert first["count"] == len(names) == len(set(names)) == 12
    assert names == sorted(names)
    assert call("package_show?id=arbres")["result"]["license_id"] == "odc-odbl"
    assert call("organization_list?all_fields=true")["result"][0]["package_count"] == 12
    assert call("status_show")["result"]["ckan_version"].startswith("2.")
    assert call("package_show?id=absent")["error"]["__type"] == "Not Found Error"
    assert get(api + "nonsense")[0] == 400
    posted = urllib.request.Request(api + "package_show", data=b'{"id": "menus"}')
    with urllib.request.urlopen(posted) as answer:
        assert json.load(answer)["result"]["name"] == "menus"


def test_a_shared_domain_names_its_producers(sources, client):
    """Opendatasoft: who published what, one producer alone by the address of the site's own filter, limits as real."""
    base = next(source["url"] for source in sources if source["connector"] == "opendatasoft")
    connector = connectors()["opendatasoft"]
    every = [connector(base, client).map(record).dataset for record in records(connector(base, client))]
    publishers = [dataset["publisher"][0] for dataset in every]
    assert len({publisher["name"] for publisher in publishers}) >= 4
    assert all(is_siret(publisher["identifier"]) for publisher in publishers)
    narrow = connector(f"{base}explore/?refine.publisher=Saujon", client)
    assert {narrow.map(record).dataset["publisher"][0]["name"] for record in records(narrow)} == {"Saujon"}
    assert narrow.count() == 2
    assert get(f"{base}api/explore/v2.1/catalog/datasets?limit=101")[0] == 400
    assert get(f"{base}api/explore/v2.1/catalog/datasets?limit=100&offset=9901")[0] == 400
    assert len(json.loads(get(f"{base}api/explore/v2.1/catalog/exports/json")[2])) == len(every)
    feed = next(one for one in detect(base, client).candidates if one.connector == "dcat")
    assert len(records(connectors()["dcat"](feed.url, client))) == len(every)


def test_udata_answers_as_udata(sources, client):
    """By organisation, by territory, by version 2, with the permanent addresses of the files."""
    base = next(source["url"] for source in sources if source["connector"] == "udata")
    connector = connectors()["udata"]
    every = records(connector(base, client))
    found = detect(f"{base}fr/organizations/chaniers/", client)
    assert (found.connector, found.count) == ("udata", 2)
    assert len(records(connector(found.url, client))) == 2
    assert len(records(connector(base, client, {"territory": "17164"}))) == 2
    second = records(connector(f"{base}api/2/datasets/search/", client))
    assert [(one.guid, one.fingerprint) for one in second] == [(one.guid, one.fingerprint) for one in every]
    for record in every:
        for resource in connector(base, client).map(record).dataset["resources"]:
            assert get(resource["uri"])[2] == get(resource["url"])[2]
            assert hashlib.sha1(get(resource["url"])[2]).hexdigest() == resource["hash"]


def test_a_geographic_catalogue_couples_its_service(sources, client):
    """GeoNetwork: datasets with a geometry gain a layer, the others do not; the service is a dataset of its own."""
    base = next(source["url"] for source in sources if source["connector"] == "csw")
    found = detect(f"{base}geonetwork/srv/fre/catalog.search#/metadata/x", client)
    reader = connectors()["csw"](found.url, client)
    datasets = [reader.map(record).dataset for record in records(reader)]
    assert found.count == len(datasets) == 6
    formats = {dataset["title"]: [one["format"] for one in dataset["resources"]] for dataset in datasets}
    assert all(("WMS" in given) == ("GeoJSON" in given) for title, given in formats.items() if "WMS" not in title)
    [service] = (dataset for dataset in datasets if dataset.get("dcat_type", "").endswith("/service"))
    layers = sum("GeoJSON" in given for given in formats.values())
    assert len(service["resources"]) == layers + 1 >= 4


def test_a_hub_answers_as_a_hub(sources, client):
    """The old address of the feed leads to the new one; items keep their identifier; licences are links in HTML."""
    base = next(source["url"] for source in sources if source["connector"] == "arcgis")
    found = detect(f"{base}data.json", client)
    assert (found.connector, found.url, found.count) == ("arcgis", f"{base}api/feed/dcat-us/1.1.json", 5)
    reader = connectors()["arcgis"](found.url, client)
    every = records(reader)
    assert all(record.guid.endswith("_0") and len(record.guid) == 34 for record in every)
    licences = sorted(reader.map(record).dataset.get("license_id", "") for record in every)
    assert licences == ["", "lov2", "lov2", "lov2", "odc-odbl"]


def test_a_catalogue_in_csv_is_read_as_it_is_saved(sources, client):
    """Windows-1252, a title above the headings, dates as one writes them; files and page of each dataset."""
    base = next(source["url"] for source in sources if source["connector"] == "catalogue_csv")
    found = detect(base, client)
    assert (found.url, found.count) == (f"{base}catalogue.csv", 4)
    reader = connectors()["catalogue_csv"](found.url, client)
    datasets = {dataset["identifier"]: dataset for dataset in (reader.map(one).dataset for one in records(reader))}
    deliberations = datasets["deliberations"]
    assert (deliberations["issued"], deliberations["modified"]) == ("2023-03-06", "2026-10-08")
    assert deliberations["publisher"][0]["name"] == "Tonnay-Charente"
    assert is_siret(deliberations["publisher"][0]["identifier"])
    assert get(deliberations["url"])[0] == 200
    assert {one.get("license_id") for one in datasets.values()} == {"lov2", "odc-odbl"}


def test_a_page_of_a_mairie_proposes_its_files(sources, client):
    """A dataset for each heading, the minutes of all sittings in one, told to be documents."""
    base = next(source["url"] for source in sources if source["connector"] == "web_page")
    reader = connectors()["web_page"](detect(base, client).url, client)
    datasets = [reader.map(one).dataset for one in records(reader)]
    page = BeautifulSoup(get(base)[2], "html.parser")
    data = [one for one in datasets if "dcat_type" not in one]
    assert len(data) == len(page.select("h3")) == 3
    assert sum(len(one["resources"]) for one in data) == len(page.select("ul.files a"))
    [minutes] = [one for one in datasets if "dcat_type" in one]
    assert minutes["title"] == "Procès-verbaux du conseil municipal"
    assert [one["format"] for one in minutes["resources"]] == ["PDF"] * 4


def records(connector: Connector) -> list[Record]:
    return [item for item in connector.records() if isinstance(item, Record)]


def test_catalogues_say_the_same_in_xml_and_turtle(sources):
    """Both serialisations of all pages hold the same triples; both vocabularies of hydra are in use."""
    vocabularies = set()
    for source in (s for s in sources if s["connector"] == "dcat" and not s["broken"]):
        graphs = []
        for suffix, form in (("rdf", "xml"), ("ttl", "turtle")):
            graph = rdflib.Graph()
            for page in (1, 2, 3):
                graph.parse(data=get(f"{source['url']}catalogue.{suffix}?page={page}")[2], format=form)
            graphs.append({(p, o) for s, p, o in graph if "catalogue." not in str((s, o)) and " " not in str(o)})
            vocabularies |= {str(kind) for kind in graph.objects(None, rdflib.RDF.type) if "hydra" in str(kind)}
        literals = [{(p, str(o)) for p, o in graph if isinstance(o, rdflib.Literal)} for graph in graphs]
        assert literals[0] == literals[1]
    assert {name.rpartition("#")[2] for name in vocabularies} == {"PagedCollection", "PartialCollectionView"}


def test_broken_sites_are_broken_as_described(sources, client):
    """One answers with a page of fault, the other stops in the middle; the portal says which."""
    codes = []
    for source in (source for source in sources if source["broken"]):
        with pytest.raises(FatalSourceError) as raised:
            list(open_source(source, client).records())
        codes.append(raised.value.code)
        assert get(source["url"].removesuffix("catalogue.rdf"))[0] == 200
    assert codes == ["server-error", "broken-xml"]


def test_pages_are_french_and_lead_on(sources):
    """Home pages say their language and that they are a demonstration; all their links answer."""
    for source in sources:
        if source["broken"]:
            continue
        page = BeautifulSoup(get(source["url"])[2], "html.parser")
        assert page.select("html[lang=fr]")
        assert source["title"] in page.select("title")[0].text
        assert DEMONSTRATION in page.text
        for link in page.select("main a[href^=http]")[:4]:
            assert get(str(link["href"]))[0] == 200
    host = "/".join(sources[0]["url"].split("/")[:3])
    assert "Sites de démonstration" in get(host + "/")[2].decode()
    assert get(host + "/nowhere/")[0] == 404


def test_unchanged_answers_cost_nothing(sources):
    """A second request with the ETag of the first gets 304 and no body."""
    url = f"{sources[3]['url']}catalogue.rdf"
    with urllib.request.urlopen(url) as answer:
        tag = answer.headers["ETag"]
    assert get(url, **{"If-None-Match": tag})[::2] == (304, b"")


@pytest.mark.parametrize("slug", list(territories()))
def test_every_territory_has_sites(slug):
    """All nine pilots: owners are organisations of the territory, several connectors, two broken ones, and they run."""
    base = free_ports()
    found = listed(base, slug)
    there = territory(slug)
    names = {node.name for node in tree.build(there.perimeter, there.participants)}
    assert {source["organization"] for source in found} <= names
    assert len({source["url"] for source in found}) == len(found) >= 10
    assert {source["connector"] for source in found} == {
        *("ckan", "dcat", "opendatasoft", "udata", "csw", "arcgis", "catalogue_csv", "web_page")
    }
    assert sum(source["broken"] for source in found) == 2
    process = subprocess.Popen(
        command("--territory", slug, "--port-base", str(base)), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        assert process.stdout.readline()
        [process.stdout.readline() for _ in found[1:]]
        assert get(found[0]["url"])[0] == 200
    finally:
        process.terminate()
        process.wait(10)


def test_the_same_at_every_start():
    """Nothing depends on chance or on the day."""
    assert listed(5100, "bretagne") == listed(5100, "bretagne")


def test_csv_names_a_connector_only_where_it_cannot_be_found():
    """The file for `ckan odf source import` leaves detection to the portal, but for sites that are out of order."""
    rows = list(csv.DictReader(io.StringIO(run("--list", "--csv").stdout)))
    assert list(rows[0]) == ["url", "organization", "title", "connector"]
    assert {row["connector"] for row in rows if "catalogue.rdf" not in row["url"]} == {""}
    assert [row["connector"] for row in rows if "catalogue.rdf" in row["url"]] == ["dcat", "dcat"]


def test_mistakes_are_told():
    """An unknown territory and a port in use are named, with what to do."""
    assert "bretagne" in run("--territory", "bretange", "--list").stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("--port-base", str(port))
    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stderr
    assert "--port-base" in done.stderr
