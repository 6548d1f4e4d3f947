"""`ckan odf territory`: what can be seeded, what is there, and seeding itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, NoReturn

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.territories import perimeter, sync

_SHOWN = 30


@click.group(short_help="Organisations of a territory.")
def territory() -> None:
    """Régions, départements, intercommunalités, communes and their syndicates, as organisations of the portal."""


@territory.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the territories that are ready to be seeded."""
    pilots = tk.get_action("odf_territory_list_pilots")({"ignore_auth": True}, {})
    if as_json:
        _print_json(pilots)
        return
    width = max(len(pilot["slug"]) for pilot in pilots)
    for pilot in pilots:
        state = tk._("seeded: {name}").format(name=pilot["organization"]) if pilot["organization"] else "-"
        click.echo(f"{pilot['slug']:{width}}  {pilot['perimeter']['type']}:{pilot['perimeter']['code']:9}  {state}")


@territory.command()
@click.argument("code")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(code: str, as_json: bool) -> None:
    """Show an organisation of the portal by its name, INSEE code or SIREN."""
    try:
        found = tk.get_action("odf_territory_show")({"ignore_auth": True}, {"id": code})
    except tk.ObjectNotFound as error:
        _fail(f"{error.message} {_similar(code)}".strip())
    if as_json:
        _print_json(found)
        return
    for label, value in _lines(found):
        click.echo(f"{label:22} {value}")


@territory.command()
@click.argument("code")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--activity", is_flag=True, help="Note each organisation in the activity stream.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def seed(code: str, dry_run: bool, activity: bool, as_json: bool) -> None:
    """Create and update the organisations of a territory; deletes nothing, and can be run again.

    CODE is a name of "ckan odf territory list", the code of a région or département (departement:17), the SIREN of an
    EPCI, or "france".
    """
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        target = perimeter.find(code)
        with progress_bar() as progress:
            report = sync.seed(target, user, dry_run=dry_run, activity=activity, progress=progress)
    except OdfError as error:
        _fail(tk._(error.message).format(**error.params))
    if as_json:
        _print_json(asdict(report))
    else:
        _tell(report)
    if report.errors:
        sys.exit(1)


def _tell(report: sync.Report) -> None:
    for change in report.changes[: _SHOWN if report.dry_run else 0]:
        sign = "+" if change["action"] == "create" else "~"
        fields = "; ".join(f"{name}: {old or '-'} → {new}" for name, (old, new) in change["fields"].items())
        click.echo(f"{sign} {change['name']}  {change['title']}  {fields}".rstrip())
    if report.dry_run and len(report.changes) > _SHOWN:
        click.echo(tk._("… and {count} more; --json gives them all").format(count=len(report.changes) - _SHOWN))
    for skipped in report.skipped:
        click.echo(tk._("Left alone: {name}: {reason}").format(**skipped), err=True)
    for error in report.errors:
        click.echo(tk._("Refused: {name}: {errors}").format(**error), err=True)
    if report.nothing_to_do:
        sentence = tk._("{territory}: nothing to do, {total} organisations are as they should be ({seconds} s)")
    elif report.dry_run:
        sentence = tk._(
            "{territory}: {created} to create, {updated} to update, {unchanged} unchanged, "
            "{memberships} memberships to add"
        )
    else:
        sentence = tk._(
            "{territory}: {created} created, {updated} updated, {unchanged} unchanged, {memberships} memberships added "
            "({seconds} s)"
        )
    click.echo(sentence.format(**asdict(report)))


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a line for each batch otherwise; on standard error, so that --json stays clean."""
    if not sys.stderr.isatty():
        yield lambda done, total: click.echo(f"{done}/{total}", err=True) if total else None
        return
    bars: list[Any] = []

    def advance(done: int, total: int) -> None:
        if total and (not bars or bars[-1].length != total):
            # The search index is brought up to date after the organisations: another total, another bar.
            for bar in bars[-1:]:
                bar.render_finish()
            bars.append(click.progressbar(length=total, file=sys.stderr))
        if bars:
            bars[-1].update(done - bars[-1].pos)

    yield advance
    if bars:
        bars[-1].render_finish()


def _similar(code: str) -> str:
    found = tk.get_action("odf_territory_search")({"ignore_auth": True}, {"q": code, "limit": 3})["results"]
    names = ", ".join(f"{one['name']} ({one['title']})" for one in found)
    return tk._("Did you mean {names}?").format(names=names) if names else ""


def _lines(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield tk._("Name"), found["title"]
    yield tk._("Type"), found["type"]
    yield tk._("Address"), found["name"]
    yield tk._("INSEE code"), found["insee_code"] or "-"
    yield tk._("SIREN"), found["siren"] or "-"
    yield tk._("Postal codes"), " ".join(found["postal_codes"]) or "-"
    yield tk._("Inhabitants"), found["population_totale"] or found["population_municipale"] or "-"
    yield tk._("Legal duty"), found["legal_duty"]
    yield tk._("Under"), " › ".join(one["title"] for one in found["ancestors"]) or "-"
    yield tk._("Also member of"), ", ".join(one["title"] for one in found["memberships"]) or "-"
    yield tk._("Below"), ", ".join(f"{kind}: {count}" for kind, count in found["below"].items()) or "-"
    yield tk._("Datasets"), f"{found['datasets']} ({found['datasets_below']})"


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _fail(message: str) -> NoReturn:
    click.secho(message, fg="red", err=True)
    sys.exit(1)
