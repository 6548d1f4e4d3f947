"""Fixtures of the harvest room: a portal with its tables, member sites, and sources that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from dcat_catalogue import catalogue
from member_site import Answer, MemberSite
from workshop import Workshop

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.tests import factories

from ckanext.opendatafrance.harvest.config import ALLOWED_HOSTS


@pytest.fixture
def tables(with_plugins, non_clean_db, migrate_db_for):
    """CKAN with the tables of its plugins; what other tests stored stays, so every test has its own organisation."""
    if not sa.inspect(model.ensure_engine()).has_table("odf_harvest_run"):
        for plugin in ("activity", "harvest", "opendatafrance_harvest"):
            migrate_db_for(plugin)
    # Placing looks a publisher up among the territories.
    if not sa.inspect(model.ensure_engine()).has_table("odf_territory"):
        migrate_db_for("opendatafrance_territories")


class Town:
    """A member site with a DCAT catalogue, its organisation and its source on the portal."""

    def __init__(self, site: MemberSite, path: str, organization: dict[str, Any], source: dict[str, Any]) -> None:
        self.site = site
        self.path = path
        self.organization = organization
        self.source = source

    def publish(self, titles: Mapping[str, str] | None = None, *more: str, answer: Any = None) -> None:
        """Let the site serve these datasets (name → title), or any answer at all."""
        text = catalogue(titles or {}, *more)
        self.site.routes[self.path] = Answer(text, media_type="text/turtle") if answer is None else answer

    def harvest(self, **options: Any) -> dict[str, Any]:
        return tk.get_action("odf_harvest_run")({"ignore_auth": True}, {"id": self.source["name"], **options})

    def datasets(self) -> dict[str, dict[str, Any]]:
        """The active datasets of the organisation, as the database has them, by title."""
        query = sa.select(model.Package.id).where(
            model.Package.owner_org == self.organization["id"],
            model.Package.type == "dataset",
            model.Package.state == "active",
        )
        show = tk.get_action("package_show")
        found = [
            show({"ignore_auth": True, "use_cache": False}, {"id": i}) for i in model.Session.execute(query).scalars()
        ]
        return {dataset["title"]: dataset for dataset in found}

    def indexed(self) -> int:
        """Number of datasets of the organisation that a visitor finds."""
        return tk.get_action("package_search")({}, {"fq": f"owner_org:{self.organization['id']}", "rows": 0})["count"]


@pytest.fixture
def town(tables, member_site, ckan_config, monkeypatch) -> Callable[..., Town]:
    """Factory of towns: `town({"a": "Titre A"})`."""

    def open_town(titles: Mapping[str, str], *more: str) -> Town:
        organization = factories.Organization()
        # Of its own for each town: a port can be used again, and two sources with one address are refused.
        path = f"/{organization['name']}.ttl"
        site = member_site({path: Answer(catalogue(titles, *more), media_type="text/turtle")})
        monkeypatch.setitem(ckan_config, ALLOWED_HOSTS, [*ckan_config[ALLOWED_HOSTS], site.host])
        source = tk.get_action("odf_source_create")(
            {"ignore_auth": True, "user": factories.Sysadmin()["name"]},
            {
                "url": site.url + path,
                "owner_org": organization["name"],
                "connector": "dcat",
                "title": f"Site {organization['name']}",
                "frequency": "MANUAL",
            },
        )
        return Town(site, path, organization, source)

    return open_town


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    """Real worker processes."""
    opened = Workshop()
    yield opened
    opened.close()
