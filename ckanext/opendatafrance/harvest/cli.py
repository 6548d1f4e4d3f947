"""Commands `ckan odf source …`, and what all commands of the room share: thin over the actions, in the language of who
types them."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.harvest import config, placing_file, placing_words
from ckanext.opendatafrance.messages import say

allow_host = click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Let a private or loopback host through, for this call (can be repeated).",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option --allow-host, and errors that a person can read."""

    @allow_host
    @functools.wraps(function)
    def wrapper(allow_hosts: tuple[str, ...], **arguments: Any) -> None:
        with config.allowing(allow_hosts):
            try:
                function(**arguments)
            except OdfError as error:
                _stop(say(error.message, error.params))
            except tk.ValidationError as error:
                _stop("; ".join(sentence(value) for value in error.error_dict.values()))
            except (tk.ObjectNotFound, tk.NotAuthorized) as error:
                _stop(str(error))

    return wrapper


def sentence(value: Any) -> str:
    """The messages of one field of CKAN's error dict."""
    if isinstance(value, dict):
        return ", ".join(sentence(inner) for inner in value.values())
    return ", ".join(sentence(inner) for inner in value) if isinstance(value, list) else str(value)


def _stop(message: str) -> None:
    click.secho(message, fg="red", err=True)
    sys.exit(1)


def call(action: str, data: dict[str, Any], **context: Any) -> Any:
    """Call an action as the portal itself."""
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    asked: Any = {"user": user, **context}
    return tk.get_action(action)(asked, data)


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@click.group(short_help="Member sites: find out, look at, add and list.")
def source() -> None:
    """Member sites: find out how one can be harvested, look at what it would give, add it, list them."""


@source.command()
@click.argument("url")
@as_json
@command
def detect(url: str, as_json: bool) -> None:
    """Find out in which ways the site at URL can be harvested. Exit 0 if there is one, 1 if not."""
    found = call("odf_source_detect", {"url": url})
    if as_json:
        print_json(found)
    elif found["connector"]:
        for way in found["candidates"]:
            size = "" if way["count"] is None else tk._(" ({count} datasets)").format(count=way["count"])
            click.echo(f"{way['connector']}\t{way['url']}{size}")
    if not found["connector"]:
        _stop(found["message"])


@source.command()
@click.argument("url")
@click.option("--connector", help="Read the site in this way instead of finding out.")
@click.option("--limit", type=click.IntRange(min=1), help="Number of datasets.")
@click.option("--organization", help="Show into which organisations the datasets would go if this one had the source.")
@as_json
@command
def preview(url: str, connector: str | None, limit: int | None, organization: str | None, as_json: bool) -> None:
    """Show the datasets that the site at URL would give. Writes nothing. Exit 1 if the site cannot be read.

    URL may be a source of the portal (its name or address): without --limit it is compared with what is there.
    """
    asked = {"url": url, "connector": connector, "limit": limit, "owner_org": organization}
    seen = call("odf_source_preview", asked)
    if as_json:
        print_json(seen)
    else:
        click.echo(f"{seen['connector'] or '-'}\t{seen['url']}")
        if "changes" in seen:
            _show_changes(seen["changes"])
        owners = seen.get("owners", {})
        for dataset in seen["datasets"]:
            size = tk._("{count} files").format(count=len(dataset.get("resources") or []))
            owner = owners.get(dataset.get("owner_org"))
            click.echo(f"- {dataset.get('title')} ({size})" + (f" → {owner}" if owner else ""))
        print_errors(seen["errors"])
    if seen["errors"] and not seen["datasets"] and not seen.get("changes", {}).get("unchanged"):
        sys.exit(1)


def _show_changes(changes: dict[str, Any]) -> None:
    numbers = {key: value if isinstance(value, int) else len(value) for key, value in changes.items()}
    message = tk._("{added} would be added, {updated} updated, {unchanged} left as they are; {missing} have left")
    click.echo(message.format(**numbers))
    for guid in changes["missing"]:
        click.echo(f"? {guid}")


def print_errors(errors: list[dict[str, Any]]) -> None:
    for error in errors:
        click.secho(": ".join(part for part in (error["record"], error["message"]) if part), fg="red", err=True)


@source.command()
@click.argument("url")
@click.option("--organization", required=True, help="Name or id of the organisation that receives the datasets.")
@click.option("--connector", help="Read the site in this way instead of finding out.")
@click.option("--title", help="Title of the source; the host of the site otherwise.")
@click.option("--frequency", help="MANUAL, MONTHLY, WEEKLY, BIWEEKLY, DAILY (unless said otherwise) or ALWAYS.")
@click.option(
    "--placing",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file that says which publisher is which organisation, as `ckan odf placing import` reads it.",
)
@click.option("--include", multiple=True, help="Of a web page, harvest only datasets with this identifier; * for any.")
@click.option("--exclude", multiple=True, help="Of a web page, leave datasets with this identifier out; * for any.")
@as_json
@command
def add(
    url: str,
    organization: str,
    as_json: bool,
    placing: Path | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    **fields: str | None,
) -> None:
    """Add the site at URL to the sources of an organisation. Nothing is harvested yet."""
    if placing:
        placing_file.read(placing.read_bytes(), placing.name)  # nothing is added where the file cannot be read
    choice = {key: list(said) for key, said in (("include", include), ("exclude", exclude)) if said}
    added = call("odf_source_create", {"url": url, "owner_org": organization, **fields, "options": choice})
    if placing:
        file = {"content": placing.read_bytes(), "name": placing.name}
        added["placing"] = call("odf_placing_import", {"source": added["name"], **file})
        print_errors(placing_words.wrong_lines(added["placing"], placing.name))
    if as_json:
        print_json(added)
    else:
        click.echo(tk._("Added: {name}. Harvest it with: ckan odf harvest {name}").format(name=added["name"]))
    if placing and added["placing"]["errors"]:
        sys.exit(1)


@source.command("list")
@click.option("--organization", help="Name or id of an organisation, to list only its sources.")
@as_json
@command
def list_(organization: str | None, as_json: bool) -> None:
    """List the member sites with their last run."""
    found = call("odf_source_list", {"owner_org": organization})
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo(tk._("No source yet. Add one with: ckan odf source add URL --organization NAME"))
    for site in found:
        last = site["last_run"]
        state = tk._("never harvested") if last is None else f"{last['state']} {last['finished'] or last['started']}"
        click.echo("\t".join((site["name"], site["connector"] or "-", site["organization"] or "-", state, site["url"])))
