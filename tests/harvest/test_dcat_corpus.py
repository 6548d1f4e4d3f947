"""Every real DCAT file over loopback: all datasets come out, counted another way, and what cannot be read says why."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from dcat_corpus import counted, files, served

from ckanext.opendatafrance.harvest.preview import Preview


@pytest.fixture(scope="module", autouse=True)
def quiet_rdflib():
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)


@pytest.fixture
def read(corpus, member_site, fetch):
    """Preview of a file, given by the end of its path, served by itself or along with the pages that it names."""

    def look(name: str) -> Preview:
        (file,) = [file for file in files(corpus) if str(file).endswith(name)]
        return served(file, member_site, fetch)

    return look


def test_every_dataset_of_every_file_comes_out(corpus, member_site, fetch) -> None:
    """As many datasets and told refusals as the file holds; exactly one error where it cannot be read or holds none."""
    wrong: dict[str, str] = {}
    for file in files(corpus):
        expected = counted(file)
        if expected and file.name.startswith(("paged-collection-1", "partial-collection-1")):
            expected += counted(file.with_name(file.name.replace("-1.", "-2."))) or 0
        result = served(file, member_site, fetch)
        codes = [issue.code for issue in result.errors]
        if expected:
            fine = len(result.datasets) + len(codes) == expected and set(codes) <= {"title-missing"}
        else:
            fine = not result.datasets and len(codes) == 1
        if not fine:
            wrong[file.name] = f"expected {expected}, got {len(result.datasets)} datasets, errors {codes}"
        assert all(str(issue) for issue in [*result.errors, *result.warnings])
    assert not wrong


def test_what_no_parser_reads_is_told_with_its_line(read) -> None:
    """Three files of the standards themselves are not well-formed Turtle."""
    for name, line in (("dataset.ttl", "149"), ("example-bees_wasps_dataset.ttl", "2"), ("series-api.ttl", "20")):
        (error,) = read(name if name != "dataset.ttl" else "ckanext-dcat-examples/dataset.ttl").errors
        assert error.code == "broken-rdf"
        assert f"line {line}" in str(error)


def test_geonetwork_with_blanks_in_its_addresses(read) -> None:
    """A French observatory: a space in the URI, text beside rdf:resource, WKT with a reference system, dct:updated."""
    (dataset,) = read("udata-harvest-dcat/geonetwork.xml").datasets
    assert dataset["title"].startswith("Data of type chemistry in Le Gardon basin")
    assert "%20https://sig.oreme.org" in dataset["uri"]
    assert dataset["modified"] == "2021-05-05"
    assert dataset["frequency"].endswith("/CONT")
    assert dataset["temporal_coverage"] == [{"start": "2004-11-03T00:00:00+01:00", "end": "2005-03-30T00:00:00+02:00"}]
    assert json.loads(dataset["spatial_coverage"][0]["bbox"])["coordinates"][0][0] == [3.9819778, 44.0531083]
    assert {tag["name"] for tag in dataset["tags"]} >= {"biodiversity dynamics", "Habitats and biotopes"}
    assert "http://inspire.ec.europa.eu/theme/ef" in dataset["theme"]
    assert len(dataset["resources"]) == 4


def test_data_gouv_fr_itself(read) -> None:
    """Files, formats and the service that serves both datasets of Vanves."""
    first, second = read("udata-harvest-dcat/udata.xml").datasets
    assert first["title"] == "Bureaux de vote - Vanves"
    assert first["license_id"] == second["license_id"] == "notspecified"
    assert [resource["format"] for resource in first["resources"]] == ["CSV", "JSON", "GeoJSON", "SHP", "API"]
    assert first["resources"][3]["package_format"].endswith("application/zip")
    assert first["resources"][0]["url"].endswith("/exports/csv?use_labels=true")
    assert len(first["resources"][4]["access_services"][0]["serves_dataset"]) == 2
    assert first["publisher"][0]["name"] == "Vanves"


def test_blank_nodes_everywhere(read) -> None:
    """udata's own fixture: bad geometries are left out with a word, the datasets stay."""
    result = read("udata-harvest-dcat/bnodes.xml")
    by_title = {dataset["title"]: dataset for dataset in result.datasets}
    assert set(by_title) == {"Dataset 1", "Dataset 2", "Dataset 3"}
    assert by_title["Dataset 3"]["license_id"] == "lov2"
    assert by_title["Dataset 3"]["spatial_coverage"] == [{"uri": "http://wuEurope.com/"}]
    assert by_title["Dataset 1"]["contact"] == [
        {"name": "Organization contact", "email": "hello@its.me", "uri": "http://data.test.org/contacts/1"}
    ]
    assert by_title["Dataset 1"]["temporal_coverage"] == [
        {"start": "2016-01-01T00:00:00", "end": "2016-12-05T00:00:00"}
    ]
    assert {issue.code for issue in result.warnings} >= {"spatial-unreadable"}


def test_geonetwork_through_csw(read) -> None:
    """GeoDCAT-AP of Hauts-de-France inside a CSW answer: French title, place, provenance, services by their kind."""
    datasets = read("geonetwork-geodcatap-page-1.xml").datasets
    assert len(datasets) == 2
    first = datasets[0]
    assert first["title"].startswith("INSEE - Part des ménages présents depuis 5 ans")
    assert first["language"] == ["http://publications.europa.eu/resource/authority/language/FRA"]
    assert first["contact"][0]["email"] == "contact@geo2france.fr"
    assert first["provenance"].startswith("Source : données carroyées")
    assert {resource["format"] for resource in first["resources"]} >= {"WMS", "WFS"}


def test_sweden_germany_and_spain(read) -> None:
    (sweden,) = read("dataset_sweden.rdf").datasets
    assert sweden["spatial_coverage"] == [{"uri": "http://sws.geonames.org/2673730", "text": "Stockholm"}]
    assert (sweden["issued"], sweden["license_id"]) == ("2014-01-15", "cc-nc")
    (madrid,) = read("dataset_gob_es.ttl").datasets
    (file,) = madrid["resources"]
    assert (file["format"], file["size"]) == ("XLSX", 43_008)
    assert file["license"] == "https://datos.madrid.es/egob/catalogo/aviso-legal"
    german = read("dcatde/examples/catalog-endpoint.rdf").datasets
    assert len(german) == 6
    assert all(dataset["resources"] for dataset in german)


def test_series_through_a_remote_context(read) -> None:
    """The standard's own examples name a remote @context; the shipped copy gives what their Turtle gives."""
    name = "example-bee-population-dataset-series-modified"
    linked, turtle = (read(f"{name}{ending}").datasets for ending in (".jsonld", ".ttl"))
    keys = ("title", "identifier", "issued", "modified", "in_series", "publisher")

    def facts(datasets: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        return sorted(tuple(repr(dataset.get(key)) for key in keys) for dataset in datasets)

    assert len(linked) == 4
    assert facts(linked) == facts(turtle)
