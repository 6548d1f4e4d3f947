"""The CSW connector: how it pages, in which schema, what it couples, what it maps, on faithful and on odd servers."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import csw_catalogue as csw
import lxml.etree as etree
import pytest
from connector_conformance import ConnectorConformance, checked, damaged
from member_site import Answer, MemberSite, Request, Routes

from ckanext.opendatafrance.errors import FatalSourceError
from ckanext.opendatafrance.harvest.connector import Issue, Record
from ckanext.opendatafrance.harvest.connectors.csw import CswConnector
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.mapping.iso import paging
from ckanext.opendatafrance.harvest.preview import preview
from ckanext.opendatafrance.harvest.transport import Transport

Sites = Callable[..., MemberSite]
Fetch = Callable[..., Transport]
PATH = "/geonetwork/srv/fre/csw"
EU = "http://publications.europa.eu/resource/authority"


def read(site: MemberSite, fetch: Fetch, path: str = PATH) -> Iterator[Record | Issue]:
    return CswConnector(site.url + path, fetch(site, tries=1)).records()


def guids(items: Iterator[Record | Issue]) -> list[str]:
    return [item.guid for item in items if isinstance(item, Record)]


def mapped(record: str, member_site: Sites, fetch: Fetch, **options: Any) -> tuple[dict[str, Any], list[str]]:
    """The dataset dict of one record, and the codes of its issues."""
    site = member_site({PATH: csw.server([record], **options)})
    reader = CswConnector(site.url + PATH, fetch(site))
    [item] = reader.records()
    assert isinstance(item, Record)
    result = reader.map(item)
    return json.loads(json.dumps(result.dataset).replace(site.url, "http://site")), [one.code for one in result.issues]


def shuffled(record: str) -> str:
    """The same record with other prefixes, attributes in another order, and its repeated elements reversed."""
    root = etree.fromstring(record.replace("gmd:", "iso:").replace("xmlns:gmd", "xmlns:iso"))
    for element in root.iter(etree.Element):
        tags = [child.tag for child in element]
        if len(set(tags)) < len(tags):
            element[:] = list(reversed(element))
    return etree.tostring(root, encoding="unicode")


class TestConformance(ConnectorConformance):
    connector = CswConnector
    path = PATH
    at_least = 5
    mutations = 120

    records = [csw.gmd(f"a{number}") for number in range(5)]

    def routes(self) -> Routes:
        return {PATH: csw.server(self.records, most=2)}

    def reordered(self) -> Routes:
        return {PATH: csw.server([shuffled(one) for one in reversed(self.records)], most=2)}

    def changed(self) -> Routes:
        return {PATH: csw.server([*self.records[:4], csw.gmd("a4", "Arbres remarquables")], most=2)}

    def looping(self) -> Routes:
        """The first page again and again, always with a next one."""
        return {PATH: lambda request: csw.page(self.records[:2], 500, 3)}


class TestIso191153(ConnectorConformance):
    """A server that knows ISO 19115-3 only."""

    connector = CswConnector
    path = PATH

    def routes(self) -> Routes:
        return {PATH: csw.server([csw.mdb("v1"), csw.mdb("v2")], schema=csw.MDB)}

    def changed(self) -> Routes:
        return {PATH: csw.server([csw.mdb("v1"), csw.mdb("v2", "Autres voies")], schema=csw.MDB)}


class TestDublinCore(ConnectorConformance):
    """A server that knows nothing better than Dublin Core."""

    connector = CswConnector
    path = "/csw"

    def routes(self) -> Routes:
        return {"/csw": csw.server([csw.dublin_core("q1"), csw.dublin_core("q2")], schema=csw.DC)}


@pytest.mark.parametrize("odd", ["right", "zero", "stuck", "absent"])
def test_all_pages_are_read_whatever_the_server_says_comes_next(member_site: Sites, fetch: Fetch, odd: str) -> None:
    """nextRecord may be right, always 0, always the same; fewer records may come than were asked for."""
    say: dict[str, Callable[[int, int], Any]] = {
        "right": lambda after, total: after if after <= total else 0,
        "zero": lambda after, total: 0,
        "stuck": lambda after, total: 4,
        "absent": lambda after, total: "",
    }
    site = member_site({PATH: csw.server([csw.gmd(f"a{n}") for n in range(11)], most=3, following=say[odd])})
    assert sorted(guids(read(site, fetch))) == sorted(f"a{n}" for n in range(11))


def test_the_last_page_of_ten_is_not_asked_for_twice(member_site: Sites, fetch: Fetch) -> None:
    """A next record behind the last one ends the list, as servers that answer 11 of 10 mean it."""
    site = member_site({PATH: csw.server([csw.gmd("a1"), csw.gmd("a2")], following=lambda after, total: after)})
    assert len(guids(read(site, fetch))) == 2
    results = [one for one in site.requests if one.query.get("request") == "GetRecords"]
    assert len(results) == 2  # the services, and the one page


def test_records_deleted_while_paging_hide_no_other(
    member_site: Sites, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where numberOfRecordsMatched falls, what moved over the edge of a page is looked for again."""
    monkeypatch.setattr(paging, "ROWS", 3)
    records = [csw.gmd(f"a{n}") for n in range(9)]
    site = member_site()

    def shrinking(request: Request) -> Any:
        if request.query.get("startPosition") == "4":
            del records[0:2]
        return csw.server(records)(request)

    site.routes[PATH] = shrinking
    assert Counter(guids(read(site, fetch))) == {f"a{n}": 1 for n in range(9)}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (csw.page([csw.gmd("a1")], 50, 0), "page-loop"),
        (csw.page([], 50, 0), "listing-incomplete"),
        (csw.page([csw.gmd("a1"), csw.gmd("a1")], 2, 0), "listing-incomplete"),
        (csw.page([], "", ""), "listing-incomplete"),
        (csw.exception("Le service est arrêté", "NoApplicableCode"), "csw-exception"),
        (Answer("<rss version='2.0'/>", media_type="application/xml"), "not-csw"),
        (Answer(csw.page([csw.gmd("a1")], 1, 0).body[:900], media_type="application/xml"), "broken-xml"),
        (Answer('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', media_type="text/xml"), "doctype-refused"),
    ],
)
def test_a_listing_that_is_not_whole_says_so(member_site: Sites, fetch: Fetch, answer: Any, code: str) -> None:
    """So that the caller removes nothing; what the server says is repeated."""
    site = member_site({PATH: answer})
    with pytest.raises(FatalSourceError) as caught:
        list(read(site, fetch))
    assert caught.value.code == code
    assert "arrêté" in str(caught.value) if code == "csw-exception" else True


