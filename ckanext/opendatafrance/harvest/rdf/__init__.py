"""RDF for connectors: reading it in every form that sites serve, finding one's way in it, and datasets out of it.

graph = rdf.read(page)
for node in rdf.datasets(graph): …
"""

from __future__ import annotations

from ckanext.opendatafrance.harvest.rdf.dataset import datasets, described, guid_of, to_dataset
from ckanext.opendatafrance.harvest.rdf.graph import Blank, Graph, Iri, Literal, Node
from ckanext.opendatafrance.harvest.rdf.reading import looks_like_rdf, read

__all__ = [
    "Blank",
    "Graph",
    "Iri",
    "Literal",
    "Node",
    "datasets",
    "described",
    "guid_of",
    "looks_like_rdf",
    "read",
    "to_dataset",
]
