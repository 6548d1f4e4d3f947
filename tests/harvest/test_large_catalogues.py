"""Catalogues larger than the memory: the same datasets as ever, in bounded memory and on bounded disk."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from dcat_corpus import MEDIA_TYPES, files
from member_site import Answer

from ckanext.opendatafrance.errors import FatalSourceError, OdfError
from ckanext.opendatafrance.harvest import long_json, rdf, transport
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors import ckan
from ckanext.opendatafrance.harvest.connectors.ckan import CkanConnector
from ckanext.opendatafrance.harvest.connectors.dcat import DcatConnector
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.page import Page
from ckanext.opendatafrance.harvest.rdf import jsonld, large, reading

RDF_XML = "application/rdf+xml"
HEAD = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/">'
)
DATASET = '<dcat:Dataset rdf:about="http://a.example/1"><dct:title>{}</dct:title></dcat:Dataset>'
ENTITY = '<!DOCTYPE a [<!ENTITY e "x">]>'
CONTEXT = {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"}


@pytest.fixture
def all_is_large(monkeypatch) -> None:
    """Every answer is too large for the memory, and is read in very small pieces."""
    monkeypatch.setattr(reading, "IN_MEMORY", -1)
    monkeypatch.setattr(ckan, "IN_MEMORY", -1)
    monkeypatch.setattr(large, "_TRIPLES_IN_MEMORY", 20)
    monkeypatch.setattr(jsonld, "_BATCH", 300)
    monkeypatch.setattr(long_json, "_PIECE", 100)


def said(page: Page) -> list[Any]:
    """All that is read of a page: its datasets with fingerprint, dict and warnings; or its fault."""
    try:
        graph = rdf.read(page)
    except OdfError as error:
        return [error.code, str(error)]
    found: list[Any] = [graph.charset_mended, len(graph.of_type("dcat:Catalog"))]
    for node in rdf.datasets(graph):
        part = rdf.described(graph, node)
        try:
            mapped = rdf.to_dataset(part, node, rdf.guid_of(part, node))
            found.append((part.fingerprint(), mapped.dataset, [str(issue) for issue in mapped.issues]))
        except OdfError as error:
            found.append((part.fingerprint(), error.code))
    return found


def titles(page: Page) -> set[str]:
    graph = rdf.read(page)
    return {graph.text(node, "dct:title") for node in rdf.datasets(graph)}


def linked(value: Any) -> Page:
    return Page(url="http://a.example/c.jsonld", body=json.dumps(value).encode(), media_type="application/ld+json")


def test_every_real_file_says_the_same_from_disk(corpus, request) -> None:
    """Datasets, their order, fingerprints, dicts, warnings and faults of the whole corpus."""
    pages = {
        file.name: Page(
            url="http://site.example/1",
            body=file.read_bytes(),
            media_type=MEDIA_TYPES.get(file.suffix, "application/json"),
        )
        for file in files(corpus)
    }
    in_memory = {name: said(page) for name, page in pages.items()}
    request.getfixturevalue("all_is_large")
    different = [name for name, page in pages.items() if said(page) != in_memory[name]]
    assert len(pages) > 50
    assert not different


GENERATE = """
import sys
sys.path[:0] = sys.argv[1:4]
from lab.catalogue import catalogue
sys.stdout.buffer.write(catalogue(int(sys.argv[4])))
"""
# Not ru_maxrss, which begins with the memory of the process that started this one.
PEAK = """
def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) // 1024
"""
READ = """
import os, sys
from contextlib import contextmanager
from ckanext.opendatafrance.harvest.connectors.dcat import DcatConnector
from ckanext.opendatafrance.harvest.page import Download
class Files:
    @contextmanager
    def download(self, url, accept=""):
        with open(sys.argv[1], "rb") as file:
            yield Download(url=url, file=file, size=os.path.getsize(sys.argv[1]), media_type=sys.argv[2])
records = sum(1 for _ in DcatConnector("http://a.example/c", Files()).records())
print(records, peak())
"""


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory) -> dict[tuple[int, str], Path]:
    """The benchmark's catalogue, small and large, in the forms that sites serve."""
    folder, root = tmp_path_factory.mktemp("catalogues"), Path(__file__).parents[2]
    forms = {
        RDF_XML: ox.RdfFormat.RDF_XML,
        "text/turtle": ox.RdfFormat.TURTLE,
        "application/ld+json": ox.RdfFormat.JSON_LD,
    }
    found = {}
    for size in (400, 4000):
        command = [sys.executable, "-c", GENERATE, *(str(root / part) for part in ("benchmarks", "bin", "demo"))]
        text = subprocess.run([*command, str(size)], stdout=subprocess.PIPE, check=True).stdout
        for media_type, form in forms.items():
            path = found[size, media_type] = folder / f"{size}-{form.file_extension}"
            triples = (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.RDF_XML))
            path.write_bytes(text) if media_type == RDF_XML else ox.serialize(triples, path, format=form)
    return found


