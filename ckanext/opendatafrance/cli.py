"""The `ckan odf` group; each plugin of the suite adds its own commands to it."""

from __future__ import annotations

import os

import click

import ckan.plugins.toolkit as tk


def language() -> str:
    """The language of the terminal where the portal speaks it, else that of the portal."""
    wanted = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    code = wanted.partition(".")[0].partition("_")[0]
    return code if code in tk.config["ckan.locales_offered"] else tk.config["ckan.locale_default"]


@click.group(short_help="Shared open data portal of a French territory.")
@click.pass_context
def odf(ctx: click.Context) -> None:
    """Territories, member sites and harvests of a shared open data portal."""
    # A request without a visitor, for what CKAN makes of one: translations, links, mails.
    app = ctx.meta["flask_app"]
    ctx.with_resource(app.test_request_context(environ_overrides={"CKAN_LANG": language()}))
