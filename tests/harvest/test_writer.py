"""The batch writer stores what CKAN's own actions would have stored."""

from __future__ import annotations

import random
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from stored_dataset import dataset, differences, document, stored

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.plugins import lookup_package_plugin, plugin_validate
from ckan.tests import factories

from ckanext.activity.model import Activity
from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest.connector import Record
from ckanext.opendatafrance.harvest.connectors.dcat import DcatConnector
from ckanext.opendatafrance.harvest.transport import Transport
from ckanext.opendatafrance.harvest.writer import Item, Result, Writer
from ckanext.opendatafrance.harvest.writer.validation import validate_for_plugin

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def organization(tables) -> str:
    return factories.Organization()["id"]


@pytest.fixture
def user(tables) -> str:
    name = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    model.Session.commit()
    return name


def act(action: str, user: str, data: dict[str, Any]) -> dict[str, Any]:
    """One of CKAN's own actions, as a harvester calls it."""
    context = {"model": model, "session": model.Session, "user": user, "ignore_auth": True}
    return tk.get_action(action)(context, deepcopy(data))


def write(user: str, datasets: list[dict[str, Any]], ids: list[str] | None = None, **options: Any) -> list[Result]:
    writer = Writer(user, **options)
    items = [Item(str(n), d, ids[n] if ids else None) for n, d in enumerate(datasets)]
    results = list(writer.write(items))
    assert not writer.one_by_one, "the writer stepped aside"
    assert [result.guid for result in results] == [item.guid for item in items]
    return results


def create_by_ckan(user: str, datasets: list[dict[str, Any]]) -> list[str]:
    owner = datasets[0]["owner_org"]
    return [act("package_create", user, {"name": f"{n}-{owner}"} | d)["id"] for n, d in enumerate(datasets)]


def assert_same(theirs: list[str], ours: list[Result]) -> None:
    """Everything stored of each pair is alike."""
    for dataset_id, result in zip(theirs, ours, strict=True):
        assert not result.message
        assert result.dataset_id
        assert list(differences(stored(dataset_id), stored(result.dataset_id))) == []


def test_created_datasets_are_those_of_package_create(user, organization):
    """Rows, package_show, index document and activity of generated datasets are the same."""
    datasets = [dataset(number, organization) for number in range(18)]
    theirs = create_by_ckan(user, datasets)
    ours = write(user, datasets, batch_size=10)
    assert {result.action for result in ours} == {"added"}
    assert_same(theirs, ours)
    one, other = (stored(str(result.dataset_id)) for result in ours[:2])
    assert len(list(differences(one, other))) > 50, "the comparison sees differences"


