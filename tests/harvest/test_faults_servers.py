"""PostgreSQL, Solr, Redis, the disk and the site itself fail in the middle of a harvest: nothing is lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from dcat_catalogue import catalogue
from flaky_solr import FlakySolr
from member_site import Answer
from soundness import assert_at_rest, assert_sound, indexed, rows
from sqlalchemy.exc import DBAPIError
from workshop import clock, is_stopped, lasting, wait_until

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.redis import connect_to_redis

from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.harvest.model import HarvestDoubt, HarvestWaiting

SEVEN = {f"d{n}": f"Titre {n}" for n in range(7)}
OTHERS = {name: f"Autre {title}" for name, title in SEVEN.items()} | {"d7": "Titre 7"}


def crash_postgresql() -> None:
    """Kill one of its processes: PostgreSQL then ends all others, recovers from its log, and starts again."""
    with model.ensure_engine().connect() as connection:
        connection.execute(sa.text("CHECKPOINT"))
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    process = Path(f"/proc/{pid}/comm")
    if not process.exists() or "postgres" not in process.read_text():
        pytest.skip("PostgreSQL is on another machine, where this test cannot crash it")
    os.kill(pid, signal.SIGKILL)
    model.Session.remove()
    model.ensure_engine().dispose()

    def answers() -> bool:
        try:
            with model.ensure_engine().connect() as connection:
                return connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() != pid
        except DBAPIError:
            return False

    wait_until(answers)


@pytest.mark.parametrize("at", [30, 75, 110])
def test_postgresql_restarts_in_the_middle(town, workshop, at) -> None:
    """The run ends with an error or goes on; the next one completes, and nothing is lost, doubled or halved."""
    place = town(SEVEN)
    settings = lasting(place)
    assert workshop.harvest(place.source["id"], config=settings)["added"] == 7
    place.publish(OTHERS)
    worker = workshop.start("harvest", source=place.source["id"], config=settings, at=at, signal="SIGSTOP")
    wait_until(lambda: is_stopped(worker))
    crash_postgresql()
    os.kill(worker, signal.SIGCONT)
    assert not workshop.wait(worker)["killed"]
    assert workshop.harvest(place.source["id"], config=settings)["state"] == "complete"
    assert_sound(place, OTHERS)
    assert_at_rest(place)


@pytest.fixture
def solr(ckan_config) -> Iterator[FlakySolr]:
    opened = FlakySolr(ckan_config["solr_url"])
    yield opened
    opened.close()


@pytest.mark.parametrize("forward", [False, True], ids=["refused", "answer lost"])
@pytest.mark.parametrize("spoiled", [range(2, 3), range(2, 99)], ids=["once", "until the end"])
def test_solr_fails_during_a_batch(town, workshop, solr, forward, spoiled) -> None:
    """The index is mended by the next pass of the clock, without a harvest; the next harvest brings the rest."""
    place = town(SEVEN)
    settings = lasting(place)
    workshop.harvest(place.source["id"], config=settings)
    place.publish(OTHERS)
    solr.fail(spoiled, forward=forward)
    done = workshop.harvest(place.source["id"], config={**settings, "solr_url": solr.url})
    assert {error["code"] for error in done["errors"]} >= {"search-engine-unavailable"}
    clock()
    model.Session.rollback()
    in_database = {dataset["id"]: dataset["title"] for dataset in place.datasets().values()}
    assert indexed(place) == in_database
    assert not rows(sa.select(HarvestDoubt).where(HarvestDoubt.source_id == place.source["id"]))
    assert workshop.harvest(place.source["id"], config=settings)["state"] == "complete"
    assert_sound(place, OTHERS)


def test_redis_is_emptied(town, workshop) -> None:
    """Jobs that waited, and one whose worker died, are on the queue again at the next pass of the clock."""
    places = [town(SEVEN) for _ in range(3)]
    settings = lasting(*places)
    for place in places:
        tk.get_action("harvest_job_create")({"ignore_auth": True}, {"source_id": place.source["id"]})
    assert workshop.harvest(places[0].source["id"], config=settings, at=60)["killed"]
    connect_to_redis().flushdb()
    clock()
    worker = workshop.start("consume", config=settings)
    ids = [place.source["id"] for place in places]
    left = sa.select(HarvestJob.id).where(HarvestJob.source_id.in_(ids), HarvestJob.status != "Finished")
    wait_until(lambda: not rows(left))
    workshop.kill(worker)
    for place in places:
        assert_sound(place, SEVEN)
        assert_at_rest(place)


def test_the_queue_does_not_grow_with_each_pass(town) -> None:
    """A job that waits is on the queue once, however often the clock looks."""
    place = town(SEVEN)
    job = tk.get_action("harvest_job_create")({"ignore_auth": True}, {"source_id": place.source["id"]})["id"]
    for _ in range(3):
        clock()
    messages = connect_to_redis().lrange(f"ckanext-harvest:{tk.config['ckan.site_id']}:harvest_job_id", 0, -1)
    assert sum(job in str(message) for message in messages) == 1
    tk.get_action("harvest_job_abort")({"ignore_auth": True}, {"id": job})
    clock()
    assert not rows(sa.select(HarvestWaiting).where(HarvestWaiting.job_id == job))


def test_the_disk_is_full(town, workshop) -> None:
    """A catalogue that does not fit in the temporary folder removes nothing; once there is room, it is harvested."""
    place = town(SEVEN)
    settings = lasting(place)
    workshop.harvest(place.source["id"], config=settings)
    large = catalogue(OTHERS) + f"\n# {'x' * 1000}" * 9_000
    place.publish(answer=Answer(large, media_type="text/turtle"))
    done = workshop.harvest(place.source["id"], config=settings, largest_file=1_000_000)
    assert (done["state"], [error["code"] for error in done["errors"]]) == ("failed", ["disk-full"])
    assert_sound(place, SEVEN)
    assert workshop.harvest(place.source["id"], config=settings)["state"] == "complete"
    assert_sound(place, OTHERS)


def test_the_source_dies_in_the_middle_of_its_answer(town, workshop) -> None:
    """Half an answer counts as none: nothing changes; the next harvest brings everything."""
    place = town(SEVEN)
    settings = lasting(place)
    workshop.harvest(place.source["id"], config=settings)
    text = catalogue(OTHERS).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/turtle\r\nContent-Length: {len(text)}\r\n\r\n".encode()
    place.publish(answer=Answer(raw=head + text[: len(text) // 2]))
    done = workshop.harvest(place.source["id"], config=settings)
    assert (done["state"], len(done["errors"])) == ("failed", 1)
    assert_sound(place, SEVEN)
    place.publish(OTHERS)
    assert workshop.harvest(place.source["id"], config=settings)["state"] == "complete"
    assert_sound(place, OTHERS)