def test_a_server_that_cannot_sort_is_asked_without(member_site: Sites, fetch: Fetch) -> None:
    faithful = csw.server([csw.gmd("a1")])
    site = member_site({PATH: lambda r: csw.exception("sortBy") if "sortBy" in r.query else faithful(r)})
    assert guids(read(site, fetch)) == ["a1"]


def test_a_passing_fault_does_not_lead_to_a_poorer_schema(member_site: Sites, fetch: Fetch) -> None:
    """All datasets would be written anew, with less in them."""
    faithful = csw.server([csw.dublin_core("q1")], schema=csw.DC)
    broken = Answer("<html>Erreur</html>", status=500)
    site = member_site({PATH: lambda r: broken if r.query.get("outputSchema") == csw.GMD else faithful(r)})
    site.routes["*"] = broken
    schemas = csw.capabilities(csw.GMD, csw.DC)
    route = site.routes[PATH]
    site.routes[PATH] = lambda r: schemas if r.query.get("request") == "GetCapabilities" else route(r)
    with pytest.raises(FatalSourceError) as caught:
        list(read(site, fetch))
    assert caught.value.code == "server-error"


def test_what_is_no_dataset_and_what_comes_twice_is_told(member_site: Sites, fetch: Fetch) -> None:
    catalogue = '<gfc:FC_FeatureCatalogue xmlns:gfc="http://www.isotc211.org/2005/gfc"/>'
    records = [csw.gmd("a1"), csw.gmd("a1", "Autre"), csw.gmd("f1", scope="featureCatalogue"), catalogue, csw.gmd("a2")]
    items = list(read(member_site({PATH: csw.server(records)}), fetch))
    assert guids(iter(items)) == ["a1", "a2"]
    issues = [(one.code, one.level) for one in items if isinstance(one, Issue)]
    assert issues == [("duplicate-identifier", "error"), ("not-a-dataset", "warning"), ("not-a-dataset", "warning")]


