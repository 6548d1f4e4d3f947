"""Places in a graph."""

from __future__ import annotations

import json
from collections.abc import Mapping

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCAT, RDF, SKOS

from ckanext.dcat.profiles import DCT, GEOJSON_IMT, GSP, LOCN
from ckanext.opendatafrance.reference import zones

# The datatype that every version of udata reads; WKT changed its address.
_GEOJSON = URIRef(GEOJSON_IMT)
_INSEE = "http://id.insee.fr/"
_AREAS = ("Polygon", "MultiPolygon")


def write(g: Graph, dataset: URIRef, place: Mapping[str, str]) -> None:
    """Write one place of spatial_coverage.

    DCAT-AP wants dcat:bbox as a literal and locn:geometry as a node; udata reads areas that are literals of the place.
    """
    node = URIRef(place["uri"]) if place.get("uri") else BNode()
    g.add((dataset, DCT.spatial, node))
    g.add((node, RDF.type, DCT.Location))
    if place.get("text"):
        g.add((node, SKOS.prefLabel, Literal(place["text"], lang="fr")))
    if place.get("uri", "").startswith(_INSEE):
        g.add((node, DCT.isPartOf, URIRef(zones.FRANCE)))
    for name, predicate in (("bbox", DCAT.bbox), ("centroid", DCAT.centroid)):
        if place.get(name):
            g.add((node, predicate, Literal(place[name], datatype=_GEOJSON)))
    if geom := place.get("geom"):
        shape = BNode()
        g.add((node, LOCN.geometry, shape))
        g.add((shape, RDF.type, LOCN.Geometry))
        g.add((shape, GSP.asGeoJSON, Literal(geom, datatype=_GEOJSON)))
        if not place.get("bbox") and json.loads(geom)["type"] in _AREAS:
            g.add((node, GSP.asGeoJSON, Literal(geom, datatype=_GEOJSON)))
