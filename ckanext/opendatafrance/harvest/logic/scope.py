"""What of the harvest room a user may see, as a condition of one query instead of a question for each source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import ckan.authz as authz
import ckan.plugins.toolkit as tk
from ckan.types import Context


def organizations(context: Context) -> list[str] | None:
    """Ids of the organisations whose sources a user may run and whose reports they may read; None = all of them."""
    user = context.get("user")
    if context.get("ignore_auth") or authz.is_sysadmin(user):
        return None
    asked: Context = {"user": user or ""}
    found = tk.get_action("organization_list_for_user")(asked, {"permission": "update_dataset"})
    return [organization["id"] for organization in found]


def is_editor(context: Context) -> bool:
    """Whether a user has anything to do with the sources of any organisation."""
    allowed = organizations(context)
    return allowed is None or bool(allowed)


def managed(context: Context, owners: Iterable[str]) -> list[str] | None:
    """Those of these organisations (ids) whose sources a user may manage; None = all there are."""
    if context.get("ignore_auth") or authz.is_sysadmin(context.get("user")):
        return None
    seen = set(organizations(context) or ())
    may = placing(context)
    return [owner for owner in owners if owner in seen and may(owner)]


def placing(context: Context) -> Callable[[str], bool]:
    """Whether a user may place datasets into an organisation (id); each is asked for once."""
    if context.get("ignore_auth") or authz.is_sysadmin(context.get("user")):
        return lambda organization: True
    user = context.get("user") or ""

    @cache
    def may(organization: str) -> bool:
        answer = authz.is_authorized("odf_source_manage", {"user": user}, {"owner_org": organization})
        return bool(answer.get("success"))

    return may