def test_pages_of_what_is_no_dataset_end_too(member_site: Sites, fetch: Fetch) -> None:
    """The same feature catalogue on every page is no progress."""
    site = member_site({PATH: csw.page([csw.gmd("a1"), csw.gmd("f1", scope="featureCatalogue")], 900, 21)})
    with pytest.raises(FatalSourceError) as caught:
        list(read(site, fetch))
    assert caught.value.code == "page-loop"
    assert len(site.requests) < 10


def test_a_prefix_that_nobody_declared_costs_nothing(member_site: Sites, fetch: Fetch) -> None:
    """Some servers leave out xmlns:csw; the elements are known by their local names."""
    record = csw.dublin_core("q1").replace(f'xmlns:csw="{csw.DC}" ', "", 1)
    answer = csw.page([record], 1, 0)
    answer.body = answer.body.replace(f'xmlns:csw="{csw.DC}"', "", 1)
    assert guids(read(member_site({PATH: answer}), fetch)) == ["q1"]


def test_a_record_without_identifier_has_a_stable_one(member_site: Sites, fetch: Fetch) -> None:
    """Derived from title and addresses: it survives a change of anything else."""
    first = guids(read(member_site({PATH: csw.server([csw.gmd("", "Arbres")])}), fetch))
    again = guids(read(member_site({PATH: csw.server([csw.gmd("", "Arbres", constraints="")])}), fetch))
    assert first == again
    assert first[0].startswith("derived:")


def test_the_date_of_the_record_is_no_change(member_site: Sites, fetch: Fetch) -> None:
    """Some servers write today's date into every answer."""
    prints = []
    for stamp in ("2026-01-02", "2026-11-22"):
        items = list(read(member_site({PATH: csw.server([csw.gmd("a1", stamp=stamp)])}), fetch))
        prints.append([item.fingerprint for item in items if isinstance(item, Record)])
    assert prints[0] == prints[1]


def test_every_field_of_iso_19139(member_site: Sites, fetch: Fetch) -> None:
    dataset, issues = mapped(csw.gmd("a1"), member_site, fetch)
    assert issues == []
    box = json.loads(dataset["spatial_coverage"][0].pop("bbox"))
    assert box["coordinates"][0][0] == [-0.7, 45.7]
    assert dataset == {
        "title": "Arbres a1",
        "notes": "Les arbres **de la commune**, relevés sur place.",
        "license_id": "lov2",
        "tags": [{"name": "arbres"}, {"name": "végétation"}, {"name": "Sites protégés"}],
        "theme": [f"{EU}/data-theme/ENVI"],
        "identifier": "a1",
        "url": "http://site/geonetwork/srv/api/records/a1",
        "documentation": ["https://www.saintes.fr/arbres"],
        "issued": "2020-03-04",
        "modified": "2025-06-07",
        "frequency": f"{EU}/frequency/ANNUAL",
        "language": [f"{EU}/language/FRA"],
        "spatial_coverage": [{"uri": "http://id.insee.fr/geo/commune/17415", "text": "Saintes"}],
        "temporal_coverage": [{"start": "2019-01-01"}],
        "provenance": "Relevés du service des espaces verts.",
        "contact": [{"name": "Ville de Saintes", "email": "sig@saintes.example"}],
        "publisher": [{"name": "Ville de Saintes", "email": "sig@saintes.example"}],
        "resources": [
            {
                "url": "https://geo.saintes.fr/files/a1.zip",
                "download_url": "https://geo.saintes.fr/files/a1.zip",
                "name": "a1.zip",
                "format": "SHP",
                "mimetype": "application/zip",
                "package_format": "https://www.iana.org/assignments/media-types/application/zip",
            },
            {
                "url": "https://geo.saintes.fr/wms",
                "name": "Les arbres (arbres_a1)",
                "format": "WMS",
                "mimetype": "application/vnd.ogc.wms_xml",
                "access_services": [
                    {
                        "title": "Les arbres (arbres_a1)",
                        "endpoint_url": ["https://geo.saintes.fr/wms"],
                        "identifier": "arbres_a1",
                    }
                ],
            },
        ],
    }


