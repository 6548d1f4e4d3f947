"""Mails about harvests, received by a real SMTP server."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from dcat_catalogue import dataset
from member_site import Answer
from workshop import lasting, wait_until

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli.cli import ckan
from ckan.tests import factories

from ckanext.harvest.model import HarvestJob, HarvestSource
from ckanext.opendatafrance.harvest import jobs, mails, options
from ckanext.opendatafrance.harvest.model import HarvestRun, now
from ckanext.opendatafrance.harvest.model_mails import HarvestMailed, HarvestReader

THREE = {"a": "Budget", "b": "Délibérations", "c": "Subventions"}


class Inbox:
    """What the server received."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - the name that aiosmtpd calls
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"

    def to(self, user: dict) -> list[EmailMessage]:
        return [mail for mail in self.received if user["email"] in mail["To"]]


def text(mail: EmailMessage) -> str:
    return mail.get_content().replace("\r\n", "\n")


@pytest.fixture
def post(ckan_config, monkeypatch) -> Iterator[Inbox]:
    """A mail server, and a portal that uses it."""
    box = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setitem(ckan_config, "smtp.server", f"127.0.0.1:{port}")
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@example.org")
    yield box
    server.stop()


def join(place, role: str = "admin", **user) -> dict:
    """Somebody of the organisation of a town."""
    made = factories.UserWithToken(**user)
    tk.get_action("organization_member_create")(
        {"ignore_auth": True}, {"id": place.organization["id"], "username": made["name"], "role": role}
    )
    choose(made, language="en")
    return made


def choose(user: dict, **choice) -> None:
    tk.get_action("odf_mails_update")({"user": user["name"]}, choice)


def set_mails(place, occasion: str) -> None:
    config = json.dumps({"connector": "dcat", "mails": occasion})
    model.Session.execute(sa.update(HarvestSource).where(HarvestSource.id == place.source["id"]).values(config=config))
    model.Session.commit()


# --- After a harvest ------------------------------------------------------------------------------------------------


def test_a_failure_is_told_to_the_administrators_once(town, post) -> None:
    """What happened, what to do, where to read on; not to editors, and not after a harvest without problems."""
    place = town(THREE)
    admin, editor = join(place, fullname="Anne Martin"), join(place, "editor")
    place.harvest()
    assert not post.received
    place.publish(answer=Answer("", status=404))
    job = place.harvest()["job"]
    assert not post.to(editor)
    [mail] = post.to(admin)
    assert place.source["title"] in mail["Subject"]
    told = text(mail)
    address = f"/harvest/{place.source['name']}/job/{job}"
    for part in ("Anne Martin", place.organization["title"], "404", "What to do:", address, "/odf/harvest/mails"):
        assert part in told
    jobs.run(HarvestJob.get(job))  # queues deliver twice
    assert len(post.to(admin)) == 1


def test_each_source_says_when(town, post, ckan_config, monkeypatch) -> None:
    """Always and never in the configuration of the source; the portal's option where it says nothing."""
    place = town(THREE)
    admin = join(place)
    set_mails(place, "always")
    place.harvest()
    assert "3 datasets added" in text(post.to(admin)[-1])
    set_mails(place, "never")
    place.publish(answer=Answer("", status=404))
    place.harvest()
    assert len(post.to(admin)) == 1
    set_mails(place, "error")
    place.publish({"a": "Budget"}, dataset("bad", ""))
    place.harvest()
    assert len(post.to(admin)) == 2
    quiet = town({"a": "Budget"}, dataset("bad", ""))
    silent = join(quiet)
    monkeypatch.setitem(ckan_config, "ckanext.opendatafrance.harvest_mails", "never")
    quiet.harvest()
    assert not post.to(silent)


def test_ckanext_harvest_and_the_suite_never_both_write(town, post, ckan_config, monkeypatch) -> None:
    """Where ckanext-harvest sends its status mails, the suite sends none after a harvest."""
    monkeypatch.setitem(ckan_config, "ckan.harvest.status_mail.errored", True)
    place = town({"a": "Budget"}, dataset("bad", ""))
    admin = join(place)
    set_mails(place, "always")
    place.harvest()
    assert not [mail for mail in post.to(admin) if "/odf/harvest/mails" in text(mail)]


def test_a_worker_of_the_queue_sends_the_mail(town, post, workshop, ckan_config) -> None:
    """A real process without any request."""
    place = town({"a": "Budget"}, dataset("bad", ""))
    admin = join(place)
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    job = tk.get_action("harvest_job_create")({"user": site}, {"source_id": place.source["id"], "run": True})
    smtp = {name: ckan_config[name] for name in ("smtp.server", "smtp.mail_from")}
    worker = workshop.start("consume", config={**lasting(place), **smtp})
    wait_until(lambda: post.to(admin))
    workshop.kill(worker)
    [mail] = post.to(admin)
    assert "1 error" in text(mail)
    assert f"/harvest/{place.source['name']}/job/{job['id']}" in text(mail)


