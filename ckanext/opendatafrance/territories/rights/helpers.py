"""Template helpers on the roles of an organisation."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.territories import choosing, stock_pages
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


@tk.chained_helper
def organizations_available(next_helper: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
    """CKAN's, asked once in a request: a form wants it for its list and for its defaults."""
    if not has_request_context():
        return next_helper(*args, **kwargs)
    known: dict[str, list[dict[str, Any]]] = g.setdefault("odf_organizations", {})
    asked = f"{tk.current_user.name} {args} {sorted(kwargs.items())}"
    if asked not in known:
        known[asked] = next_helper(*args, **kwargs)
    return known[asked]


def odf_owner_choice(data: dict[str, Any]) -> dict[str, Any]:
    """How the organisation of a dataset is chosen: many (too many for a list), text (what the field shows then)."""
    if not choosing.many("create_dataset"):
        return {"many": False, "text": ""}
    return {"many": True, "text": choosing.text(str(data.get("owner_org") or data.get("group_id") or ""))}
