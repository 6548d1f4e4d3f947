"""benchmarks/run: what it tells, and that it can be trusted to have measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import rdflib

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parents[1] / "bin"))
sys.path.insert(0, str(Path(__file__).parents[1] / "demo"))

from lab import stock
from lab.catalogue import Site, catalogue
from lab.cost import cpu_of, measured
from lab.table import Comparison
from lab.territories import Seeding
from lab.workers import Scaling

ROOT = Path(__file__).parents[1]


def figures(wall: float, python: float = 1.0, solr: float = 1.0, peak: float = 100.0) -> dict[str, Any]:
    cpu = {"python": python, "postgresql": 1.0, "solr": solr}
    return {"wall": wall, "cpu": cpu, "peak_mib": peak, "report": "Finished: 5 added"}


@pytest.fixture
def comparison() -> Comparison:
    runs = {
        "stock": [{"first": figures(10, python=8)}, {"first": figures(14, python=12)}],
        "ours": [{"first": figures(2, python=2, solr=0)}, {"first": figures(4, python=2, solr=0)}],
    }
    return Comparison("harvest", 500, ("first",), ("The machine was quiet.",), runs)


def test_ratio_is_stock_divided_by_ours(comparison):
    """Means over the rounds, then their ratio; CPU is the sum of its parts."""
    assert comparison.mean("stock", "first") == {
        "wall": 12, "python": 10, "postgresql": 1, "solr": 1, "total": 12, "peak_mib": 100
    }  # fmt: skip
    ratio = comparison.ratio("first")
    assert (ratio["wall"], ratio["total"], ratio["peak_mib"]) == (4, 4, 1)


def test_nothing_is_divided_by_nothing(comparison):
    """What the clock could not see has no ratio, and the table shows a dash."""
    assert comparison.ratio("first")["solr"] is None
    assert "–" in comparison.table()


def test_a_size_that_stock_cannot_do_has_only_ours(comparison):
    """No ratio is made up."""
    alone = Comparison("harvest", 20_000, ("first",), (), {"ours": comparison.runs["ours"]})
    assert "ratio" not in alone.table()
    assert list(alone.as_dict()["phases"]["first"]) == ["ours"]


def test_table_says_what_was_measured(comparison):
    """Conditions, both sides, the ratio, and what each side reported to have done."""
    table = comparison.table()
    for words in ("harvest, 500 datasets", "The machine was quiet.", "4.0×", "ours, first: Finished: 5 added"):
        assert words in table
    lines = [line for line in table.splitlines() if line.startswith(("first", "      ")) and "." in line]
    assert len({len(line) for line in lines}) == 1


def test_json_holds_every_round(comparison):
    """Programs get each run and the means."""
    found = json.loads(json.dumps(comparison.as_dict()))
    assert len(found["runs"]["stock"]) == 2
    assert found["phases"]["first"]["ratio"]["wall"] == 4


def test_small_work_is_told_in_milliseconds():
    """Without memory, which is that of a server and not of one page."""
    runs = {side: [{"page": figures(0.25, python=0.125, peak=0)}] for side in ("stock", "ours")}
    table = Comparison("pages", 50_000, ("page",), (), runs, unit="ms").table()
    assert "wall ms" in table
    assert " 250 " in table
    assert "MiB" not in table


def test_a_loop_too_long_to_run_is_the_area_under_its_prices():
    """300 in 3 s; one more costs 0.02 s there and 0.1 s among 2,000: 1,700 at 0.06 s on average."""
    run = {"peak_mib": 100, "report": "created"}
    loop, ours = {**run, "number": 300, **cost(3)}, {**run, "number": 2000, **cost(1)}
    twenty = [{**run, "number": 20, **cost(wall)} for wall in (0.4, 2)]
    seeding = Seeding(
        ("The machine was quiet.",),
        {size: [{"first": ours, "again": ours}] for size in (300, 2000)},
        {0: [loop], 300: [twenty[0]], 2000: [twenty[1]]},
        {"first": ours, "again": ours},
    )
    assert seeding.looped(300)[0] == 3
    assert seeding.looped(2000)[0] == pytest.approx(3 + 1700 * 0.06)
    sizes = seeding.as_dict()["sizes"]
    assert [sizes[size]["stock_is_estimated"] for size in (300, 2000)] == [False, True]
    assert sizes[2000]["ratio"]["wall"] == pytest.approx(105)
    for words in ("≈ 105.0", "105×"):
        assert words in seeding.table()


def test_workers_are_compared_with_one():
    """Wall of one divided by that of several."""
    scaling = Scaling(200, ("The machine was quiet.",), {1: [figures(40)], 2: [figures(20)], 4: [figures(16)]})
    assert [round(found["faster"], 1) for found in scaling.as_dict()["workers"].values()] == [1, 2, 2.5]
    for words in ("workers, 200 sources of 10 datasets", "2.5×", "4: Finished: 5 added"):
        assert words in scaling.table()


def cost(seconds: float) -> dict[str, Any]:
    return {"wall": seconds, "cpu": {"python": seconds, "postgresql": 0.0, "solr": 0.0}}


def test_stock_has_none_of_our_plugins(tmp_path):
    """But all the others of the portal, and fields for what seeding knows."""
    settings = stock.settings(tmp_path)
    assert "opendatafrance" not in settings["ckan.plugins"]
    assert {"activity", "scheming_organizations"} <= set(settings["ckan.plugins"].split())
    schema = json.loads((tmp_path / "organization.json").read_text())
    assert {"insee_code", "siren"} <= {field["field_name"] for field in schema["fields"]}


def test_catalogue_is_as_large_as_it_says():
    """About 70 triples for each dataset; a change touches only the datasets that it should."""
    graph = rdflib.Graph().parse(data=catalogue(20), format="xml")
    assert 60 <= len(graph) / 20 <= 80
    assert 5000 <= len(catalogue(20)) / 20 <= 7500
    changed = rdflib.Graph().parse(data=catalogue(20, changed=2), format="xml")
    titles = [set(g.subject_objects(rdflib.DCTERMS.title)) for g in (graph, changed)]
    assert len(titles[1] - titles[0]) == 2
    assert catalogue(20) == catalogue(20)


def test_site_changes_as_many_datasets_as_told():
    """At least one dataset, and only after /change; another change changes them again."""
    site = Site(30)
    try:
        first, again = (urllib.request.urlopen(site.url).read() for _ in range(2))
        changed = []
        for percentage in (1, 20):
            urllib.request.urlopen(f"http://{site.host}/change/{percentage}").close()
            changed.append(urllib.request.urlopen(site.url).read())
    finally:
        site.close()
    assert first == again == catalogue(30)
    assert changed == [catalogue(30, 1, "mis à jour, 1 %"), catalogue(30, 6, "mis à jour, 20 %")]
    assert changed[0].count("mis à jour".encode()) == 1


def test_cost_counts_cpu_of_others_and_memory_of_the_block():
    """A busy server is seen, a sleeping one costs nothing; the peak is that of the block."""
    spin = "import sys, time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\nsys.stdin.read()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", spin], **pipes) as server:
        assert server.stdout
        with measured({"server": server.pid}) as cost:
            server.stdout.readline()
            block = bytearray(os.urandom(1024)) * (60 * 1024)
        assert 0.3 <= cost.cpu["server"] <= 1.5
        assert cost.peak_mib >= 60
        del block
        with measured({"server": server.pid}) as idle:
            time.sleep(0.2)
        assert idle.cpu["server"] <= 0.1
        assert idle.wall >= 0.2
        assert idle.cpu["python"] < 0.2
        server.kill()
    assert cpu_of(server.pid) == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [(["nonsense"], "choose from: harvest, workers, territories, pages"), (["--size", "0"], "at least 1")],
)
def test_mistakes_are_told(options, told):
    """Before any server starts."""
    command = [sys.executable, str(ROOT / "benchmarks" / "run"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert told in done.stderr
