"""Template helpers of the plugin `opendatafrance`."""

from __future__ import annotations

import re
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk

from ckanext.opendatafrance import config, registry
from ckanext.opendatafrance.reference import licences
from ckanext.opendatafrance.search import facets

_NEUTRAL = {"primary": "#1d4f76", "secondary": "#8a5a00"}
_CKAN_LOGO = "/base/images/ckan-logo.png"
_LATEST = 6
# Symbols of the icon font that CKAN ships, for the themes of the EU list.
_THEME_ICONS = {
    "AGRI": "seedling",
    "ECON": "coins",
    "EDUC": "masks-theater",
    "ENER": "bolt",
    "ENVI": "leaf",
    "GOVE": "landmark",
    "HEAL": "heart-pulse",
    "INTR": "globe",
    "JUST": "scale-balanced",
    "REGI": "city",
    "SOCI": "people-group",
    "TECH": "microscope",
    "TRAN": "bus",
}


def odf_look() -> dict[str, str]:
    """Name, words, colours and logo of the portal's territory, for the header, the footer and the home page.

    Keys: name, description, primary, secondary, logo, initials, lead, email, website; texts may be empty.
    """
    slug = config.territory()
    if not slug:
        texts = dict.fromkeys(("name", "description", "logo", "lead", "email", "website"), "")
        return {**texts, **_NEUTRAL, "initials": _initials(tk.config["ckan.site_title"])}
    territory = registry.territory(slug)
    return {
        "name": territory.title,
        "description": territory.description["fr" if tk.h.lang().startswith("fr") else "en"],
        "primary": territory.look.primary,
        "secondary": territory.look.secondary,
        "logo": territory.look.logo,
        "initials": _initials(territory.title),
        "lead": territory.lead.name,
        "email": territory.contact.email or territory.lead.contact.email,
        "website": territory.contact.website or territory.lead.contact.website,
    }


def _communes() -> dict[str, int]:
    """How many communes there are, and how many of them have a dataset; nothing without the plugin of territories."""
    if not p.plugin_loaded("opendatafrance_territories"):
        return {}
    publishing = tk.get_action("package_search")(
        {}, {"rows": 0, "fq": f"{facets.TERRITORY_TYPE}:commune", "facet.field": ["owner_org"], "facet.limit": -1}
    )
    return {
        "communes": tk.get_action("odf_territory_search")({}, {"type": "commune", "limit": 0})["count"],
        "publishing_communes": len(publishing["search_facets"]["owner_org"]["items"]),
    }


def odf_logo() -> str:
    """Address of the logo: the administrator's, else the territory's; empty where the drawn sign stands in for it."""
    logo = tk.config["ckan.site_logo"]
    if logo == _CKAN_LOGO:
        logo = odf_look()["logo"]
    return tk.h.url_for_static_or_external(logo) if logo else ""


def odf_menu() -> list[tuple[str, str, list[str]]]:
    """Entries of the main menu, as `h.build_nav_main` takes them."""
    organizations = (
        ("odf_territories.index", tk._("Communes and organisations"), ["odf_territories", "organization"])
        if p.plugin_loaded("opendatafrance_territories")
        else ("organization.index", tk._("Organisations"), ["organization"])
    )
    may_deposit = p.plugin_loaded("opendatafrance_validation") and tk.h.check_access("package_create")
    return [
        ("dataset.search", tk._("Data"), ["dataset", "resource"]),
        organizations,
        *([("odf_deposit.choose", tk._("Deposit a file"), ["odf_deposit"])] if may_deposit else []),
        ("home.about", tk._("About"), []),
    ]


def odf_home() -> dict[str, Any]:
    """What the home page tells: numbers, the latest datasets, themes and the most active publishers."""
    found = tk.get_action("package_search")(
        {},
        {
            "rows": _LATEST,
            "sort": "metadata_modified desc",
            "facet.field": [facets.THEME, "organization"],
            "facet.limit": 50,
        },
    )
    return {
        "numbers": {**tk.get_action("odf_portal_numbers")({}, {}), **_communes()},
        "latest": found["results"],
        "themes": odf_facet_items(facets.THEME, found["search_facets"])[:12],
        "publishers": odf_facet_items("organization", found["search_facets"])[:8],
    }


def odf_licence(package: dict[str, Any]) -> str:
    """Name of a dataset's licence in the reader's language, empty where it has none."""
    licence = licences.get(package.get("license_id") or "")
    return licence.label(tk.h.lang()) if licence else package.get("license_title") or ""


def odf_theme_icon(theme: str) -> str:
    """Name of the symbol of a theme."""
    return _THEME_ICONS.get(theme, "folder-open")


def odf_facet_items(name: str, search_facets: dict[str, Any]) -> list[dict[str, Any]]:
    """Values of a facet as `h.get_facet_items_dict` gives them, without the communes among the territories.

    A region has thousands of them, each of which stands among the publishers already.
    """
    if name == facets.TERRITORY:
        chosen = tk.request.args.getlist(name)
        items = search_facets.get(name, {}).get("items", [])
        kept = [item for item in items if item["name"] in chosen or not item["name"].startswith("commune-")]
        search_facets = {name: {"items": kept}}
    return tk.h.get_facet_items_dict(name, search_facets)


def _initials(title: str) -> str:
    """Up to three capitals: Charente-Maritime gives CM."""
    return "".join(re.findall(r"\b[A-ZÀ-Ý]", title))[:3]
