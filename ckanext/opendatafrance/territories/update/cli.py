"""`ckan odf territory update`: the difference for a person, and doing it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.territories.cli import progress_bar
from ckanext.opendatafrance.territories.update import run, source
from ckanext.opendatafrance.territories.update.report import UpdateReport

_SHOWN = 30


@click.command()
@click.option(
    "--cog",
    type=click.Path(exists=True, path_type=Path),
    help="Folder or ZIP archive that rebuild.py wrote; without it, the COG of the suite.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def update(cog: Path | None, dry_run: bool, as_json: bool) -> None:
    """Follow a new COG: new names and codes, mergers, EPCI; what only a person can decide is listed."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        with source.another(cog), progress_bar() as progress:
            report = run.update(user, dry_run=dry_run, progress=progress)
    except OdfError as error:
        click.secho(tk._(error.message).format(**error.params), fg="red", err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        _tell(report)
    if report.errors:
        sys.exit(1)


def _tell(report: UpdateReport) -> None:
    for title, lines in _changes(report):
        _section(title, lines)
    for title, lines in _for_a_person(report):
        _section(title, lines)
    if report.nothing_to_do:
        sentence = tk._("Nothing to do: {total} organisations follow the COG of {cog} ({seconds} s)")
    elif report.dry_run:
        sentence = tk._("Nothing was written. Without --dry-run the portal will follow the COG of {cog}.")
    else:
        sentence = tk._("{total} organisations follow the COG of {cog} ({seconds} s)")
    click.echo(sentence.format(total=report.total, cog=report.cog, seconds=report.seconds))


def _section(title: str, lines: list[str]) -> None:
    if not lines:
        return
    click.secho(f"{title} ({len(lines)})", bold=True)
    for line in lines[:_SHOWN]:
        click.echo(f"  {line}")
    if len(lines) > _SHOWN:
        click.echo("  " + tk._("… and {count} more; --json gives them all").format(count=len(lines) - _SHOWN))


def _changes(report: UpdateReport) -> Iterator[tuple[str, list[str]]]:
    yield tk._("Renamed"), [f"{one['name']}: {one['old']} → {one['title']}" for one in report.renamed]
    yield tk._("New code, same commune"), [f"{one['title']}: {one['old']} → {one['new']}" for one in report.recoded]
    merger = tk._("{title} ({code}) → {successor}, {day}, {datasets} datasets go there")
    yield tk._("Merged and closed"), [merger.format(**one) for one in report.merged]
    yield tk._("Created"), [f"{one['name']}: {one['title']}" for one in report.created]
    yield tk._("Moved"), [f"{one['name']}: {one['old'] or '-'} → {one['new'] or '-'}" for one in report.moved]
    if report.other:
        click.echo(tk._("Codes, populations, positions: {count} organisations").format(count=report.other))
    if report.memberships_added or report.memberships_removed:
        counts = {"added": report.memberships_added, "removed": report.memberships_removed}
        click.echo(tk._("Memberships: {added} added, {removed} removed").format(**counts))


def _for_a_person(report: UpdateReport) -> Iterator[tuple[str, list[str]]]:
    yield (
        tk._("Dissolved and closed: its datasets stay until you give them away"),
        [_dissolved(one) for one in report.dissolved],
    )
    yield (
        tk._("Split: decide which datasets go where, create the new ones with “seed”"),
        [_split(one) for one in report.splits],
    )
    people = tk._("{title}: {people} people had a role; give them one in {successor} if they need it")
    yield (
        tk._("People of merged organisations"),
        [people.format(**one) for one in report.merged if one["people"]],
    )
    reborn = tk._("{title} ({code}): empty “Dissolved on” and “Successor” in its form to open it again")
    yield tk._("Closed here, but a commune again"), [reborn.format(**one) for one in report.reborn]
    yield tk._("Unknown"), [f"{one['name']} ({one['code']}): {one['reason']}" for one in report.unknown]
    yield tk._("Left alone"), [f"{one['name']}: {one['reason']}" for one in report.skipped]
    yield tk._("Refused"), [f"{one['name']}: {one['errors']}" for one in report.errors]
    still = tk._("{title}: {datasets} datasets, successor: {successor}")
    yield (
        tk._("Closed organisations that still have datasets"),
        [still.format(**{**one, "successor": one["successor"] or "-"}) for one in report.waiting],
    )


def _dissolved(one: dict[str, Any]) -> str:
    return tk._("{title} ({code}): {datasets} datasets; its communes are now in {candidates}").format(
        **{**one, "candidates": ", ".join(one["candidates"])}
    )


def _split(one: dict[str, Any]) -> str:
    missing = tk._("to be created")
    into = ", ".join(f"{heir['code']} {heir['name']} ({heir['organization'] or missing})" for heir in one["into"])
    return tk._("{title} ({code}): {datasets} datasets → {into}").format(**{**one, "into": into})