@pytest.mark.parametrize("trouble", ["nobody listens", "hangs"])
def test_a_mail_that_cannot_be_sent_breaks_nothing(town, ckan_config, monkeypatch, trouble: str) -> None:
    """A mail server that is down, or that accepts and says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    if trouble == "nobody listens":
        listener.close()
        port = 9
    else:
        port = listener.getsockname()[1]
        monkeypatch.setattr(mails, "PATIENCE", 0.5)
    monkeypatch.setitem(ckan_config, "smtp.server", f"127.0.0.1:{port}")
    place = town(THREE)
    join(place)
    set_mails(place, "always")
    done = place.harvest()
    listener.close()
    assert (done["state"], done["added"]) == ("complete", 3)


def test_readers_choose(town, post, app) -> None:
    """An administrator declines; one of the portal asks for all; each reads their language."""
    place = town(THREE, dataset("bad", ""))
    declines, reads, asks, stranger = join(place), join(place), factories.Sysadmin(), factories.User()
    choose(declines, mails=False)
    assert tk.get_action("odf_mails_show")({"user": declines["name"]}, {})["mails"] is False
    choose(reads, language="fr")
    choose(asks, mails=True, language="en")
    choose(stranger, mails=True)
    place.harvest()
    assert (len(post.to(declines)), len(post.to(reads)), len(post.to(asks)), len(post.to(stranger))) == (0, 1, 1, 0)
    default = tk.config["ckan.locale_default"]
    for user, language in ((reads, "fr"), (asks, "en")):
        [mail] = post.to(user)
        prefix = "" if language == default else f"/{language}"
        assert f"{tk.config['ckan.site_url']}{prefix}/harvest/{place.source['name']}" in text(mail)
    choose(asks, mails="")
    with pytest.raises(tk.ValidationError):
        choose(asks, language="tlh")


def test_the_page_of_choices(town, app) -> None:
    """A user sees and changes their own; a visitor is asked to log in."""
    user = join(town(THREE))
    headers = {"Authorization": user["token"]}
    assert app.get("/odf/harvest/mails").status_code == 403
    page = app.post("/odf/harvest/mails", data={"mails": "false", "language": "fr"}, headers=headers)
    assert re.search(r'value="false" checked', page.body)
    assert re.search(r'value="fr" selected', page.body)
    row = model.Session.get(HarvestReader, user["id"])
    assert row
    assert (row.mails, row.language) == (False, "fr")


def test_the_form_of_a_source_says_after_which_harvests(town, app) -> None:
    """Its fields are parts of the configuration; what else the configuration says stays."""
    place = town(THREE)
    headers = {"Authorization": join(place)["token"]}
    address = f"/harvest/edit/{place.source['name']}"
    page = app.get(address, headers=headers).body
    assert 'id="field-mails"' in page
    form = {
        "url": place.source["url"],
        "title": place.source["title"],
        "name": place.source["name"],
        "source_type": "member_site",
        "owner_org": place.organization["id"],
        "frequency": "MANUAL",
        "config": ['{"connector": "dcat"}', '{"mails": "never"}', '{"hour": 3}'],
        "save": "Save",
    }
    app.post(address, data=form, headers=headers)
    stored = tk.get_action("harvest_source_show")({"ignore_auth": True}, {"id": place.source["id"]})["config"]
    assert json.loads(stored) == {"connector": "dcat", "hour": 3, "mails": "never"}
    assert '"hour": 3' in app.get(address, headers=headers).body.replace("&#34;", '"')


def test_the_configuration_is_checked() -> None:
    """A wrong word is refused; parts of a form are one object, unless one of them is damaged."""
    with pytest.raises(options.SourceConfigError, match="always, error, never"):
        options.parse('{"mails": "sometimes"}', set())
    assert options.joined(['{"a": 1}', "", '{"b": 2}']) == '{"a": 1, "b": 2}'
    assert options.joined(['{"a": 1}', "{"]) == "{"
    assert options.joined(None) == ""
    assert options.mails_of('{"mails": "sometimes"}') is None


# --- The week -------------------------------------------------------------------------------------------------------


def test_the_digest_of_the_week(town, post, cli) -> None:
    """One mail for each reader, with what became of the week, once a week; a dry run only prints."""
    place, other = town(THREE), town(THREE, dataset("bad", ""))
    admin = join(place)
    tk.get_action("organization_member_create")(
        {"ignore_auth": True}, {"id": other.organization["id"], "username": admin["name"], "role": "admin"}
    )
    for town_ in (place, other):
        set_mails(town_, "never")
        town_.harvest()
    printed = cli.invoke(ckan, ["odf", "harvest-digest", "--dry-run"], catch_exceptions=False)
    assert (printed.exit_code, admin["email"] in printed.stdout, post.to(admin)) == (0, True, [])
    assert cli.invoke(ckan, ["odf", "harvest-digest"], catch_exceptions=False).exit_code == 0
    [mail] = post.to(admin)
    told = text(mail)
    for part in (place.organization["title"], other.organization["title"], "3 datasets added", "1 problem is open"):
        assert part in told
    assert cli.invoke(ckan, ["odf", "harvest-digest"], catch_exceptions=False).exit_code == 0
    assert len(post.to(admin)) == 1
    week_ago = now() - timedelta(days=8)
    model.Session.execute(
        sa.update(HarvestRun).where(HarvestRun.source_id == place.source["id"]).values(started=week_ago)
    )
    model.Session.execute(sa.delete(HarvestMailed).where(HarvestMailed.about == admin["id"]))
    model.Session.commit()
    cli.invoke(ckan, ["odf", "harvest-digest"], catch_exceptions=False)
    assert "No dataset changed." in text(post.to(admin)[1])
