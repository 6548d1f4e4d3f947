"""Pages of territories."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, request

import ckan.plugins.toolkit as tk
from ckan.lib.helpers import Page

from ckanext.opendatafrance import spreadsheet
from ckanext.opendatafrance.territories import choosing, helpers
from ckanext.opendatafrance.territories.pages import dotmap

PER_PAGE = 50
# A region has some two hundred départements and EPCIs; a list of choices for more would be of no use.
_MOST_CHOICES = 400
_SUGGESTIONS = 8
# The list beside the map; the page of all organisations has the others.
_MOST_PUBLISHERS = 100
_INK = "#1b2430"
# What covers the sheet is no dot on it; the centre of a région may lie far from the portal's own département.
_AREAS = ("region", "departement")

odf_territories = Blueprint("odf_territories", __name__)


@odf_territories.route("/territoires")
def index() -> str:
    """The communes and organisations: search, filters, fifty a page."""
    asked = {name: tk.request.args.get(name, "").strip() for name in ("q", "type", "ancestor", "sort")}
    page = tk.h.get_page_number(tk.request.args)
    search = tk.get_action("odf_territory_search")
    try:
        found = search({}, {**asked, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE})
    except tk.ValidationError as error:
        tk.abort(400, " ".join(f"{field}: {said}" for field, said in error.error_summary.items()))
    pager = Page(
        collection=found["results"],
        page=page,
        url=partial(tk.h.url_for, "odf_territories.index", **{name: value for name, value in asked.items() if value}),
        item_count=found["count"],
        items_per_page=PER_PAGE,
        presliced_list=True,
    )
    above = search({}, {"type": "departement,epci,syndicat_mixte", "sort": "title", "limit": _MOST_CHOICES})
    return tk.render(
        "odf_territories/index.html",
        {"asked": asked, "page": pager, "territories": found["results"], "above": above["results"]},
    )


@odf_territories.route("/territoires/arbre")
def tree() -> str:
    """The tree, opened as far as it fits; `?ouvrir=NAME` opens the branch of an organisation too."""
    opened = tk.request.args.get("ouvrir", "").strip()
    return tk.render("odf_territories/tree.html", {"nodes": _tree(open=opened)})


@odf_territories.route("/territoires/arbre/<name>")
def branch(name: str) -> str:
    """What is right below an organisation, as a part of the page of the tree."""
    return tk.render("odf/territory/branches.html", {"nodes": _tree(parent=name)})


@odf_territories.route("/territoires/carte")
def map_() -> str:
    """The map, and the same as a list."""
    points = tk.get_action("odf_territory_points")({}, {})
    dots = _dots(points)
    publishers = sorted((one for one in points if one["datasets"]), key=lambda one: -one["datasets"])
    return tk.render(
        "odf_territories/map.html",
        {
            "drawing": _draw(points, links=True),
            "publishers": publishers[:_MOST_PUBLISHERS],
            "publishing": len(publishers),
            "points": len(points),
            "elsewhere": len(dots) - len(dotmap.visible(dots)),
        },
    )


@odf_territories.route("/territoires/carte.svg")
def picture() -> Any:
    """The map as a picture, without links; the browser keeps it while nothing changes."""
    points = tk.get_action("odf_territory_points")({}, {})
    response = make_response(_draw(points, links="liens" in tk.request.args))
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    response.add_etag()
    return response.make_conditional(request)


@odf_territories.route("/territoires/suggestions")
def suggestions() -> Response:
    """What the words typed so far may mean, for a field; with `permission`, where the user may do that."""
    q = tk.request.args.get("q", "").strip()
    permission = "create_dataset" if tk.request.args.get("permission") else ""
    asked = {"q": q, "permission": permission, "limit": _SUGGESTIONS}
    found = tk.get_action("odf_territory_search")({}, asked) if q else {"results": []}
    return jsonify(
        [
            {
                "title": one["title"],
                "detail": helpers.odf_territory_detail(one, q),
                "text": choosing.written(one),
                "url": tk.h.url_for("organization.read", id=one["name"]),
            }
            for one in found["results"]
        ]
    )


@odf_territories.route("/territoires/obligation.csv")
def duty() -> Response:
    """The legal duty of all organisations, with the figures that decide."""
    rows = tk.get_action("odf_duty_list")({}, {"within": tk.request.args.get("ancestor", "")})
    columns = list(rows[0]) if rows else []
    response = make_response(spreadsheet.write(columns, (row.values() for row in rows)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=obligation.csv"
    return response


@odf_territories.route("/territoires/<code>")
def short(code: str) -> Any:
    """The short address of an organisation: by its INSEE code, SIREN or name."""
    try:
        found = tk.get_action("odf_territory_show")({}, {"id": code})
    except tk.ObjectNotFound as error:
        return tk.abort(404, error.message or "")
    return redirect(tk.h.url_for("organization.read", id=found["name"]))


def _tree(**asked: str) -> list[dict[str, Any]]:
    try:
        return tk.get_action("odf_territory_tree")({}, asked)
    except tk.ObjectNotFound as error:
        return tk.abort(404, error.message or "")


def _draw(points: list[dict[str, Any]], *, links: bool) -> str:
    publishing = sum(bool(one["datasets"]) for one in points)
    words = dotmap.Words(
        title=tk._("Map of the communes and organisations"),
        description=tk._("{number} organisations, of which {publishing} publish data.").format(
            number=tk.h.localised_number(len(points)), publishing=tk.h.localised_number(publishing)
        ),
        of_publisher=lambda title, datasets: tk.ungettext(
            "{title}: {number} dataset", "{title}: {number} datasets", datasets
        ).format(title=title, number=datasets),
    )
    return dotmap.draw(_dots(points), words, (tk.h.odf_map_colour(), _INK), links=links)


def _dots(points: list[dict[str, Any]]) -> list[dotmap.Dot]:
    return [
        dotmap.Dot(one["title"], _address(one), one["longitude"], one["latitude"], one["datasets"])
        for one in points
        if one["type"] not in _AREAS
    ]


def _address(one: dict[str, Any]) -> str:
    """Last part of the short address."""
    codes = {"commune": one["insee_code"], "epci": one["siren"]}
    return codes.get(one["type"]) or one["name"]
