"""Mails about harvests: who reads them, which were sent, and their way out, which never stops a harvest."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import ckan.authz as authz
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import mailer

from ckanext.opendatafrance.harvest import schedule
from ckanext.opendatafrance.harvest.model import now
from ckanext.opendatafrance.harvest.model_mails import HarvestMailed, HarvestReader
from ckanext.opendatafrance.harvest.words import Words

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds for all the mails of one occasion: a mail server that hangs keeps no worker."""
KEPT = timedelta(days=400)
"""How long it is remembered what was sent; no queue gives a job back after so long."""
_MAILED: sa.Table = HarvestMailed.__table__  # pyright: ignore[reportAssignmentType] - declared as FromClause


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads mails about harvests."""

    id: str
    name: str
    email: str
    locale: str

    @property
    def words(self) -> Words:
        """Their language."""
        return Words(self.locale, schedule.zone())


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail in plain text, in the language of its reader."""

    reader: Reader
    subject: str
    body: str


def can_send() -> bool:
    """Whether there is a mail server, or a plugin that sends mails in another way."""
    return bool(tk.config.get("smtp.server")) or any(True for _ in p.PluginImplementations(p.INotifier))


def readers(organization_id: str) -> list[Reader]:
    """Who reads about the sources of an organisation: its administrators, unless they declined, and those above it, or
    of the portal, who asked for it and may manage its sources. One for each address."""
    role = sa.select(sa.true()).where(
        model.Member.table_id == model.User.id,
        model.Member.table_name == "user",
        model.Member.group_id == organization_id,
        model.Member.state == "active",
        model.Member.capacity == "admin",
    )
    administers = sa.exists(role).label("administers")
    query = (
        sa.select(model.User, HarvestReader.language, administers)
        .outerjoin(HarvestReader, HarvestReader.user_id == model.User.id)
        .where(
            model.User.state == "active",
            sa.func.coalesce(model.User.email, "") != "",
            sa.func.coalesce(HarvestReader.mails, administers),
        )
        .order_by(model.User.name)
    )
    found: dict[str, Reader] = {}
    for user, language, is_administrator in model.Session.execute(query):
        if is_administrator or _manages(user.name, organization_id):
            found.setdefault(user.email.lower(), _reader(user, language))
    return list(found.values())


def _manages(user: str, organization_id: str) -> bool:
    answer = authz.is_authorized("odf_source_manage", {"user": user}, {"owner_org": organization_id})
    return bool(answer.get("success"))


def _reader(user: model.User, language: str | None) -> Reader:
    offered = tk.config["ckan.locales_offered"]
    locale = language if language in offered else tk.config["ckan.locale_default"]
    return Reader(user.id, user.fullname or user.name, str(user.email), str(locale))


def claim(about: str, occasion: str) -> bool:
    """Whether a mail is still to be sent; the one who asks first sends it. Commits."""
    model.Session.execute(sa.delete(_MAILED).where(_MAILED.c.sent < now() - KEPT))
    statement = insert(_MAILED).values(about=about, occasion=occasion, sent=now()).on_conflict_do_nothing()
    done = model.Session.execute(statement.returning(_MAILED.c.about)).first()
    model.Session.commit()
    return done is not None


def was_sent(about: str, occasion: str) -> bool:
    return model.Session.get(HarvestMailed, (about, occasion)) is not None


def send(mails: Iterable[Mail]) -> int:
    """Send mails, and return how many went out in time; what cannot be sent is told by the log alone."""
    sent: list[Mail] = []
    # CKAN's mailer waits for ever: the thread is left to itself when it does.
    thread = Thread(target=_post, args=(list(mails), sent), name="odf-harvest-mails", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if thread.is_alive():
        log.warning("The mail server did not answer within %s s; mails about a harvest may be lost", PATIENCE)
    return len(sent)


def _post(mails: list[Mail], sent: list[Mail]) -> None:
    for mail in mails:
        try:
            # A title may have a line break, which no subject may have.
            mailer.mail_recipient(mail.reader.name, mail.reader.email, " ".join(mail.subject.split()), mail.body)
            sent.append(mail)
        except Exception as error:  # noqa: BLE001 - whatever the server, or a plugin, does
            log.warning("The mail to the user %s could not be sent: %s", mail.reader.id, error)
