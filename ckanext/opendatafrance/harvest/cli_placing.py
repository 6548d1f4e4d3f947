"""Commands `ckan odf placing …`: whose datasets the sources hold."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.harvest import placing_words
from ckanext.opendatafrance.harvest.cli import as_json, call, command, print_errors, print_json
from ckanext.opendatafrance.harvest.placing_file import HEADINGS

ALL = 100_000


@click.group(short_help="Whose datasets a source holds: inbox, assign, export, import.")
def placing() -> None:
    """Publishers of the sources, and the organisations of the portal to which their datasets belong."""


@placing.command()
@click.option("--source", help="Name or id of a source, to list only its own.")
@click.option(
    "--state",
    type=click.Choice(["open", "placed", "all"]),
    default="open",
    show_default=True,
    help="Publishers that nobody has placed, those that are placed, or all.",
)
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Number of publishers.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many.")
@as_json
@command
def inbox(source: str | None, state: str, limit: int, offset: int, as_json: bool) -> None:
    """List the publishers that nobody has placed, with what they may be; “=” marks what is beyond doubt."""
    found = call("odf_placing_inbox", {"source": source, "state": state, "limit": limit, "offset": offset})
    if as_json:
        print_json(found)
        return
    for one in found["results"]:
        said = " ".join(one[key] for key in ("publisher", "number", "insee", "reference") if one[key])
        click.echo("\t".join((one["id"], one["source"], str(one["datasets"]), said, one["organization"] or "-")))
        for suggestion in one["suggestions"]:
            click.echo(f"  {'=' if suggestion['sure'] else '?'} {suggestion['name']}\t{suggestion['title']}")
    click.echo(tk._("{count} publishers").format(count=found["count"]))


@placing.command()
@click.argument("source", required=False)
@click.argument("publisher", required=False)
@click.argument("organization", required=False)
@click.option("--sure", is_flag=True, help="Accept all suggestions that are beyond doubt, of SOURCE or of all.")
@click.option("--remove", is_flag=True, help="Take back what was decided of PUBLISHER.")
@as_json
@command
def assign(
    source: str | None, publisher: str | None, organization: str | None, sure: bool, remove: bool, as_json: bool
) -> None:
    """Place the datasets of PUBLISHER (id, name, SIRET, SIREN, INSEE code or reference in SOURCE) into ORGANIZATION.

    ORGANIZATION is a name, an INSEE code or a SIREN. The datasets move at once.
    """
    if sure:
        placings = _sure(source)
    elif source and publisher and bool(organization) != remove:
        placings = [{"source": source, "publisher": publisher, "organization": organization}]
    else:
        raise click.UsageError(tk._("Give SOURCE PUBLISHER ORGANIZATION, or SOURCE PUBLISHER --remove, or --sure."))
    done: dict[str, Any] = {"placed": [], "moved": 0, "refused": 0, "left": 0}
    if placings:
        done = call("odf_placing_assign", {"placings": placings})
    if as_json:
        print_json(done)
        return
    for one in done["placed"]:
        click.echo(f"{one['publisher']}\t{one['organization'] or '-'}")
    click.echo(placing_words.moved(done))


def _sure(source: str | None) -> list[dict[str, str]]:
    found = call("odf_placing_inbox", {"source": source, "limit": ALL})["results"]
    return [
        {"publisher": one["id"], "organization": suggestion["id"]}
        for one in found
        for suggestion in one["suggestions"]
        if suggestion["sure"]
    ]


@placing.command()
@click.argument("source", required=False)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; printed otherwise.")
@as_json
@command
def export(source: str | None, output: Path | None, as_json: bool) -> None:
    """Write the mapping table of SOURCE, or of all sources, as CSV, with the publishers that nobody has placed."""
    rows = call("odf_placing_export", {"source": source})
    if as_json:
        print_json(rows)
        return
    content = table(rows)
    if output:
        output.write_text(content, encoding="utf-8", newline="")
        click.echo(tk._("{count} lines written to {file}").format(count=len(rows), file=output))
    else:
        click.echo(content, nl=False)


def table(rows: list[dict[str, Any]]) -> str:
    """The CSV file of an export."""
    return spreadsheet.write(HEADINGS, ([row[name] for name in HEADINGS] for row in rows))


@placing.command("import")
@click.argument("source")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@command
def import_(source: str, file: Path, as_json: bool) -> None:
    """Put the lines of a CSV FILE into the mapping table of SOURCE. Exit 1 if a line could not be taken over.

    Columns: organization (name, INSEE code or SIREN), and at least one of publisher, identifier (SIRET or SIREN),
    insee, reference. Lines without an organization are left alone.
    """
    done = call("odf_placing_import", {"source": source, "content": file.read_bytes(), "name": file.name})
    print_errors(placing_words.wrong_lines(done, file.name))
    if as_json:
        print_json(done)
    else:
        click.echo(placing_words.imported(done))
    if done["errors"]:
        sys.exit(1)
