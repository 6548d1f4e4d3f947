"""First harvest of a DCAT catalogue, and with 0, 1 and 20 % changed: the one of ckanext-dcat and ours, side by side."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stack.console import ROOT, StepError
from stack.ini import PLUGINS

from .catalogue import Site
from .servers import Bench, bench
from .table import SIDES, Comparison

PHASES = ("first", "unchanged", "1 % changed", "20 % changed")
WARM_UP = 60
MOST_FOR_STOCK = 5000
SETTINGS = {
    "stock": {
        "ckan.plugins": "activity dcat harvest dcat_rdf_harvester scheming_datasets",
        "scheming.dataset_schemas": "ckanext.dcat.schemas:dcat_ap_full.yaml",
        "scheming.presets": "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml",
        "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3 euro_dcat_ap_scheming",
    },
    "ours": {"ckan.plugins": PLUGINS},
}
Say = Callable[[str], None]


def run(size: int, rounds: int, say: Say) -> Comparison:
    """Measure both sides `rounds` times each; ours alone where stock would take hours."""
    sides = SIDES if size <= MOST_FOR_STOCK else ("ours",)
    runs: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    with bench() as servers:
        for side in sides:
            servers.ini(side, SETTINGS[side])
            servers.make_template(side)
        say(f"Warming the servers up ({WARM_UP} datasets, not counted)")
        for side in sides:
            _run(servers, side, WARM_UP, say)
        for number in range(rounds):
            for side in sides if number % 2 == 0 else reversed(sides):
                say(f"Round {number + 1} of {rounds}: {side}")
                runs[side].append(_run(servers, side, size, say))
    return Comparison("harvest", size, PHASES, _conditions(rounds), runs)


def _run(servers: Bench, side: str, size: int, say: Say) -> dict[str, Any]:
    """One side in a process, a database and an index of its own; phase → what it cost and reported."""
    site = Site(size)
    database = servers.fresh(side)
    command = [
        str(servers.env.python),
        str(Path(__file__).with_name("side.py")),
        side,
        site.url,
        json.dumps(servers.pids),
    ]
    servers.ini(side, SETTINGS[side] | {"ckanext.opendatafrance.allowed_hosts": site.host})
    environ = servers.environ(side, database)
    log = servers.base / "logs" / f"{side}.log"
    try:
        with (
            log.open("ab") as errors,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environ, cwd=ROOT) as process,
        ):
            phases: dict[str, Any] = {}
            try:
                for line in process.stdout or ():
                    found = json.loads(line)
                    phases |= found
                    say("  ".join(_in_words(*item) for item in found.items()))
            except BaseException:
                process.kill()
                raise
    finally:
        site.close()
    if process.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-4:]
        raise StepError("\n    ".join([f"The harvest of the side “{side}” failed", *last]))
    return phases


def _in_words(phase: str, cost: dict[str, Any]) -> str:
    """What a person who waits for hours wants to see meanwhile."""
    return f"  {phase}: {cost['wall']:.1f} s, {sum(cost['cpu'].values()):.1f} s of CPU, {cost['peak_mib']:.0f} MiB"


def _conditions(rounds: int) -> list[str]:
    load = os.getloadavg()[0]
    return [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} at the end.",
        "One RDF/XML file over loopback, about 70 triples and 3 files for each dataset. Both use the same PostgreSQL,",
        "Redis and Solr, warm; each run has a fresh process, database and empty index.",
        f"Means of {rounds} for each side, in alternate order.",
        "Stock: ckanext-harvest with ckanext-dcat (dcat_rdf, dcat_ap_full.yaml), both queues in one process.",
        "Ours: the harvester “member site” through the same gather queue, with the plugins of bin/portal.",
    ]
