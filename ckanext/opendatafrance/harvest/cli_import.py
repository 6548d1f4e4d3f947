"""Command `ckan odf source import`: many member sites from a file, told line by line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.cli import as_json, call, command, print_json

_SIGNS = {"added": ("+", "green"), "known": ("=", None), "refused": ("!", "red")}


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Find out what the sites are, and add none.")
@as_json
@command
def import_(file: Path, dry_run: bool, as_json: bool) -> None:
    """Add the sites of a CSV FILE with the columns organization (name, INSEE code or SIREN) and url.

    Columns connector, title and frequency may be there too. The sites are looked at side by side. One that its
    organisation already has is left as it is. Exit 1 if a line could not be added.
    """
    asked = {"content": file.read_bytes(), "name": file.name, "dry_run": dry_run}
    done = call("odf_source_import", asked, odf_progress=_progress())
    if as_json:
        print_json(done)
    else:
        for line in done["lines"]:
            _tell(line)
        message = (
            tk._("{read} lines read: {added} would be added, {known} known already, {refused} refused")
            if dry_run
            else tk._("{read} lines read: {added} added, {known} known already, {refused} refused")
        )
        click.echo(message.format(**{name: done[name] for name in ("read", "added", "known", "refused")}))
    if done["refused"]:
        sys.exit(1)


def _tell(line: dict[str, Any]) -> None:
    sign, colour = _SIGNS[line["state"]]
    where = tk._("Line {number}, {url}").format(number=line["line"], url=line["url"])
    count = "" if line["count"] is None else tk._(" ({count} datasets)").format(count=line["count"])
    said = " ".join(part for part in (line["connector"], line["source"], line["message"]) if part)
    text = f"{sign} {where} → {line['organization']}: {said}{count}"
    click.secho(text, fg=colour, err=line["state"] == "refused")


def _progress() -> Callable[[int, int], None]:
    """A bar on a terminal, nothing elsewhere: the lines that follow say it all."""
    bar: Any = None

    def show(done: int, count: int) -> None:
        nonlocal bar
        bar = bar or click.progressbar(length=count, file=sys.stderr, show_pos=True)
        bar.update(done - bar.pos)
        if done == count:
            bar.render_finish()

    return show if sys.stderr.isatty() else lambda done, count: None
