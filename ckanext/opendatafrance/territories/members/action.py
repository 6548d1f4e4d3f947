"""Actions on memberships, agents and the legal duty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.authz as authz
import ckan.model as model
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.errors import OdfError
from ckanext.opendatafrance.territories import find
from ckanext.opendatafrance.territories.members import agents, hierarchy, lists, schema
from ckanext.opendatafrance.territories.rights import subtree


def odf_membership_import(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Make those that a list names members of an organisation (a syndicate, a group of communes), beside the tree.

    Facilitators add and end only what is in their own sub-tree: other lines are refused.

    Nothing is written where a line is not clear, unless `partial` is given; everything that is, in one transaction.

    Args:
        group: id, name, INSEE code or SIREN of the organisation to which they belong.
        csv: the file: its text, or its bytes in a multipart upload. Columns insee, siren, identifiant or nom.
        dry_run: only say what would change.
        replace: end the memberships by list that the file leaves out.
        partial: write the lines that are clear though others are not; nothing is ended then.

    Returns:
        group, dry_run, written, kept, refused (numbers of lines);
        lines: {line, value, action (add, keep, repeat, refuse), organization, message};
        added, removed, left (each {name, title, type, insee_code, siren}; left with reason).

    Raises:
        NotFound: there is no such organisation.
        ValidationError: the file cannot be read as a list; says what to do.
    """
    tk.check_access("odf_membership_import", context, data_dict)
    data = _validated(data_dict, schema.membership_import(), context)
    group = _organization(data["group"])
    with _said("csv"):
        return lists.import_list(
            group,
            _table(data),
            within=_own(context),
            dry_run=data["dry_run"],
            replace=data["replace"],
            partial=data["partial"],
        )


@tk.side_effect_free
def odf_membership_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List the members of an organisation: those right below it in the tree, and those beside the tree.

    Args:
        group: id, name, INSEE code or SIREN.

    Returns:
        by title: the fields of odf_territory_search, and origin: "tree", "seed" (official lists, YAML file) or "list".

    Raises:
        NotFound: there is no such organisation.
    """
    tk.check_access("odf_membership_list", context, data_dict)
    return lists.members(_organization(_validated(data_dict, schema.membership_list(), context)["group"]))


def odf_agents_import(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Store the number of agents of organisations and compute their legal duty anew.

    Nothing is written where a line is not clear or names an organisation that the user may not change, unless `partial`
    is given.

    Args:
        csv: the file: its text, or its bytes in a multipart upload. Columns insee, siren, identifiant or nom; agents;
            and perhaps annee.
        dry_run: only say what would change.
        partial: write the lines that are clear though others are not.

    Returns:
        dry_run, written, updated, kept, refused (numbers of lines);
        lines: {line, value, action (update, keep, repeat, refuse), organization, message, agents: [old, new],
        legal_duty: [old, new]}.

    Raises:
        ValidationError: the file cannot be read as a list; says what to do.
    """
    tk.check_access("odf_agents_import", context, data_dict)
    data = _validated(data_dict, schema.agents_import(), context)
    user = context.get("user") or ""
    with _said("csv"):
        return agents.import_list(user, _table(data), dry_run=data["dry_run"], partial=data["partial"])


@tk.side_effect_free
def odf_duty_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """List whether the law requires organisations to publish, with the figures that decide.

    Args:
        within: id, name, INSEE code or SIREN; only this organisation and those below it.

    Returns:
        by title: name, title, type, insee_code, siren, population_totale, population_year, agents, agents_year,
        legal_duty (yes, no, unknown), source.

    Raises:
        NotFound: there is no such organisation.
    """
    tk.check_access("odf_duty_list", context, data_dict)
    within = _validated(data_dict, schema.duty_list(), context).get("within")
    return agents.duties(_organization(within) if within else "")


@tk.chained_action
def member_create(next_action: Any, context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """A parent that is given through the members of an organisation is checked as that of its form."""
    if data_dict.get("object_type") == "group":
        child, parent = (model.Group.get(data_dict.get(name)) for name in ("id", "object"))
        if child is not None and parent is not None and child.is_organization and parent.is_organization:
            with _said("object"):
                hierarchy.check(child, [parent, *hierarchy.parents(child)])
    return next_action(context, data_dict)


def _own(context: Context) -> set[str] | None:
    """Ids of the organisations that the user may make members of others; None for all."""
    user = context.get("user")
    if context.get("ignore_auth") or authz.is_sysadmin(user):
        return None
    return set(subtree.organizations(user))


def _organization(text: str) -> str:
    found = find.organization_id(text.strip())
    if found is None:
        raise tk.ObjectNotFound(
            tk._("No organisation of this portal has the name, INSEE code or SIREN “{text}”").format(text=text)
        )
    return found


def _table(data: dict[str, Any]) -> spreadsheet.Table:
    content = data["csv"]
    name = data.get("file_name") or getattr(content, "filename", None) or "CSV"
    if hasattr(content, "read"):
        content = content.read()
    return spreadsheet.read(content.encode() if isinstance(content, str) else content, name)


@contextmanager
def _said(field: str) -> Iterator[None]:
    """Within it an error of the suite becomes one of a field, in the reader's language."""
    try:
        yield
    except OdfError as error:
        raise tk.ValidationError({field: [tk._(error.message).format(**error.params)]}) from error


def _validated(data_dict: dict[str, Any], wanted: Any, context: Context) -> dict[str, Any]:
    data, errors = tk.navl_validate(data_dict, wanted, context)
    if errors:
        raise tk.ValidationError(errors)
    return data
