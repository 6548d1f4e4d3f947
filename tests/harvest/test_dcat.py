"""DCAT catalogues over loopback: forms of RDF, pages, detection, bad input."""

from __future__ import annotations

import json
from typing import Any

import pytest
from connector_conformance import ConnectorConformance
from dcat_catalogue import BASE, HEAD, catalogue
from member_site import Answer, MemberSite

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors.dcat import DcatConnector
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.preview import preview

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
RDF_XML = (
    '<?xml version="1.0" encoding="{encoding}"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    f'xmlns:dcat="{DCAT}" xmlns:dct="{DCT}" xmlns:foaf="http://xmlns.com/foaf/0.1/">\n{{body}}\n</rdf:RDF>'
)
DATASET = (
    '<dcat:Dataset rdf:about="https://ville.example/{name}"><dct:title xml:lang="fr">{title}</dct:title></dcat:Dataset>'
)


def rdf_xml(*bodies: str, encoding: str = "utf-8") -> str:
    return RDF_XML.format(encoding=encoding, body="\n".join(bodies))


def named(name: str, title: str) -> str:
    return DATASET.format(name=name, title=title)


def read(site: MemberSite, fetch: Any, path: str = "/catalog") -> list[Record | Issue]:
    return list(DcatConnector(site.url + path, fetch(site, tries=1)).records())


def mapped(site: MemberSite, fetch: Any, path: str = "/catalog") -> dict[str, Any]:
    connector = DcatConnector(site.url + path, fetch(site, tries=1))
    (record,) = [item for item in connector.records() if isinstance(item, Record)]
    return connector.map(record).dataset


def fault(site: MemberSite, fetch: Any, path: str = "/catalog") -> FatalSourceError:
    with pytest.raises(FatalSourceError) as caught:
        read(site, fetch, path)
    return caught.value


class TestConformance(ConnectorConformance):
    connector = DcatConnector
    path = "/catalog.ttl"
    mutations = 200

    def routes(self):
        return {self.path: Answer(catalogue({"a": "Écoles", "b": "Budget"}), media_type="text/turtle")}

    def reordered(self):
        head, *blocks = catalogue({"a": "Écoles", "b": "Budget"}).split("\n<")
        return {self.path: Answer("\n<".join([head, *reversed(blocks)]), media_type="text/turtle")}

    def changed(self):
        return {self.path: Answer(catalogue({"a": "Écoles publiques", "b": "Budget"}), media_type="text/turtle")}

    def looping(self):
        def page(request):
            number = int(request.query.get("page", 1)) % 3 + 1
            following = f"<> <http://www.w3.org/ns/hydra/core#next> <?page={number}> ."
            return Answer(catalogue({f"d{number}": "Titre"}, following), media_type="text/turtle")

        return page


class TestConformanceOfXml(ConnectorConformance):
    connector = DcatConnector
    path = "/catalog.xml"
    mutations = 200

    def routes(self):
        return {
            self.path: Answer(rdf_xml(named("a", "Écoles"), named("b", "Budget")), media_type="application/rdf+xml")
        }

    def reordered(self):
        return {
            self.path: Answer(rdf_xml(named("b", "Budget"), named("a", "Écoles")), media_type="application/rdf+xml")
        }


FORMS = {
    "turtle": f"@prefix dcat: <{DCAT}> . @prefix dct: <{DCT}> . "
    f'<https://x.fr/1> a dcat:Dataset ; dct:title "Écoles"@fr .',
    "n-triples": f"<https://x.fr/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{DCAT}Dataset> .\n"
    f'<https://x.fr/1> <{DCT}title> "\\u00C9coles"@fr .\n',
    "rdf/xml": rdf_xml('<dcat:Dataset rdf:about="https://x.fr/1"><dct:title>Écoles</dct:title></dcat:Dataset>'),
    "rdf/xml without declaration": rdf_xml(
        '<dcat:Dataset rdf:about="https://x.fr/1"><dct:title>Écoles</dct:title></dcat:Dataset>'
    ).split("\n", 1)[1],
    "json-ld": json.dumps(
        {"@id": "https://x.fr/1", "@type": [f"{DCAT}Dataset"], f"{DCT}title": [{"@value": "Écoles"}]}
    ),
    "json-ld list": json.dumps([{"@id": "https://x.fr/1", "@type": [f"{DCAT}Dataset"], f"{DCT}title": "Écoles"}]),
    "https namespaces": "@prefix dcat: <https://www.w3.org/ns/dcat#> . <https://x.fr/1> a dcat:Dataset ; "
    '<https://purl.org/dc/terms/title> "Écoles" .',
}


