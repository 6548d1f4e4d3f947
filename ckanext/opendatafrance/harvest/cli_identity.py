"""Commands `ckan odf identity …`: datasets that several sources have."""

from __future__ import annotations

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.cli import as_json, call, command, print_json


@click.group(short_help="Datasets that several sources have: merge, split, undo.")
def identity() -> None:
    """Datasets that several sources have: what may be one, merge, take apart, undo."""


@identity.command()
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Number of pairs.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many.")
@as_json
@command
def proposals(limit: int, offset: int, as_json: bool) -> None:
    """List pairs of datasets that may be one, the surest first."""
    found = call("odf_identity_proposals", {"limit": limit, "offset": offset})
    if as_json:
        print_json(found)
        return
    for pair in found["results"]:
        click.echo("\t".join((",".join(pair["kinds"]), pair["one"]["name"], pair["other"]["name"])))
    click.echo(tk._("{count} pairs of datasets may be one").format(count=found["count"]))


@identity.command()
@click.argument("dataset")
@as_json
@command
def sources(dataset: str, as_json: bool) -> None:
    """List the sources that publish a DATASET, the one that shows it first."""
    found = call("odf_identity_sources", {"id": dataset})
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo("\t".join((one["source_name"], one["since"][:10], one["kind"] or "-", one["link"] or one["guid"])))


@identity.command()
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Number of decisions.")
@as_json
@command
def history(limit: int, as_json: bool) -> None:
    """List what was merged, taken apart or taken over, the latest first."""
    found = call("odf_identity_history", {"limit": limit})
    if as_json:
        print_json(found)
        return
    for one in found:
        state = tk._("taken back") if one["undone"] else "-"
        names = (one["dataset_name"] or one["dataset_id"], one["other_name"] or "-")
        click.echo("\t".join((one["id"], one["created"][:16], one["action"], *names, one["decided_by"] or "-", state)))


@identity.command()
@click.argument("dataset")
@click.argument("other")
@command
def merge(dataset: str, other: str) -> None:
    """Make OTHER one with DATASET, whose id and address stay."""
    click.echo(tk._("Merged; to undo: ckan odf identity undo {id}").format(**_done("merge", id=dataset, other=other)))


@identity.command()
@click.argument("dataset")
@click.argument("source")
@click.option("--guid", help="The record, where the source has several of this dataset.")
@command
def split(dataset: str, source: str, guid: str | None) -> None:
    """Say that what SOURCE has is not this DATASET."""
    done = _done("split", id=dataset, source=source, guid=guid)
    click.echo(tk._("Taken apart; to undo: ckan odf identity undo {id}").format(**done))


@identity.command()
@click.argument("dataset")
@click.argument("other")
@command
def apart(dataset: str, other: str) -> None:
    """Say that DATASET and OTHER are not the same, so that they are not proposed again."""
    done = _done("apart", id=dataset, other=other)
    click.echo(tk._("They stay two; to undo: ckan odf identity undo {id}").format(**done))


@identity.command()
@click.argument("decision")
@command
def undo(decision: str) -> None:
    """Take back a DECISION (an id that merge, split, apart or history gave)."""
    _done("undo", id=decision)
    click.echo(tk._("Taken back"))


def _done(action: str, **data: str | None) -> dict[str, str]:
    return call(f"odf_identity_{action}", data)