def test_every_field_of_iso_19115_3(member_site: Sites, fetch: Fetch) -> None:
    dataset, issues = mapped(csw.mdb("v1"), member_site, fetch, schema=csw.MDB)
    assert issues == []
    assert json.loads(dataset.pop("spatial_coverage")[0]["bbox"])["coordinates"][0][2] == [-0.9, 46.0]
    assert dataset == {
        "title": "Voies v1",
        "notes": "Les voies de la commune.",
        "license_id": "lov2",
        "theme": [f"{EU}/data-theme/TRAN"],
        "identifier": "v1",
        "alternate_identifier": ["https://geo.rochefort.fr/id/v1"],
        "uri": "https://geo.rochefort.fr/id/v1",
        "url": "http://site/geonetwork/srv/api/records/v1",
        "issued": "2021-02-03T00:00:00",
        "frequency": f"{EU}/frequency/MONTHLY",
        "language": [f"{EU}/language/FRA"],
        "provenance": "Base de la voirie.",
        "contact": [{"name": "Ville de Rochefort", "email": "sig@rochefort.example", "identifier": "21170299400013"}],
        "publisher": [{"name": "Ville de Rochefort", "email": "sig@rochefort.example", "identifier": "21170299400013"}],
        "resources": [
            {
                "url": "https://geo.rochefort.fr/voies.geojson",
                "download_url": "https://geo.rochefort.fr/voies.geojson",
                "name": "Voies",
                "format": "GeoJSON",
                "mimetype": "application/geo+json",
            }
        ],
    }


def test_every_field_of_dublin_core(member_site: Sites, fetch: Fetch) -> None:
    dataset, issues = mapped(csw.dublin_core("q1"), member_site, fetch, schema=csw.DC)
    assert issues == []
    assert json.loads(dataset.pop("spatial_coverage")[0]["bbox"])["coordinates"][0][0] == [-1.2, 46.1]
    services = [resource.pop("access_services", None) for resource in dataset["resources"]]
    assert services[0][0]["identifier"] == "quais"
    assert [(one["url"], one["format"], one["name"]) for one in dataset.pop("resources")] == [
        ("https://geo.port.fr/wfs", "WFS", "Les quais (quais)"),
        ("https://geo.port.fr/quais.zip", "SHP", "quais.zip"),
    ]
    assert dataset == {
        "title": "Quais q1",
        "notes": "Les quais.",
        "license_id": "odc-odbl",
        "tags": [{"name": "port"}, {"name": "transportation"}],
        "theme": [f"{EU}/data-theme/TRAN"],
        "identifier": "q1",
        "url": "http://site/geonetwork/srv/api/records/q1",
        "modified": "2024-05-06",
        "language": [f"{EU}/language/FRA"],
        "publisher": [{"name": "Port de La Rochelle"}],
    }


def test_french_is_taken_among_languages(member_site: Sites, fetch: Fetch) -> None:
    """Whatever the language of the record and the names of its locales; English before what nobody reads."""
    german = csw.gmd(
        "a1", title_xml=csw.free("Bäume", l1="Trees", l2="Arbres"), language="ger", locales={"l1": "eng", "l2": "fre"}
    )
    french = csw.gmd("a1", title_xml=csw.free("Arbres", EN="Trees"), locales={"EN": "eng"})
    alone = csw.gmd(
        "a1", title_xml=csw.free("", a="Bäume", b="Trees"), language="ger", locales={"a": "ger", "b": "eng"}
    )
    titles = [mapped(one, member_site, fetch)[0]["title"] for one in (german, french, alone)]
    assert titles == ["Arbres", "Arbres", "Trees"]


def constraint(words: str, kind: str = "useConstraints", element: str = "otherConstraints") -> str:
    said = words if words.startswith("<") else csw.text(words)
    return (
        f"<gmd:resourceConstraints><gmd:MD_LegalConstraints><gmd:{kind}><gmd:MD_RestrictionCode "
        f'codeListValue="otherRestrictions"/></gmd:{kind}><gmd:{element}>{said}</gmd:{element}>'
        "</gmd:MD_LegalConstraints></gmd:resourceConstraints>"
    )


ANCHOR = '<gmx:Anchor xlink:href="{}">{}</gmx:Anchor>'
NO_LIMITS = "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/noLimitations"
NO_CONDITIONS = "http://inspire.ec.europa.eu/metadata-codelist/ConditionsApplyingToAccessAndUse/noConditionsApply"
PUBLIC = f"{EU}/access-right/PUBLIC"


