"""A small territory with one user for each role, for the tests of rights.

region ─ departement ─┬─ epci ─┬─ own
                      │        └─ other
                      └─ syndicat (members beside the tree: own, member, and the département above it)
elsewhere (an EPCI of another département) ─┬─ outside
                                            └─ member
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import ckan.model as model
from ckan.tests import factories
from ckan.tests.helpers import call_action

from ckanext.opendatafrance.territories.model import memberships

ORGANIZATIONS = ("own", "other", "outside", "epci", "departement", "member", "syndicat")
_TREE = {
    "region": ("region", ""), "departement": ("departement", "region"), "epci": ("epci", "departement"),
    "own": ("commune", "epci"), "other": ("commune", "epci"), "syndicat": ("syndicat_mixte", "departement"),
    "elsewhere": ("epci", ""), "outside": ("commune", "elsewhere"), "member": ("commune", "elsewhere"),
}  # fmt: skip
_MEMBERS_OF_SYNDICAT = ("own", "member", "departement")

# User: {organisation: role}.
ROLES: dict[str, dict[str, str]] = {
    "animateur-departement": {"departement": "animateur"},
    "animateur-epci": {"epci": "animateur"},
    "animateur-syndicat": {"syndicat": "animateur"},
    "admin-own": {"own": "admin"},
    "editor-own": {"own": "editor"},
    "member-own": {"own": "member"},
    "admin-epci": {"epci": "admin"},
    "editor-epci": {"epci": "editor"},
    "nobody": {},
}
USERS = ("sysadmin", *ROLES, "anonymous")


def make() -> None:
    """Organisations, memberships, users, and in each organisation a public dataset, a private one, and a source."""
    factories.Sysadmin(name="sysadmin")
    for name in (*ROLES, "somebody"):
        factories.User(name=name)
    for name, (kind, parent) in _TREE.items():
        users = [{"name": user, "capacity": given[name]} for user, given in ROLES.items() if name in given]
        as_sysadmin(
            "organization_create", name=name, title=f"Title of {name}", territory_type=kind, users=users,
            groups=[{"name": parent}] if parent else [],
        )  # fmt: skip
    for name in _MEMBERS_OF_SYNDICAT:
        ids = {"organization_id": organization(name).id, "of_id": organization("syndicat").id}
        model.Session.execute(sa.insert(memberships).values(origin="list", **ids))
    model.Session.commit()
    for name in ORGANIZATIONS:
        as_sysadmin(
            "package_create", name=f"public-{name}", owner_org=name, title="Public", notes="Words",
            resources=[{"url": f"http://{name}.example/a.csv", "name": "A"}],
        )  # fmt: skip
        as_sysadmin(
            "package_create", name=f"private-{name}", owner_org=name, title="Secret", notes="Words", private=True
        )
        factories.Dataset(type="harvest", name=f"source-{name}", owner_org=organization(name).id, **source(name))


def source(name: str) -> dict[str, Any]:
    return {"url": f"http://{name}.example/catalogue", "source_type": "member_site", "frequency": "MANUAL"}


def organization(name: str) -> model.Group:
    found = model.Group.get(name)
    assert found is not None
    return found


def as_sysadmin(action: str, **data: Any) -> Any:
    return call_action(action, {"user": "sysadmin", "ignore_auth": False}, **data)
