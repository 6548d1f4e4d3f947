"""Whether the portal holds exactly what it should of a member site, whatever happened to who harvested it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search.common import make_connection

from ckanext.activity.model import Activity
from ckanext.harvest.model import HarvestJob, HarvestObject
from ckanext.opendatafrance.harvest.lease import held
from ckanext.opendatafrance.harvest.model import HarvestDoubt, HarvestRecord, HarvestRun, HarvestWaiting


def rows(statement: Any) -> list[Any]:
    """As another process committed them."""
    model.Session.rollback()
    model.Session.expire_all()
    return list(model.Session.execute(statement))


def stored(place: Any) -> dict[str, dict[str, Any]]:
    """The active datasets by identifier, read without CKAN's own cache; each once, and whole."""
    found = {}
    for dataset in place.datasets().values():
        assert dataset["identifier"] not in found
        assert [resource["name"] for resource in dataset["resources"]] == ["Fichier CSV"], dataset
        assert [tag["name"] for tag in dataset["tags"]] == ["budget"], dataset
        found[dataset["identifier"]] = dataset
    return found


def indexed(place: Any) -> dict[str, str]:
    """Title by id of what the search engine holds of the organisation, visible or not."""
    query = f"+owner_org:{place.organization['id']} +site_id:{tk.config['ckan.site_id']} -dataset_type:harvest"
    found = make_connection().search(query, fl="id,title,state", rows=1000)
    assert {document["state"] for document in found.docs} <= {"active"}
    return {document["id"]: document["title"] for document in found.docs}


def assert_sound(place: Any, expected: dict[str, str]) -> None:
    """The datasets are those expected, each once and whole; database, index, records and history agree."""
    model.Session.rollback()
    model.Session.expire_all()
    datasets = stored(place)
    titles = {name: dataset["title"] for name, dataset in datasets.items()}
    assert titles == expected, (titles, expected)
    ids = {dataset["id"]: dataset["title"] for dataset in datasets.values()}
    assert indexed(place) == ids
    source = place.source["id"]
    every = sa.select(model.Package.id).where(
        model.Package.owner_org == place.organization["id"], model.Package.type == "dataset"
    )
    assert {row.id for row in rows(every)} == set(ids)
    records = rows(sa.select(HarvestRecord.guid, HarvestRecord.dataset_id).where(HarvestRecord.source_id == source))
    assert {row.guid: row.dataset_id for row in records} == {name: one["id"] for name, one in datasets.items()}
    current = sa.select(HarvestObject.package_id).where(
        HarvestObject.harvest_source_id == source, HarvestObject.current.is_(True)
    )
    assert Counter(row.package_id for row in rows(current)) == Counter(list(ids))
    created = sa.select(Activity.object_id).where(Activity.object_id.in_(ids), Activity.activity_type == "new package")
    assert Counter(row.object_id for row in rows(created)) == Counter(list(ids))
    left = sa.select(sa.func.count()).select_from(HarvestDoubt).where(HarvestDoubt.source_id == source)
    assert rows(left)[0][0] == 0


def assert_at_rest(place: Any) -> None:
    """No job is left over, nobody holds the source, nothing waits."""
    source = place.source["id"]
    assert not held([source])
    open_jobs = sa.select(HarvestJob.id).where(HarvestJob.source_id == source, HarvestJob.status != "Finished")
    assert not rows(open_jobs)
    assert not rows(sa.select(HarvestRun).where(HarvestRun.source_id == source, HarvestRun.state == "running"))
    jobs = sa.select(HarvestJob.id).where(HarvestJob.source_id == source)
    assert not rows(sa.select(HarvestWaiting).where(HarvestWaiting.job_id.in_(jobs)))
