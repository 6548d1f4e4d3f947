"""ckanext-harvest's own commands, queue and pages work on the jobs of member sites."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories

from ckanext.harvest import queue
from ckanext.harvest.model import HarvestJob
from ckanext.opendatafrance.harvest.config import ALLOWED_HOSTS

ROOT = Path(__file__).parents[2]
THREE = {"a": "Budget", "b": "Délibérations", "c": "Subventions"}


def consume_one() -> None:
    """What `ckan harvester gather-consumer` does with one message of the real queue."""
    consumer = queue.get_gather_consumer()
    method, header, body = consumer.basic_get(queue.get_gather_queue_name())
    assert body
    queue.gather_callback(consumer, method, header, body)


def show(job_id: str) -> dict:
    return tk.get_action("harvest_job_show")({"ignore_auth": True}, {"id": job_id})


@pytest.fixture
def admin(town):
    """Headers of a system administrator."""
    return {"Authorization": factories.SysadminWithToken()["token"]}


def test_a_job_of_the_queue_is_run_and_finished_by_the_gather_consumer(town, cli) -> None:
    """`harvester job` puts it on Redis, the consumer does it all, and it is finished without a second command."""
    aix = town(THREE)
    queue.purge_queues()
    result = cli.invoke(ckan, ["harvester", "job", aix.source["name"]])
    assert result.exit_code == 0, result.output
    consume_one()
    [job] = HarvestJob.filter(source_id=aix.source["id"]).all()
    assert job.status == "Finished"
    assert show(job.id)["stats"] == {"added": 3, "updated": 0, "not modified": 0, "deleted": 0, "errored": 0}
    assert "Finished" in cli.invoke(ckan, ["harvester", "jobs"]).output
    assert len(aix.datasets()) == 3


def test_a_worker_process_takes_jobs_from_the_queue(town, tmp_path) -> None:
    """A real `ckan harvester gather-consumer`, which has no web request: harvests, reports in French, stays alive."""
    mornac = town(THREE | {"bad": ""})
    ini = tmp_path / "worker.ini"
    ini.write_text(f"[app:main]\nuse = config:{ROOT / 'test.ini'}\n{ALLOWED_HOSTS} = {mornac.site.host}\n")
    queue.purge_queues()
    job = tk.get_action("harvest_job_create")({"ignore_auth": True}, {"source_id": mornac.source["id"]})
    command = [Path(sys.executable).with_name("ckan"), "-c", ini, "harvester", "gather-consumer"]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        ends = time.monotonic() + 60
        while show(job["id"])["status"] != "Finished" and worker.poll() is None and time.monotonic() < ends:
            model.Session.remove()
            time.sleep(0.3)
        assert worker.poll() is None, worker.stderr.read().decode()[-3000:]
    finally:
        worker.terminate()
        worker.wait()
    stats = show(job["id"])["stats"]
    assert (stats["added"], stats["errored"]) == (3, 1)
    assert mornac.indexed() == 3


def test_a_message_delivered_twice_does_nothing_the_second_time(town) -> None:
    """Redis and RabbitMQ may give a finished job to a worker again."""
    boyard = town(THREE)
    queue.purge_queues()
    job = tk.get_action("harvest_job_create")({"ignore_auth": True}, {"source_id": boyard.source["id"]})
    consume_one()
    asked = boyard.site.count()
    queue.get_gather_publisher().send({"harvest_job_id": job["id"]})
    consume_one()
    assert boyard.site.count() == asked
    assert show(job["id"])["stats"]["added"] == 3


def test_run_test_and_run_of_ckanext_harvest(town, cli) -> None:
    """`harvester run-test` harvests at once, and `harvester run` finds nothing left to finish."""
    marans = town(THREE)
    result = cli.invoke(ckan, ["harvester", "run-test", marans.source["name"]])
    assert result.exit_code == 0, result.output
    assert cli.invoke(ckan, ["harvester", "run"]).exit_code == 0
    status = tk.get_action("harvest_source_show_status")({"ignore_auth": True}, {"id": marans.source["id"]})
    assert status["last_job"]["status"] == "Finished"
    assert status["last_job"]["stats"]["added"] == 3
    assert status["total_datasets"] == 3


def test_a_stopped_job_ends_at_the_next_page_of_records(town) -> None:
    """The stop button of ckanext-harvest works on a job that waits."""
    loix = town(THREE)
    queue.purge_queues()
    job = tk.get_action("harvest_job_create")({"ignore_auth": True}, {"source_id": loix.source["id"]})
    tk.get_action("harvest_job_abort")({"ignore_auth": True}, {"id": job["id"]})
    consume_one()
    assert loix.site.count() == 0
    assert loix.datasets() == {}


def page(app, url: str, headers: dict) -> BeautifulSoup:
    response = app.get(url, headers=headers)
    assert response.status_code == 200, response.body[:500]
    return BeautifulSoup(response.body, "html.parser")


def test_the_report_page_groups_problems_by_cause_with_advice(town, app, admin) -> None:
    """Numbers, state, cause, what to do, and the records concerned."""
    pons = town(THREE | {"bad": "", "worse": ""})
    job = pons.harvest()["job"]
    report = page(app, f"/harvest/{pons.source['name']}/job/{job}", admin)
    assert [badge.text.split()[-1] for badge in report.select(".odf-counts [data-diff]")] == ["3", "0", "0", "0", "2"]
    [issue] = report.select(".odf-issue")
    assert len(issue.select("li")) == 2
    listed = page(app, f"/harvest/{pons.source['name']}/job", admin)
    assert [cell.text for cell in listed.select(".odf-jobs tbody td")][2:] == ["3", "0", "0", "2"]


def test_an_unreadable_source_has_a_report_that_says_that_nothing_was_lost(town, app, admin) -> None:
    """The failure is told once, with what to do."""
    ars = town(THREE)
    ars.harvest()
    ars.site.routes.clear()
    job = ars.harvest()["job"]
    report = page(app, f"/harvest/{ars.source['name']}/job/{job}", admin)
    assert report.select_one(".alert-danger")
    assert len(report.select(".odf-issue")) == 1


def test_the_pages_of_a_source_that_was_never_harvested_say_what_to_do(town, app, admin) -> None:
    """No blank page: administration, jobs and datasets."""
    muron = town({})
    for path in ("admin/{}", "{}/job", "{}"):
        assert page(app, f"/harvest/{path.format(muron.source['name'])}", admin).select_one(".empty")


def test_a_source_is_added_with_the_form(town, app, admin) -> None:
    """Address, title and organisation are enough; the chosen connector is kept in the configuration."""
    dolus = town(THREE)
    form = page(app, "/harvest/new", admin)
    assert {field["name"] for field in form.select("#source-new [name]")} >= {"url", "title", "owner_org", "config"}
    data = {
        "url": dolus.site.url + "/autre.ttl",
        "title": "Autre catalogue",
        "name": f"autre-{dolus.organization['name']}",
        "owner_org": dolus.organization["id"],
        "source_type": "member_site",
        "frequency": "DAILY",
        "config": '{"connector": "dcat"}',
        "save": "Save",
    }
    response = app.post("/harvest/new", data=data, headers=admin, follow_redirects=False)
    assert response.status_code in (302, 303), response.body
    source = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": data["name"]})
    assert json.loads(source["config"]) == {"connector": "dcat"}
    edited = page(app, f"/harvest/edit/{data['name']}", admin)
    assert edited.select_one("#field-config option[selected]")["value"] == data["config"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "file:///etc/passwd"),
        ("url", "http://169.254.169.254/latest/meta-data/"),
        ("url", "http://127.0.0.1:1/"),
        ("url", "http://localhost/"),
        ("config", "{"),
        ("config", "[1]"),
        ("config", '{"connector": "gopher"}'),
    ],
)
def test_what_cannot_be_harvested_is_refused_beside_its_field(town, field, value) -> None:
    """Addresses that the portal must not open and configurations that it does not understand are never stored."""
    breuil = town({})
    name = f"refus-{breuil.organization['name']}"
    user = factories.Sysadmin()["name"]
    data = {
        "url": "https://donnees.example.org/",
        "name": name,
        "owner_org": breuil.organization["id"],
        "source_type": "member_site",
        field: value,
    }
    with pytest.raises(tk.ValidationError) as refusal:
        tk.get_action("harvest_source_create")({"user": user}, data)
    assert field in refusal.value.error_dict
    with pytest.raises(tk.ObjectNotFound):
        tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": name})