@pytest.mark.parametrize("media_type", [RDF_XML, "text/turtle", "application/ld+json"])
def test_memory_does_not_grow_with_the_catalogue(catalogues, media_type) -> None:
    """Ten times the datasets in at most some tens of MiB more; held in memory they would take 150."""
    peaks = {}
    for size in (400, 4000):
        command = [sys.executable, "-c", PEAK + READ, str(catalogues[size, media_type]), media_type]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        records, peaks[size] = map(int, done.stdout.split())
        assert records == size
    assert peaks[4000] < peaks[400] + 45


@pytest.mark.usefixtures("all_is_large")
class TestJsonLd:
    """One document read as several says what it said as one."""

    def test_lists_of_the_catalogue_belong_to_it(self) -> None:
        """Nested datasets of a catalogue without @id, with the context at the end and keys of its own."""
        datasets = [{"type": "dcat:Dataset", "dct:title": f"Jeu {number}"} for number in range(20)]
        context = {**CONTEXT, "id": "@id", "type": "@type"}
        page = linked({"dcat:dataset": datasets, "type": "dcat:Catalog", "dct:title": "Tout", "@context": context})
        assert titles(page) == {f"Jeu {number}" for number in range(20)}
        graph = rdf.read(page)
        (catalogue,) = graph.of_type("dcat:Catalog")
        assert len(graph.values(catalogue, "dcat:dataset")) == 20
        assert graph.texts(catalogue, "dct:title") == ["Tout"]

    def test_blank_nodes_are_the_same_everywhere(self) -> None:
        """A publisher described far from the datasets that name it."""
        nodes: list[dict[str, Any]] = [
            {"@id": f"http://a.example/{number}", "@type": "dcat:Dataset", "dct:publisher": {"@id": "_:p"}}
            for number in range(20)
        ]
        nodes.append({"@id": "_:p", "dct:title": "Ville"})
        graph = rdf.read(linked({"@context": CONTEXT, "@graph": nodes}))
        assert {graph.text(node, "dct:publisher") for node in rdf.datasets(graph)} == {"Ville"}

    def test_list_at_the_root(self) -> None:
        """Each element with a context of its own."""
        nodes = [
            {
                "@context": CONTEXT,
                "@id": f"http://a.example/{number}",
                "@type": "dcat:Dataset",
                "dct:title": str(number),
            }
            for number in range(10)
        ]
        assert titles(linked(nodes)) == {str(number) for number in range(10)}

    def test_project_open_data_without_context(self) -> None:
        """The data.json of old portals."""
        datasets = [
            {"@type": "dcat:Dataset", "title": f"Jeu {number}", "identifier": str(number)} for number in range(9)
        ]
        document = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": datasets}
        assert titles(linked(document)) == {f"Jeu {number}" for number in range(9)}

    @pytest.mark.parametrize("cut", [1, 40, 400])
    def test_cut_short(self, cut) -> None:
        """Never taken for a whole one; the line is told."""
        page = linked({"@context": CONTEXT, "@graph": [{"@id": f"http://a.example/{number}"} for number in range(30)]})
        with pytest.raises(FatalSourceError) as raised:
            rdf.read(Page(url=page.url, body=page.body[:-cut], media_type=page.media_type))
        assert raised.value.code == "bad-json"
        assert "line 1" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + ENTITY + DATASET.format("&e;") + "</rdf:RDF>", "broken-xml"),
        (f"<!--{' ' * 200_000}-->{ENTITY}{HEAD}{DATASET.format('&e;')}</rdf:RDF>", "doctype-refused"),
        (HEAD + "<dct:a><dct:b>" * 200_000 + "</dct:b></dct:a>" * 200_000 + "</rdf:RDF>", "too-large"),
        (HEAD + DATASET.format("x" * 10_000_000) + "</rdf:RDF>", "too-large"),
    ],
    ids=["entities after the first element", "entities after a comment", "nesting", "one text"],
)  # fmt: skip
def test_what_would_fill_the_memory_is_refused(text, code) -> None:
    """Wherever it stands in the file."""
    with pytest.raises(FatalSourceError) as raised:
        rdf.read(Page(url="http://a.example/c.rdf", body=text.encode(), media_type=RDF_XML))
    assert raised.value.code == code


