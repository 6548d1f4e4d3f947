"""A pooled source: one catalogue with the datasets of many communes, and the organisations of these on the portal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dcat_catalogue import BASE, HEAD, dataset
from member_site import Answer, MemberSite

import ckan.plugins.toolkit as tk
from ckan.tests import factories

from ckanext.opendatafrance.harvest.config import ALLOWED_HOSTS
from ckanext.opendatafrance.reference import cog


@dataclass(frozen=True)
class Said:
    """A publisher as a catalogue names it."""

    name: str
    identifier: str = ""


def communes(count: int) -> list[cog.Commune]:
    """Communes of Charente-Maritime with a SIREN and a name that no other has there."""
    found = [one for one in cog.communes(departement="17") if one.siren]
    names = [one.name for one in found]
    return [one for one in found if names.count(one.name) == 1][:count]


def catalogue(publishers: Sequence[tuple[str, Said]], pool: str, title: str = "Jeu") -> str:
    """A catalogue with a dataset for each pair of (name, publisher), whose identifiers no other pool has."""
    listed = ", ".join(f"<{BASE}{pool}-{name}>" for name, _publisher in publishers)
    head = f'<https://pool.example.org/> a dcat:Catalog ; dct:title "Catalogue"@fr ; dcat:dataset {listed} .'
    return "\n".join([HEAD, head, *(_described(name, one, pool, title) for name, one in publishers)])


def _described(name: str, publisher: Said, pool: str, title: str) -> str:
    agent = f'foaf:name "{publisher.name}"'
    if publisher.identifier:
        agent += f' ; dct:identifier "{publisher.identifier}"'
    described = dataset(f"{pool}-{name}", f"{title} {name}")
    return f"{described}\n<{BASE}{pool}-{name}> dct:publisher [ a foaf:Agent ; {agent} ] ."


class Pool:
    """A site, and its source on the portal."""

    def __init__(self, site: MemberSite, owner: dict[str, Any], path: str) -> None:
        self.site, self.owner, self.path = site, owner, path
        self.source: dict[str, Any] = {}

    def publish(self, publishers: Sequence[tuple[str, Said]], title: str = "Jeu") -> None:
        self.site.routes[self.path] = Answer(catalogue(publishers, self.owner["name"], title), media_type="text/turtle")

    def add(self) -> None:
        self.source = tk.get_action("odf_source_create")(
            {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
            {
                "url": self.site.url + self.path,
                "owner_org": self.owner["name"],
                "connector": "dcat",
                "title": f"Pool {self.owner['name']}",
                "frequency": "MANUAL",
            },
        )

    def harvest(self, **options: Any) -> dict[str, Any]:
        return tk.get_action("odf_harvest_run")({"ignore_auth": True}, {"id": self.source["name"], **options})

    def inbox(self, **options: Any) -> list[dict[str, Any]]:
        asked = {"source": self.source["name"], **options}
        return tk.get_action("odf_placing_inbox")({"ignore_auth": True, "user": ""}, asked)["results"]

    def assign(self, publisher: str, organization: str, user: str = "") -> dict[str, Any]:
        context: Any = {"user": user} if user else {"ignore_auth": True, "user": ""}
        data = {"source": self.source["name"], "publisher": publisher, "organization": organization}
        return tk.get_action("odf_placing_assign")(context, data)

    def owners(self) -> dict[str, str]:
        """Title of each dataset of the source → name of the organisation, as the index has it."""
        fq = f"harvest_source_id:{self.source['id']}"
        found = tk.get_action("package_search")({"ignore_auth": True}, {"fq": fq, "rows": 1000})["results"]
        return {one["title"]: one["organization"]["name"] for one in found}


def pool(
    member_site: Any, ckan_config: Any, monkeypatch: Any, publishers: Iterable[tuple[str, Said]], **owner: Any
) -> Pool:
    """A new pooled source of an organisation of its own."""
    organization = factories.Organization(**owner)
    path = f"/{organization['name']}.ttl"
    text = catalogue(list(publishers), organization["name"])
    site = member_site({path: Answer(text, media_type="text/turtle")})
    monkeypatch.setitem(ckan_config, ALLOWED_HOSTS, [*ckan_config[ALLOWED_HOSTS], site.host])
    found = Pool(site, organization, path)
    found.add()
    return found
