"""The mail about one harvest: what happened, what to do, where to read on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from ckan import model

from ckanext.harvest.model import HarvestSource
from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest import config, mails, options
from ckanext.opendatafrance.harvest.advice import advice
from ckanext.opendatafrance.harvest.model import HarvestRun
from ckanext.opendatafrance.harvest.words import Words

log = logging.getLogger(__name__)

CAUSES = 10
"""Problems that a mail names; the report has them all."""
OCCASION = "job"


def tell(job_id: str | None) -> None:
    """Mail what came of a job to who asked for it, once; whatever goes wrong with it is none of the harvest's business.

    The job is finished and committed.
    """
    if job_id is None:
        return
    try:
        _tell(job_id)
    except Exception:
        log.exception("The mails about job %s could not be made", job_id)
        model.Session.rollback()


def _tell(job_id: str) -> None:
    run = model.Session.get(HarvestRun, job_id)
    if run is None or run.finished is None or not mails.can_send():
        return
    source: Any = model.Session.get(HarvestSource, run.source_id)
    package: Any = model.Session.get(model.Package, run.source_id)
    if source is None or package is None or not package.owner_org or not _wanted(source.config, run):
        return
    readers = mails.readers(package.owner_org)
    if readers and mails.claim(job_id, OCCASION):
        owner: Any = model.Group.get(package.owner_org)
        told = Told(run, package.name, source.title or package.name, owner.title or owner.name)
        mails.send([mails.Mail(reader, *told.text(reader)) for reader in readers])


def _wanted(settings: str | None, run: HarvestRun) -> bool:
    default = config.mails()
    if default == config.STOCK:
        return False
    occasion = options.mails_of(settings) or default
    return occasion == "always" or (occasion == "error" and _is_trouble(run))


def _is_trouble(run: HarvestRun) -> bool:
    """Whether somebody should do something; a harvest that a person stopped is none."""
    if any(cause["code"] == "harvest-stopped" for cause in run.issues):
        return False
    return run.state != "complete" or run.errored > 0 or run.held > 0


class Told:
    """A run in the words of its readers."""

    def __init__(self, run: HarvestRun, name: str, title: str, organization: str) -> None:
        self.run = run
        self.name = name
        self.title = title
        self.organization = organization

    def text(self, reader: mails.Reader) -> tuple[str, str]:
        """Subject and body."""
        words = reader.words
        subject, happened = self._outcome()
        report = config.address(f"/harvest/{self.name}/job/{self.run.job_id}", reader.locale)
        parts = [
            words.say(_HELLO, name=reader.name),
            words.say(happened, title=self.title, organization=self.organization, time=words.moment(self._time())),
            self._numbers(words),
            *self._problems(words),
            words.say(_REPORT, address=report),
            closing(words, reader.locale),
        ]
        return words.say(subject, title=self.title), "\n\n".join(parts) + "\n"

    def _time(self) -> Any:
        return self.run.finished or self.run.started

    def _outcome(self) -> tuple[str, str]:
        if self.run.state != "complete":
            return _FAILED_SUBJECT, _FAILED
        if self.run.held:
            return _HELD_SUBJECT, _HELD
        return (_ERRORS_SUBJECT, _ERRORS) if self.run.errored else (_DONE_SUBJECT, _DONE)

    def _numbers(self, words: Words) -> str:
        run = self.run
        return "\n".join(
            f"- {text}"
            for number, text in (
                (run.added, words.ngettext("{count} dataset added", "{count} datasets added", run.added)),
                (run.updated, words.ngettext("{count} dataset updated", "{count} datasets updated", run.updated)),
                (
                    run.unchanged,
                    words.ngettext("{count} dataset unchanged", "{count} datasets unchanged", run.unchanged),
                ),
                (run.deleted, words.ngettext("{count} dataset archived", "{count} datasets archived", run.deleted)),
                (
                    run.held,
                    words.ngettext("{count} dataset to decide on", "{count} datasets to decide on", run.held),
                ),
                (run.errored, words.ngettext("{count} error", "{count} errors", run.errored)),
            )
            if number
        ) or words.say(_NOTHING)

    def _problems(self, words: Words) -> Iterator[str]:
        for cause in self.run.issues[:CAUSES]:
            first = cause["examples"][0] if cause["examples"] else cause
            text = "* " + words.fill(first["message"], first.get("params"))
            if cause["count"] > 1:
                text += " " + words.ngettext("(and {count} other)", "(and {count} others)", cause["count"] - 1)
            if what := advice(cause["code"]):
                text += "\n  " + words.say(_WHAT_TO_DO, advice=words.say(what))
            yield text
        if len(self.run.issues) > CAUSES:
            yield words.say(_MORE)


def closing(words: Words, locale: str) -> str:
    """How to read no more of this; ends every mail about harvests."""
    return words.say(
        _WHY, sources=config.address("/odf/harvest/", locale), mails=config.address("/odf/harvest/mails", locale)
    )


_HELLO = N_("Hello {name},")
_FAILED_SUBJECT = N_("Harvest failed: {title}")
_FAILED = N_(
    "The site “{title}” of {organization} could not be read to its end ({time}). What the portal had harvested before"
    " is kept, and nothing was removed."
)
_HELD_SUBJECT = N_("Your decision is needed: {title}")
_HELD = N_(
    "Many datasets have left the site “{title}” of {organization} all at once ({time}). Nothing is archived until you"
    " approve the list."
)
_ERRORS_SUBJECT = N_("Harvest with problems: {title}")
_ERRORS = N_(
    "The site “{title}” of {organization} was harvested ({time}), but some of its datasets could not be taken over. All"
    " the others are up to date."
)
_DONE_SUBJECT = N_("Harvest complete: {title}")
_DONE = N_("The site “{title}” of {organization} was harvested without errors ({time}).")
_NOTHING = N_("No dataset was met.")
_WHAT_TO_DO = N_("What to do: {advice}")
_MORE = N_("The report names further problems.")
_REPORT = N_("The whole report:\n{address}")
_WHY = N_(
    "-- \nYou receive this mail because you look after this organisation on the portal.\nState of your sources:"
    " {sources}\nMails that you receive, and their language: {mails}"
)