@pytest.mark.parametrize("media_type", ["text/html", "text/plain", "application/xml", "application/json"])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_whatever_it_is_called(form: str, media_type: str, member_site, fetch) -> None:
    """What the content is counts, not the Content-Type."""
    dataset = mapped(member_site({"/catalog": Answer(FORMS[form], media_type=media_type)}), fetch)
    assert dataset["title"] == "Écoles"
    assert dataset["uri"] == dataset["identifier"] == "https://x.fr/1"


def test_all_forms_have_the_same_fingerprint(member_site, fetch) -> None:
    """A site that changes from Turtle to JSON-LD has not changed its datasets."""
    untagged = {form: text.replace("@fr", "") for form, text in FORMS.items()}
    prints = {read(member_site({"/catalog": text}), fetch)[0].fingerprint for text in untagged.values()}
    assert len(prints) == 1


@pytest.mark.parametrize("address", ["https://x.fr/le jeu", "https://x.fr/é{1}", "https://x.fr/a|b^c", "tel:+33 1 23"])
@pytest.mark.parametrize("form", ["rdf/xml", "turtle", "json-ld"])
def test_an_ill_formed_uri_loses_nothing(form: str, address: str, member_site, fetch) -> None:
    text = FORMS[form].replace("https://x.fr/1", address)
    dataset = mapped(member_site({"/catalog": text}), fetch)
    assert dataset["title"] == "Écoles"
    assert " " not in dataset["identifier"]


def test_the_languages_of_a_text_are_chosen_for_french_readers(member_site, fetch) -> None:
    def title(*texts: str) -> str:
        body = HEAD + f"<https://x.fr/1> a dcat:Dataset ; dct:title {', '.join(texts)} ."
        return mapped(member_site({"/catalog": body}), fetch)["title"]

    assert title('"Schools"@en', '"Écoles"@fr-FR', '"Neutre"') == "Écoles"
    assert title('"Schools"@en', '"Neutre"') == "Neutre"
    assert title('"Schulen"@de', '"Schools"@en') == "Schools"
    assert title('"Schulen"@de') == "Schulen"


