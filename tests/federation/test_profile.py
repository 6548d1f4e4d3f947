"""The profile `odf_dcat_ap`: what data.gouv.fr reads and DCAT-AP requires is there, whatever the dataset holds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from member_site import Answer
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SH, SKOS, XSD

from ckanext.opendatafrance.federation.mending import Site, prepare
from ckanext.opendatafrance.federation.profile import OdfDcatApProfile
from ckanext.opendatafrance.harvest.connectors.dcat import DcatConnector

sys.path.insert(0, str(Path(__file__).parents[1] / "schemas"))

from full_dataset import FULL, differences

DATASET = URIRef("https://portail.example.org/dataset/abc")
FILE = DATASET + "/resource/r1"
SPDX = Namespace("http://spdx.org/rdf/terms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
STORED = {"id": "abc", "metadata_created": "2024-01-01T00:00:00", "metadata_modified": "2024-01-02T00:00:00"}
SHAPES = ("semic-dcat-ap/shacl/dcat-ap-SHACL.ttl", "semic-hvd/releases/3.0.0-hvd/shacl/hvd-SHACL.ttl")


def written(dataset: dict[str, Any]) -> Graph:
    graph = Graph()
    OdfDcatApProfile(graph).graph_from_dataset({**STORED, **dataset}, DATASET)
    return graph


def file_of(**values: Any) -> dict[str, Any]:
    return {"id": "r1", "package_id": "abc", "url": "https://exemple.fr/a.csv", "name": "Fichier", **values}


def full() -> dict[str, Any]:
    return {**FULL, "resources": [{**FULL["resources"][0], "id": "r1", "package_id": "abc"}]}


def codes(dataset: dict[str, Any], **site: Any) -> set[str]:
    return {found.code for found in prepare({**STORED, **dataset}, Site(**site))[1]}


BAD: dict[str, dict[str, Any]] = {
    "nothing": {"title": "Sans rien"},
    "url": {"title": "Adresse", "resources": [file_of(url="http://exemple.fr/a b/é.csv")]},
    "no url": {"title": "Adresse", "resources": [file_of(url="fichier.csv"), file_of(id="r2", url="javascript:x")]},
    "size": {"title": "Taille", "resources": [file_of(size="très gros"), file_of(id="r2", size="12 Mo")]},
    "checksum": {"title": "Somme", "resources": [file_of(hash="pas une somme", hash_algorithm="")]},
    "future": {"title": "Date", "issued": "2999-01-01", "modified": "2999"},
    "year": {"title": "Date", "issued": "2020", "modified": "2021-05"},
    "half period": {"title": "Période", "temporal_coverage": [{"end": "2020"}]},
    "reversed period": {"title": "Période", "temporal_coverage": [{"start": "2021", "end": "2020"}]},
    "point": {"title": "Lieu", "spatial_coverage": [{"geom": '{"type": "Point", "coordinates": [-0.6, 45.7]}'}]},
    "feature": {
        "title": "Lieu",
        "spatial_coverage": [
            {
                "geom": '{"type": "Feature", "properties": {}, "geometry":'
                ' {"type": "Polygon", "coordinates": [[[0, 1], [1, 1], [1, 0], [0, 1]]]}}'
            }
        ],
    },
    "bad polygon": {
        "title": "Lieu",
        "spatial_coverage": [{"geom": '{"type": "Polygon", "coordinates": [[900, 900]]}'}],
    },
    "short tag": {"title": "Mots", "tags": [{"name": "PC"}]},
    "html": {"title": "<b>Budget</b> &amp; comptes", "notes": "Texte\x0b\x00 avec des \ufffe interdits"},
    "schema name": {"title": "Schéma", "conforms_to": ["etalab/inconnu"], "resources": [file_of()]},
    "contact": {"title": "Contact", "contact": [{"name": "Mairie", "email": "pas une adresse"}]},
    "licence": {"title": "Licence", "license_id": "Licence maison", "resources": [file_of()]},
}


def test_udata_and_dcat_ap_find_what_each_looks_for() -> None:
    """Licence, high value, checksum, e-mail, period, themes, formats: in the forms of facts and standards."""
    g = written(full())
    assert list(g.objects(DATASET, DCTERMS.identifier)) == [Literal("abc")]
    licence = g.value(DATASET, DCTERMS.license)
    assert licence == URIRef("https://www.etalab.gouv.fr/licence-ouverte-open-licence")
    assert g.value(licence, RDFS.label) == Literal("lov2")
    assert URIRef("http://publications.europa.eu/resource/authority/licence/ETALAB_2_0") in g.objects(
        licence, SKOS.exactMatch
    )
    category = URIRef("http://data.europa.eu/bna/c_e1da4e07")
    assert (DATASET, DCAT.theme, category) in g
    assert (DATASET, DCATAP.hvdCategory, category) in g
    assert (FILE, DCATAP.applicableLegislation, None) in g
    value = g.value(g.value(FILE, SPDX.checksum), SPDX.checksumValue)
    assert isinstance(value, Literal)
    assert value.datatype is None
    publishers = list(g.objects(DATASET, DCTERMS.publisher))
    assert len(publishers) == 1
    assert g.value(publishers[0], FOAF.mbox) == URIRef("mailto:opendata@saintes.fr")
    assert len(list(g.objects(DATASET, DCAT.contactPoint))) == 1
    periods = list(g.objects(DATASET, DCTERMS.temporal))
    assert all(isinstance(period, BNode) for period in periods)
    assert Literal("2024-05-31", datatype=XSD.date) in {g.value(period, DCAT.endDate) for period in periods}
    for theme in g.objects(DATASET, DCAT.theme):
        assert g.value(theme, SKOS.prefLabel)
    assert str(g.value(FILE, DCTERMS["format"])) == "http://publications.europa.eu/resource/authority/file-type/CSV"
    assert str(g.value(FILE, DCAT.mediaType)) == "https://www.iana.org/assignments/media-types/text/csv"
    assert g.value(DATASET, DCTERMS.title) == Literal(FULL["title"], lang="fr")
    assert URIRef("http://id.insee.fr/geo/commune/17415") in g.objects(DATASET, DCTERMS.spatial)


def test_a_schema_named_by_its_page_gets_its_exact_address() -> None:
    g = written({"title": "S", "conforms_to": ["https://schema.data.gouv.fr/scdl/subventions/"]})
    [schema] = g.objects(DATASET, DCTERMS.conformsTo)
    assert str(schema).startswith("https://schema.data.gouv.fr/schemas/scdl/subventions/")
    assert str(schema).endswith("/schema.json")


@pytest.mark.parametrize("form", ["xml", "turtle", "json-ld", "nt"])
@pytest.mark.parametrize("name", BAD)
def test_bad_values_cost_nothing_else(name: str, form: str) -> None:
    """Whatever one value is, the dataset is there and every format can be read again."""
    text = written(BAD[name]).serialize(format=form)
    g = Graph().parse(data=text, format=form)
    assert g.value(DATASET, DCTERMS.title)
    assert g.value(DATASET, DCTERMS.description)
    for _file, size in g.subject_objects(DCAT.byteSize):
        assert int(size) >= 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nothing", "licence-missing"),
        ("nothing", "description-missing"),
        ("nothing", "files-missing"),
        ("no url", "file-address"),
        ("size", "size"),
        ("checksum", "checksum"),
        ("future", "date"),
        ("reversed period", "period"),
        ("point", "geometry-point"),
        ("bad polygon", "geometry"),
        ("short tag", "tag-length"),
        ("html", "title-html"),
        ("schema name", "schema-name"),
        ("contact", "contact-missing"),
        ("licence", "licence-unknown"),
    ],
)
def test_bad_values_are_told(name: str, code: str) -> None:
    assert code in codes(BAD[name])


def test_bad_values_are_cleaned() -> None:
    """Addresses are escaped, sizes in words counted, dates completed to their first day."""
    g = written(BAD["url"])
    assert g.value(FILE, DCAT.accessURL) == URIRef("http://exemple.fr/a%20b/%C3%A9.csv")
    g = written(BAD["size"])
    assert g.value(DATASET + "/resource/r2", DCAT.byteSize) is not None
    assert g.value(FILE, DCAT.byteSize) is None
    g = written(BAD["year"])
    assert g.value(DATASET, DCTERMS.issued) == Literal("2020-01-01", datatype=XSD.date)
    g = written(BAD["html"])
    assert str(g.value(DATASET, DCTERMS.title)) == "Budget & comptes"


def test_addresses_of_private_hosts_leave_a_public_portal_only() -> None:
    dataset = {"title": "Privé", "resources": [file_of(url="http://127.0.0.1:8000/a.csv")]}
    assert "file-address" in codes(dataset, public=True)
    assert "file-address" not in codes(dataset)


def test_a_service_with_a_contact_is_written() -> None:
    """ckanext-dcat 2.4 fails on it."""
    service = {"endpoint_url": ["https://exemple.fr/api"], "contact": [{"name": "x"}], "publisher": [{"name": "y"}]}
    g = written({"title": "API", "resources": [file_of(access_services=[service])]})
    [node] = g.objects(FILE, DCAT.accessService)
    assert g.value(node, DCTERMS.title)


def test_shapes_are_met(corpus: Path) -> None:
    """DCAT-AP 3.0.1, and HVD 3.0.0 for high-value data; the checksum is udata's (see profile.py)."""
    pyshacl = pytest.importorskip("pyshacl")
    graphs = {"full": written(full()), **{name: written(bad) for name, bad in BAD.items()}}
    for file in SHAPES:
        shapes = Graph().parse(corpus / "shacl" / file)
        for shape, rule in list(shapes.subject_objects(SH.property)):
            if (rule, SH.path, None) not in shapes:  # the published file has two rules without a path
                shapes.remove((shape, SH.property, rule))
                shapes.remove((rule, None, None))
        for name, graph in graphs.items():
            if "hvd" in file and name != "full":
                continue
            _conforms, report, _text = pyshacl.validate(graph, shacl_graph=shapes)
            broken = {
                (str(report.value(result, SH.resultPath)), str(report.value(result, SH.resultMessage)))
                for result in report.subjects(RDF.type, SH.ValidationResult)
            }
            assert {path for path, _message in broken} <= {str(SPDX.checksumValue)}, (file, name, broken)


