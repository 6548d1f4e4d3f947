"""Command `ckan odf feed`."""

from __future__ import annotations

import json
import sys

import click

import ckan.plugins.toolkit as tk

_COLOURS = {"refused": "red", "lost": "yellow", "misread": "yellow"}


@click.group()
def feed() -> None:
    """What other catalogues read of the portal."""


@feed.command()
@click.option("--organization", metavar="NAME", help="Only this organisation: name, INSEE code or SIREN.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(organization: str | None, as_json: bool) -> None:
    """Tell, dataset by dataset, what data.gouv.fr would refuse, lose or misread."""
    try:
        found = tk.get_action("odf_feed_check")({"ignore_auth": True}, {"organization": organization})
    except tk.ObjectNotFound as error:
        click.secho(str(error.message or error), fg="red", err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for dataset in found["datasets"]:
        click.secho(f"{dataset['title']} ({dataset['name']})", bold=True)
        for one in dataset["findings"]:
            where = f"{one['resource']}: " if one["resource"] else ""
            click.secho(f"  {where}{one['message']}", fg=_COLOURS.get(one["level"]))
            click.echo(f"      {one['remedy']}")
    said = tk._("{checked} datasets checked, {number} with something to mend.")
    click.echo(said.format(checked=found["checked"], number=len(found["datasets"])))
