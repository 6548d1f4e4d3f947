"""Commands `ckan odf edits …`: fields of harvested datasets that people changed here."""

from __future__ import annotations

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.cli import as_json, call, command, print_json
from ckanext.opendatafrance.harvest.views_edits import said


@click.group(short_help="Fields of harvested datasets that people changed here: list, release.")
def edits() -> None:
    """Fields of harvested datasets that people changed here, which harvests keep."""


@edits.command("list")
@click.argument("dataset")
@as_json
@command
def list_(dataset: str, as_json: bool) -> None:
    """List what was changed here in DATASET: resource, field, kind, since when, by whom, what the source says."""
    found = call("odf_local_edits_show", {"id": dataset})
    if as_json:
        print_json(found)
        return
    for one in found["edits"]:
        who = one["edited_by"] or "-"
        place = (one["resource_id"] or "-", one["field"] or "-", one["kind"])
        click.echo("\t".join((*place, one["edited"][:16], who, one["says"].replace("\n", " ") or "-")))
    click.echo(tk._("{count} edits").format(count=len(found["edits"])))


@edits.command()
@click.argument("dataset")
@click.option("--field", help="Only this field.")
@click.option("--resource", "resource_id", help="Only of the resource of this id.")
@as_json
@command
def release(dataset: str, field: str | None, resource_id: str | None, as_json: bool) -> None:
    """Let DATASET say again what its source says, in one field or in all."""
    # Without --resource a field is one of the dataset itself.
    asked = {"field": field, "resource_id": "" if field and resource_id is None else resource_id}
    done = call("odf_local_edits_release", {"id": dataset, **asked})
    if as_json:
        print_json(done)
    else:
        click.echo(said(done))