@pytest.mark.parametrize(
    ("constraints", "licence", "access"),
    [
        (constraint(ANCHOR.format("https://opendatacommons.org/licenses/odbl/", "ODbL")), "odc-odbl", None),
        (constraint("Licence Ouverte 1.0 http://www.data.gouv.fr/Licence-Ouverte-Open-Licence."), "fr-lo", None),
        (constraint("Creative Commons CC-BY 4.0", element="useLimitation"), "cc-by-4.0", None),
        (constraint("Licence Ouverte 2.0 (compatible ODC-BY, CC-BY 2.0)"), "lov2", None),
        (constraint(ANCHOR.format(NO_CONDITIONS, "Aucune condition ne s'applique")), None, None),
        (constraint(ANCHOR.format(NO_LIMITS, "Pas de restriction"), "accessConstraints"), None, PUBLIC),
        (constraint("Pas de restriction d'accès public", "accessConstraints"), None, PUBLIC),
        (constraint("Licence ODbL", "accessConstraints"), "odc-odbl", None),
        (constraint(NO_LIMITS.replace("noLimitations", "INSPIRE_Directive_Article13_1d"), "accessConstraints"), None,
         NO_LIMITS.replace("noLimitations", "INSPIRE_Directive_Article13_1d")),
    ],
)  # fmt: skip
def test_constraints_become_licences(
    member_site: Sites, fetch: Fetch, constraints: str, licence: str | None, access: str | None
) -> None:
    """Where they name one; the words of INSPIRE name none, and say what may be seen."""
    dataset, issues = mapped(csw.gmd("a1", constraints=constraints), member_site, fetch)
    assert (dataset.get("license_id"), dataset.get("access_rights")) == (licence, access)
    assert "licence-unknown" not in issues


def test_a_licence_that_is_not_known_stays_with_the_files(member_site: Sites, fetch: Fetch) -> None:
    dataset, issues = mapped(csw.gmd("a1", constraints=constraint("Convention Géo17 requise")), member_site, fetch)
    assert {one["rights"] for one in dataset["resources"]} == {"Convention Géo17 requise"}
    assert issues == ["licence-unknown"]
    address = "https://geo.example/conditions.pdf"
    dataset, _ = mapped(
        csw.gmd("a1", constraints=constraint(ANCHOR.format(address, "Les conditions"))), member_site, fetch
    )
    assert {(one["license"], one["rights"]) for one in dataset["resources"]} == {(address, "Les conditions")}


def test_links_are_sorted_out(member_site: Sites, fetch: Fetch) -> None:
    """Layers of one service stand apart, GetCapabilities and GetMap of one layer together; pictures and the record
    itself are no resources; what only intranets or databases can open is told."""
    wms = "https://geo.saintes.fr/wms"
    links = (
        csw.link(
            f"{wms}?request=GetCapabilities&service=WMS", "OGC:WMS-1.3.0-http-get-capabilities", "arbres", "Arbres"
        )
        + csw.link(wms, "OGC:WMS-1.3.0-http-get-map", "arbres", "Arbres")
        + csw.link(wms, "OGC:WMS", "haies", "Haies")
        + csw.link("https://geo.saintes.fr/arbres.csv", "WWW:LINK-1.0-http--link", "Tableau")
        + csw.link("https://geo.saintes.fr/img.png", "WWW:LINK-1.0-http--link", "thumbnail", function="browseGraphic")
        + csw.link("https://geo.saintes.fr/arcgis/rest/services/Arbres/MapServer/0", "ESRI:REST", "Arbres")
        + csw.link("https://catalogue.fr/csw?request=GetRecordById&id=a1", "WWW:LINK", "XML")
        + csw.link("Server=db; Service=5151", "DB:POSTGIS", "arbres")
    )
    dataset, issues = mapped(csw.gmd("a1", links=links), member_site, fetch)
    assert [(one["name"], one["format"]) for one in dataset["resources"]] == [
        ("Arbres (arbres)", "WMS"),
        ("Haies (haies)", "WMS"),
        ("Tableau", "CSV"),
        ("Arbres", "Esri REST"),
    ]
    assert dataset["resources"][0]["access_services"][0]["endpoint_description"].endswith("service=WMS")
    assert issues == ["url-unreadable"]


