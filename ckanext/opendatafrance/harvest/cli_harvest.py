"""Command `ckan odf harvest`: sources harvested now, by this process or by several, without the queue."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.cli import as_json, call, command, print_errors, print_json, sentence
from ckanext.opendatafrance.harvest.progress import Meter
from ckanext.opendatafrance.harvest.workers import each

COUNTS = ("added", "updated", "unchanged", "deleted", "held", "errored")
DONE = ("source", "job", *COUNTS, "seconds")
DIFFERENCE = ("connector", "url", "count", "datasets", "errors", "changes")


@click.command()
@click.argument("sources", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All active sources that are not paused.")
@click.option("--only-failed", is_flag=True, help="Of these, only those whose last run failed or had errors.")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@click.option("--workers", type=click.IntRange(min=1), default=1, help="Processes that harvest at once.")
@as_json
@command
def harvest(
    sources: tuple[str, ...], every: bool, only_failed: bool, dry_run: bool, workers: int, as_json: bool
) -> None:
    """Harvest SOURCES (names or ids) now, without the queue. Exit 1 if one of them could not be read to its end."""
    if not sources and not every:
        raise click.UsageError(tk._("Name the sources to harvest, or give --all."))
    names = _chosen(sources, every, only_failed)
    results = list(_results(names, dry_run, as_json, workers))
    if as_json:
        print_json(results[0]["json"] if len(sources) == 1 and len(results) == 1 else [r["json"] for r in results])
    if not all(result["complete"] for result in results):
        sys.exit(1)


def _chosen(names: tuple[str, ...], every: bool, only_failed: bool) -> list[str]:
    if not every and not only_failed:
        return list(names)
    listed = call("odf_source_list", {})
    if every:
        for site in (site for site in listed if site["paused"]):
            click.echo(tk._("{source}: paused, not harvested").format(source=site["name"]), err=True)
        listed = [site for site in listed if not site["paused"]]
    else:
        listed = [site for site in listed if site["name"] in names or site["id"] in names]
    if only_failed:
        listed = [
            s for s in listed if s["last_run"] and (s["last_run"]["state"] != "complete" or s["last_run"]["errored"])
        ]
    return [site["name"] for site in listed]


def _results(names: list[str], dry_run: bool, as_json: bool, workers: int) -> Iterator[dict[str, Any]]:
    """What came of each source, told as soon as it is known."""
    if workers == 1:
        for name in names:
            with Meter(name) as meter:
                done = _harvest(name, dry_run, meter.show)
            yield _tell(name, done, dry_run, as_json)
        return
    for name, done in each(names, lambda name: _harvest(name, dry_run), workers):
        yield _tell(
            name,
            done or {"refused": tk._("The process that harvested this source was killed, twice.")},
            dry_run,
            as_json,
        )


def _harvest(name: str, dry_run: bool, progress: Callable[[Any], None] = lambda report: None) -> dict[str, Any]:
    """One source; a source that cannot be harvested does not keep the others waiting."""
    try:
        return call("odf_harvest_run", {"id": name, "dry_run": dry_run}, odf_progress=progress)
    except tk.ValidationError as error:
        return {"refused": sentence(error.error_dict)}


def _tell(name: str, done: dict[str, Any], dry_run: bool, as_json: bool) -> dict[str, Any]:
    if "refused" in done:
        print_errors([{"record": name, "message": done["refused"]}])
        return {"complete": False, "json": {"source": name, "job": None, **dict.fromkeys(COUNTS, 0), "seconds": 0}}
    if not as_json:
        click.echo(_told_difference(done) if dry_run else _told(done))
    print_errors(done["errors"])
    keys = DIFFERENCE if dry_run else DONE
    return {"complete": done["state"] == "complete", "json": {key: done[key] for key in keys}}


def _told(done: dict[str, Any]) -> str:
    return tk._(
        "{source}: {added} added, {updated} updated, {unchanged} unchanged, {missing} no longer in the source,"
        " {errored} errors, {seconds} s"
    ).format(**done)


def _told_difference(done: dict[str, Any]) -> str:
    changes = done["changes"]
    numbers = {key: value if isinstance(value, int) else len(value) for key, value in changes.items()}
    lines = [
        tk._(
            "{source}: would add {added}, update {updated}, leave {unchanged} as they are; {missing} are no longer in"
            " the source"
        ).format(source=done["source"], **numbers)
    ]
    for sign, key in (("+", "added"), ("~", "updated"), ("?", "missing")):
        lines.extend(f"  {sign} {guid}" for guid in changes[key])
    return "\n".join(lines)
