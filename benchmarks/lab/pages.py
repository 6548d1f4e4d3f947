"""Pages and API calls of a portal with all communes of a région and many datasets: stock CKAN and ours."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from stack.console import ROOT, StepError
from stack.ini import PLUGINS

from . import stock
from .cost import measured
from .servers import Bench, bench
from .table import SIDES, Comparison
from .web import Web, web

TERRITORY = "region:76"
REQUESTS = 3
Say = Callable[[str], None]


@dataclass(frozen=True)
class Page:
    """What is asked for, and as whom; `{commune}`, `{departement}` and `{region}` stand for names of organisations."""

    title: str
    path: str
    user: str = ""


API = "/api/3/action/"
PAGES = (
    Page("organisations, page", "/organization/"),
    Page("organisations, words", "/organization/?q=saint"),
    Page("organisation: commune", "/organization/{commune}"),
    Page("organisation: département", "/organization/{departement}"),
    Page("organisation: région", "/organization/{region}"),
    Page("organisation form", "/organization/edit/{commune}", "sysadmin"),
    Page("datasets, page", "/dataset/"),
    Page("datasets of a département", "/dataset/?organization={departement}"),
    Page("dataset form, sysadmin", "/dataset/new", "sysadmin"),
    Page("dataset form, editor", "/dataset/new", "editor"),
    Page("dataset form, département", "/dataset/new", "admin"),
    Page("dashboard, sysadmin", "/dashboard/organizations", "sysadmin"),
    Page("dashboard, editor", "/dashboard/organizations", "editor"),
    Page("dashboard, département", "/dashboard/organizations", "admin"),
    Page("user page, sysadmin", "/user/sysadmin", "sysadmin"),
    Page("organization_list", API + "organization_list"),
    Page("organization_list, all_fields", API + "organization_list?all_fields=true&limit=25"),
    Page("organization_show, commune", API + "organization_show?id={commune}"),
    Page("organization_show, région", API + "organization_show?id={region}"),
    Page("…_list_for_user, sysadmin", API + "organization_list_for_user?permission=create_dataset", "sysadmin"),
    Page("…_list_for_user, editor", API + "organization_list_for_user?permission=create_dataset", "editor"),
    Page(
        "package_search with facet", API + "package_search?rows=0&facet.field=%5B%22organization%22%5D&facet.limit=-1"
    ),
)


def run(size: int, rounds: int, say: Say) -> Comparison:
    """Measure both sides on the same database and index, page by page, in alternate order."""
    with bench() as servers, ExitStack() as running:
        servers.ini("stock", stock.settings(servers.base / "stock") | _common())
        servers.ini("ours", {"ckan.plugins": PLUGINS} | _ours())
        servers.make_template("ours")
        database = servers.fresh("ours")
        say(f"Storing the organisations of {TERRITORY} and {size} datasets")
        data = _fill(servers, database, size)
        sides = {side: running.enter_context(web(servers, side, database, data["tokens"])) for side in SIDES}
        samples: dict[str, dict[str, list[dict[str, Any]]]] = {side: {} for side in SIDES}
        for page in PAGES:
            say(page.title)
            path = page.path.format(**data["names"])
            for number in range(rounds + 1):
                for side in SIDES if number % 2 == 0 else reversed(SIDES):
                    sample = _sample(servers, sides[side], path, page.user, 1 if number == 0 else REQUESTS)
                    if number:
                        samples[side].setdefault(page.title, []).append(sample)
    runs = {side: [{title: _summary(found) for title, found in samples[side].items()}] for side in SIDES}
    conditions = _conditions(data["organizations"], rounds)
    return Comparison("pages", size, [page.title for page in PAGES], conditions, runs, unit="ms")


def _common() -> dict[str, str]:
    # One index for both sides: CKAN finds only the documents of its own site.
    # The languages that bin/portal offers: each one more is a link on every page of either side.
    languages = {"ckan.locales_offered": "fr en"}
    return {"ckan.site_id": "measuring", "ckan.auth.create_unowned_dataset": "false", **languages}


def _ours() -> dict[str, str]:
    given = {"ckan.locale_default": "fr", "ckan.views.default_views": "", "ckan.gravatar_default": "disabled"}
    return _common() | given | {"ckanext.opendatafrance.territory": "occitanie"}


def _fill(servers: Bench, database: str, size: int) -> dict[str, Any]:
    script = Path(__file__).with_name("portal_data.py")
    log = servers.base / "logs" / "portal-data.log"
    with log.open("ab") as errors:
        done = subprocess.run(
            [str(servers.env.python), str(script), TERRITORY, str(size)],
            stdout=subprocess.PIPE, stderr=errors, env=servers.environ("ours", database), cwd=ROOT, check=False,
        )  # fmt: skip
    if done.returncode:
        last = log.read_text(errors="replace").strip().splitlines()[-4:]
        raise StepError("\n    ".join(["The data of the portal could not be made", *last]))
    return json.loads(done.stdout.splitlines()[-1])


def _sample(servers: Bench, side: Web, path: str, user: str, requests: int) -> dict[str, Any]:
    """Seconds of a request, and its share of the CPU: /proc counts in steps too large for a single one."""
    walls, answer = [], (0, 0)
    with measured({"python": side.pid, **servers.pids}) as all_:
        for _ in range(requests):
            with measured({}) as one:
                answer = side.get(path, user)
            walls.append(one.wall)
    if answer[0] != 200:
        raise StepError(f"{path} answers with status {answer[0]}", log=servers.base / "logs")
    return {"walls": walls, "cpu": {name: used / requests for name, used in all_.cpu.items()}, "answer": answer}


def _summary(samples: list[dict[str, Any]]) -> dict[str, Any]:
    cpu = {name: sum(sample["cpu"][name] for sample in samples) / len(samples) for name in samples[0]["cpu"]}
    wall = median(wall for sample in samples for wall in sample["walls"])
    return {"wall": wall, "cpu": cpu, "peak_mib": 0.0, "report": f"{samples[-1]['answer'][1] / 1000:.0f} kB"}


def _conditions(organizations: int, rounds: int) -> list[str]:
    return [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end.",
        f"{organizations} organisations. Both sides read one database and one index, each through one gunicorn worker.",
        f"Wall: median of {rounds * REQUESTS} requests after a first one that is not counted; CPU: mean.",
        "The sides alternate, page by page. PostgreSQL and Solr also count what they do for themselves meanwhile.",
        "Stock: the plugins of bin/portal without ours, with ckanext-scheming and plain fields.",
    ]