def test_a_page_stands_as_resource_where_there_is_nothing_else(member_site: Sites, fetch: Fetch) -> None:
    links = csw.link("https://www.saintes.fr/arbres", "WWW:LINK-1.0-http--link", "Les données")
    dataset, _ = mapped(csw.gmd("a1", links=links), member_site, fetch)
    assert [one["url"] for one in dataset["resources"]] == ["https://www.saintes.fr/arbres"]
    assert "documentation" not in dataset


def test_services_and_their_layers_are_resources_of_the_datasets_that_they_serve(
    member_site: Sites, fetch: Fetch
) -> None:
    """And of a dataset of their own; a service that the dataset lists by itself is not added."""
    wfs = csw.service(
        "s1", "Géoservices de Saintes", "https://geo.saintes.fr/ows?", {"a1": ["arbres", "haies"]}, "WFS 2.0.0"
    )
    wms = csw.service("s2", "Vue", "https://geo.saintes.fr/wms?request=GetCapabilities&service=WMS", {"a1": ["x"]})
    site = member_site({PATH: csw.server([csw.gmd("a1"), csw.gmd("a2"), wfs, wms], services=[wfs, wms])})
    found = preview(site.url + PATH, fetch(site))
    by_id = {dataset["identifier"]: dataset for dataset in found.datasets}
    formats = [one["format"] for one in by_id["a1"]["resources"]]
    assert formats == ["SHP", "WMS", "WFS", "WFS"]
    layers = [one["access_services"][0].get("identifier") for one in by_id["a1"]["resources"][2:]]
    assert layers == ["arbres", "haies"]
    assert len(by_id["a2"]["resources"]) == 2
    service = by_id["s1"]
    assert service["dcat_type"].endswith("/service")
    assert [(one["format"], one["name"]) for one in service["resources"]] == [
        ("WFS", "Géoservices de Saintes"),
        ("WFS", "Géoservices de Saintes (arbres)"),
        ("WFS", "Géoservices de Saintes (haies)"),
    ]


def test_inspire_themes_are_themes_where_that_is_sure(member_site: Sites, fetch: Fetch) -> None:
    """By label or address; the categories of high-value datasets beside them."""
    addresses = '<gmx:Anchor xlink:href="http://inspire.ec.europa.eu/theme/tn">Réseaux</gmx:Anchor>'
    valuable = '<gmx:Anchor xlink:href="http://data.europa.eu/bna/c_ac64a52d">Géospatiales</gmx:Anchor>'
    keywords = csw.keyword("Santé et sécurité des personnes", "Usage des sols", thesaurus="GEMET - INSPIRE themes")
    keywords += csw.keyword(addresses, valuable) + csw.keyword("Altitude", thesaurus="Autre liste")
    dataset, _ = mapped(csw.gmd("a1", keywords=keywords), member_site, fetch)
    assert [uri.rpartition("/")[2] for uri in dataset["theme"]] == ["ENVI", "HEAL", "TRAN"]
    assert dataset["hvd_category"] == ["http://data.europa.eu/bna/c_ac64a52d"]


HOME = (
    '<!doctype html><html><head><title>GéoSaintonge</title></head><body class="georchestra">'
    '<a href="/geonetwork/srv/fre/catalog.search">Catalogue</a></body></html>'
)


@pytest.mark.parametrize(
    "pasted",
    [
        "/",
        "/geonetwork/srv/fre/catalog.search#/metadata/a1",
        "/geonetwork/srv/api/records/a1",
        PATH,
        f"{PATH}?service=CSW&request=GetCapabilities",
        f"{PATH}?SERVICE=CSW&VERSION=2.0.2&REQUEST=GetRecordById&ID=a1",
    ],
)
def test_geonetwork_is_found_from_any_address(member_site: Sites, fetch: Fetch, pasted: str) -> None:
    """Home page, page of a record, server with or without a question: the server, and how much it holds."""
    site = member_site({"/": HOME, PATH: csw.server([csw.gmd(f"a{n}") for n in range(3)])})
    site.routes["/geonetwork/srv/fre/catalog.search"] = site.routes["/geonetwork/srv/api/records/a1"] = HOME
    found = detect(site.url + pasted, fetch(site))
    assert (found.connector, found.url, found.count) == ("csw", site.url + PATH, 3)
    assert len(site.requests) <= 8


