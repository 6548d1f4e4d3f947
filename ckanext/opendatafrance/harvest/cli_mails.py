"""Command `ckan odf harvest-digest`: the mail of the week, for cron."""

from __future__ import annotations

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest.cli import as_json, call, command, print_json


@click.command("harvest-digest")
@click.option("--dry-run", is_flag=True, help="Print the mails instead of sending them.")
@as_json
@command
def harvest_digest(dry_run: bool, as_json: bool) -> None:
    """Mail the digest of the week to those who look after harvest sources; each reader gets one a week at most."""
    done = call("odf_harvest_digest", {"dry_run": dry_run})
    if as_json:
        print_json(done)
        return
    for mail in done["mails"] if dry_run else ():
        click.echo(f"{mail['to']}\n{mail['subject']}\n\n{mail['body']}")
    click.echo(
        tk._("{count} digests to send").format(count=done["count"])
        if dry_run
        else tk._("{sent} of {count} digests sent").format(**done)
    )
    if not done["can_send"]:
        click.echo(tk._("No mail server is configured: set smtp.server and smtp.mail_from."), err=True)
