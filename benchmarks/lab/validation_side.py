"""One check in a process of its own: what the import and the check cost. Runs in each side's environment.

usage: validation_side.py ours|frictionless|validata TABLE.csv SCHEMA.json
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

warnings.filterwarnings("ignore")


def ours(table: str, schema: str) -> Callable[[], tuple[int, int]]:
    from ckanext.opendatafrance.validation import catalogue, report
    from ckanext.opendatafrance.validation.opening import open_table

    wanted = catalogue.read(Path(schema))

    def check() -> tuple[int, int]:
        with Path(table).open("rb") as file, open_table(file, [one.name for one in wanted.fields]) as opened:
            found = report.run(wanted, opened)
            return found.rows, found.errors

    return check


def frictionless(table: str, schema: str) -> Callable[[], tuple[int, int]]:
    from frictionless import Resource, Schema, system

    descriptor = json.loads(Path(schema).read_text())
    descriptor.pop("custom_checks", None)
    wanted = Schema.from_descriptor(descriptor)
    system.trusted = True

    def check() -> tuple[int, int]:
        told = Resource(path=table, schema=wanted).validate(limit_errors=10**9)
        return told.tasks[0].stats["rows"], told.stats["errors"]

    return check


def validata(table: str, schema: str) -> Callable[[], tuple[int, int]]:
    import validata_core

    wanted = json.loads(Path(schema).read_text())

    def check() -> tuple[int, int]:
        told = validata_core.validate(table, wanted).to_dict()
        return told["stats"].get("rows", 0) if isinstance(told.get("stats"), dict) else 0, len(told["errors"])

    return check


def main(side: str, table: str, schema: str) -> None:
    check = {"ours": ours, "frictionless": frictionless, "validata": validata}[side](table, schema)
    cpu, wall = time.process_time(), time.monotonic()
    rows, errors = check()
    told = {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall, "rows": rows, "errors": errors}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