def test_other_catalogues_are_found_by_their_links(member_site: Sites, fetch: Fetch) -> None:
    """A server at an address of its own, whose parameters stay."""
    link = "/ows/discovery?map=17&amp;service=CSW&amp;request=GetCapabilities"
    home = f'<html><head><title>SIG</title></head><body><a href="{link}">CSW</a></body></html>'
    site = member_site({"/": home, "/ows/discovery": csw.server([csw.gmd("a1")])})
    found = detect(site.url, fetch(site))
    assert (found.connector, found.url) == ("csw", f"{site.url}/ows/discovery?map=17")
    assert guids(CswConnector(found.url, fetch(site)).records()) == ["a1"]


def test_a_site_without_such_marks_is_not_asked(member_site: Sites, fetch: Fetch) -> None:
    site = member_site({"/": "<html><head><title>Mairie</title></head><body>Bienvenue</body></html>"})
    assert detect(site.url, fetch(site)).connector != "csw"
    assert not [one for one in site.requests if "csw" in one.path]


# -- real answers ---------------------------------------------------------------------------------------------------

RECORDS = ("MD_Metadata", "MI_Metadata", "Record")


def files(corpus: Path) -> list[Path]:
    """All ISO and CSW answers of the collection, without styles, feeds and RDF."""
    found = sorted((corpus / "csw-iso19139").rglob("*.xml"))
    return [
        file for file in found if "expected" not in file.name and "dcat" not in file.name and "atom" not in str(file)
    ]


def real(path: Path, member_site: Sites, fetch: Fetch) -> tuple[dict[str, dict[str, Any]], list[str], str]:
    """Datasets by guid, codes of issues, and the code by which the list ended, of a file served at every question."""
    site = member_site({PATH: Answer(path.read_bytes(), media_type="application/xml")})
    reader, datasets, codes, end = CswConnector(site.url + PATH, fetch(site, tries=1)), {}, [], ""
    try:
        for item in reader.records():
            assert isinstance(item, Record)
            result = checked(reader, item)
            assert result
            datasets[item.guid] = result.dataset
            codes += [issue.code for issue in result.issues]
    except FatalSourceError as error:
        end = error.code
    return datasets, codes, end


