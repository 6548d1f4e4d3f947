"""Files of datasets checked in the background: which, when again, and what is kept of it.

A file is checked where it or its dataset declares a schema of ours. An upload that declares none is checked where its
columns are those of a schema: the portal has it at hand, and nobody is asked for it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import redis
from sqlalchemy import event

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search import rebuild
from ckan.lib.uploader import get_resource_uploader

from ckanext.opendatafrance.errors import N_, OdfError
from ckanext.opendatafrance.validation import catalogue, checking, config, history, indexing, keeping
from ckanext.opendatafrance.validation.model import INVALID, NOT_CHECKED, VALID, ResourceCheck
from ckanext.opendatafrance.validation.table_schema import TableSchema

log = logging.getLogger(__name__)

_KEPT = 20
_FORMATS = {"csv", "tsv", "xlsx", "xls", "ods", "gz", "zip", ""}
_FILE = ("url", "url_type", "hash", "last_modified", "modified", "size")


def wanted(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of a dataset that are to be checked."""
    of_dataset = indexing.declared(dataset)
    return [one for one in dataset.get("resources") or [] if _is_wanted(one, of_dataset)]


def _is_wanted(resource: Mapping[str, Any], of_dataset: TableSchema | None) -> bool:
    is_table = str(resource.get("format") or "").lower() in _FORMATS
    if resource.get("url_type") == "upload":
        return is_table or bool(indexing.declared(resource))
    if not config.checks_remote_files():
        return False
    return bool(indexing.declared(resource) or (of_dataset and is_table))


def enqueue(dataset: Mapping[str, Any]) -> None:
    """Have a dataset looked at by a worker, once what is being stored now is stored.

    CKAN's hooks come before the commit: a worker that is quicker would not find the dataset. Nothing is asked of the
    database here, which would cost a harvest of thousands.
    """
    if dataset.get("type") not in (None, "dataset") or dataset.get("state") == "deleted" or not wanted(dataset):
        return
    waiting = model.Session.info.setdefault("odf_checks", [])
    waiting.append(dataset["id"])
    if len(waiting) == 1:
        event.listen(model.Session(), "after_commit", _send, once=True)


def _send(session: Any) -> None:
    for dataset_id in dict.fromkeys(session.info.pop("odf_checks", ())):
        try:
            tk.enqueue_job(check_dataset, [dataset_id], title=f"odf check {dataset_id}")
        except redis.RedisError:  # what was stored stays; the next change of the dataset makes up for it
            log.exception("The check of the dataset %s could not be queued", dataset_id)


def basis(resource: Mapping[str, Any], of_dataset: TableSchema | None) -> str:
    """What a verdict rests on, as a fingerprint: the file as its record describes it, and the schema as it is now."""
    schema = indexing.declared(resource) or of_dataset
    said = [str(resource.get(name) or "") for name in _FILE]
    return hashlib.sha256(json.dumps([said, _digest(schema) if schema else ""]).encode()).hexdigest()


def _digest(schema: TableSchema) -> str:
    return hashlib.sha256(json.dumps(schema.descriptor, sort_keys=True, default=str).encode()).hexdigest()


def check_dataset(dataset_id: str) -> None:
    """Check the files of a dataset that were not checked as they are now; a job of CKAN's worker."""
    try:
        dataset = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset_id})
    except tk.ObjectNotFound:
        return
    of_dataset = indexing.declared(dataset)
    files = wanted(dataset)
    known = history.latest(one["id"] for one in files)
    stale = [one for one in files if one["id"] not in known or known[one["id"]].basis != basis(one, of_dataset)]
    for resource in stale:
        check_resource(resource, of_dataset)
    if stale:
        rebuild(dataset_id)


def check_resource(resource: Mapping[str, Any], of_dataset: TableSchema | None) -> ResourceCheck:
    """Check one file and keep what came of it."""
    schema = indexing.declared(resource) or of_dataset
    made = ResourceCheck(
        resource_id=resource["id"], package_id=resource["package_id"], basis=basis(resource, of_dataset), report={}
    )
    try:
        with _opened(resource) as file:
            found = checking.check(file, catalogue.shipped(), schema, _KEPT)
        schema = found.schema
        made.state, made.report = (VALID if found.valid else INVALID), keeping.keep(found)
    except OdfError as error:
        made.state, made.report = NOT_CHECKED, {"reason": [error.message, keeping.plain(error.params)]}
    except Exception:  # a file of anybody's making must not stop the files after it
        log.exception("The file %s could not be checked", resource["id"])
        model.Session.rollback()
        made.state = NOT_CHECKED
        made.report = {"reason": [N_("The portal failed on this file; its administrator finds why in the log."), {}]}
    made.schema_id, made.schema_version = (schema.id, schema.version) if schema else (None, None)
    history.add(made)
    model.Session.commit()
    return made


@contextmanager
def _opened(resource: Mapping[str, Any]) -> Iterator[BinaryIO]:
    """The file of a resource: an upload from the disk, another through the guarded client."""
    if resource.get("url_type") == "upload":
        place = get_resource_uploader(dict(resource)).get_path(resource["id"])
    else:
        place = str(resource.get("download_url") or resource.get("url") or "")
        if not place.startswith(("http://", "https://")):
            raise OdfError(N_("“{url}” is not a web address"), code="no-address", url=place)
    with checking.source(place, config.checking_transport()) as file:
        yield file


def check_again(dataset_id: str, resource_id: str) -> None:
    """Check one file of a dataset, whatever is known of it; a job of CKAN's worker."""
    try:
        dataset = tk.get_action("package_show")({"ignore_auth": True}, {"id": dataset_id})
    except tk.ObjectNotFound:
        return
    for resource in dataset["resources"]:
        if resource["id"] == resource_id:
            check_resource(resource, indexing.declared(dataset))
            rebuild(dataset_id)
