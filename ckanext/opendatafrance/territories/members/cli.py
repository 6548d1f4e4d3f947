"""`ckan odf territory members` and `ckan odf territory agents`: lists in, lists out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.territories.members import export

_SIGNS = {"add": "+", "update": "~", "keep": "=", "repeat": "=", "refuse": "!"}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(short_help="Who belongs to a syndicate or another group.")
def members() -> None:
    """Memberships beside the tree, from lists that administrators keep."""


@click.group(short_help="Numbers of agents, and the legal duty.")
def agents() -> None:
    """Numbers of agents from lists, and the legal duty that follows from them."""


def _options(*names: str) -> Callable[[Any], Any]:
    known = {
        "dry-run": "Only say what would change.",
        "partial": "Write the lines that are clear though others are not.",
        "json": "Print the report as JSON.",
    }

    def add(command: Any) -> Any:
        for name in reversed(names):
            variable = "as_json" if name == "json" else name.replace("-", "_")
            command = click.option(f"--{name}", variable, is_flag=True, help=known[name])(command)
        return command

    return add


def _friendly(command: Any) -> Any:
    """What an action refuses is said in one line, and the exit code is 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except tk.ObjectNotFound as error:
            _fail(error.message or "")
        except tk.ValidationError as error:
            _fail(" ".join(map(str, error.error_summary.values())))

    return run


@members.command("import")
@click.argument("file", type=_FILE)
@click.option(
    "--group", required=True, metavar="ORGANISATION", help="Name, INSEE code or SIREN of what they belong to."
)
@click.option("--replace", is_flag=True, help="End the memberships by list that FILE leaves out; asks first.")
@click.option("--yes", is_flag=True, help="With --replace: do not ask.")
@_options("dry-run", "partial", "json")
@_friendly
def members_import(
    file: Path, group: str, replace: bool, yes: bool, dry_run: bool, partial: bool, as_json: bool
) -> None:
    """Make those that a CSV FILE names (columns insee, siren or nom) members of an organisation.

    With a line that is not clear nothing is written, and the exit code is 1; each line is told with its remedy.
    """
    asked = {"group": group, "csv": file.read_bytes(), "file_name": file.name, "replace": replace, "partial": partial}
    report = _act("odf_membership_import", **asked, dry_run=dry_run or replace)
    if replace and not dry_run:
        if report["removed"] and not yes:
            _tell_removed(report)
            click.confirm(tk._("End these memberships?"), abort=True, err=True)
        report = _act("odf_membership_import", **asked)
    if as_json:
        _print_json(report)
    else:
        _tell_members(report)
    if report["refused"]:
        sys.exit(1)


@members.command("export")
@click.argument("organisation")
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@_friendly
def members_export(organisation: str, format_: str) -> None:
    """Print the members of ORGANISATION, as “import” reads them."""
    _print_rows(_act("odf_membership_list", group=organisation), export.MEMBERS, format_)


@agents.command("import")
@click.argument("file", type=_FILE)
@_options("dry-run", "partial", "json")
@_friendly
def agents_import(file: Path, dry_run: bool, partial: bool, as_json: bool) -> None:
    """Store the numbers of agents of a CSV FILE (columns insee, siren or nom; agents; annee); computes the legal duty.

    With a line that is not clear nothing is written, and the exit code is 1; each line is told with its remedy.
    """
    report = _act("odf_agents_import", csv=file.read_bytes(), file_name=file.name, dry_run=dry_run, partial=partial)
    if as_json:
        _print_json(report)
    else:
        _tell_agents(report)
    if report["refused"]:
        sys.exit(1)


@agents.command("export")
@click.argument("organisation", required=False)
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@_friendly
def agents_export(organisation: str | None, format_: str) -> None:
    """Print the legal duty of all organisations, or of ORGANISATION and those below it, with the figures behind it."""
    _print_rows(_act("odf_duty_list", within=organisation or ""), export.DUTIES, format_)


def _tell_members(report: dict[str, Any]) -> None:
    _tell_lines(report)
    _tell_removed(report)
    for one in report["left"]:
        click.echo(tk._("Stays: {title}: {reason}").format(**one), err=True)
    sentence = tk._("{group}: {added} to add, {removed} to end, {kept} as they are, {refused} lines refused")
    if report["written"]:
        sentence = tk._("{group}: {added} added, {removed} ended, {kept} as they are, {refused} lines refused")
    click.echo(
        sentence.format(
            group=report["group"]["title"],
            added=len(report["added"]),
            removed=len(report["removed"]),
            kept=report["kept"],
            refused=report["refused"],
        )
    )
    _tell_nothing_written(report, bool(report["added"] or report["removed"]))


def _tell_agents(report: dict[str, Any]) -> None:
    _tell_lines(report)
    sentence = tk._("{updated} to update, {kept} as they are, {refused} lines refused")
    if report["written"]:
        sentence = tk._("{updated} updated, {kept} as they are, {refused} lines refused")
    click.echo(sentence.format(**report))
    _tell_nothing_written(report, bool(report["updated"]))


def _tell_lines(report: dict[str, Any]) -> None:
    for line in report["lines"]:
        title = line["organization"]["title"] if line["organization"] else ""
        figures = "; ".join(
            f"{name}: {line[name][0] if line[name][0] is not None else '-'} → {line[name][1]}"
            for name in ("agents", "legal_duty")
            if name in line and line[name][0] != line[name][1]
        )
        where = tk._("line {line}").format(line=line["line"])
        said = "  ".join(one for one in (line["value"], title, figures, line["message"]) if one)
        click.echo(f"{_SIGNS[line['action']]} {where}: {said}", err=line["action"] == "refuse")


def _tell_removed(report: dict[str, Any]) -> None:
    for one in report["removed"]:
        click.echo(f"- {one['title']} ({one['insee_code'] or one['siren'] or one['name']})", err=not report["written"])


def _tell_nothing_written(report: dict[str, Any], changes: bool) -> None:
    if not changes and not report["refused"]:
        click.echo(tk._("Nothing to do."))
    elif not report["written"] and not report["dry_run"]:
        click.echo(tk._("Nothing was written: correct the lines, or use --partial."), err=True)


def _print_rows(rows: list[dict[str, Any]], columns: tuple[str, ...], format_: str) -> None:
    if format_ == "json":
        _print_json(rows)
        return
    click.echo(export.csv(rows, columns), nl=False)


def _act(action: str, **data: Any) -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return tk.get_action(action)({"user": user, "ignore_auth": True}, data)


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _fail(message: str) -> NoReturn:
    click.secho(message, fg="red", err=True)
    sys.exit(1)
