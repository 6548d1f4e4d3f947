"""A process that has loaded CKAN once, and forks workers that harvest, are killed and can be followed.

`workshop.py` starts it and talks to it: a line of JSON in, a line of JSON out. A worker kills, or stops, itself at its
n-th *point*: before and after each statement and each commit in PostgreSQL, and each request to Solr.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from contextlib import nullcontext
from typing import Any

import pysolr
from sqlalchemy import event

from ckan.cli import load_config
from ckan.config.middleware import make_app


class Points:
    """Counts the points of this process, and does at one of them what was asked."""

    def __init__(self) -> None:
        self.count = 0
        self.at = 0
        self.signal = signal.SIGKILL

    def reach(self, *_: Any, **__: Any) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), self.signal)


points = Points()


def watch(engine: Any) -> None:
    for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, name, points.reach)
    send = pysolr.Solr._send_request

    def watched(*args: Any, **kwargs: Any) -> Any:
        points.reach()
        try:
            return send(*args, **kwargs)
        finally:
            points.reach()

    pysolr.Solr._send_request = watched


def harvest(order: dict[str, Any]) -> dict[str, Any]:
    """What `ckan odf harvest SOURCE` does."""
    import ckan.plugins.toolkit as tk

    done = tk.get_action("odf_harvest_run")({"ignore_auth": True}, {"id": order["source"]})
    return {"points": points.count, **{key: done[key] for key in ("state", "added", "updated", "unchanged", "errors")}}


def consume(order: dict[str, Any]) -> dict[str, Any]:
    """What `ckan harvester gather-consumer` does."""
    from ckanext.harvest.utils import gather_consumer

    gather_consumer()
    return {}


WORK = {"harvest": harvest, "consume": consume}


def work(order: dict[str, Any], answer: int) -> None:
    """Be a worker, in a process of its own."""
    from ckan import model
    from ckan.common import config

    from ckanext.opendatafrance.harvest import pipeline

    pipeline.PAGE = order.get("page", 3)  # several batches, though the sites are small
    config.update(order.get("config", {}))
    if "largest_file" in order:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"], resource.RLIM_INFINITY))
    model.ensure_engine().dispose(close=False)
    points.count, points.at = 0, order.get("at", 0)
    points.signal = signal.Signals[order.get("signal", "SIGKILL")]
    os.write(answer, json.dumps(WORK[order["work"]](order)).encode())


def main() -> None:
    app: Any = make_app(load_config(os.environ["CKAN_INI"]))
    from ckan import model
    from ckan.common import config

    from ckanext.opendatafrance.harvest.connectors import connectors

    config["ckan.views.default_views"] = ""
    connectors()
    watch(model.ensure_engine())
    model.Session.remove()  # nothing that waits here may lock a table of other tests
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what plugins print is no answer
    print("ready", file=out)
    answers: dict[int, int] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if "work" in order:
            reading, writing = os.pipe()
            model.Session.remove()
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    with app._wsgi_app.test_request_context() if order["work"] == "harvest" else nullcontext():
                        work(order, writing)
                    code = 0
                except Exception:  # noqa: BLE001 - the process ends here
                    traceback.print_exc()
                finally:
                    sys.stderr.flush()
                    os._exit(code)
            os.close(writing)
            answers[pid] = reading
            print(json.dumps({"pid": pid}), file=out)
        elif "wait" in order:
            pid, status = os.waitpid(order["wait"], 0)
            with os.fdopen(answers.pop(pid)) as told:
                said = told.read()
            print(json.dumps({"killed": os.WIFSIGNALED(status), **json.loads(said or "{}")}), file=out)


if __name__ == "__main__":
    main()