def test_a_rich_dataset_keeps_every_field(member_site, fetch) -> None:
    body = (
        HEAD
        + """
@prefix adms: <http://www.w3.org/ns/adms#> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix locn: <http://www.w3.org/ns/locn#> . @prefix gsp: <http://www.opengis.net/ont/geosparql#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix prov: <http://www.w3.org/ns/prov#> .
<https://x.fr/1> a dcat:Dataset ; dct:identifier "jeu-1" ; dct:title "Écoles"@fr ;
  dct:description "<p>Les <b>écoles</b></p><script>alert(1)</script>"@fr ;
  dcat:keyword "école"@fr, "school"@en, "vie scolaire"@fr ; dcat:landingPage <https://x.fr/page> ;
  dct:issued "2020-01-01"^^xsd:date ; dct:modified "12 mars 2024" ; dct:language "fr" ;
  dct:accrualPeriodicity "annuelle" ; dct:license <https://www.etalab.gouv.fr/licence-ouverte-open-licence> ;
  dcat:theme <http://publications.europa.eu/resource/authority/data-theme/EDUC> ,
    [ skos:prefLabel "Répartition des espèces"@fr ] ;
  dcat:contactPoint [ vcard:fn "Mairie" ; vcard:hasEmail [ vcard:value <mailto:opendata@ville.fr> ] ;
    vcard:hasURL <https://ville.fr/contact> ] ;
  dct:publisher [ a foaf:Agent ; foaf:name "Ville"@fr ; foaf:mbox <mailto:a@ville.fr> ;
    dct:identifier "21350238800019" ] ;
  dct:spatial [ skos:prefLabel "Rennes" ; locn:geometry "POLYGON((1 45, 2 45, 2 46, 1 46, 1 45))"^^gsp:wktLiteral ],
    <http://id.insee.fr/geo/commune/35238> ;
  dct:temporal [ dcat:startDate "2019-09-01"^^xsd:date ; dcat:endDate "2020-07-01"^^xsd:date ] ;
  dct:conformsTo <https://schema.data.gouv.fr/x> ;
  dct:provenance [ <http://www.w3.org/2000/01/rdf-schema#label> "Recensement" ] ;
  dcatap:applicableLegislation <http://data.europa.eu/eli/reg_impl/2023/138/oj> ;
  dcatap:hvdCategory <http://data.europa.eu/bna/c_b79e35eb> ; adms:identifier [ skos:notation "10.1234/x" ] ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ; dcat:version "2" ;
  dcat:inSeries <https://x.fr/serie> ;
  dcat:distribution [ a dcat:Distribution ; dct:title "Fichier"@fr ; dcat:accessURL <https://x.fr/acces> ;
    dcat:downloadURL <https://x.fr/écoles 2024.csv> ; dcat:mediaType "text/plain" ; dcat:byteSize "12 ko" ;
    spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha1 ;
      spdx:checksumValue "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709" ] ;
    dct:license <http://opendatacommons.org/licenses/odbl/1-0/> ] .
<https://x.fr/api> a dcat:DataService ; dct:title "API"@fr ; dcat:endpointURL <https://x.fr/wfs> ;
  dcat:servesDataset <https://x.fr/1> .
<https://x.fr/record> a dcat:CatalogRecord ; dct:modified "2024-05-05" ; foaf:primaryTopic <https://x.fr/1> .
"""
    )
    site = member_site({"/catalog": Answer(body, media_type="text/turtle")})
    connector = DcatConnector(site.url + "/catalog", fetch(site))
    (record,) = connector.records()
    result = connector.map(record)
    dataset, eu = result.dataset, "http://publications.europa.eu/resource/authority/"
    square = '{"type":"Polygon","coordinates":[[[1.0,45.0],[2.0,45.0],[2.0,46.0],[1.0,46.0],[1.0,45.0]]]}'
    resources = dataset.pop("resources")
    assert dataset == {
        "title": "Écoles",
        "notes": "Les **écoles**",
        "license_id": "lov2",
        "tags": [{"name": name} for name in ("école", "vie scolaire", "Répartition des espèces")],
        "url": "https://x.fr/page",
        "theme": [eu + "data-theme/EDUC"],
        "contact": [{"name": "Mairie", "email": "opendata@ville.fr", "url": "https://ville.fr/contact"}],
        "publisher": [{"name": "Ville", "email": "a@ville.fr", "identifier": "21350238800019"}],
        "spatial_coverage": [{"text": "Rennes", "bbox": square}, {"uri": "http://id.insee.fr/geo/commune/35238"}],
        "temporal_coverage": [{"start": "2019-09-01", "end": "2020-07-01"}],
        "frequency": eu + "frequency/ANNUAL",
        "language": [eu + "language/FRA"],
        "hvd_category": ["http://data.europa.eu/bna/c_b79e35eb"],
        "applicable_legislation": ["http://data.europa.eu/eli/reg_impl/2023/138/oj"],
        "access_rights": eu + "access-right/PUBLIC",
        "identifier": "jeu-1",
        "alternate_identifier": ["10.1234/x"],
        "uri": "https://x.fr/1",
        "issued": "2020-01-01",
        "modified": "2024-03-12",
        "version": "2",
        "provenance": "Recensement",
        "conforms_to": ["https://schema.data.gouv.fr/x"],
        "in_series": ["https://x.fr/serie"],
    }
    file, service = resources
    assert file == {
        "url": "https://x.fr/%C3%A9coles%202024.csv",
        "download_url": "https://x.fr/%C3%A9coles%202024.csv",
        "access_url": "https://x.fr/acces",
        "name": "Fichier",
        "format": "CSV",
        "mimetype": "text/csv",
        "size": 12_000,
        "hash": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha1",
        "license": "http://opendatacommons.org/licenses/odbl/1-0/",
    }
    assert (service["url"], service["format"]) == ("https://x.fr/wfs", "WFS")
    assert service["access_services"][0]["serves_dataset"] == ["https://x.fr/1"]
    assert {issue.code for issue in result.issues} == {"active-content", "url-mended"}


