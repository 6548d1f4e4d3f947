"""The page on which a source is added: paste an address, see what it is and what would be harvested, then save."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask.views import MethodView

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.harvest import pages
from ckanext.opendatafrance.harvest.connectors.web_page import WebPageConnector
from ckanext.opendatafrance.harvest.mapping.web.datasets import DOCUMENT

odf_adding = Blueprint("odf_adding", __name__, url_prefix="/odf/harvest")
FIELDS = ("url", "way", "title", "owner_org", "frequency")
SHOWN = 10
"""Datasets of a preview."""
CHOSEN_FROM = 500
"""Datasets of a web page, of which a person ticks those that are to be harvested."""


class AddView(MethodView):
    """Three steps on one page, each a form that works without JavaScript; only the last one saves anything."""

    def get(self) -> str:
        _check()
        return _render({"url": tk.request.args.get("url", "")})

    def post(self) -> str | Response:
        _check()
        data = {name: tk.request.form.get(name, "").strip() for name in FIELDS}
        if not data["url"]:
            return _render(data, {"url": tk._("Paste the address of the site.")})
        if tk.request.form.get("step") == "add":
            return _add(data)
        return _look(data)


def _check() -> None:
    try:
        tk.check_access("odf_source_create", {"user": tk.current_user.name}, {})
    except tk.NotAuthorized:
        tk.abort(403, tk._("Only administrators of an organisation may add sources."))


def _look(data: dict[str, str], errors: dict[str, str] | None = None) -> str:
    """Find out what the site is, read its first datasets, and offer to add it."""
    found = pages.ask("odf_source_detect", {"url": data["url"]})
    if not found["connector"]:
        return _render(data, {"url": found["message"]})
    ways = [{**way, "value": _way(way)} for way in found["candidates"]]
    chosen = next((way for way in ways if way["value"] == data["way"]), ways[0])
    choosing = chosen["connector"] == WebPageConnector.name
    asked = {"url": chosen["url"], "connector": chosen["connector"], "limit": CHOSEN_FROM if choosing else SHOWN}
    seen = pages.ask("odf_source_preview", {**asked, "brief": True})
    count = len(seen["datasets"]) if choosing else chosen["count"] if seen["count"] is None else seen["count"]
    ticked = _ticked(seen["datasets"]) if choosing else None
    return _render(
        {**data, "way": chosen["value"]},
        errors,
        {"ways": ways, "chosen": chosen, "seen": seen, "count": count, "ticked": ticked},
    )


def _ticked(datasets: list[dict[str, Any]]) -> set[str]:
    """What is ticked: what the person ticked before, and of what was not shown yet all that is no document."""
    offered, picked = _choice()
    fresh = {one["identifier"] for one in datasets if one.get("dcat_type") != DOCUMENT}
    return picked | (fresh - offered)


def _choice() -> tuple[set[str], set[str]]:
    """Identifiers of the datasets that were offered, and of those that were ticked."""
    return set(tk.request.form.getlist("offered")), set(tk.request.form.getlist("picked"))


def _add(data: dict[str, str]) -> str | Response:
    connector, _, url = data["way"].partition(" ")
    source: dict[str, Any] = {"url": url or data["url"], "connector": connector, "owner_org": data["owner_org"]}
    offered, picked = _choice()
    if offered:
        if not picked:
            return _look(data, {"picked": tk._("Tick at least one dataset.")})
        source["options"] = {"include": sorted(picked), "exclude": sorted(offered - picked)}
    try:
        added = pages.ask(
            "odf_source_create", {**source, "title": data["title"], "frequency": data["frequency"] or "DAILY"}
        )
    except tk.ValidationError as error:
        return _look(data, {name: pages.sentence(said) for name, said in error.error_dict.items()})
    tk.h.flash_success(tk._("“{title}” was added. Start its first harvest with “Harvest now”.").format(**added))
    return tk.redirect_to("harvester.admin", id=added["name"])


def _way(way: dict[str, Any]) -> str:
    """A way of reading a site as the value of a field: an address has no space."""
    return f"{way['connector']} {way['url']}"


def _render(data: dict[str, Any], errors: dict[str, str] | None = None, found: dict[str, Any] | None = None) -> str:
    return tk.render("odf_harvest/add.html", {"data": data, "errors": errors or {}, "found": found})


odf_adding.add_url_rule("/add", view_func=AddView.as_view("add"))
