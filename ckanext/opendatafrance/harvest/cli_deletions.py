"""Commands `ckan odf deletions …`: what left its source, what waits for a person, what is archived."""

from __future__ import annotations

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.cli import as_json, call, command, print_json


@click.group(short_help="Datasets that left their source: approve, reject, restore.")
def deletions() -> None:
    """Datasets that left their source: lists that wait for a person, and archived datasets."""


@deletions.command("list")
@click.option("--source", help="Name or id of a source, to list only its own.")
@click.option(
    "--state",
    type=click.Choice(["pending", "approved", "rejected", "outdated", "all"]),
    default="pending",
    show_default=True,
    help="Lists in this state.",
)
@as_json
@command
def list_(source: str | None, state: str, as_json: bool) -> None:
    """List what waits for approval, each list with its datasets."""
    found = call("odf_deletions_list", {"source": source, "state": state})
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo(tk._("No list of deletions."))
    for one in found:
        told = tk._("{count} of {total} datasets left {source} ({state})").format(**one)
        click.echo(f"{one['id']}\t{told}")
        for dataset in one["datasets"]:
            click.echo(f"  - {dataset['title'] or dataset['name']} ({dataset['guid']})")
        if one["count"] > len(one["datasets"]):
            click.echo(tk._("  and {count} more").format(count=one["count"] - len(one["datasets"])))


@deletions.command()
@click.argument("lists", nargs=-1, required=True)
@as_json
@command
def approve(lists: tuple[str, ...], as_json: bool) -> None:
    """Archive the datasets of these LISTS (ids of lists, or names of sources) that are still missing."""
    done = [call("odf_deletions_approve", {"id": one}) for one in lists]
    if as_json:
        print_json(done)
        return
    for one in done:
        click.echo(tk._("{id}: {archived} datasets archived, {skipped} left as they are").format(**one))


@deletions.command()
@click.argument("lists", nargs=-1, required=True)
@as_json
@command
def reject(lists: tuple[str, ...], as_json: bool) -> None:
    """Keep the datasets of these LISTS (ids of lists, or names of sources)."""
    done = [call("odf_deletions_reject", {"id": one}) for one in lists]
    if as_json:
        print_json(done)
        return
    for one in done:
        click.echo(tk._("{id}: {kept} datasets stay").format(**one))


@deletions.command()
@click.option("--source", help="Name or id of a source, to list only its own.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Number of datasets.")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many.")
@as_json
@command
def archived(source: str | None, limit: int, offset: int, as_json: bool) -> None:
    """List the archived datasets, last archived first."""
    found = call("odf_archived_list", {"source": source, "limit": limit, "offset": offset})
    if as_json:
        print_json(found)
        return
    for one in found["results"]:
        click.echo("\t".join((one["name"], one["archived"][:10], one["source_name"] or "-", one["title"] or "")))
    click.echo(tk._("{count} archived datasets").format(count=found["count"]))


@deletions.command()
@click.argument("datasets", nargs=-1, required=True)
@command
def restore(datasets: tuple[str, ...]) -> None:
    """Show these archived DATASETS (names or ids) again; harvests leave them so."""
    for name in datasets:
        click.echo(tk._("{name}: shown again").format(name=call("odf_dataset_restore", {"id": name})["name"]))
