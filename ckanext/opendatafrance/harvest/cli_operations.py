"""Commands `ckan odf source pause` and `resume`: which sources the schedule harvests."""

from __future__ import annotations

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.cli import call, command


@click.command()
@click.argument("sources", nargs=-1, required=True)
@command
def pause(sources: tuple[str, ...]) -> None:
    """Leave SOURCES (names or ids) out of the schedule and of `harvest --all`, until they are resumed."""
    for name in sources:
        click.echo(tk._("{source}: paused").format(source=call("odf_source_pause", {"id": name})["name"]))


@click.command()
@click.argument("sources", nargs=-1, required=True)
@command
def resume(sources: tuple[str, ...]) -> None:
    """Put paused SOURCES (names or ids) back into the schedule."""
    for name in sources:
        click.echo(tk._("{source}: resumed").format(source=call("odf_source_resume", {"id": name})["name"]))
