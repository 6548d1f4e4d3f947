"""Contact points, the publisher, creators and other agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.federation.finding import Findings
from ckanext.opendatafrance.federation.mending import texts

# Feeds are in French; DCAT-AP asks for a name.
_NO_NAME = "Producteur non précisé"


def mend(made: dict[str, Any], organization: Mapping[str, str], found: Findings) -> None:
    """One publisher, contact points that can be reached, agents with names; the owner stands in where none is named."""
    publishers = _agents(made.get("publisher"))
    made["publisher"] = publishers[:1] or [_owner(organization, "name", "email", "url", "identifier")]
    if len(publishers) > 1:
        found.add(
            "publishers", "lost", "publisher",
            N_("A dataset has one publisher; the first of the {number} is written."),
            N_("Keep one publisher and name the others as creators."), number=len(publishers),
        )  # fmt: skip
    contacts = _agents(made.get("contact"), _fallback(made))
    reachable = [one for one in contacts if one.get("email") or one.get("url")]
    if not reachable:
        owner = _owner(organization, "name", "email", "url")
        reachable = [owner] if owner.get("email") or owner.get("url") else []
        found.add(
            "contact-missing", "lost", "contact",
            N_("No contact has an e-mail address or a page: data.gouv.fr drops it."),
            N_("Give the contact a service's e-mail address, or the address of a form."),
        )  # fmt: skip
    # Those that cannot be reached are of use to other readers.
    made["contact"] = [*reachable, *(one for one in contacts if one not in reachable)]
    made["creator"] = _agents(made.get("creator"))
    for name in (
        "contact_uri",
        "contact_name",
        "contact_email",
        "maintainer",
        "maintainer_email",
        "author",
        "author_email",
    ):
        made.pop(name, None)


def _fallback(made: Mapping[str, Any]) -> dict[str, Any]:
    """CKAN's own fields, where nothing else is filled in."""
    for role in ("contact", "maintainer", "author"):
        name = made.get(f"{role}_name") if role == "contact" else made.get(role)
        if name or made.get(f"{role}_email"):
            return {"name": name, "email": made.get(f"{role}_email")}
    return {}


def _owner(organization: Mapping[str, str], *names: str) -> dict[str, str]:
    said = {**organization, "name": organization.get("title") or _NO_NAME, "identifier": organization.get("siren")}
    return _agent({name: said.get(name) for name in names})


def _agents(values: Any, fallback: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    said = [value for value in texts.listed(values) if isinstance(value, Mapping)] or ([fallback] if fallback else [])
    made = (_agent(value) for value in said)
    return [one for one in made if set(one) - {"uri", "type"}]


def _agent(said: Mapping[str, Any]) -> dict[str, Any]:
    """An agent with a name: its address, e-mail or identifier where it has none. Web addresses are no names."""
    made = {
        "uri": texts.uri(said.get("uri")),
        "name": texts.plain(str(said.get("name") or "")),
        "email": texts.email(said.get("email")),
        "url": texts.address(said.get("url")),
        "type": texts.uri(said.get("type")),
        "identifier": str(said.get("identifier") or ""),
    }
    made["name"] = made["name"] or made["email"] or made["url"] or made["identifier"]
    return {name: value for name, value in made.items() if value}
