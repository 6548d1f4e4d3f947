"""A source as the engine needs it: where it is, who owns it, how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest import config, options
from ckanext.opendatafrance.harvest.connector import Connector
from ckanext.opendatafrance.harvest.connectors import connectors
from ckanext.opendatafrance.harvest.detection import detect
from ckanext.opendatafrance.harvest.model import HarvestRun
from ckanext.opendatafrance.harvest.placing import Owner
from ckanext.opendatafrance.harvest.safety import AllowList, check_addresses, check_url
from ckanext.opendatafrance.harvest.transport import Transport
from ckanext.opendatafrance.harvest.wire import resolve

TYPE = "member_site"
PAUSED = datetime(9999, 12, 31)
"""The next run of a source whose schedule a person paused, in ckanext-harvest's own column, so that its own scheduler
leaves the source alone too."""


@dataclass(frozen=True, slots=True)
class Source:
    """One member site.

    Attributes:
        connector: name of the connector that a person chose or detection found when the source was added; None =
            find out at each run.
        places_by_publisher: whether datasets go to the organisations that their publishers are; otherwise all stay
            with the owner of the source that a person did not place.
        options: what the configuration holds besides, for the connector.
    """

    id: str
    name: str
    title: str
    url: str
    owner: Owner
    connector: str | None
    options: dict[str, Any]
    places_by_publisher: bool = True


def load(source_id: str) -> Source:
    """Read a source and its owner.

    Raises:
        SourceConfigError: the configuration cannot be used (a connector was uninstalled, say).
        FatalSourceError: the source has no organisation.
    """
    row: Any = model.Session.get(HarvestSource, source_id)
    package: Any = model.Session.get(model.Package, source_id)
    owner = model.Group.get(package.owner_org) if package and package.owner_org else None
    if owner is None:
        raise FatalSourceError(
            N_("The source {title} belongs to no organisation, so nobody would own its datasets."),
            code="source-without-organization",
            title=row.title or row.url,
        )
    settings = options.parse(row.config, set(connectors()))
    connector = settings.pop(options.CONNECTOR, None)
    settings.pop(options.HOUR, None)
    settings.pop(options.MAILS, None)
    by_publisher = settings.pop(options.PLACING, options.BY_PUBLISHER) == options.BY_PUBLISHER
    title = row.title or package.name
    return Source(row.id, package.name, title, row.url, Owner(owner.id, owner.name), connector, settings, by_publisher)


def open_connector(source: Source, fetch: Transport) -> Connector:
    """The connector that reads this source, found out where the source does not name one.

    Raises:
        FatalSourceError: nothing that can be harvested is found at its address.
    """
    if source.connector:
        return connectors()[source.connector](source.url, fetch, source.options)
    found = detect(source.url, fetch)
    if found.connector is None:
        raise FatalSourceError(found.message, code="nothing-found", **found.said())
    return connectors()[found.connector](found.url, fetch, source.options)


def listed(organization: str | None) -> list[dict[str, Any]]:
    """The active member sites, of one organisation (id or name) or of all, each with its last run."""
    last = (
        sa.select(HarvestRun)
        .where(HarvestRun.source_id == HarvestSource.id)
        .order_by(HarvestRun.started.desc())
        .limit(1)
        .lateral()
    )
    run = aliased(HarvestRun, last)
    query = (
        sa.select(HarvestSource, model.Package.name, model.Group.name, run)
        .filter_by(type=TYPE, active=True)
        .join(model.Package, model.Package.id == HarvestSource.id)
        .outerjoin(model.Group, model.Group.id == model.Package.owner_org)
        .outerjoin(run, sa.true())
        .order_by(model.Package.name)
    )
    if organization:
        query = query.where(sa.or_(model.Group.id == organization, model.Group.name == organization))
    return [_listed(*row) for row in model.Session.execute(query)]


def _listed(source: Any, name: str, organization: str | None, run: HarvestRun | None) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": name,
        "title": source.title,
        "url": source.url,
        "organization": organization,
        "connector": options.connector_of(source.config),
        "frequency": source.frequency,
        "paused": is_paused(source),
        "last_run": run.as_dict() if run else None,
    }


def is_paused(source: Any) -> bool:
    """Whether the schedule leaves this HarvestSource out."""
    return source.next_run is not None and source.next_run >= PAUSED


def pause(source_id: str) -> None:
    """Leave a source out of the schedule until somebody resumes it; it can still be harvested by hand."""
    _schedule(source_id, PAUSED)


def resume(source_id: str) -> None:
    """Put a paused source back into the schedule, which harvests it at its next pass."""
    _schedule(source_id, None)


def _schedule(source_id: str, next_run: datetime | None) -> None:
    row: Any = model.Session.get(HarvestSource, source_id)
    if next_run or is_paused(row):
        row.next_run = next_run
        model.Session.commit()


def check_address(url: str) -> None:
    """Refuse an address that the portal must not open; a host that does not answer now is not refused.

    Raises:
        FatalSourceError: not http(s), not an address, or a private one that no administrator allowed.
    """
    target = check_url(url)
    try:
        addresses = resolve(target)
    except FatalSourceError:
        return
    check_addresses(target, addresses, AllowList(config.allowed_hosts()))