def test_a_distribution_of_many_addresses_loses_none(member_site, fetch) -> None:
    """One resource a file; an identifier that is an address is not the title of what it names."""
    body = HEAD + (
        '<https://x.fr/1> a dcat:Dataset ; dct:title "T" ; dct:identifier <https://x.fr/1> ; dcat:distribution '
        '[ dct:title "Deux fichiers" ; dcat:downloadURL <https://x.fr/a.csv>, <https://x.fr/b.json> ], '
        "[ dcat:accessURL <https://x.fr/c>, <https://x.fr/d> ], <https://x.fr/e.pdf> ."
    )
    dataset = mapped(member_site({"/catalog": body}), fetch)
    assert dataset["identifier"] == "https://x.fr/1"
    assert [(one["url"], one.get("format")) for one in dataset["resources"]] == [
        ("https://x.fr/a.csv", "CSV"),
        ("https://x.fr/b.json", "JSON"),
        ("https://x.fr/c", None),
        ("https://x.fr/d", None),
        ("https://x.fr/e.pdf", "PDF"),
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<> a hydra:PagedCollection ; hydra:nextPage "{url}" ; hydra:totalItems 3 .',
        "<> a hydra:PartialCollectionView ; hydra:next <{url}> ; hydra:totalItems 3 .",
        "<> a hydra:PartialCollectionView ; hydra:next <?page=2> ; hydra:totalItems 3 .",
    ],
)
def test_pages_are_followed_in_both_hydra_words(link: str, member_site, fetch) -> None:
    site = member_site()
    hydra = "@prefix hydra: <http://www.w3.org/ns/hydra/core#> .\n"
    site.routes["/catalog"] = hydra + catalogue({"a": "A", "b": "B"}, link.format(url=f"{site.url}/catalog?page=2"))
    site.routes["/catalog?page=2"] = catalogue({"c": "C"})
    connector = DcatConnector(site.url + "/catalog", fetch(site))
    assert connector.count() == 3
    assert [record.guid for record in connector.records()] == ["a", "b", "c"]
    assert site.count("/catalog") == 2


def test_pages_are_followed_by_the_link_header(member_site, fetch) -> None:
    site = member_site({"/catalog?page=2": catalogue({"b": "B"})})
    links = '<https://x.fr/1>; rel="first", </catalog?page=2>; rel="next"'
    site.routes["/catalog"] = Answer(catalogue({"a": "A"}), media_type="text/turtle", headers={"Link": links})
    assert [record.guid for record in read(site, fetch)] == ["a", "b"]


def test_pages_without_new_datasets_come_to_an_end(member_site, fetch) -> None:
    """A server that always names a further page, and repeats the same datasets on pages that differ."""

    def page(request):
        number = int(request.query.get("page", 1))
        following = f"<> <http://www.w3.org/ns/hydra/core#next> <?page={number + 1}> ."
        return catalogue({"a": "A"}, following)

    site = member_site(page)
    assert fault(site, fetch).code == "pages-without-end"
    assert len(site.requests) < 10


def test_two_datasets_with_one_identifier_are_told_apart_or_told(member_site, fetch) -> None:
    """The second is left out with an error of its own; the same dataset repeated on a page is none."""
    other = f'<{BASE}other> a dcat:Dataset ; dct:title "Autre" ; dct:identifier "a" .'
    first, second = read(member_site({"/catalog": catalogue({"a": "A"}, other)}), fetch)
    assert isinstance(first, Record)
    assert isinstance(second, Issue)
    assert (second.code, second.level) == ("duplicate-identifier", "error")
    assert "“a”" in str(second)
    assert "Autre" in str(second)


