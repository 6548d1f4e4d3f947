"""Pages of feeds: a head, and the pieces of the datasets on it, of which only changed ones are made anew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from rdflib import Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, XSD

import ckan.plugins.toolkit as tk

from ckanext.dcat.utils import catalog_uri
from ckanext.opendatafrance.federation import cache, fragments, selection
from ckanext.opendatafrance.federation.fragments import HYDRA
from ckanext.opendatafrance.federation.profile import OdfDcatApProfile
from ckanext.opendatafrance.federation.selection import Row

#: Raised when the same dataset is written otherwise.
REVISION = 1


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute addresses of this page, of the first and of the next one; the last page has no next one."""

    this: str
    first: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Head of a feed."""

    uri: str
    title: str
    description: str
    homepage: str


class FeedProfile(OdfDcatApProfile):
    """The profile, with owners read once for a page."""

    def __init__(self, *args: Any, owners: dict[str, dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = owners

    def _last_catalog_modification(self) -> None:
        """The page says its own."""


def etag(catalogue: Catalogue, links: Links, rows: list[Row], owners: dict[str, dict[str, str]], total: int) -> str:
    """What changes when anything on the page does."""
    said = [repr(catalogue), repr(links), str(total), *versions(rows, owners).values(), *(row.id for row in rows)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def versions(rows: list[Row], owners: dict[str, dict[str, str]]) -> dict[str, str]:
    """By dataset id, what its piece depends on."""
    root = catalog_uri()
    site = tk.config["ckan.site_url"]
    return {
        row.id: f"{REVISION} {row.modified.isoformat()} {owners.get(row.owner, {}).get('digest', '')} {root} {site}"
        for row in rows
    }


def page(
    catalogue: Catalogue, links: Links, rows: list[Row], owners: dict[str, dict[str, str]], total: int, form: str
) -> str:
    """A page in the format of an address ending."""
    form = "xml" if form == "rdf" else form
    wanted = versions(rows, owners)
    pieces = cache.read(form, wanted)
    missing = [row for row in rows if row.id not in pieces]
    made = {
        identifier: fragments.body(dataset_graph(dataset, owners), form)
        for identifier, dataset in selection.datasets(missing).items()
    }
    cache.write(form, wanted, made)
    pieces.update(made)
    there = [row for row in rows if row.id in pieces]
    head = fragments.body(_head(catalogue, links, there, total), form)
    return fragments.page([head, *(pieces[row.id] for row in there)], form)


def dataset_uri(identifier: str) -> URIRef:
    """Address that names a dataset for ever."""
    return URIRef(f"{catalog_uri().rstrip('/')}/dataset/{identifier}")


def dataset_graph(dataset: dict[str, Any], owners: dict[str, dict[str, str]]) -> Any:
    """One dataset as RDF."""
    graph = fragments.empty()
    FeedProfile(graph, owners=owners).graph_from_dataset(dataset, dataset_uri(dataset["id"]))
    return graph


def _head(catalogue: Catalogue, links: Links, rows: list[Row], total: int) -> Any:
    graph = fragments.empty()
    ref, view = URIRef(catalogue.uri), URIRef(links.this)
    said = {"title": catalogue.title, "description": catalogue.description, "homepage": catalogue.homepage}
    FeedProfile(graph, owners={}).graph_from_catalog(said, ref)
    if rows:
        latest = max(row.modified for row in rows).isoformat()
        graph.add((ref, DCTERMS.modified, Literal(latest, datatype=XSD.dateTime)))
    for row in rows:
        graph.add((ref, DCAT.dataset, dataset_uri(row.id)))
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    graph.add((view, HYDRA.first, URIRef(links.first)))
    graph.add((view, HYDRA.totalItems, Literal(total)))
    if links.next:
        graph.add((view, HYDRA.next, URIRef(links.next)))
    return graph
