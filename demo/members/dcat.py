"""A DCAT catalogue: RDF/XML and Turtle in pages, a home page that announces them, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from . import pages
from .answers import NOT_FOUND, Answer, html, query_number
from .files import FORMATS, content
from .model import Dataset, Resource, Site
from .rdf import GEOSPARQL_WKT, Literal, Node, Ref, french, rdf_xml, turtle
from .vocabulary import LICENCES

PAGE_SIZE = 3
EU = "http://publications.europa.eu/resource/authority"
SERIALISATIONS = {"catalogue.rdf": ("application/rdf+xml", rdf_xml), "catalogue.ttl": ("text/turtle", turtle)}


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the site says to GET `path` (below its own address, decoded)."""
    if path == "":
        return html(pages.home(site))
    if path in SERIALISATIONS:
        media_type, write = SERIALISATIONS[path]
        return Answer(
            write(catalogue(site, query_number(query, "page", 1), path)).encode(), f"{media_type}; charset=utf-8"
        )
    for dataset in site.datasets:
        if path == f"jeux/{dataset.id}":
            return html(pages.dataset(site, dataset))
        for resource in dataset.resources:
            if path == site.path_of(dataset, resource):
                return Answer(content(site, dataset, resource), FORMATS[resource.format].media_type)
    return NOT_FOUND


def catalogue(site: Site, page: int, path: str) -> list[Node]:
    """One page of the catalogue, with its place among the pages."""
    first = (page - 1) * PAGE_SIZE
    return [described(site, site.datasets[first : first + PAGE_SIZE]), _place(site, page, path)]


def described(site: Site, datasets: Sequence[Dataset]) -> Node:
    """The catalogue with these datasets."""
    node = Node("dcat:Catalog", f"{site.url}/catalogue")
    node.add("dct:title", french(site.title))
    node.add("dct:description", french(site.about))
    node.add("dct:language", Ref(f"{EU}/language/FRA"))
    node.add("foaf:homepage", Ref(f"{site.url}/"))
    node.add("dct:publisher", _publisher(site))
    node.add("dcat:dataset", *(_dataset(site, dataset) for dataset in datasets))
    return node


def _place(site: Site, page: int, path: str) -> Node:
    """Which page this is, in the older or the newer words of hydra; both are in use."""
    base = f"{site.url}/{path}"
    last = max(1, -(-len(site.datasets) // PAGE_SIZE))
    old = site.paging == "paged-collection"
    names = ("hydra:firstPage", "hydra:lastPage", "hydra:nextPage", "hydra:previousPage")
    if not old:
        names = ("hydra:first", "hydra:last", "hydra:next", "hydra:previous")
    node = Node("hydra:PagedCollection" if old else "hydra:PartialCollectionView", f"{base}?page={page}")
    node.add("hydra:totalItems", Literal(str(len(site.datasets)), datatype="xsd:integer"))
    numbers = (1, last, page + 1 if page < last else None, page - 1 if page > 1 else None)
    for name, number in zip(names, numbers, strict=True):
        if number:
            # As the software of the time did it: texts in the older vocabulary, addresses in the newer one.
            address = f"{base}?page={number}"
            node.add(name, Literal(address) if old else Ref(address))
    return node


def _publisher(site: Site) -> Node:
    node = Node("foaf:Organization", f"{site.url}/producteur")
    node.add("foaf:name", french(site.owner.title))
    if site.owner.siret:
        node.add("dct:identifier", Literal(site.owner.siret))
    return node


def _dataset(site: Site, dataset: Dataset) -> Node:
    node = Node("dcat:Dataset", site.page_of(dataset))
    node.add("dct:identifier", Literal(site.id_of(dataset.id)))
    if dataset.title:
        node.add("dct:title", french(dataset.title))
    node.add("dct:description", french(dataset.notes))
    node.add("dcat:keyword", *(french(word) for word in dataset.keywords))
    node.add("dcat:theme", Ref(f"{EU}/data-theme/{dataset.theme}"))
    node.add("dct:issued", _day(dataset.issued))
    node.add("dct:modified", _day(dataset.modified))
    node.add("dct:accrualPeriodicity", Ref(f"{EU}/frequency/{dataset.frequency}"))
    node.add("dct:language", Ref(f"{EU}/language/FRA"))
    node.add("dct:publisher", Ref(f"{site.url}/producteur"))
    node.add("dcat:contactPoint", _contact(site))
    node.add("dct:spatial", _where(site))
    node.add("dct:temporal", _when(dataset))
    node.add("dcat:landingPage", Ref(site.page_of(dataset)))
    if dataset.schema:
        node.add("dct:conformsTo", Ref(f"https://schema.data.gouv.fr/{dataset.schema}/"))
    node.add("dcat:distribution", *(_distribution(site, dataset, resource) for resource in dataset.resources))
    return node


def _contact(site: Site) -> Node:
    node = Node("vcard:Organization")
    node.add("vcard:fn", french(f"Données ouvertes, {site.owner.title}"))
    node.add("vcard:hasEmail", Ref(f"mailto:{site.mail}"))
    return node


def _where(site: Site) -> Node:
    owner = site.owner
    place = Node("dct:Location", f"http://id.insee.fr/geo/commune/{owner.insee}" if owner.type == "commune" else "")
    place.add("skos:prefLabel", french(owner.title))
    place.add("dcat:bbox", Literal(_wkt(owner.bbox), datatype=GEOSPARQL_WKT))
    return place


def _wkt(bbox: tuple[float, float, float, float]) -> str:
    west, south, east, north = bbox
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"POLYGON(({', '.join(f'{longitude} {latitude}' for longitude, latitude in corners)}))"


def _when(dataset: Dataset) -> Node:
    node = Node("dct:PeriodOfTime")
    first, last = dataset.years
    node.add("dcat:startDate", _day(date(first, 1, 1)))
    node.add("dcat:endDate", _day(date(last, 12, 31)))
    return node


def _distribution(site: Site, dataset: Dataset, resource: Resource) -> Node:
    # Names of files are written as they are: catalogues in the wild do not encode spaces and accents either.
    address = f"{site.url}/{site.path_of(dataset, resource)}"
    node = Node("dcat:Distribution", f"{site.page_of(dataset)}#{resource.format}")
    node.add("dct:title", french(resource.title))
    node.add("dcat:accessURL", Ref(quote(address, safe=":/") if site.paging == "partial-view" else address))
    node.add("dcat:downloadURL", Ref(address))
    node.add("dct:format", Ref(f"{EU}/file-type/{FORMATS[resource.format].eu}"))
    node.add("dcat:mediaType", Literal(FORMATS[resource.format].media_type))
    node.add("dcat:byteSize", Literal(str(len(content(site, dataset, resource))), datatype="xsd:nonNegativeInteger"))
    node.add("dct:modified", _day(dataset.modified))
    if dataset.licence:
        node.add("dct:license", Ref(LICENCES[dataset.licence][1]))
    return node


def _day(day: date) -> Literal:
    return Literal(day.isoformat(), datatype="xsd:date")
