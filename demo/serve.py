#!/usr/bin/env python3
"""Serve the member sites of a pilot territory on this machine, for demonstration.

usage: demo/serve.py [--territory SLUG] [--port-base N] [--list] [--json | --csv]

The CKAN sites are on port N, the DCAT catalogues on N+1, those out of order on N+2, Opendatasoft on N+3, udata on N+4,
CSW on N+5, ArcGIS Hub on N+6, catalogues in CSV on N+7, web pages on N+8, each below its own path.
Needs the suite: run it with the Python of the portal, `.portal/venv/bin/python demo/serve.py`.
"""

from __future__ import annotations

import argparse
import csv
import json
import signal
import sys
import threading
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

try:
    from members.content import sites
    from members.model import Site
    from members.server import Host

    from ckanext.opendatafrance.errors import DataFileError
except ModuleNotFoundError as error:
    sys.exit(f"{error}. Run it with the Python of the portal: .portal/venv/bin/python demo/serve.py")


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve the member sites of a pilot territory, for demonstration.")
    parser.add_argument("--territory", default="charente-maritime", help="slug of the territory (charente-maritime)")
    parser.add_argument("--port-base", type=int, default=5100, help="first of nine ports (5100)")
    parser.add_argument("--list", action="store_true", help="say what would be served, and serve nothing")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="with --list: as JSON")
    shape.add_argument("--csv", action="store_true", help="with --list: as `ckan odf source import` reads it")
    options = parser.parse_args(given)
    if (options.json or options.csv) and not options.list:
        parser.error("--json and --csv go with --list")
    return options


def source(site: Site) -> dict[str, object]:
    """A site as a source of the portal. The address is the one that a person would paste: the home page.

    Nobody could find out what a broken site is, so its catalogue and its connector are named.
    """
    return {
        "site": site.slug,
        "title": site.title,
        "url": f"{site.url}/catalogue.rdf" if site.broken else f"{site.url}/",
        "organization": site.owner.name,
        "connector": site.software,
        "broken": bool(site.broken),
    }


def show(found: Sequence[Site], options: argparse.Namespace) -> None:
    rows = [source(site) for site in found]
    if options.json:
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=2)
        print()
    elif options.csv:
        columns: list[str] = ["url", "organization", "title", "connector"]
        writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row | {"connector": row["connector"] if row["broken"] else ""} for row in rows)
    else:
        for site in found:
            state = f" (broken on purpose: {site.broken})" if site.broken else ""
            print(f"{site.url}/  {site.title}, {site.software}, {len(site.datasets)} datasets{state}", flush=True)


def serve(found: Sequence[Site], options: argparse.Namespace) -> None:
    """Serve until SIGTERM or Ctrl-C; says so once all ports are open."""
    hosts = []
    for port, group in groupby(found, key=lambda site: urlsplit(site.url).port or 0):
        try:
            hosts.append(Host(port, list(group)))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another one with --port-base.")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    for host in hosts:
        threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    show(found, options)
    stopped.wait()
    for host in hosts:
        host.shutdown()
        host.server_close()


def main(given: Sequence[str]) -> None:
    options = arguments(given)
    try:
        found = sorted(sites(options.territory, options.port_base), key=lambda site: urlsplit(site.url).port or 0)
    except DataFileError as error:
        sys.exit(str(error))
    (show if options.list else serve)(found, options)


if __name__ == "__main__":
    main(sys.argv[1:])