def change(data: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A dataset as its source may publish it the next time."""
    data = deepcopy(data)
    data["title"] += " (mis à jour)"
    if chance.random() < 0.5:
        data["tags"] = [{"name": "voirie"}, {"name": "nouveau"}]
    for field in ("version", "theme", "contact", "extras", "conforms_to"):
        if chance.random() < 0.3:
            data.pop(field, None)
    if data["resources"] and chance.random() < 0.5:
        data["resources"].pop(0)
    if data["resources"] and chance.random() < 0.5:
        data["resources"][0]["description"] = "Autre"
    if chance.random() < 0.4:
        data["resources"].insert(0, {"url": "https://example.fr/nouveau.csv", "name": "Nouveau", "format": "CSV"})
    return data


def with_stored_ids(data: dict[str, Any], dataset_id: str) -> dict[str, Any]:
    """What a careful caller of package_update sends: ids of the dataset and of the resources, by their URLs."""
    shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset_id})
    data = {**deepcopy(data), "id": dataset_id, "name": shown["name"]}
    by_url = {resource["url"]: resource for resource in shown["resources"]}
    for resource in data["resources"]:
        if known := by_url.get(resource["url"]):
            resource["id"] = known["id"]
            resource.setdefault("mimetype", known.get("mimetype"))
            resource["format"] = resource.get("format") or known.get("format")
    return data


def test_updated_datasets_are_those_of_package_update(user, organization):
    """Two rounds of changes: fields, tags and resources come, change and go."""
    datasets = [dataset(number, organization, seed=2) for number in range(8)]
    theirs = create_by_ckan(user, datasets)
    ours = [str(result.dataset_id) for result in write(user, datasets)]
    chance = random.Random(7)
    for _round in range(2):
        datasets = [change(data, chance) for data in datasets]
        for dataset_id, data in zip(theirs, datasets, strict=True):
            act("package_update", user, with_stored_ids(data, dataset_id))
        results = write(user, datasets, ours)
        assert {result.action for result in results} == {"updated"}
        assert_same(theirs, results)


def test_an_unchanged_dataset_is_not_written(user, organization):
    """No row, no activity, no document: among changed ones too."""
    datasets = [dataset(number, organization, seed=3) for number in range(6)]
    ids = [str(result.dataset_id) for result in write(user, datasets)]
    before = {
        dataset_id: (document(dataset_id), model.Session.get(model.Package, dataset_id).metadata_modified)
        for dataset_id in ids
    }
    activities = model.Session.query(Activity).count()
    assert {result.action for result in write(user, datasets, ids)} == {"unchanged"}
    datasets[4]["title"] = "Autre titre"
    results = write(user, datasets, ids)
    assert [result.action for result in results] == ["unchanged"] * 4 + ["updated", "unchanged"]
    model.Session.expire_all()
    after = {
        dataset_id: (document(dataset_id), model.Session.get(model.Package, dataset_id).metadata_modified)
        for dataset_id in ids
    }
    assert [dataset_id for dataset_id in ids if before[dataset_id] != after[dataset_id]] == [ids[4]]
    assert model.Session.query(Activity).count() == activities + 1


def odd_shapes(organization: str) -> dict[str, dict[str, Any]]:
    """Datasets out of the ordinary that harvests do hold."""
    plain = {**dataset(1, organization, seed=4), "resources": [{"url": "https://example.fr/a.csv"}]}
    group = factories.Group()
    vocabulary = factories.Vocabulary()
    return {
        "private": {**plain, "private": True},
        "group": {**plain, "groups": [{"name": group["name"]}]},
        "group by id": {**plain, "groups": [{"id": group["id"]}, {"id": group["id"]}]},
        "draft": {**plain, "state": "draft"},
        "no resources": {**plain, "resources": []},
        "resources not said": {key: value for key, value in plain.items() if key != "resources"},
        "nothing but a title": {"title": "Seul", "notes": "-", "owner_org": organization, "license_id": "lov2"},
        "vocabulary tag": {**plain, "tags": [{"name": "a tag", "vocabulary_id": vocabulary["id"]}, {"name": "eau"}]},
        "duplicate tags": {**plain, "tags": [{"name": "double"}, {"name": "double"}, {"name": "Double"}]},
        "modification date": {**plain, "metadata_modified": "2020-02-03T04:05:06.789012"},
        "plugin data": {**plain, "plugin_data": {"mine": {"key": 1}}},
        "long extra": {
            **plain,
            "extras": [{"key": "long", "value": "é" * 5000}, {"key": "a_date", "value": "2020-05-06"}],
        },
        "control characters": {**plain, "notes": "a\x0bb\u2028c", "title": " titre  avec espaces "},
        "resource extras": {**plain, "resources": [{"url": "sans-protocole.fr/a", "mine": "b", "size": "12"}] * 2},
        "organisation by name": {**plain, "owner_org": model.Session.get(model.Group, organization).name},
    }


def test_odd_shapes_are_stored_as_ckan_stores_them(user, organization):
    """Private, drafts, groups, vocabularies, doubles and the rest; created, then changed."""
    shapes = odd_shapes(organization)
    theirs = create_by_ckan(user, list(shapes.values()))
    ours = write(user, list(shapes.values()))
    assert_same(theirs, ours)
    changed = [{**data, "notes": "Autre", "tags": []} for data in shapes.values()]
    for dataset_id, data in zip(theirs, changed, strict=True):
        if "resources" in data:
            act("package_update", user, with_stored_resources(data, dataset_id))
        else:
            act("package_update", user, {**data, "id": dataset_id, "name": dataset_id_name(dataset_id)})
    results = write(user, changed, [str(result.dataset_id) for result in ours])
    assert_same(theirs, results)


def with_stored_resources(data: dict[str, Any], dataset_id: str) -> dict[str, Any]:
    """As `with_stored_ids`, for resources that are told apart by their place only."""
    shown = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset_id})
    data = {**deepcopy(data), "id": dataset_id, "name": shown["name"]}
    for resource, known in zip(data["resources"], shown["resources"], strict=True):
        resource["id"] = known["id"]
        resource.setdefault("mimetype", known.get("mimetype"))
        resource["format"] = resource.get("format") or known.get("format")
    return data


def dataset_id_name(dataset_id: str) -> str:
    return model.Session.get(model.Package, dataset_id).name


@pytest.mark.with_plugins("image_view")
@pytest.mark.ckan_config("ckan.views.default_views", "image_view")
def test_views_are_made_as_ckan_makes_them(user, organization):
    """Default views of resources, and their activities."""
    pictures = [{"url": f"https://example.fr/{n}.png", "format": "PNG", "name": str(n)} for n in range(2)]
    datasets = [{**dataset(1, organization, seed=8), "resources": pictures}]
    theirs = create_by_ckan(user, datasets)
    ours = write(user, datasets)
    assert_same(theirs, ours)
    assert len(stored(theirs[0])["views"]) == 2


def corpus_datasets(corpus: Path, member_site: Any, organization: str) -> list[dict[str, Any]]:
    """The first dataset of each real DCAT file, mapped."""
    site = member_site({"/": corpus / "dcat-rdf"})
    transport = Transport(allow_hosts=[site.host])
    found: list[dict[str, Any]] = []
    for file in sorted((corpus / "dcat-rdf").rglob("*")):
        if not file.is_file():
            continue
        connector = DcatConnector(f"{site.url}/{file.relative_to(corpus / 'dcat-rdf')}", transport)
        try:
            records = [record for record in connector.records() if isinstance(record, Record)]
            found += [{**connector.map(record).dataset, "owner_org": organization} for record in records[:1]]
        except OdfError:
            continue
    return found


def test_real_datasets_are_stored_as_ckan_stores_them(user, organization, corpus, member_site):
    """Datasets of real catalogues, mapped: the same are stored, the others refused for the same reasons."""
    datasets = corpus_datasets(corpus, member_site, organization)
    assert len(datasets) > 40
    theirs: list[Any] = []
    for number, data in enumerate(datasets):
        try:
            theirs.append(act("package_create", user, {**data, "name": f"corpus-{number}-{organization}"})["id"])
        except tk.ValidationError as error:
            model.Session.rollback()
            theirs.append(error.error_dict)
    ours = write(user, [{**data, "name": f"ours-{number}-{organization}"} for number, data in enumerate(datasets)])
    refused = [(their, result.errors) for their, result in zip(theirs, ours, strict=True) if isinstance(their, dict)]
    assert [their for their, _our in refused] == [our for _their, our in refused]
    pairs = [(their, result) for their, result in zip(theirs, ours, strict=True) if isinstance(their, str)]
    assert_same([their for their, _result in pairs], [result for _their, result in pairs])


def test_validation_gives_what_ckans_gives(user, organization):
    """Converted dicts and error dicts are the same, for whole and for damaged datasets."""
    damage: list[dict[str, Any]] = [
        {"title": ""},
        {"tags": [{"name": "ok"}, {"name": "a" * 101}, {"name": "!"}]},
        {"resources": [{"url": "https://example.fr"}, {"url": "https://example.fr", "size": "beaucoup"}]},
        {"issued": "hier", "contact": [{"name": "A"}, {"email": "pas une adresse"}]},
        {"extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        {"unknown": 1, "also": [{"x": 1}], "groups": [], "name": "Nom Interdit"},
        {"resources": []},
    ]
    datasets = [dataset(number, organization, seed=5) for number in range(8)]
    datasets += [dataset(1, organization) | wrong for wrong in damage]
    plugin = lookup_package_plugin("dataset")
    for data in datasets:
        outcomes = []
        for validate in (plugin_validate, validate_for_plugin):
            context = {"model": model, "session": model.Session, "user": user, "ignore_auth": True}
            copy = {"name": "un-nom", "type": "dataset", **deepcopy(data)}
            outcomes.append(validate(plugin, context, copy, plugin.create_package_schema(), "package_create"))
        assert outcomes[0] == outcomes[1]


def test_names_come_from_titles_and_stay(user, organization):
    """Equal titles are numbered, long ones cut, empty ones named; an update changes no name."""
    marker = organization[:8]
    titles = [f"Budget {marker}"] * 3 + [f"{marker} " + "très long " * 30] * 2 + ["Édition", "édit", "日本"]
    base = {"notes": "-", "owner_org": organization, "license_id": "lov2"}
    results = write(user, [{**base, "title": title} for title in titles], batch_size=5)
    names = [dataset_id_name(str(result.dataset_id)) for result in results]
    assert names[:3] == [f"budget-{marker}", f"budget-{marker}-2", f"budget-{marker}-3"]
    assert len(names[3]) <= 100
    assert len(set(names)) == len(names)
    assert names[6].startswith("edit-"), "CKAN keeps /dataset/edit for itself"
    assert names[7].startswith("dataset")
    [again] = write(user, [{**base, "title": f"Budget {marker}"}])
    assert dataset_id_name(str(again.dataset_id)) == f"budget-{marker}-4"
    [renamed] = write(user, [{**base, "title": "Autre", "name": "autre"}], [str(again.dataset_id)])
    assert renamed.action == "updated"
    assert dataset_id_name(str(again.dataset_id)) == f"budget-{marker}-4"


def test_resource_ids_of_another_portal_are_kept_once(user, organization):
    """Two catalogues hold copies of one resource: the second copy gets an id of its own, at once and ever after."""
    identifier = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
    data = {**dataset(9, organization, seed=9), "resources": [{"id": identifier, "url": "https://example.fr/a"}]}
    first, second = write(user, [data, data])
    again = write(user, [data, data], [str(first.dataset_id), str(second.dataset_id)])
    assert [result.action for result in again] == ["unchanged", "unchanged"]
    ids = [model.Session.get(model.Package, result.dataset_id).resources[0].id for result in (first, second)]
    assert ids[0] == identifier
    assert ids[1] != identifier


def test_the_caller_writes_in_the_same_transaction(user, organization):
    """`before_index` sees the rows, and only what will be stored; what it writes is there with the datasets."""
    seen: list[tuple[str, str | None, int]] = []

    def before_index(results: Any) -> None:
        for result in results:
            found = model.Session.query(model.Resource).filter_by(package_id=result.dataset_id).count()
            seen.append((result.action, result.dataset_id, found))

    datasets = [{**dataset(n, organization, seed=6), "resources": [{"url": "https://example.fr"}]} for n in range(2)]
    datasets.append({**datasets[0], "tags": [{"name": "!"}]})
    results = write(user, datasets, before_index=before_index)
    assert [result.action for result in results] == ["added", "added", "errored"]
    assert seen == [("added", results[0].dataset_id, 1), ("added", results[1].dataset_id, 1)]
