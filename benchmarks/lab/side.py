"""One side of the harvest benchmark, in a process of its own: the harvests, driven through the queues.

usage: side.py stock|ours URL PIDS        (PIDS: JSON, server → process number)

Prints a line of JSON after each: phase → cost.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from cost import measured

import ckan.plugins.toolkit as tk
from ckan.cli import load_config
from ckan.config.middleware import make_app

from ckanext.harvest import queue

SOURCE_TYPES = {"stock": "dcat_rdf", "ours": "member_site"}
#: What each harvest is called, and the percentage of the datasets that change before it.
PHASES = {"first": 0, "unchanged": 0, "1 % changed": 1, "20 % changed": 20}
COUNTS = ("added", "updated", "not modified", "deleted", "errored")


def main(side: str, url: str, servers: dict[str, int]) -> None:
    """Make a source and harvest it again and again."""
    app = make_app(load_config(None))
    with app._wsgi_app.test_request_context():  # the Flask application that CKAN wraps
        source_id = make_source(side, url)
        for phase, percentage in PHASES.items():
            if percentage:
                urllib.request.urlopen(f"{url.rpartition('/')[0]}/change/{percentage}").close()
            with measured(servers) as cost:
                job_id = harvest(source_id)
            print(json.dumps({phase: {**asdict(cost), "report": report(job_id)}}), flush=True)


def action(name: str, /, **data: Any) -> Any:
    """Call an action as the site's own user."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return tk.get_action(name)({"user": user, "ignore_auth": True}, data)


def make_source(side: str, url: str) -> str:
    """An organisation and its source; returns the id of the source."""
    extra = {"territory_type": "autre"} if side == "ours" else {}
    owner = action("organization_create", name="collectivite", title="Collectivité de mesure", **extra)
    source = action(
        "harvest_source_create",
        name="source",
        title="Source de mesure",
        url=url,
        source_type=SOURCE_TYPES[side],
        owner_org=owner["id"],
        config='{"connector": "dcat"}' if side == "ours" else "",
    )
    return source["id"]


def harvest(source_id: str) -> str:
    """One job from its creation to its end, both queues emptied in this process; returns the id of the job."""
    job = action("harvest_job_create", source_id=source_id, run=True)
    for consumer, callback in (
        (queue.get_gather_consumer(), queue.gather_callback),
        (queue.get_fetch_consumer(), queue.fetch_callback),
    ):
        while (reply := consumer.basic_get(None))[2] is not None:
            callback(consumer, *reply)
    action("harvest_jobs_run", source_id=source_id)
    return job["id"]


def report(job_id: str) -> str:
    """What ckanext-harvest says of the job, and how many datasets there are: the proof that work was done."""
    job = action("harvest_job_show", id=job_id)
    there = action("package_search", rows=0, fq="dataset_type:dataset")["count"]
    counts = ", ".join(f"{job['stats'][name]} {name}" for name in COUNTS if job["stats"].get(name))
    return f"{job['status']}: {counts or 'nothing to do'}; {there} datasets in the index"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
