"""Where facilitators may put an organisation: from one place of the tree below them to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.opendatafrance.territories.rights import subtree


def names(record: dict[str, Any]) -> list[str]:
    """The parents that a record gives, as names or ids."""
    return [one.get("name") or one.get("id") or "" for one in record.get("groups") or ()]


def may_put(user: str | None, parents: Sequence[str]) -> bool:
    """Whether all of these are organisations of which the user is facilitator in the tree, and there is one."""
    return bool(parents) and all(subtree.reaches(user, one) for one in parents)


def check_new(context: Context, record: dict[str, Any]) -> None:
    """Tell facilitators where they may make an organisation; CKAN would only say that they may not.

    Raises:
        ValidationError: no parent, or one that is not in their sub-tree.
    """
    user = context.get("user")
    if context.get("ignore_auth") or may_make_anywhere(user) or not subtree.holds_any(user):
        return
    if not may_put(user, names(record)):
        raise tk.ValidationError(
            {"groups": [tk._("Choose what it stands under: an organisation that you facilitate.")]}
        )


def may_make_anywhere(user: str | None) -> bool:
    """Whether CKAN itself lets a user make organisations."""
    return authz.is_sysadmin(user) or bool(user and authz.check_config_permission("user_create_organizations"))
