"""Template helpers on the roles of an organisation."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.territories import stock_pages
from ckanext.opendatafrance.territories.rights import subtree


@tk.chained_helper
def roles_translated(next_helper: Any) -> dict[str, str]:
    """Names of all roles."""
    return {**next_helper(), subtree.ROLE: tk._("Facilitator of all below")}


def odf_roles_to_give(roles: list[dict[str, str]], organization_id: str) -> list[dict[str, str]]:
    """Those roles that the current user may give to somebody in an organisation."""
    user = tk.current_user.name

    def allowed(role: str) -> bool:
        data = {"id": organization_id, "role": role}
        return tk.h.check_access("organization_member_create", data)

    return [role for role in roles if user and allowed(role["value"])]


def odf_organizations_of(user: str, route: str, **parts: str) -> dict[str, Any] | None:
    """A page of the organisations in which a user has a role: page, q, many; None where there are none."""
    return stock_pages.of_user(user, route, **parts)
