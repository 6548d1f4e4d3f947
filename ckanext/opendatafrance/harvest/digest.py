"""The mail of the week: what became of the sources of each organisation, and what waits for a person."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest import config, inbox, mails
from ckanext.opendatafrance.harvest.identity import proposals
from ckanext.opendatafrance.harvest.job_mail import closing
from ckanext.opendatafrance.harvest.model import HarvestRun, now
from ckanext.opendatafrance.harvest.overview import overview
from ckanext.opendatafrance.harvest.sources import TYPE
from ckanext.opendatafrance.harvest.words import Words

log = logging.getLogger(__name__)

WEEK = timedelta(days=7)
SOURCES = 500
"""Sources of an organisation that are looked at."""
NAMED = 10
"""Sources with problems that a digest names for each organisation."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of one organisation.

    Attributes:
        states: number of its sources by state, as `overview` names them.
        troubled: title and state of those that failed or have errors, the worst first.
        added, updated, archived: datasets, over all harvests of the week.
        problems: errors of the last harvest of each source.
        held: datasets that wait for approval before they are archived.
        pairs: pairs of datasets of which a person should say whether they are one.
        publishers: publishers that nobody has placed.
    """

    title: str
    states: dict[str, int]
    troubled: list[tuple[str, str]]
    added: int
    updated: int
    archived: int
    problems: int
    held: int
    pairs: int
    publishers: int


def occasion(time: datetime) -> str:
    """The ISO week by which it is known that a digest was sent."""
    year, week, _ = time.isocalendar()
    return f"{year}-W{week:02}"


def compose(time: datetime | None = None) -> list[mails.Mail]:
    """The digests of this week that are still to be sent: one for each reader, with all their organisations."""
    time = time or now()
    of_reader: dict[mails.Reader, list[Week]] = {}
    for organization in _organizations():
        if found := mails.readers(organization):
            week = look(organization, time - WEEK)
            for reader in found:
                of_reader.setdefault(reader, []).append(week)
    return [
        mails.Mail(reader, *_text(reader, weeks, time))
        for reader, weeks in of_reader.items()
        if not mails.was_sent(reader.id, occasion(time))
    ]


def post(digests: Iterable[mails.Mail], time: datetime | None = None) -> int:
    """Send digests that nobody has sent yet; returns how many went out."""
    if not mails.can_send():
        return 0
    week = occasion(time or now())
    return sum(mails.send([mail]) for mail in digests if mails.claim(mail.reader.id, week))


def _organizations() -> list[str]:
    """Organisations (ids) with a source, by title."""
    active: Any = HarvestSource.active
    query = (
        sa.select(model.Group.id)
        .join(model.Package, model.Package.owner_org == model.Group.id)
        .join(HarvestSource, HarvestSource.id == model.Package.id)
        .where(HarvestSource.type == TYPE, active.is_(True), model.Group.state == "active")
        .group_by(model.Group.id)
        .order_by(sa.func.lower(model.Group.title), model.Group.id)
    )
    return list(model.Session.execute(query).scalars())


def look(organization_id: str, since: datetime) -> Week:
    """What became of the sources of an organisation since a time (UTC)."""
    owner: Any = model.Group.get(organization_id)
    found = overview([organization_id], limit=SOURCES)
    sources = found["results"]
    names = ("added", "updated", "deleted")
    query = sa.select(*(sa.func.coalesce(sa.func.sum(getattr(HarvestRun, name)), 0) for name in names)).where(
        HarvestRun.source_id.in_([one["id"] for one in sources]), HarvestRun.started >= since
    )
    added, updated, archived = model.Session.execute(query).one()
    return Week(
        title=owner.title or owner.name,
        states=found["states"],
        troubled=[(one["title"], one["light"]) for one in sources if one["light"] in ("error", "warning")],
        added=added,
        updated=updated,
        archived=archived,
        problems=sum(one["errored"] or 0 for one in sources),
        held=sum(one["held"] for one in sources),
        pairs=proposals.listed([organization_id], 1, 0)[0],
        publishers=inbox.listed([organization_id], limit=1)[0],
    )


def _text(reader: mails.Reader, weeks: list[Week], time: datetime) -> tuple[str, str]:
    words = reader.words
    site = tk.config.get("ckan.site_title") or tk.config["ckan.site_url"]
    parts = [
        words.say(_HELLO, name=reader.name),
        words.say(_INTRODUCTION, first=words.day(time - WEEK), last=words.day(time)),
        *("\n".join(_organization(words, week, reader.locale)) for week in weeks),
        closing(words, reader.locale),
    ]
    return words.say(_SUBJECT, site=site, day=words.day(time)), "\n\n".join(parts) + "\n"


def _organization(words: Words, week: Week, locale: str) -> Iterator[str]:
    yield week.title
    yield "=" * len(week.title)
    for number, text in _happened(words, week):
        if number:
            yield f"- {text}"
    if not (week.added or week.updated or week.archived):
        yield "- " + words.say(_UNCHANGED)
    for title, light in week.troubled[:NAMED]:
        yield "  * " + words.say(_FAILED if light == "error" else _PROBLEMS, title=title)
    if len(week.troubled) > NAMED:
        rest = len(week.troubled) - NAMED
        yield "  * " + words.ngettext("{count} other source", "{count} other sources", rest)
    for number, text, path in _waits(words, week):
        if number:
            yield f"- {text}\n  {config.address(path, locale)}"


def _happened(words: Words, week: Week) -> list[tuple[int, str]]:
    states, many = week.states, words.ngettext
    sources = sum(states[name] for name in ("error", "warning", "never", "running", "ok"))
    return [
        (sources, many("{count} source", "{count} sources", sources)),
        (week.added, many("{count} dataset added", "{count} datasets added", week.added)),
        (week.updated, many("{count} dataset updated", "{count} datasets updated", week.updated)),
        (week.archived, many("{count} dataset archived", "{count} datasets archived", week.archived)),
        (states["paused"], many("{count} source is paused", "{count} sources are paused", states["paused"])),
        (states["never"], many("{count} source never harvested", "{count} sources never harvested", states["never"])),
        (week.problems, many("{count} problem is open", "{count} problems are open", week.problems)),
    ]


def _waits(words: Words, week: Week) -> list[tuple[int, str, str]]:
    many = words.ngettext
    return [
        (
            week.held,
            many(
                "{count} dataset left its source and waits for your approval to be archived",
                "{count} datasets left their source and wait for your approval to be archived",
                week.held,
            ),
            "/odf/harvest/deletions",
        ),
        (
            week.publishers,
            many("{count} publisher waits to be placed", "{count} publishers wait to be placed", week.publishers),
            "/odf/harvest/placing/",
        ),
        (
            week.pairs,
            many(
                "{count} pair of datasets may be one and the same",
                "{count} pairs of datasets may be one and the same",
                week.pairs,
            ),
            "/odf/harvest/identity/",
        ),
    ]


_HELLO = N_("Hello {name},")
_SUBJECT = N_("{site}: the week of your sources ({day})")
_INTRODUCTION = N_("This is what became of the harvest sources that you look after, from {first} to {last}.")
_UNCHANGED = N_("No dataset changed.")
_FAILED = N_("“{title}” could not be read to its end")
_PROBLEMS = N_("“{title}” has problems")