# What differs after a harvest of our own feed, and why:
CHANGED = {
    "name",  # the address on the portal
    "identifier", "uri", "resources.uri", "resources.access_services.serves_dataset",  # those of the portal
    "alternate_identifier",  # what identified the dataset before stands here
    "temporal_coverage.start", "temporal_coverage.end",  # a year or month is written as its days
    "territory", "spatial_granularity", "legal_basis",  # fields of the suite; territories are places
    "spatial_coverage",  # one more place for each territory, and a point is its centre
    "spatial_resolution_in_meters", "resources.spatial_resolution_in_meters",  # 10 is 10.0
    "in_series",  # a series of elsewhere is dct:isPartOf
    # Written, and not read by the connector:
    "provenance_activity", "publisher.type",
    *(f"resources.access_services.{name}" for name in ("availability", "language", "keyword", "theme", "creator")),
}  # fmt: skip


def test_our_own_feed_comes_back(member_site: Callable[..., Any], fetch: Callable[..., Any]) -> None:
    """A portal of this suite that harvests ours reads every field."""
    body = written(full()).serialize(format="turtle")
    site = member_site({"/catalog.ttl": Answer(body, media_type="text/turtle")})
    connector = DcatConnector(f"{site.url}/catalog.ttl", fetch(site))
    [record] = connector.records()
    read = connector.map(record).dataset
    lost = {line.split(":")[0] for line in differences(FULL, read)}
    assert lost <= CHANGED
    assert {"saintes-deliberations", FULL["uri"]} <= set(read["alternate_identifier"])
