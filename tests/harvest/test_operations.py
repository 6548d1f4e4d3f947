"""Pages and commands of who looks after many sources."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from dcat_catalogue import dataset
from member_site import Answer

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.lib.search.common import make_connection
from ckan.tests import factories

from ckanext.harvest.logic.action import get as stock
from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.opendatafrance.harvest import sparkline
from ckanext.opendatafrance.harvest.sources import PAUSED

THREE = {"a": "Budget", "b": "Délibérations", "c": "Subventions"}


def call(action: str, **data):
    return tk.get_action(action)({"ignore_auth": True, "user": ""}, data)


@pytest.fixture
def member(app):
    """Factory of people of a town: `member(place, "editor")` → headers of their requests."""

    def join(place, role: str) -> dict[str, str]:
        user = factories.UserWithToken()
        data = {"id": place.organization["id"], "username": user["name"], "role": role}
        tk.get_action("organization_member_create")({"ignore_auth": True}, data)
        return {"Authorization": user["token"]}

    return join


def line(page: str, name: str) -> str:
    """The line of a source in the table."""
    return re.search(rf'<tr data-source="{name}".*?</tr>', page, re.DOTALL).group()


# --- Adding a source ------------------------------------------------------------------------------------------------


def test_a_pasted_address_is_looked_at_before_anything_is_saved(town, app, member) -> None:
    """Detection and first datasets on the page, no source; then the button adds it with its organisation."""
    place = town({})
    place.site.routes["/autre.ttl"] = place.site.routes[place.path]
    place.publish(THREE)
    place.site.routes["/autre.ttl"] = place.site.routes[place.path]
    headers = member(place, "admin")
    url = f"{place.site.url}/autre.ttl"
    assert 'name="url"' in app.get("/odf/harvest/add", headers=headers).body
    before = len(call("odf_source_list"))
    seen = app.post("/odf/harvest/add", data={"url": url, "step": "look"}, headers=headers)
    assert seen.status_code == 200
    for title in THREE.values():
        assert title in seen.body
    assert 'value="add"' in seen.body
    assert len(call("odf_source_list")) == before
    assert place.datasets() == {}
    way = re.search(r'name="way"[^>]*value="([^"]+)"', seen.body).group(1)
    data = {
        "url": url,
        "way": way,
        "step": "add",
        "title": f"Autre {place.organization['name']}",
        "frequency": "WEEKLY",
    }
    missing = app.post("/odf/harvest/add", data=data, headers=headers)
    assert "alert-danger" in missing.body
    assert len(call("odf_source_list")) == before
    data["owner_org"] = place.organization["id"]
    added = app.post("/odf/harvest/add", data=data, headers=headers, follow_redirects=False)
    assert added.status_code == 302
    [source] = [one for one in call("odf_source_list", owner_org=place.organization["name"]) if one["url"] == url]
    assert (source["connector"], source["frequency"]) == ("dcat", "WEEKLY")
    assert source["name"] in added.headers["Location"]


def test_what_cannot_be_harvested_is_said_beside_the_field(town, app, member) -> None:
    """A private address, a page without data, nothing at all: a sentence, the address as typed, no traceback."""
    place = town({})
    place.site.routes["*"] = Answer("<!doctype html><title>Mairie</title><p>Bienvenue", media_type="text/html")
    headers = member(place, "admin")
    for url in (f"{place.site.url}/accueil", "http://127.0.0.1:1/", "ftp://example.org/", "n'importe quoi"):
        page = app.post("/odf/harvest/add", data={"url": url, "step": "look"}, headers=headers)
        assert page.status_code == 200
        assert 'role="alert"' in page.body
        assert 'aria-invalid="true"' in page.body
        assert 'value="add"' not in page.body
    empty = app.post("/odf/harvest/add", data={"url": " ", "step": "look"}, headers=headers)
    assert 'role="alert"' in empty.body


def test_only_administrators_make_the_portal_read_an_address(town, app, member) -> None:
    """By this page neither, and a mere visit of the page reads nothing."""
    place = town(THREE)
    asked = place.site.count()
    for headers in (member(place, "editor"), {}):
        assert app.get("/odf/harvest/add", headers=headers).status_code == 403
        refused = app.post("/odf/harvest/add", data={"url": place.source["url"]}, headers=headers)
        assert refused.status_code == 403
    app.get(f"/odf/harvest/add?url={place.source['url']}", headers=member(place, "admin"))
    assert place.site.count() == asked


# --- All sources ----------------------------------------------------------------------------------------------------


def test_the_page_of_all_sources_tells_their_state(town, app, member) -> None:
    """In words and by a sign, with the last runs as a drawing that has a text."""
    good, bad = town(THREE), town(THREE)
    good.harvest()
    good.harvest()
    bad.site.routes.clear()
    bad.harvest()
    sysadmin = {"Authorization": factories.SysadminWithToken()["token"]}
    healthy, failed = (
        line(app.get(f"/odf/harvest/?q={name}", headers=sysadmin).body, name)
        for name in (good.source["name"], bad.source["name"])
    )
    assert 'data-light="ok"' in healthy
    assert "●" in healthy
    assert 'data-light="error"' in failed
    assert "✖" in failed
    drawing = ElementTree.fromstring(re.search(r"<svg.*?</svg>", healthy, re.DOTALL).group())
    assert drawing.get("role") == "img"
    assert "2" in drawing.find("title").text
    only = app.get("/odf/harvest/?state=error", headers=sysadmin).body
    assert 'data-light="error"' in only
    assert f'data-source="{good.source["name"]}"' not in only
    found = app.get(f"/odf/harvest/?q={good.source['name']}", headers=sysadmin).body
    assert f'data-source="{bad.source["name"]}"' not in found
    assert app.get("/odf/harvest/?state=nonsense", headers=sysadmin).status_code == 400
    editor = app.get("/odf/harvest/", headers=member(good, "editor")).body
    assert f'data-source="{good.source["name"]}"' in editor
    assert bad.source["name"] not in editor
    assert app.get("/odf/harvest/").status_code == 403
    [told] = call("odf_harvest_overview", q=good.source["name"])["results"]
    assert (told["light"], told["datasets"], told["unchanged"], len(told["runs"])) == ("ok", 3, 3, 2)
    assert told["last_success"] > told["started"]


def test_sources_are_sorted(town) -> None:
    """Worst first, or as asked."""
    good, bad, new = town(THREE), town(THREE), town(THREE)
    good.harvest()
    bad.publish(answer=Answer("", status=404))
    bad.harvest()
    names = [place.source["name"] for place in (good, bad, new)]

    def order(sort: str) -> list[str]:
        found = call("odf_harvest_overview", sort=sort, limit=500)["results"]
        return [names.index(one["name"]) for one in found if one["name"] in names]

    assert order("light") == [1, 2, 0]
    assert order("-last_success")[0] == 0
    assert order("title") == sorted(range(3), key=lambda place: f"site {names[place]}")


def test_buttons_run_pause_and_resume(town, app, member) -> None:
    """A paused source is left out by the schedule and by --all, says so, and can be harvested by hand."""
    place = town(THREE)
    model.Session.execute(
        sa.update(HarvestSource).where(HarvestSource.id == place.source["id"]).values(frequency="DAILY")
    )
    model.Session.commit()
    headers = member(place, "admin")
    name = place.source["name"]
    refused = app.post(f"/odf/harvest/source/{name}/pause", headers=member(place, "editor"), follow_redirects=False)
    assert refused.status_code == 403
    paused = app.post(f"/odf/harvest/source/{name}/pause", headers=headers).body
    assert f"/odf/harvest/source/{name}/resume" in paused
    [told] = call("odf_harvest_overview", q=name)["results"]
    assert (told["paused"], told["next_run"]) == (True, None)
    query = sa.select(sa.func.count()).where(HarvestJob.source_id == place.source["id"])
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]

    def jobs_after_schedule() -> int:
        tk.get_action("harvest_jobs_run")({"user": site, "model": model, "session": model.Session}, {})
        return model.Session.execute(query).scalar_one()

    assert jobs_after_schedule() == 0
    assert place.harvest()["added"] == 3
    app.post(f"/odf/harvest/source/{name}/resume", headers=headers)
    assert jobs_after_schedule() == 2
    model.Session.execute(
        sa.update(HarvestJob).where(HarvestJob.source_id == place.source["id"]).values(status="Finished")
    )
    model.Session.commit()
    app.post(f"/odf/harvest/source/{name}/run", headers=member(place, "editor"))
    assert model.Session.execute(query.where(HarvestJob.status.in_(("New", "Running")))).scalar_one() == 1
    again = app.post(f"/odf/harvest/source/{name}/run", headers=headers)
    assert again.status_code == 200


def test_commands_pause_and_resume(town, cli) -> None:
    """--all tells what it leaves out."""
    place = town(THREE)

    def odf(*words):
        return cli.invoke(ckan, ["odf", *words], catch_exceptions=False)

    assert odf("source", "pause", place.source["name"]).exit_code == 0
    # The others of this database would take time.
    model.Session.execute(sa.update(HarvestSource).values(next_run=PAUSED))
    model.Session.commit()
    done = odf("harvest", "--all", "--json")
    assert json.loads(done.stdout) == []
    assert place.source["name"] in done.stderr
    model.Session.execute(sa.update(HarvestSource).values(next_run=None))
    model.Session.commit()
    assert odf("source", "resume", "nowhere").exit_code == 1


def test_a_dry_run_on_a_page(town, app, member) -> None:
    """The difference by title; nothing is written; a stranger may not, nor a mere link."""
    place = town(THREE)
    place.harvest()
    place.publish({"a": "Budget", "b": "Autre titre", "d": "Nouveau"})
    address = f"/odf/harvest/source/{place.source['name']}/difference"
    page = app.post(address, headers=member(place, "editor"))
    for text in ("Autre titre", "Nouveau"):
        assert text in page.body
    assert sorted(place.datasets()) == sorted(THREE.values())
    assert app.post(address, headers={"Authorization": factories.UserWithToken()["token"]}).status_code == 403
    assert app.get(address, headers=member(place, "editor")).status_code == 404
    place.publish(answer=Answer("", status=500))
    failed = app.post(address, headers=member(place, "editor"))
    assert (failed.status_code, 'role="alert"' in failed.body) == (200, True)


# --- All problems ---------------------------------------------------------------------------------------------------


def test_the_file_of_problems_has_all_of_them(town, app, member, monkeypatch) -> None:
    """More than the report names and more than the rows of ckanext-harvest; no cell is a formula."""
    from ckanext.opendatafrance.harvest import report

    monkeypatch.setattr(report, "LISTED", 20)
    place = town({}, *(dataset(f"=bad{number}", "") for number in range(120)), dataset("good", "Bon"))
    done = place.harvest()
    assert (done["errored"], len(done["errors"])) == (120, 20)
    page = app.get(f"/harvest/{place.source['name']}/job/{done['job']}", headers=member(place, "editor"))
    address = f"/odf/harvest/job/{done['job']}/problems.csv"
    assert address in page.body
    answer = app.get(address, headers=member(place, "editor"))
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 121
    assert {len(row) for row in rows} == {5}
    assert len({row[2] for row in rows[1:]}) == 120
    assert app.get(address).status_code == 403
    assert len(call("odf_harvest_problems", id=done["job"])) == 120


# --- Drawing --------------------------------------------------------------------------------------------------------


def test_the_drawing_tells_states_apart_by_shape() -> None:
    """Bars, bars above a gap, crosses; nothing where there was no run."""
    runs = [
        {"state": "complete", "datasets": 10, "errored": 0},
        {"state": "complete", "datasets": 5, "errored": 2},
        {"state": "failed", "datasets": 0, "errored": 1},
    ]
    drawn = sparkline.draw(runs)
    assert drawn.width == 3 * sparkline.STEP
    assert "M0 20v-16" in drawn.complete
    assert "M4 17v-8" in drawn.errors
    assert drawn.failed.count("M") == 2
    assert sparkline.draw([]).complete == ""


def stock_context() -> dict:
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return {"user": site, "model": model, "session": model.Session}


def test_the_list_of_ckanext_harvest_says_what_its_own_says(town) -> None:
    """Never harvested, with errors, failed as a whole: the same dicts."""
    new, bad, failed = town(THREE), town(THREE, dataset("bad", "")), town(THREE)
    bad.harvest()
    failed.site.routes.clear()
    failed.harvest()
    for place in (new, bad, failed):
        data = {"organization_id": place.organization["id"], "return_last_job_status": True}
        [theirs] = stock.harvest_source_list(stock_context(), dict(data))
        [ours] = tk.get_action("harvest_source_list")(stock_context(), dict(data))
        assert ours == theirs


# --- Two thousand sources -------------------------------------------------------------------------------------------

MANY = 2000


@contextmanager
def multiplied(place) -> Iterator[None]:
    """Copies of a source and of its runs, in the database and in the index, past the actions, which take minutes."""
    values = {"id": place.source["id"], "many": MANY, "copy": f"{place.source['id'][:20]}-"}
    session = model.Session
    for table, changed in (
        ("package", "id = :copy || n, name = t.name || '-' || n, title = t.title || ' ' || n"),
        ("harvest_source", "id = :copy || n, url = t.url || '?' || n, title = t.title || ' ' || n"),
    ):
        columns = [row[0] for row in session.execute(sa.text(COLUMNS), {"table": table})]
        new = dict(part.split(" = ", 1) for part in changed.split(", "))
        picked = ", ".join(new.get(column, f't."{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        session.execute(
            sa.text(
                f"INSERT INTO {table} ({names}) SELECT {picked} FROM {table} t, generate_series(1, :many) n"
                " WHERE t.id = :id"
            ),
            values,
        )
    session.execute(
        sa.text(
            "INSERT INTO odf_harvest_run (job_id, source_id, state, started, finished, added)"
            " SELECT :copy || n || '-' || d, :copy || n, 'complete', now() - d * interval '1 day',"
            " now() - d * interval '1 day' + interval '20 seconds', n"
            " FROM generate_series(1, :many) n, generate_series(1, 20) d"
        ),
        values,
    )
    session.execute(sa.text("ANALYZE odf_harvest_run"))
    session.commit()
    index = make_connection(decode_dates=False)
    [original] = index.search(f'id:"{place.source["id"]}"', fq="dataset_type:harvest").docs
    index.add([_document(original, f"{values['copy']}{number}", number) for number in range(1, MANY + 1)], commit=True)
    try:
        yield
    finally:
        for table, column in (("odf_harvest_run", "source_id"), ("harvest_source", "id"), ("package", "id")):
            session.execute(sa.text(f"DELETE FROM {table} WHERE {column} LIKE :copy || '%'"), values)
        session.commit()
        index.delete(q=f'title:"{original["title"]}" -id:"{place.source["id"]}"', commit=True)


COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = :table AND table_schema = 'public'"


def _document(original: dict, identifier: str, number: int) -> dict:
    made = {key: value for key, value in original.items() if key not in ("_version_", "indexed_ts", "score")}
    name = f"{original['name']}-{number}"
    made |= {"id": identifier, "index_id": identifier, "name": name, "title": f"{original['title']} {number}"}
    for key in ("data_dict", "validated_data_dict"):
        made[key] = json.dumps({**json.loads(original[key]), "id": identifier, "name": name, "title": made["title"]})
    return made


def cost(function, *arguments, **options) -> tuple[float, int]:
    """Seconds of the faster of two calls, of which the first fills caches, and queries of the last."""
    asked: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        asked.append(statement)

    engine = model.ensure_engine()
    times = []
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        for _ in range(2):
            asked.clear()
            begun = time.perf_counter()
            function(*arguments, **options)
            times.append(time.perf_counter() - begun)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return min(times), len(asked)


LONGEST = 1.5
"""Seconds. Half a second is asked of a machine that does nothing else; measured there: a fifth to a third."""


@pytest.mark.ckan_config("ckan.harvest.harvest_source_limit", MANY)
def test_pages_of_two_thousand_sources_are_quick(town, app) -> None:
    """Ours, those of ckanext-harvest and its action, in a number of queries that does not grow with the sources."""
    place = town(THREE)
    place.harvest()
    with multiplied(place):
        headers = {"Authorization": factories.SysadminWithToken()["token"]}
        for address in ("/odf/harvest/?sort=-seconds&page=30", "/harvest/?page=50"):
            taken, queries = cost(app.get, address, headers=headers)
            assert (taken < LONGEST, queries < 30) == (True, True), (address, taken, queries)
        for data in ({}, {"only_active": True, "return_last_job_status": True}):
            taken, queries = cost(tk.get_action("harvest_source_list"), stock_context(), data)
            assert (taken < LONGEST, queries < 15) == (True, True), (data, taken, queries)
        taken, queries = cost(call, "odf_harvest_overview", limit=50)
        assert (taken < LONGEST, queries <= 5) == (True, True), (taken, queries)
