"""Commands `ckan odf schema …` and `ckan odf check`."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any, NoReturn

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.messages import say
from ckanext.opendatafrance.validation import catalogue, checking, config, repairing
from ckanext.opendatafrance.validation.report import Report

NOT_CHECKED = 2
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def schema() -> None:
    """Table schemas of the socle commun and others."""


@schema.command("list")
@as_json
def list_schemas(as_json: bool) -> None:
    """List the schemas, those of the socle commun first."""
    found = tk.get_action("odf_table_schema_list")({}, {})
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    width = max(len(one["name"]) for one in found)
    for one in found:
        click.echo(f"{one['name']:<{width}}  {one['version']:<8} {one['title']}")


@schema.command("show")
@click.argument("name")
@as_json
def show_schema(name: str, as_json: bool) -> None:
    """Show the columns and rules of a schema (owner/name, owner/name@version or its address)."""
    try:
        found = tk.get_action("odf_table_schema_show")({}, {"id": name})
    except tk.ObjectNotFound as error:
        _stop(str(error.message or error))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    click.echo(f"{found['title']} ({found['id']} {found['version']})")
    for field in found["fields"]:
        rules = field.get("constraints", {})
        mark = "*" if rules.get("required") else " "
        others = ", ".join(f"{key} {_short(value)}" for key, value in rules.items() if key != "required")
        click.echo(f" {mark} {field['name']:<32} {field['type']:<9} {others}".rstrip())
    click.echo(tk._("* compulsory column"))


@schema.command("template")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="xlsx", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False), help="The file to write; named after the schema if left out."
)
def write_template(name: str, form: str, output: str | None) -> None:
    """Write an empty table to fill in: drop-downs, hints, an example and help in a workbook."""
    try:
        found = tk.get_action("odf_table_schema_template")({}, {"id": name, "format": form})
    except tk.ObjectNotFound as error:
        _stop(str(error.message or error))
    file = Path(output or found["name"])
    try:
        file.write_bytes(b64decode(found["content"]))
    except OSError as error:
        _stop(tk._("The file {file} cannot be written ({reason}).").format(file=file, reason=error.strerror))
    click.echo(str(file))


@click.command()
@click.argument("place", metavar="FILE_OR_URL")
@click.option("--schema", "wanted", metavar="OWNER/NAME[@VERSION]", help="The schema; found out where it is left out.")
@click.option("--repair", "output", type=click.Path(dir_okay=False), help="Write a corrected copy here, as CSV.")
@click.option("--limit", "kept", default=100, show_default=True, help="Findings listed of each kind in each column.")
@click.option("--allow-host", "allow_hosts", multiple=True, metavar="HOST[:PORT]", help="Let a private host through.")
@as_json
def check(
    place: str, wanted: str | None, output: str | None, kept: int, allow_hosts: tuple[str, ...], as_json: bool
) -> None:
    """Check a table against its schema.

    Exits with 0 where it is valid, 1 where it is not, 2 where it could not be checked.
    """
    at_hand = catalogue.shipped()
    try:
        chosen = at_hand.get(wanted) if wanted else None
        with checking.source(place, config.transport(allow_hosts)) as file:
            report = checking.check(file, at_hand, chosen, kept)
            if output:
                file.seek(0)
                report = _repair(file, report, output, kept, as_json)
    except OdfError as error:
        if as_json:
            click.echo(json.dumps({"valid": None, "error": {"code": error.code, "message": _said(error)}}))
        _stop(_said(error))
    if as_json:
        click.echo(json.dumps(report.as_dict(say), ensure_ascii=False, indent=2))
    else:
        _print(report)
    sys.exit(0 if report.valid else 1)


def _repair(file: Any, before: Report, output: str, kept: int, as_json: bool) -> Report:
    """Write the corrected copy, tell what was corrected, and check it."""
    changes, after = repairing.to_file(file, catalogue.shipped(), before.schema, output, kept)
    if not as_json:
        for change in changes:
            click.echo(repairing.sentence(change, say))
        click.echo(tk._("Corrected copy: {file}").format(file=output))
    return after


def _print(report: Report) -> None:
    told = report.as_dict(say)
    click.echo(f"{report.schema.title} ({report.schema.id} {report.schema.version})")
    rows = tk.ungettext("{number} line", "{number} lines", report.rows).format(number=report.rows)
    click.echo(" · ".join(part for part in (rows, report.format, report.encoding, report.delimiter.strip()) if part))
    for one in told["findings"]:
        where = " ".join(part for part in (_line(one["row"]), one["field"]) if part)
        click.secho(f"{where or '–'}: {one['message']}", fg="red" if one["level"] == "error" else "yellow")
        if one["suggestion"]:
            click.echo(f"    {one['suggestion']}")
    shown = len(told["findings"])
    if shown < report.errors + report.warnings:
        click.echo(
            tk._("{shown} findings of {total} are shown.").format(shown=shown, total=report.errors + report.warnings)
        )
    if report.valid:
        click.secho(tk._("The file is valid."), fg="green")
    else:
        errors = tk.ungettext("{number} error", "{number} errors", report.errors).format(number=report.errors)
        click.secho(tk._("The file is not valid: {errors}.").format(errors=errors), fg="red")


def _line(row: int | None) -> str:
    return tk._("line {row}").format(row=row) if row else ""


def _short(value: Any) -> str:
    text = " | ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _said(error: OdfError) -> str:
    return say(error.message, error.params)


def _stop(message: str) -> NoReturn:
    click.secho(message, fg="red", err=True)
    sys.exit(NOT_CHECKED)
