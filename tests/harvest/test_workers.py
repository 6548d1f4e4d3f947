"""Several workers: each source with one of them, whatever happens to it, and who waits for an answer first."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from dcat_catalogue import catalogue
from member_site import Answer
from soundness import assert_at_rest, assert_sound, rows
from workshop import ROOT, Workshop, clock, is_stopped, lasting, wait_until

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis

from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.harvest.model import HarvestRun

SEED = 20261123
KILLS = 40
SEVEN = {f"d{n}": f"Titre {n}" for n in range(7)}
OTHERS = {name: f"Autre {title}" for name, title in SEVEN.items()}


def seven(place: Any) -> dict[str, str]:
    """Datasets that no other site has."""
    own = place.organization["name"]
    return {f"{own}-{name}": f"{title} {own}" for name, title in SEVEN.items()}


def queue(place: Any, **context: Any) -> str:
    """A job on the queue, as the button makes it; its id."""
    asked: Any = {"ignore_auth": True, **context}
    return tk.get_action("harvest_job_create")(asked, {"source_id": place.source["id"]})["id"]


def stop_at(workshop: Workshop, place: Any, at: int, **settings: Any) -> int:
    """A worker that stands still at one of its points, as if it hung; its process id."""
    worker = workshop.start(
        "harvest", source=place.source["id"], at=at, signal="SIGSTOP", config=lasting(place, **settings)
    )
    wait_until(lambda: is_stopped(worker))
    return worker


def unfinished(places: list[Any]) -> list[Any]:
    ids = [place.source["id"] for place in places]
    return rows(sa.select(HarvestJob.id).where(HarvestJob.source_id.in_(ids), HarvestJob.status != "Finished"))


def state(place: Any) -> Any:
    """What any write would move."""
    datasets = {dataset["id"]: dataset["metadata_modified"] for dataset in place.datasets().values()}
    every = sa.select(*HarvestRun.__table__.columns).where(HarvestRun.source_id == place.source["id"])
    return datasets, [tuple(row) for row in rows(every)]


@pytest.mark.parametrize("at", [40, 70, 100])
def test_a_worker_that_hung_writes_nothing_once_another_has_its_source(town, workshop, at) -> None:
    """Its lease ends, another worker completes the job; when it wakes up, it ends, and nothing moved."""
    place = town(SEVEN)
    settings = lasting(place)
    workshop.harvest(place.source["id"], config=settings)
    place.publish(OTHERS)
    hung = stop_at(workshop, place, at, lease=1)
    done: dict[str, Any] = {"state": "running"}

    def taken_over() -> bool:
        done.update(workshop.harvest(place.source["id"], config=settings))
        return done["state"] == "complete"

    wait_until(taken_over)
    assert_sound(place, OTHERS)
    before = state(place)
    os.kill(hung, signal.SIGCONT)
    woken = workshop.wait(hung)
    assert woken.get("state") in ("interrupted", None)
    assert state(place) == before
    assert_sound(place, OTHERS)
    assert_at_rest(place)


def test_a_source_is_with_one_worker_at_a_time(town, workshop) -> None:
    """A second one is told so at once, and reads nothing; a second copy of the message does not end the job."""
    place = town(SEVEN)
    first = stop_at(workshop, place, 60)
    asked = place.site.count()
    job = rows(sa.select(HarvestJob.id).where(HarvestJob.source_id == place.source["id"]))[0].id
    second = workshop.harvest(place.source["id"], config=lasting(place))
    assert [error["code"] for error in second["errors"]] == ["already-running"]
    message = f'{{"harvest_job_id": "{job}"}}'
    connect_to_redis().rpush(f"ckanext-harvest:{tk.config['ckan.site_id']}:harvest_job_id", message)
    consumer = workshop.start("consume", config=lasting(place))
    gathered = sa.select(HarvestJob.gather_finished).where(HarvestJob.id == job)
    wait_until(lambda: rows(gathered)[0].gather_finished)
    clock()
    assert unfinished([place])
    assert place.site.count() == asked
    workshop.kill(consumer)
    os.kill(first, signal.SIGCONT)
    assert workshop.wait(first)["state"] == "complete"
    assert_sound(place, SEVEN)
    assert_at_rest(place)


def test_what_a_person_asks_for_goes_first(town, workshop) -> None:
    """Before the jobs of the schedule, though it was put on the queue last, or waits there already."""
    places = [town({"a": "Budget"}) for _ in range(6)]
    jobs = [queue(place, odf_scheduled=True) for place in places[:5]]
    assert queue(places[3]) == jobs[3]
    asked = queue(places[5])
    worker = workshop.start("consume", config=lasting(*places))
    wait_until(lambda: not unfinished(places))
    workshop.kill(worker)
    begun = sa.select(HarvestRun.job_id).where(HarvestRun.job_id.in_([*jobs, asked])).order_by(HarvestRun.started)
    order = [row.job_id for row in rows(begun)]
    assert order == [jobs[3], asked, jobs[0], jobs[1], jobs[2], jobs[4]]


def test_a_job_that_kills_every_worker_is_given_up(town, workshop) -> None:
    """After five workers the job ends with an error that says so, and the next harvest is free to begin."""
    place = town(SEVEN)
    for _ in range(5):
        assert workshop.harvest(place.source["id"], config=lasting(place), at=50)["killed"]
    clock()
    assert not unfinished([place])
    last = tk.get_action("odf_source_list")({"ignore_auth": True}, {"owner_org": place.organization["id"]})[0][
        "last_run"
    ]
    assert (last["state"], last["attempts"]) == ("interrupted", 5)
    report = tk.get_action("odf_harvest_report")({"ignore_auth": True}, {"id": last["job_id"]})
    assert [issue["code"] for issue in report["issues"]] == ["workers-died"]
    assert workshop.harvest(place.source["id"], config=lasting(place))["state"] == "complete"
    assert_sound(place, SEVEN)


def test_four_workers_one_of_which_is_killed_again_and_again(town, workshop) -> None:
    """Consumers of ckanext-harvest's own queue; in the end every source is as if nothing had happened."""
    chance = Random(SEED)
    places = [town(SEVEN) for _ in range(6)]
    settings = lasting(*places)
    for place in places:
        place.publish(seven(place))
        queue(place)
    workers = [workshop.start("consume", config=settings) for _ in range(4)]
    for kill in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.25))
        workshop.kill(workers.pop(chance.randrange(4)))
        workers.append(workshop.start("consume", config=settings))
        if kill % 8 == 7:
            clock()
        done = {place.source["id"] for place in places} - {
            row.source_id for row in rows(sa.select(HarvestJob.source_id).where(HarvestJob.status != "Finished"))
        }
        for place in [one for one in places if one.source["id"] in done]:
            place.publish({name: f"{title} {kill}" for name, title in seven(place).items()})
            queue(place)

    def at_rest() -> bool:
        clock()
        return not unfinished(places)

    wait_until(at_rest)
    for worker in workers:
        workshop.kill(worker)
    clock()
    for place in places:
        final = {name: f"Fin {title}" for name, title in seven(place).items()}
        place.publish(final)
        assert workshop.harvest(place.source["id"], config=settings)["state"] == "complete"
        assert_sound(place, final)
        assert_at_rest(place)