def test_every_real_record_is_read(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """As many as a plain count of the elements says; what cannot be read says why."""
    total, unreadable = 0, {}
    for path in files(corpus):
        datasets, _, end = real(path, member_site, fetch)
        body = path.read_bytes()
        counted = sum(
            body.count(f"</{prefix}{name}>".encode()) for name in RECORDS for prefix in ("", "gmd:", "csw:", "gmi:")
        )
        if end in ("broken-xml", "not-csw", "csw-exception"):
            unreadable[path.name] = end
            continue
        assert len(datasets) == counted, path
        total += counted
        assert all(dataset.get("resources") is not None for dataset in datasets.values())
    assert total >= 40
    assert unreadable == {
        "error_bad_xml.xml": "broken-xml",
        "capabilities-truncated.xml": "broken-xml",
        "capabilities-ok.xml": "not-csw",
    }


def test_geoide_field_by_field(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Town plans of the Somme: licence in a limitation of use, box the wrong way round, INSPIRE theme and topic."""
    datasets, codes, _ = real(corpus / "csw-iso19139/udata-csw/geonetwork-iso19139-page-1.xml", member_site, fetch)
    assert codes == ["box-reversed"] * 2
    assert {guid: dataset["title"].rpartition(" ")[2] for guid, dataset in datasets.items()} == {
        "fr-120066022-ldd-56fce164-04b2-41ae-be87-9f256f39dd44": "Cartigny",
        "fr-120066022-ldd-777b1c6b-36a7-4650-befa-e4be638cd694": "Flesselles",
    }
    for guid, dataset in datasets.items():
        assert dataset["license_id"] == "fr-lo"
        assert dataset["access_rights"] == PUBLIC
        assert dataset["theme"] == [f"{EU}/data-theme/REGI"]
        assert dataset["issued"] == "2017-10-07"
        assert "modified" not in dataset
        assert dataset["language"] == [f"{EU}/language/FRA"]
        assert dataset["publisher"][0]["name"].startswith("DDTM 80")
        assert dataset["contact"][0]["email"] == "ddtm-sap-bsig@somme.gouv.fr"
        assert dataset["url"].endswith(f"/geonetwork/srv/api/records/{guid}")
        [place] = dataset["spatial_coverage"]
        assert json.loads(place["bbox"])["coordinates"][0][0] == [1.3127911, 49.3854752]
        assert {"WMS", "TAB"} <= {one["format"] for one in dataset["resources"]}
        assert not any("GetRecordById" in one["url"] for one in dataset["resources"])
    datasets, codes, _ = real(corpus / "csw-iso19139/udata-csw/geonetwork-iso19139-page-3.xml", member_site, fetch)
    assert datasets["fr-120066022-jdd-585c9cd3-d542-407a-b6a5-885f062b0024"]["license_id"] == "lov2"


def test_dublin_core_of_picardie_field_by_field(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    folder = corpus / "csw-iso19139/geodatagouv-csw-client/fixtures"
    datasets, _, end = real(folder / "harvest-records-onepage.xml", member_site, fetch)
    assert (len(datasets), end) == (10, "")
    atom = datasets["22c47096-64da-44e8-a04e-58f9779c6995"]
    assert atom["title"].startswith("L'eau et les milieux aquatiques en Picardie")
    assert [one["format"] for one in atom["resources"]] == ["ATOM"]
    assert "license_id" not in atom
    assert "modified" not in atom
    datasets, codes, _ = real(folder / "record-full.xml", member_site, fetch)
    [brest] = datasets.values()
    assert codes == []
    assert brest["title"] == "Brest métropole : Courbes de niveau de 50cm en 50cm"
    assert brest["modified"] == "2011-09-01"
    assert [one["format"] for one in brest["resources"]] == ["WMS", "SHP"]
    assert json.loads(brest["spatial_coverage"][0]["bbox"])["coordinates"][0][0] == [-5.0337, 48.1289]


def test_inspire_records_field_by_field(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """The examples by which ISO to DCAT-AP is judged: what their official conversion says, the dataset says."""
    folder = corpus / "csw-iso19139/semic-iso2dcatap"
    for name in ("basic_dataset", "identifiers-anchor", "hvd_dataset_non_multilingual"):
        datasets, codes, _ = real(folder / name / "input.xml", member_site, fetch)
        [dataset] = datasets.values()
        assert codes == []
        assert dataset["title"] == "Land Use map of MyCountry"
        assert dataset["issued"] == "2019-05-15"
        assert dataset["temporal_coverage"] == [{"start": "2019-04-29"}]
        assert dataset["conforms_to"] == ["http://data.europa.eu/eli/reg/2010/1089"]
        assert dataset["contact"] == [{"name": "MyOrganisation", "email": "info@my-organisation.eu"}]
        assert [one["format"] for one in dataset["resources"]] == ["WMS", "WFS"]
        assert dataset["access_rights"].endswith("INSPIRE_Directive_Article13_1d")
    assert dataset["hvd_category"] == ["http://data.europa.eu/bna/c_dd313021", "http://data.europa.eu/bna/c_f399050e"]
    assert dataset["applicable_legislation"] == ["http://data.europa.eu/eli/reg_impl/2023/138/oj"]
    datasets, _, _ = real(corpus / "csw-iso19139/owslib/csw_iso_identifier.xml", member_site, fetch)
    [dutch] = datasets.values()
    assert (dutch["license_id"], dutch["access_rights"]) == ("other-pd", PUBLIC)
    assert [one["format"] for one in dutch["resources"]] == ["WMS", "WFS", "ATOM"]


def test_damaged_real_answers_end_in_records_or_clear_errors(corpus: Path, member_site: Sites, fetch: Fetch) -> None:
    """Each file damaged in several ways, the same at every run."""
    dice = random.Random(4)
    conformance = TestConformance()
    for path in files(corpus):
        body = path.read_bytes()
        if len(body) > 80_000:
            continue
        site = member_site(lambda _, body=body: damaged(Answer(body, media_type="application/xml"), dice))
        for _ in range(5):
            assert conformance.survived(site, fetch)
