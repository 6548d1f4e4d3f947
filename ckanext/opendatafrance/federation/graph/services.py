"""Data services in a graph: ckanext-dcat 2.4 fails on those with a contact or a publisher, and lists them twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, FOAF, RDF, RDFS

from ckanext.dcat.profiles import DCATAP, DCT
from ckanext.opendatafrance.federation.graph import rights
from ckanext.opendatafrance.federation.mending import texts

if TYPE_CHECKING:
    from ckanext.opendatafrance.federation.profile import OdfDcatApProfile

ELI_RESOURCE = URIRef("http://data.europa.eu/eli/ontology#LegalResource")
_LISTS = {
    "endpoint_url": (DCAT.endpointURL, RDFS.Resource),
    "conforms_to": (DCT.conformsTo, DCT.Standard),
    "landing_page": (DCAT.landingPage, FOAF.Document),
    "applicable_legislation": (DCATAP.applicableLegislation, ELI_RESOURCE),
    "language": (DCT.language, DCT.LinguisticSystem),
    "theme": (DCAT.theme, None),
}
_TEXTS = {"title": DCT.title, "description": DCT.description, "identifier": DCT.identifier}


def write(profile: OdfDcatApProfile, file: URIRef, said: dict[str, Any], made: dict[str, Any], dataset: URIRef) -> None:
    """Write the service by which a file is had; it serves the dataset, and what high-value data asks of both."""
    g = profile.g
    node = URIRef(said["uri"]) if said.get("uri") else BNode()
    g.add((file, DCAT.accessService, node))
    g.add((node, RDF.type, DCAT.DataService))
    g.add((node, DCAT.servesDataset, dataset))
    for field, predicate in _TEXTS.items():
        if said.get(field):
            g.add((node, predicate, Literal(said[field])))
    legislation = made["applicable_legislation"] if made["hvd_category"] else []
    lists = {**said, "applicable_legislation": [*said["applicable_legislation"], *legislation]}
    for field, (predicate, kind) in _LISTS.items():
        for uri in texts.uris(lists.get(field)):
            g.add((node, predicate, URIRef(uri)))
            if kind is not None:
                g.add((URIRef(uri), RDF.type, kind))
    for word in texts.listed(said.get("keyword")):
        g.add((node, DCAT.keyword, Literal(word)))
    _media(g, node, said)
    rights.licence(g, node, str(said.get("license") or made["license_id"]))
    _conditions(profile, node, said)
    if made["hvd_category"]:
        _high_value(profile, node, said, made, dataset)


def _media(g: Graph, node: URIRef | BNode, said: dict[str, Any]) -> None:
    for form in texts.listed(said.get("format")):
        media = URIRef(form) if texts.uri(form) else BNode()
        g.add((node, DCT["format"], media))
        g.add((media, RDF.type, DCT.MediaTypeOrExtent))
        if isinstance(media, BNode):
            g.add((media, RDFS.label, Literal(form)))
    if said.get("endpoint_description"):
        description = URIRef(said["endpoint_description"])
        g.add((node, DCAT.endpointDescription, description))
        g.add((description, RDF.type, RDFS.Resource))


def _conditions(profile: OdfDcatApProfile, node: URIRef | BNode, said: dict[str, Any]) -> None:
    g = profile.g
    profile._add_statement_to_graph(said, "access_rights", node, DCT.accessRights, DCT.RightsStatement)
    for one in texts.listed(said.get("rights")):
        profile._add_statement_to_graph({"rights": one}, "rights", node, DCT.rights, DCT.RightsStatement)
    if texts.uri(said.get("availability")):
        g.add((node, DCATAP.availability, URIRef(said["availability"])))
    if said.get("modified"):
        profile._add_date_triple(node, DCT.modified, said["modified"])
    for creator in said.get("creator") or []:
        profile._add_agent_to_graph(node, DCT.creator, creator)


def _high_value(
    profile: OdfDcatApProfile, node: URIRef | BNode, said: dict[str, Any], made: dict[str, Any], dataset: URIRef
) -> None:
    """Category, contact and documentation, which DCAT-AP HVD 3.0.0 asks of a service: those of the dataset."""
    for category in made["hvd_category"]:
        profile.g.add((node, DCATAP.hvdCategory, URIRef(category)))
    for contact in made["contact"][:1]:
        profile._add_contact_to_graph(node, DCAT.contactPoint, contact)
    pages = [
        *texts.uris(said.get("landing_page")),
        *made["documentation"],
        said.get("endpoint_description"),
        made["url"],
    ]
    page = URIRef(next((one for one in pages if one), str(dataset)))
    profile.g.add((node, FOAF.page, page))
    profile.g.add((page, RDF.type, FOAF.Document))