@pytest.mark.parametrize("text", ["[<p:> " * 2_500_000, f'"{"x" * 20_000_000}"'], ids=["nesting", "one text"])
def test_turtle_that_would_fill_the_memory_is_refused(text) -> None:
    """In a process of its own, whose memory is then known."""
    code = """
import sys
from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest import rdf
from ckanext.opendatafrance.harvest.page import Page
body = sys.stdin.buffer.read()
try:
    rdf.read(Page(url="http://a.example/c.ttl", body=body, media_type="text/turtle"))
except FatalSourceError as error:
    print(error.code, peak())
"""
    given = f"<http://a.example/1> <http://p.example/> {text} .".encode()
    done = subprocess.run([sys.executable, "-c", PEAK + code], input=given, stdout=subprocess.PIPE, check=True)
    fault, peak = done.stdout.split()
    assert fault == b"too-large"
    assert int(peak) < 450


def test_markup_within_a_text_is_no_doctype() -> None:
    """A description with HTML, in CDATA."""
    text = f"{HEAD}{DATASET.format('<![CDATA[<!DOCTYPE html><p>Écoles &amp; lycées</p>]]>')}</rdf:RDF>"
    page = Page(url="http://a.example/c.rdf", body=text.encode(), media_type=RDF_XML)
    assert titles(page) == {"<!DOCTYPE html><p>Écoles &amp; lycées</p>"}


@pytest.mark.usefixtures("all_is_large")
def test_disk_is_bounded(monkeypatch) -> None:
    """A catalogue that says more than there is room for ends with a clear fault, not with a full disk."""
    monkeypatch.setattr(large, "_MOST_BYTES", 100_000)
    text = "".join(f'<http://a.example/{n}> <http://purl.org/dc/terms/title> "{"x" * 100}" .\n' for n in range(3000))
    with pytest.raises(FatalSourceError) as raised:
        rdf.read(Page(url="http://a.example/c.nt", body=text.encode(), media_type="application/n-triples"))
    assert raised.value.code == "too-large"


def test_full_disk_is_told(member_site, fetch, monkeypatch) -> None:
    """No room for the temporary file: the fault is the portal's, and says so."""
    site = member_site({"/c.nt": Answer(b"#" * 6_000_000, media_type="application/n-triples")})
    monkeypatch.setattr(transport.tempfile, "tempdir", "/nowhere")
    with pytest.raises(FatalSourceError) as raised:
        list(DcatConnector(f"{site.url}/c.nt", fetch(site, tries=1)).records())
    assert raised.value.code == "disk-full"


def packages(number: int) -> Iterator[dict[str, Any]]:
    for position in range(number):
        yield {"id": f"id-{position}", "name": f"jeu-{position}", "title": f"Jeu {position} é", "resources": []}


@pytest.mark.usefixtures("all_is_large")
class TestCkanFile:
    """A file of datasets in the forms of CKAN's API."""

    def read(self, value: Any, member_site, fetch) -> list[Record | Issue]:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        site = member_site({"/datasets.json": Answer(body, media_type="application/json")})
        return list(CkanConnector(f"{site.url}/datasets.json", fetch(site, tries=1)).records())

    @pytest.mark.parametrize("form", ["search", "list", "packages", "bare", "dkan"])
    def test_forms(self, form, member_site, fetch) -> None:
        """All the datasets in their order, whatever the envelope."""
        found = list(packages(450))
        forms = {
            "search": {"help": "…", "success": True, "result": {"count": 450, "facets": {}, "results": found}},
            "list": {"success": True, "result": found},
            "packages": {"packages": found},
            "bare": found,
            "dkan": {"result": [found]},
        }
        records = self.read(forms[form], member_site, fetch)
        assert [record.guid for record in records if isinstance(record, Record)] == [one["id"] for one in found]

    def test_incomplete(self, member_site, fetch) -> None:
        """The file says that there are more."""
        answer = {"result": {"count": 9, "results": list(packages(3))}}
        with pytest.raises(FatalSourceError) as raised:
            self.read(answer, member_site, fetch)
        assert raised.value.code == "listing-incomplete"

    @pytest.mark.parametrize(
        ("value", "code"), [({"result": [1, 2]}, "not-ckan"), (b'{"result": [{"id": 1}', "bad-json")]
    )
    def test_faults(self, value, code, member_site, fetch) -> None:
        """Neither datasets nor an end."""
        with pytest.raises(FatalSourceError) as raised:
            self.read(value, member_site, fetch)
        assert raised.value.code == code


def test_what_a_large_file_is_shows_in_its_beginning(member_site, fetch) -> None:
    """Detection reads a part of a catalogue that is larger than a page may be."""
    text = (
        HEAD + "".join(DATASET.replace("/1", f"/{number}").format("x" * 1000) for number in range(3000)) + "</rdf:RDF>"
    )
    site = member_site({"/c.rdf": Answer(text, media_type=RDF_XML)})
    found = detect(f"{site.url}/c.rdf", fetch(site, tries=1, body_bytes=500_000))
    assert (found.connector, found.url, found.count) == ("dcat", f"{site.url}/c.rdf", None)
