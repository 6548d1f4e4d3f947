"""The other queue of ckanext-harvest: the same order and the same repairs.

Needs rabbitmq-server (Debian's package) and pika, which the suite itself does not: `pip install pika`.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from member_site import MemberSite
from soundness import assert_at_rest, assert_sound, rows
from workshop import Workshop, clock, lasting, wait_until

import ckan.plugins.toolkit as tk

from ckanext.harvest import queue
from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.harvest.model import HarvestRun

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
SEVEN = {f"d{n}": f"Titre {n}" for n in range(7)}

pytestmark = [
    pytest.mark.skipif(not SERVER.exists(), reason="rabbitmq-server is not installed here"),
    pytest.mark.skipif(not importlib.util.find_spec("pika"), reason="pika is not installed here"),
]


@pytest.fixture
def amqp(tmp_path, ckan_config, monkeypatch) -> Iterator[dict[str, Any]]:
    """A RabbitMQ of this test; its options for workers."""
    with MemberSite() as taken:
        port = int(taken.host.rpartition(":")[2])
    environ = {
        **os.environ,
        "RABBITMQ_NODENAME": f"odf-test-{port}@localhost",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(port + 1),
        "RABBITMQ_MNESIA_BASE": str(tmp_path),
        "RABBITMQ_LOG_BASE": str(tmp_path),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(tmp_path / "plugins"),
        "ERL_EPMD_PORT": str(port + 2),
        "ERL_EPMD_RELAXED_COMMAND_CHECK": "1",  # so that it can be ended, too
        "HOME": str(tmp_path),
    }
    log = (tmp_path / "out").open("wb")
    server = subprocess.Popen([str(SERVER)], env=environ, stdout=log, stderr=log, start_new_session=True)
    options = {
        "ckan.harvest.mq.type": "amqp",
        "ckan.harvest.mq.hostname": "127.0.0.1",
        "ckan.harvest.mq.port": str(port),
        "ckan.harvest.mq.user_id": "guest",
        "ckan.harvest.mq.password": "guest",
    }
    for name, value in options.items():
        monkeypatch.setitem(ckan_config, name, value)

    def answers() -> bool:
        try:
            queue.get_gather_publisher().close()
        except Exception:  # noqa: BLE001 - whatever pika raises until the server is there
            return False
        return True

    try:
        wait_until(answers)
        yield options
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(60)
        subprocess.run(["epmd", "-kill"], env=environ, stdout=log, stderr=log, check=False)
        log.close()


def test_killed_workers_urgent_jobs_and_an_emptied_queue(town, workshop: Workshop, amqp) -> None:
    """As with Redis: what a person asks for goes first, and nothing is lost with a worker or with the queue."""
    places = [town(SEVEN) for _ in range(5)]
    settings = {**lasting(*places), **amqp}
    jobs = []
    for number, place in enumerate(places):
        asked: Any = {"ignore_auth": True, "odf_scheduled": number < 4}
        jobs.append(tk.get_action("harvest_job_create")(asked, {"source_id": place.source["id"]})["id"])
    begun = sa.select(HarvestRun.job_id).where(HarvestRun.job_id.in_(jobs)).order_by(HarvestRun.started)
    clock()  # RabbitMQ drops what is sent before the first consumer made the queue
    workshop.wait(workshop.start("consume", config=settings, at=100))
    assert next(row.job_id for row in rows(begun)) == jobs[4]
    queue.get_fetch_consumer()  # makes the queue, which must be there to be emptied
    queue.purge_queues()
    clock()
    worker = workshop.start("consume", config=settings)
    left = sa.select(HarvestJob.id).where(HarvestJob.id.in_(jobs), HarvestJob.status != "Finished")

    def done() -> bool:
        clock()
        return not rows(left)

    wait_until(done)
    workshop.kill(worker)
    for place in places:
        assert_sound(place, SEVEN)
        assert_at_rest(place)
