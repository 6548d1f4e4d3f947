"""A small portal for the tests of its pages: one intermunicipal body of Charente-Maritime and three datasets."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan.tests import factories

AGGLOMERATION = "epci-241700434-ca-de-la-rochelle"
COMMUNE = "commune-17300-la-rochelle"
THEME = "http://publications.europa.eu/resource/authority/data-theme/"
SETTINGS = {
    "ckan.site_title": "Données de Charente-Maritime",
    "ckanext.opendatafrance.territory": "charente-maritime",
}


def make_portal() -> None:
    """29 organisations or more, of which two publish: a commune two datasets, its agglomeration one."""
    tk.get_action("odf_territory_seed")(
        {"ignore_auth": True, "user": factories.Sysadmin()["name"]}, {"code": "241700434"}
    )
    for name, title, owner, theme, formats in (
        ("ecoles", "Écoles publiques", COMMUNE, "EDUC", ("CSV", "GeoJSON")),
        ("budget", "Budget primitif", COMMUNE, "ECON", ("CSV",)),
        ("pistes", "Pistes cyclables", AGGLOMERATION, "TRAN", ("GeoJSON",)),
    ):
        factories.Dataset(
            name=name,
            title=title,
            notes="Mis à jour chaque année.",
            owner_org=owner,
            license_id="lov2",
            theme=[THEME + theme],
            tag_string="essai",
            resources=[
                {
                    "name": f"{title} ({format_})",
                    "url": f"https://example.org/{name}.{format_.lower()}",
                    "format": format_,
                }
                for format_ in formats
            ],
        )