def test_datasets_without_identifier_or_address_keep_a_stable_one(member_site, fetch) -> None:
    """Blank nodes: the identifier derives from title and page, not from the names that a parser gives."""
    nodes = [f'[] a dcat:Dataset ; dct:title "{t}" ; dcat:landingPage <https://x.fr/{t}> .' for t in "ABC"]
    one = [record.guid for record in read(member_site({"/catalog": HEAD + "\n".join(nodes)}), fetch)]
    two = [record.guid for record in read(member_site({"/catalog": HEAD + "\n".join(reversed(nodes))}), fetch)]
    assert len(set(one)) == 3
    assert one == two[::-1]


def test_series_are_datasets_and_members_name_them(member_site, fetch) -> None:
    body = HEAD + (
        '<https://x.fr/s> a dcat:DatasetSeries ; dct:title "Série" . '
        '<https://x.fr/1> a dcat:Dataset ; dct:title "2023" ; dcat:inSeries <https://x.fr/s> .'
    )
    site = member_site({"/catalog": body})
    connector = DcatConnector(site.url + "/catalog", fetch(site))
    datasets = {record.guid: connector.map(record).dataset for record in connector.records()}
    assert datasets["https://x.fr/1"]["in_series"] == ["https://x.fr/s"]
    assert datasets["https://x.fr/s"]["title"] == "Série"


# -- bad input ---------------------------------------------------------------------------------------------------------

HTML = "<!doctype html><html><head><title>Maintenance en cours</title></head><body></body></html>"
BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BAD = {
    "html-instead-of-data": (HTML, "Maintenance en cours"),
    "broken-xml": (rdf_xml(named("a", "A"))[:-40], "line 3"),
    "broken-rdf": (HEAD + "<https://x.fr/1> a dcat:Dataset ;\n  dct:title .", "line"),
    "bad-json": ('{"@context": {"dcat": "http://www.w3.org/ns/dcat#"}, "@graph": [', "line 1"),
    "doctype-refused": (rdf_xml(named("a", "&b;")).replace("<rdf:RDF", BOMB + "<rdf:RDF", 1), "ENTITY"),
    "unknown-context": (
        json.dumps({"@context": "https://evil.example/ctx.jsonld", "@graph": []}),
        "https://evil.example/ctx.jsonld",
    ),
    "not-rdf": ("Bonjour, ceci n'est pas un catalogue.", "Turtle"),
    "no-dcat": ('@prefix dct: <http://purl.org/dc/terms/> . <https://x.fr/> dct:title "x" .', "dcat:Dataset"),
    "empty-answer": ("  \n", "empty"),
}


@pytest.mark.parametrize("code", BAD)
def test_bad_input_has_one_message_that_names_what_and_where(code: str, member_site, fetch) -> None:
    body, said = BAD[code]
    site = member_site({"/catalog": body})
    error = fault(site, fetch)
    assert error.code == code
    assert site.url in str(error)
    assert said in str(error)


