"""`ckan odf territory animateur`: who is facilitator of which sub-tree."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

import click

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.territories.rights import subtree


@click.group(short_help="Facilitators of a sub-tree.")
def animateur() -> None:
    """Who has the role of facilitator on an organisation, and with it rights on all that is below it."""


@animateur.command()
@click.argument("user")
@click.argument("organization", metavar="ORGANISATION")
def add(user: str, organization: str) -> None:
    """Make USER facilitator of ORGANISATION (name or id); replaces the role that the user has there."""
    group = _organization(organization)
    before = subtree.capacity(group["id"], user)
    if before == subtree.ROLE:
        click.echo(tk._("{user} is already facilitator of {title}").format(user=user, title=group["title"]))
        return
    _act("organization_member_create", id=group["id"], username=user, role=subtree.ROLE)
    [found] = [one for one in _act("odf_animateur_list", organization=group["id"], user=user)]
    click.echo(
        tk._("{user} is facilitator of {title}: {count} organisations").format(
            user=found["user"], title=group["title"], count=found["organizations"]
        )
    )
    if before:
        click.echo(tk._("The role {role} that {user} had there is replaced").format(role=before, user=user))


@animateur.command()
@click.argument("user")
@click.argument("organization", metavar="ORGANISATION")
def remove(user: str, organization: str) -> None:
    """Take the role from USER; other roles are left alone."""
    group = _organization(organization)
    if subtree.capacity(group["id"], user) != subtree.ROLE:
        _fail(tk._("{user} is not facilitator of {title}").format(user=user, title=group["title"]))
    _act("organization_member_delete", id=group["id"], username=user)
    click.echo(tk._("{user} is no longer facilitator of {title}").format(user=user, title=group["title"]))


@animateur.command("list")
@click.option("--user", help="Only the roles of this user.")
@click.option("--organization", help="Only the facilitators of this organisation.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(user: str | None, organization: str | None, as_json: bool) -> None:
    """List the facilitators, what they facilitate, and how many organisations that is."""
    found = _act("odf_animateur_list", user=user, organization=organization)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one['user']:24} {one['organization']:40} {one['organizations']:6}  {one['title']}")


def _organization(reference: str) -> dict[str, Any]:
    return _act("organization_show", id=reference, include_users=False, include_dataset_count=False)


def _act(action: str, **data: Any) -> Any:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        return tk.get_action(action)({"user": user, "ignore_auth": True}, data)
    except tk.ObjectNotFound as error:
        _fail(error.message or tk._("“{text}” is not known here: check the name.").format(text=data.get("id")))
    except tk.ValidationError as error:
        _fail("; ".join(f"{name}: {value}" for name, value in error.error_summary.items()))


def _fail(message: str) -> NoReturn:
    click.secho(message, fg="red", err=True)
    sys.exit(1)
