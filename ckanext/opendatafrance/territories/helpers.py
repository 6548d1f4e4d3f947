"""Template helpers on territories."""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import registry
from ckanext.opendatafrance.reference import history
from ckanext.opendatafrance.reference.folding import fold
from ckanext.opendatafrance.territories.members import parent


def odf_territory(identifier: str) -> dict[str, Any] | None:
    """An organisation as odf_territory_show gives it, None where it is not known as a territory; asked once a page."""
    known: dict[str, dict[str, Any] | None] = g.setdefault("odf_territories", {}) if has_request_context() else {}
    if identifier not in known:
        try:
            known[identifier] = tk.get_action("odf_territory_show")({}, {"id": identifier})
        except tk.ObjectNotFound:
            known[identifier] = None
    return known[identifier]


def odf_map_colour() -> str:
    """Colour of the publishers on the map, "#rrggbb": the territory's, where the plugin `opendatafrance` is on."""
    return tk.h.odf_look()["primary"] if p.plugin_loaded("opendatafrance") else "#1d4f76"


def odf_territory_ended(territory: dict[str, Any]) -> str:
    """Since when and why an organisation is closed, in a sentence."""
    day = tk.h.render_datetime(territory["valid_to"]) or territory["valid_to"]
    sentences = {
        "merged": tk._("This commune ended on {day}: it merged with others into a new one."),
        "recoded": tk._("This commune has had another INSEE code since {day}."),
        "split": tk._("This commune ended on {day}: it was divided into several."),
        "suppressed": tk._("This commune ended on {day}: INSEE has struck it off its list."),
        "dissolved": tk._("This intermunicipal body was dissolved on {day}."),
    }
    return sentences.get(territory["reason"], tk._("This organisation ended on {day}.")).format(day=day)


def odf_territory_type_label(kind: str) -> str:
    """Name of a type of organisation."""
    labels = {
        "region": tk._("Région"),
        "departement": tk._("Département"),
        "epci": tk._("Intermunicipal body"),
        "commune": tk._("Commune"),
        "syndicat_mixte": tk._("Syndicate"),
        "etat": tk._("State service"),
        "association": tk._("Association"),
        "gip": tk._("Public interest group"),
    }
    return labels.get(kind, tk._("Other organisation"))


def odf_territory_types() -> tuple[str, ...]:
    """The types of organisation, the largest territories first."""
    return registry.TYPES


def odf_territory_count(kind: str, number: int) -> str:
    """A number of organisations of one type, in words."""
    words = {
        "region": tk.ungettext("{number} région", "{number} régions", number),
        "departement": tk.ungettext("{number} département", "{number} départements", number),
        "epci": tk.ungettext("{number} intermunicipal body", "{number} intermunicipal bodies", number),
        "commune": tk.ungettext("{number} commune", "{number} communes", number),
        "syndicat_mixte": tk.ungettext("{number} syndicate", "{number} syndicates", number),
    }
    other = tk.ungettext("{number} other organisation", "{number} other organisations", number)
    return words.get(kind, other).format(number=tk.h.localised_number(number))


def odf_duty_word(duty: str) -> str:
    """Whether the law requires publication, in a word."""
    return {"yes": tk._("yes"), "no": tk._("no")}.get(duty, tk._("unknown"))


def odf_parent_written(data: dict[str, Any]) -> str:
    """What the control of the parent holds in the form of an organisation."""
    return parent.written(data)


def odf_territory_detail(territory: dict[str, Any], q: str = "") -> str:
    """What tells an organisation from its homonyms: type, codes, and the former commune that the words name."""
    words = fold(q)
    former = [
        name or code
        for code, name in history.former(territory["insee_code"] or "")
        if words and (code.startswith(q) or words in fold(name))
    ]
    parts = [
        odf_territory_type_label(territory["type"]),
        tk._("INSEE {code}").format(code=territory["insee_code"]) if territory["insee_code"] else "",
        " ".join(territory["postal_codes"][:3]),
        tk._("formerly {name}").format(name=former[0]) if former and words not in fold(territory["title"]) else "",
    ]
    return " · ".join(part for part in parts if part)


def odf_territory_below(organization: str, limit: int = 30) -> dict[str, Any]:
    """Those right below an organisation in the tree: count, and the first results of odf_territory_search."""
    return tk.get_action("odf_territory_search")({}, {"parent": organization, "sort": "title", "limit": limit})


def odf_territory_feeds(territory: dict[str, Any]) -> list[dict[str, str]]:
    """Feeds on an organisation: label, type and address of each; those of ckanext-dcat where it offers them."""
    name = territory["name"]
    feeds = [
        {
            "label": tk._("New datasets (Atom)"),
            "type": "application/atom+xml",
            "url": tk.h.url_for("feeds.organization", id=name),
        }
    ]
    if territory["below"]:
        feeds.append(
            {
                "label": tk._("New datasets of the whole territory (Atom)"),
                "type": "application/atom+xml",
                "url": tk.h.url_for("feeds.custom", vocab_odf_territory=name),
            }
        )
    if p.plugin_loaded("dcat") and tk.asbool(tk.config.get("ckanext.dcat.enable_rdf_endpoints", True)):
        for label, kind, suffix in (
            (tk._("Catalogue (DCAT, Turtle)"), "text/turtle", "ttl"),
            (tk._("Catalogue (DCAT, JSON-LD)"), "application/ld+json", "jsonld"),
        ):
            url = tk.h.url_for("dcat.read_catalog", _format=suffix, fq=f"vocab_odf_territory:{name}")
            feeds.append({"label": label, "type": kind, "url": url})
    return feeds