def test_external_entities_are_never_read(member_site, fetch, tmp_path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TRESOR")
    doctype = f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'
    site = member_site({"/catalog": rdf_xml(named("a", "&x;")).replace("<rdf:RDF", doctype + "<rdf:RDF", 1)})
    assert fault(site, fetch).code == "doctype-refused"


def test_no_context_is_ever_fetched(member_site, fetch) -> None:
    """Not even from the same site, and not one that another context imports."""
    site = member_site()
    for context in (
        f"{site.url}/ctx.jsonld",
        [{"dcat": DCAT}, f"{site.url}/ctx.jsonld"],
        {"@import": f"{site.url}/ctx.jsonld"},
    ):
        site.routes["/catalog"] = {"@context": context, "@graph": []}
        assert fault(site, fetch).code == "unknown-context"
    assert site.count("/ctx.jsonld") == 0


@pytest.mark.parametrize(
    "context", ["https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld", "project-open-data.cio.gov/v1.1/schema"]
)
def test_known_contexts_are_answered_from_shipped_copies(context: str, member_site, fetch) -> None:
    feed = {
        "@context": context,
        "@type": "dcat:Catalog",
        "dataset": [
            {
                "@type": "dcat:Dataset",
                "identifier": "1",
                "title": "Écoles",
                "keyword": ["a1", "b2"],
                "modified": "2024-01-02",
            }
        ],
    }
    dataset = mapped(member_site({"/catalog": feed}), fetch)
    assert (dataset["title"], dataset["identifier"], dataset["modified"]) == ("Écoles", "1", "2024-01-02")


def test_a_wrong_charset_is_mended_and_told(member_site, fetch) -> None:
    """Windows-1252 that calls itself UTF-8."""
    text = rdf_xml(named("a", "Écoles à Châteauroux"), encoding="utf-8").encode("cp1252")
    site = member_site({"/catalog": Answer(text, media_type="application/rdf+xml; charset=utf-8")})
    issue, record = read(site, fetch)
    assert isinstance(issue, Issue)
    assert (issue.code, issue.level) == ("charset-mended", "warning")
    assert isinstance(record, Record)
    assert DcatConnector(site.url, fetch(site)).map(record).dataset["title"] == "Écoles à Châteauroux"


def test_a_declared_charset_is_believed(member_site, fetch) -> None:
    text = rdf_xml(named("a", "Écoles"), encoding="iso-8859-1").encode("latin-1")
    assert mapped(member_site({"/catalog": Answer(text, media_type="application/rdf+xml")}), fetch)["title"] == "Écoles"


def test_a_dataset_without_a_title_is_an_error_and_the_rest_goes_on(member_site, fetch) -> None:
    site = member_site({"/catalog": Answer(catalogue({"a": "A", "b": ""}), media_type="text/turtle")})
    seen = preview(site.url + "/catalog", fetch(site), connector="dcat")
    assert [dataset["title"] for dataset in seen.datasets] == ["A"]
    assert [(issue.code, issue.record) for issue in seen.errors] == [("title-missing", "b")]
    assert "“b”" in str(seen.errors[0])


# -- detection ---------------------------------------------------------------------------------------------------------


def test_a_feed_is_found_from_the_head_of_a_web_page(member_site, fetch) -> None:
    """The catalogue, not the feed of a single dataset."""
    page = (
        "<!doctype html><html><head><title>Données</title>"
        '<link rel="alternate" type="text/turtle" href="/dataset/x.ttl">'
        '<link rel="alternate" type="application/rdf+xml" href="/flux/catalogue.rdf"></head><body></body></html>'
    )
    feed = Answer(rdf_xml(named("a", "A"), named("b", "B")), media_type="application/rdf+xml")
    site = member_site({"/": page, "/flux/catalogue.rdf": feed})
    found = detect(site.url, fetch(site, tries=1))
    assert (found.connector, found.url, found.count) == ("dcat", f"{site.url}/flux/catalogue.rdf", 2)


def test_a_feed_is_found_at_a_usual_address(member_site, fetch) -> None:
    site = member_site({"/": HTML, "/catalog.ttl": Answer(catalogue({"a": "A"}), media_type="text/turtle")})
    found = detect(site.url, fetch(site, tries=1))
    assert (found.connector, found.url, found.count) == ("dcat", f"{site.url}/catalog.ttl", 1)
    assert len(site.requests) <= 8


def test_a_broken_feed_is_shown_with_its_fault(member_site, fetch) -> None:
    """Detection does not hide what is wrong with the catalogue that a person pasted."""
    site = member_site({"/catalog.xml": Answer(rdf_xml(named("a", "A"))[:-40], media_type="application/rdf+xml")})
    seen = preview(site.url + "/catalog.xml", fetch(site, tries=1))
    assert (seen.connector, seen.datasets) == ("dcat", [])
    assert [issue.code for issue in seen.errors] == ["broken-xml"]
