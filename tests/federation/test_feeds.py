"""The feeds as a harvester reads them: page by page, without redirection, and again when nothing changed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF

import ckan.plugins.toolkit as tk
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.opendatafrance.federation import feed
from ckanext.opendatafrance.federation.fragments import HYDRA

PARSERS = {"xml": "xml", "rdf": "xml", "ttl": "turtle", "jsonld": "json-ld", "nt": "nt"}


def act(action: str, **data: Any) -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return call_action(action, {"user": user}, **data)


def create(owner: str, name: str, **values: Any) -> dict[str, Any]:
    return act(
        "package_create",
        name=name,
        title=values.pop("title", f"Jeu {name}"),
        owner_org=owner,
        license_id="lov2",
        resources=[{"url": f"https://exemple.fr/{name}.csv", "name": "a", "format": "CSV"}],
        **values,
    )


@pytest.fixture
def portal(fill_once: Any) -> None:
    fill_once(make)


def make() -> None:
    above = factories.Organization(name="feed-epci", title="CC du Flux", territory_type="epci", siren="200041689")
    commune = {"territory_type": "commune", "insee_code": "17415", "siren": "211704150"}
    factories.Organization(name="feed-saintes", title="Saintes", groups=[{"name": above["name"]}], **commune)
    for number in range(5):
        create("feed-saintes", f"feed-{number}")
    create("feed-epci", "feed-epci-data", conforms_to=["https://schema.data.gouv.fr/scdl/subventions/"])
    create("feed-saintes", "feed-private", private=True)


def graph_of(answer: Any, form: str) -> Graph:
    assert answer.status_code == 200
    return Graph().parse(data=answer.data, format=PARSERS[form])


def titles(graph: Graph) -> set[str]:
    return {str(graph.value(one, DCTERMS.title)) for one in graph.subjects(RDF.type, DCAT.Dataset)}


def walked(app: Any, path: str, between: Any = None) -> list[set[str]]:
    """Titles on each page, following the links of the feed."""
    pages = []
    while path:
        graph = graph_of(app.get(path, follow_redirects=False), "ttl")
        pages.append(titles(graph))
        after = next(graph.objects(None, HYDRA.next), None)
        assert after is None or str(after).startswith("http://test.ckan.net/")
        path = str(after).removeprefix("http://test.ckan.net") if after else ""
        if between:
            between()
    return pages


@pytest.mark.parametrize("form", PARSERS)
@pytest.mark.usefixtures("portal")
def test_every_format_holds_the_same(app: Any, form: str) -> None:
    """The same datasets in each, complete in the page, cold and warm, with the type that the ending promises."""
    for _turn in range(2):
        answer = app.get(f"/organization/feed-saintes/catalog.{form}", follow_redirects=False)
        graph = graph_of(answer, form)
        assert titles(graph) == {f"Jeu feed-{number}" for number in range(5)}
        [catalogue] = graph.subjects(RDF.type, DCAT.Catalog)
        listed = set(graph.objects(catalogue, DCAT.dataset))
        assert listed == set(graph.subjects(RDF.type, DCAT.Dataset))
        assert len(set(graph.subjects(RDF.type, DCAT.Distribution))) == 5
    types = {"xml": "application/rdf+xml", "ttl": "text/turtle", "jsonld": "application/ld+json"}
    assert answer.content_type.startswith(types.get(form, "application/"))
    head = app.test_client().head(f"/organization/feed-saintes/catalog.{form}")
    assert head.status_code == 200
    assert head.content_type == answer.content_type


@pytest.mark.usefixtures("portal")
def test_formats_say_the_same_triples(app: Any) -> None:
    """A dataset alone is the same graph in each format, whatever joins pieces to a page."""
    sizes = {len(graph_of(app.get(f"/dataset/feed-0.{form}"), form)) for form in PARSERS}
    assert len(sizes) == 1


@pytest.mark.ckan_config("ckanext.opendatafrance.feed_page_size", "2")
@pytest.mark.usefixtures("portal")
def test_pages_hold_each_dataset_once(app: Any) -> None:
    pages = walked(app, "/organization/feed-saintes/catalog.ttl")
    assert [len(page) for page in pages] == [2, 2, 1]
    assert set.union(*pages) == {f"Jeu feed-{number}" for number in range(5)}
    second = graph_of(app.get("/organization/feed-saintes/catalog.ttl?page=2"), "ttl")
    assert titles(second) == pages[1]


@pytest.mark.ckan_config("ckanext.opendatafrance.feed_page_size", "2")
@pytest.mark.usefixtures("portal")
def test_no_dataset_is_skipped_while_others_go_and_change(app: Any) -> None:
    """Between two pages the first dataset is deleted and another one edited: all that remain are read."""
    organization = factories.Organization(name="feed-moving")
    for number in range(6):
        create(organization["id"], f"moving-{number}")
    steps = iter(
        [
            lambda: act("package_delete", id="moving-0"),
            lambda: act("package_patch", id="moving-5", title="Jeu moving-5"),
            lambda: None,
        ]
    )
    pages = walked(app, "/organization/feed-moving/catalog.ttl", lambda: next(steps)())
    assert set.union(*pages) == {f"Jeu moving-{number}" for number in range(6)}


@pytest.mark.usefixtures("portal")
def test_an_organisation_is_found_by_its_codes(app: Any) -> None:
    for code in ("17415", "211704150"):
        graph = graph_of(app.get(f"/organization/{code}/catalog.ttl", follow_redirects=False), "ttl")
        assert len(titles(graph)) == 5
    alone = graph_of(app.get("/organization/200041689/catalog.ttl"), "ttl")
    assert titles(alone) == {"Jeu feed-epci-data"}
    below = graph_of(app.get("/organization/200041689/catalog.ttl?subtree=1"), "ttl")
    assert len(titles(below)) == 6
    assert app.get("/organization/inconnue/catalog.ttl").status_code == 404


@pytest.mark.usefixtures("portal")
def test_a_feed_of_one_schema(app: Any) -> None:
    graph = graph_of(app.get("/catalog.ttl?schema=scdl/subventions"), "ttl")
    assert titles(graph) == {"Jeu feed-epci-data"}
    assert app.get("/catalog.ttl?schema=rien/du-tout").status_code == 404


@pytest.mark.usefixtures("portal")
def test_an_unchanged_page_is_not_sent_again(app: Any) -> None:
    """By tag and by date; after a change, another one."""
    path = "/organization/feed-epci/catalog.xml"
    first = app.get(path)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert app.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert app.get(path, headers={"If-Modified-Since": date}).status_code == 304
    act("package_patch", id="feed-epci-data", title="Jeu changé")
    again = app.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert "Jeu changé" in again.get_data(as_text=True)
    act("organization_patch", id="feed-epci", contact_email="flux@exemple.fr")
    assert "flux@exemple.fr" in app.get(path).get_data(as_text=True)
    act("package_patch", id="feed-epci-data", title="Jeu feed-epci-data")


@pytest.mark.usefixtures("portal")
def test_only_changed_datasets_are_written_again(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    graph = feed.dataset_graph
    monkeypatch.setattr(feed, "dataset_graph", lambda *args: written.append(args[0]["name"]) or graph(*args))
    app.get("/organization/feed-saintes/catalog.nt")
    written.clear()
    act("package_patch", id="feed-3", notes="Autre chose.")
    app.get("/organization/feed-saintes/catalog.nt")
    assert written == ["feed-3"]


@pytest.mark.usefixtures("portal")
def test_identifiers_and_addresses_outlive_names_and_owners(app: Any) -> None:
    def identity() -> set[str]:
        graph = graph_of(app.get(f"/dataset/{uuid}.ttl"), "ttl")
        nodes = {*graph.subjects(RDF.type, DCAT.Dataset), *graph.subjects(RDF.type, DCAT.Distribution)}
        return {*map(str, nodes), *map(str, graph.objects(None, DCTERMS.identifier))}

    organization = factories.Organization(name="feed-other")
    uuid = create(organization["id"], "feed-renamed", identifier="source-1", uri="https://source.fr/1")["id"]
    before = identity()
    assert uuid in before
    act("package_patch", id=uuid, name="feed-renamed-2", owner_org="feed-epci")
    assert {one for one in identity() if uuid in one} == {one for one in before if uuid in one}
    act("package_delete", id=uuid)


@pytest.mark.usefixtures("portal")
def test_private_and_deleted_datasets_are_not_offered(app: Any) -> None:
    assert app.get("/dataset/feed-private.ttl").status_code == 404
    assert not re.search("feed-private", app.get("/catalog.nt").get_data(as_text=True))


@pytest.mark.usefixtures("portal")
def test_datasets_harvested_from_data_gouv_fr_are_not_offered_to_it(app: Any) -> None:
    """Unless the option says otherwise."""
    from ckan import model

    from ckanext.harvest.model import HarvestSource
    from ckanext.opendatafrance.harvest.model import HarvestRecord

    organization = factories.Organization(name="feed-loop")
    for name, url in (("loop-a", "https://www.data.gouv.fr/api/1/"), ("loop-b", "https://data.exemple.fr/")):
        dataset = create(organization["id"], name)
        source = HarvestSource(id=f"source-{name}", url=url, type="odf", title=name)
        model.Session.add(source)
        model.Session.flush()
        record = {"source_id": source.id, "guid": name, "fingerprint": "x", "dataset_id": dataset["id"]}
        model.Session.add(HarvestRecord(**record))
    model.Session.commit()
    try:
        path = "/organization/feed-loop/catalog.ttl"
        assert titles(graph_of(app.get(path), "ttl")) == {"Jeu loop-b"}
        tk.config["ckanext.opendatafrance.feed_excluded_hosts"] = []
        assert titles(graph_of(app.get(path), "ttl")) == {"Jeu loop-a", "Jeu loop-b"}
    finally:
        tk.config["ckanext.opendatafrance.feed_excluded_hosts"] = ["data.gouv.fr"]
        for name in ("loop-a", "loop-b"):
            model.Session.delete(model.Session.get(HarvestRecord, (f"source-{name}", name)))
            model.Session.delete(model.Session.get(HarvestSource, f"source-{name}"))
        model.Session.commit()


@pytest.mark.usefixtures("portal")
def test_compressed_for_who_takes_it_and_wrong_places_told(app: Any) -> None:
    answer = app.get("/catalog.xml", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.data[:2] == b"\x1f\x8b"
    assert app.get("/catalog.xml?after=quelque-part").status_code == 400


@pytest.mark.usefixtures("portal")
def test_hostile_texts_break_no_format(app: Any) -> None:
    """Characters and ends of markup in titles stay texts, next to other datasets."""
    organization = factories.Organization(name="feed-hostile")
    title = '</rdf:RDF> ]]> """ \' \\ } ] <b>x'
    create(organization["id"], "hostile", title=title, notes='"""@fr . <a> <b> <c> .\n</rdf:RDF>')
    create(organization["id"], "gentle")
    for form in PARSERS:
        graph = graph_of(app.get(f"/organization/feed-hostile/catalog.{form}"), form)
        assert "Jeu gentle" in titles(graph)
        assert len(titles(graph)) == 2
        assert (URIRef("a"), URIRef("b"), URIRef("c")) not in graph