def children(parent: int) -> list[int]:
    stats = [stat.read_text().rsplit(")", 1) for stat in Path("/proc").glob("[0-9]*/stat")]
    return [int(head.split(" ")[0]) for head, rest in stats if rest.split()[1] == str(parent)]


def test_the_command_harvests_with_several_processes(town) -> None:
    """One of them is killed at its work: another takes its source, and the command ends well."""
    places = [town(SEVEN) for _ in range(4)]
    killed: list[int] = []

    def kill_one(request: Any) -> Answer:
        if not killed:
            killed.append(children(command.pid)[0])
            os.kill(killed[0], signal.SIGKILL)
        [place] = [one for one in places if one.path == request.path]
        return Answer(catalogue(seven(place)), media_type="text/turtle")

    for place in places:
        place.publish(answer=kill_one)
    hosts = [option for place in places for option in ("--allow-host", place.site.host)]
    names = [place.source["name"] for place in places]
    ckan = Path(sys.executable).with_name("ckan")
    command = subprocess.Popen(
        [ckan, "-c", "test.ini", "odf", "harvest", *names, "--workers", "3", "--json", *hosts],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    told = json.loads(command.communicate()[0])
    assert command.returncode == 0
    assert killed
    assert sorted(one["source"] for one in told) == sorted(names)
    for place in places:
        assert_sound(place, seven(place))
        assert_at_rest(place)
