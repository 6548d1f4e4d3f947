"""Template helpers of the harvest room."""

from __future__ import annotations

from typing import Any

from babel import Locale

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest import config, options, sparkline
from ckanext.opendatafrance.harvest.connectors import connectors


def odf_connectors() -> list[dict[str, str]]:
    """Configurations of a source for a select field, one for each kind of site; the first lets the portal find out."""
    known = [
        {"value": options.dump({options.CONNECTOR: name}), "text": tk._(found.title)}
        for name, found in sorted(connectors().items())
    ]
    return [{"value": "", "text": tk._("Find out automatically")}, *known]


def odf_harvest_frequencies() -> list[dict[str, str]]:
    """How often a source can be harvested, for a select field."""
    return [
        {"value": "DAILY", "text": tk._("Every day")},
        {"value": "WEEKLY", "text": tk._("Every week")},
        {"value": "BIWEEKLY", "text": tk._("Every two weeks")},
        {"value": "MONTHLY", "text": tk._("Every month")},
        {"value": "ALWAYS", "text": tk._("As often as possible")},
        {"value": "MANUAL", "text": tk._("Only when somebody starts it")},
    ]


def odf_harvest_report(job_id: str) -> dict[str, Any] | None:
    """What a job did; None for a job of another harvester, or from before the suite."""
    try:
        return tk.get_action("odf_harvest_report")({}, {"id": job_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None


def odf_harvest_state(state: str) -> str:
    """The state of a run, or of a job of ckanext-harvest, in words."""
    words = {
        "complete": tk._("Complete"),
        "failed": tk._("Failed"),
        "interrupted": tk._("Interrupted"),
        "running": tk._("Running"),
        "New": tk._("Waiting"),
        "Running": tk._("Running"),
        "Finished": tk._("Finished"),
        "Aborted": tk._("Stopped"),
    }
    return words.get(state, state)


def odf_archived(dataset_id: str) -> dict[str, Any] | None:
    """Why and since when a dataset is archived; None for the many that are not."""
    try:
        return tk.get_action("odf_archived_show")({}, {"id": dataset_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None


def odf_chosen_owner(dataset_id: str) -> dict[str, Any] | None:
    """Who chose the owner of a harvested dataset, for those who may change it; None where nobody did."""
    try:
        return tk.get_action("odf_owner_show")({}, {"id": dataset_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return None


def odf_local_edits(dataset_id: str) -> list[dict[str, Any]]:
    """What people changed in a harvested dataset, for those who may edit it."""
    if tk.current_user.is_anonymous:
        return []
    try:
        return tk.get_action("odf_local_edits_show")({}, {"id": dataset_id})["edits"]
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []


def odf_harvested_from(dataset_id: str) -> str:
    """Title of the member site that shows a dataset; empty for one that was not harvested."""
    sources = odf_identity_sources(dataset_id)
    return sources[0]["source_title"] if sources else ""


def odf_placing_reasons() -> dict[str, str]:
    """Why a publisher is where it is, in words."""
    return {
        "person": tk._("a person said so"),
        "same": tk._("a person said so of the same identifier under another name"),
        "number": tk._("same SIREN"),
        "insee": tk._("same INSEE code"),
        "reference": tk._("same address"),
        "name": tk._("same name"),
    }


def odf_connector_title(name: str) -> str:
    """What kind of site a connector reads, in words."""
    found = connectors().get(name)
    return tk._(found.title) if found else name


def odf_harvest_lights() -> dict[str, dict[str, str]]:
    """States of a source as sign and words, worst first: the sign tells them apart where colours do not."""
    return {
        "error": {"sign": "✖", "text": tk._("Failed")},
        "warning": {"sign": "▲", "text": tk._("With problems")},
        "held": {"sign": "◆", "text": tk._("Waiting for a decision")},
        "never": {"sign": "○", "text": tk._("Never harvested")},
        "running": {"sign": "▶", "text": tk._("Under way")},
        "ok": {"sign": "●", "text": tk._("Healthy")},
        "paused": {"sign": "❙❙", "text": tk._("Paused")},
    }


def odf_sparkline(runs: list[dict[str, Any]]) -> sparkline.Sparkline:
    """The last runs of a source as paths of an SVG."""
    return sparkline.draw(runs)


def odf_sparkline_title(runs: list[dict[str, Any]]) -> str:
    """The same in words."""
    complete = sum(run["state"] == "complete" for run in runs)
    clean = sum(run["state"] == "complete" and not run["errored"] for run in runs)
    return tk._(
        "{count} last harvests: {clean} without errors, {errors} with errors, {failed} failed; {datasets} datasets in"
        " the last one"
    ).format(
        count=len(runs),
        clean=clean,
        errors=complete - clean,
        failed=len(runs) - complete,
        datasets=runs[-1]["datasets"],
    )


def odf_duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return tk._("{number} s").format(number=round(seconds))
    if seconds < 5400:
        return tk._("{number} min").format(number=round(seconds / 60))
    return tk._("{number} h").format(number=round(seconds / 3600, 1))


def odf_identity_sources(dataset_id: str) -> list[dict[str, Any]]:
    """The sources that publish a dataset, the one that shows it first."""
    try:
        return tk.get_action("odf_identity_sources")({"user": tk.current_user.name}, {"id": dataset_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return []


def odf_identity_kinds() -> dict[str, str]:
    """What two datasets may have in common, in words."""
    return {
        "identifier": tk._("Identifier"),
        "page": tk._("Web page of the dataset"),
        "file": tk._("Addresses of files"),
        "checksum": tk._("Checksums of files"),
        "title": tk._("Title and organisation"),
    }


def odf_identity_actions() -> dict[str, str]:
    """Decisions on datasets of several sources, in words."""
    return {
        "merge": tk._("Two datasets became one"),
        "split": tk._("Taken apart"),
        "apart": tk._("Not the same"),
        "takeover": tk._("Shown as another source has it"),
    }


def odf_language_name(locale: str) -> str:
    """A language in its own words."""
    return Locale.parse(locale, sep="_").get_display_name() or locale


def odf_source_settings(stored: str | list[str] | None) -> dict[str, str]:
    """The configuration of a source by field of its form: kind (a value of `odf_connectors`), mails (of
    `odf_source_mails`), and rest, each a JSON object or empty."""
    text = options.joined(stored)
    try:
        found = options.parse(text, set(connectors()))
    except options.SourceConfigError:
        return {"kind": "", "mails": "", "rest": text}
    parts = {"kind": options.CONNECTOR, "mails": options.MAILS}
    fields = {name: options.dump({key: found.pop(key, None)}) for name, key in parts.items()}
    return {**fields, "rest": options.dump(found)}


def odf_source_mails() -> list[dict[str, str]]:
    """After which harvests of a source a mail is sent, for a select field."""
    default = {"always": tk._("after each harvest"), "error": tk._("when there is a problem"), "never": tk._("never")}
    words = default.get(config.mails(), tk._("by ckanext-harvest"))
    return [
        {"value": "", "text": tk._("As usual on this portal: {words}").format(words=words)},
        {"value": options.dump({options.MAILS: "always"}), "text": tk._("After each harvest")},
        {"value": options.dump({options.MAILS: "error"}), "text": tk._("When there is a problem")},
        {"value": options.dump({options.MAILS: "never"}), "text": tk._("Never")},
    ]
