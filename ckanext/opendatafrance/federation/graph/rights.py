"""Licences, formats and media types in a graph."""

from __future__ import annotations

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, RDF, RDFS, SKOS

from ckanext.dcat.profiles import DCT
from ckanext.opendatafrance.federation.mending import texts
from ckanext.opendatafrance.reference import licences

_SPDX = "http://spdx.org/licenses/"


def licence(g: Graph, subject: URIRef | BNode, said: str) -> None:
    """Write a licence: its own address, the EU's and SPDX's beside it, and as label the id that data.gouv.fr knows.

    udata takes the label where a node has one, and looks it up among its ids first.
    """
    if not said:
        return
    known = licences.get(said)
    address = known.url if known else texts.uri(said)
    node = URIRef(address) if address else URIRef(known.eu) if known and known.eu else BNode()
    g.add((subject, DCT.license, node))
    g.add((node, RDF.type, DCT.LicenseDocument))
    if known is None:
        if not address:
            g.add((node, RDFS.label, Literal(said)))
        return
    g.add((node, DCT.title, Literal(known.title_fr)))
    g.add((node, RDFS.label, Literal(known.udata or known.title)))
    for same in (known.eu, _SPDX + known.spdx if known.spdx else ""):
        if same and same != str(node):
            g.add((node, SKOS.exactMatch, URIRef(same)))


def file_format(g: Graph, ref: URIRef, form: str, media_type: str) -> None:
    """Write dct:format (the EU's URI, which udata reads under http only, or a word) and dcat:mediaType (IANA's URI)."""
    if media_type:
        g.add((ref, DCAT.mediaType, URIRef(media_type)))
        g.add((URIRef(media_type), RDF.type, DCT.MediaType))
    if form:
        node = URIRef(form) if texts.uri(form) else BNode()
        g.add((ref, DCT["format"], node))
        g.add((node, RDF.type, DCT.MediaTypeOrExtent))
        if isinstance(node, BNode):
            g.add((node, RDFS.label, Literal(form)))
