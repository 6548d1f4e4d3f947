"""A commune that lists its datasets in a spreadsheet: the SCDL catalogue as such a sheet comes out, on a plain site."""

from __future__ import annotations

import csv
import io

from . import pages
from .answers import NOT_FOUND, Answer, html
from .files import FORMATS, content
from .model import Dataset, Site
from .vocabulary import FREQUENCIES, THEMES

CATALOGUE = "catalogue.csv"
LICENCES = {
    "lov2": "Licence Ouverte-LO",
    "fr-lo": "Licence Ouverte-LO",
    "odc-odbl": "Open Database License-ODBL",
    "cc-by": "Creative Commons-CC",
}

AREAS = {"commune": "Communale", "epci": "Intercommunale", "departement": "Départementale", "region": "Régionale"}


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the site says to GET `path` (below its own address, decoded)."""
    if path == "":
        return html(pages.home(site))
    if path == CATALOGUE:
        # As a French spreadsheet saves it: semicolons, Windows-1252, a title above the headings.
        return Answer(catalogue(site).encode("cp1252", "replace"), "text/csv")
    for dataset in site.datasets:
        if path == f"jeux/{dataset.id}":
            return html(pages.dataset(site, dataset))
        for resource in dataset.resources:
            if path == site.path_of(dataset, resource):
                return Answer(content(site, dataset, resource), FORMATS[resource.format].media_type)
    return NOT_FOUND


def catalogue(site: Site) -> str:
    """The sheet with its 20 columns."""
    rows = [_row(site, dataset) for dataset in site.datasets]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";", lineterminator="\r\n")
    out.write(f"Catalogue des données de {site.owner.title}{';' * (len(rows[0]) - 1)}\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _row(site: Site, dataset: Dataset) -> dict[str, str]:
    return {
        "COLL_NOM": site.owner.title,
        "COLL_SIRET": site.owner.siret,
        "ID": dataset.id,
        "TITRE": dataset.title,
        "DESCRIPTION": dataset.notes,
        "THEME": THEMES[dataset.theme],
        "PRODUCTEUR_NOM": dataset.producer.title,
        "PRODUCTEUR_SIRET": dataset.producer.siret,
        "COUV_SPAT_MAILLE": AREAS.get(dataset.producer.type, "Autre"),
        "COUV_SPAT_NOM": dataset.producer.title,
        "COUV_TEMP_DEBUT": f"01/01/{dataset.years[0]}",
        "COUV_TEMP_FIN": f"31/12/{dataset.years[1]}",
        "DATE_PUBL": f"{dataset.issued:%d/%m/%Y}",
        "FREQ_MAJ": FREQUENCIES[dataset.frequency],
        "DATE_MAJ": f"{dataset.modified:%d/%m/%Y}",
        "MOTS_CLES": ";".join(dataset.keywords),
        "LICENCE": LICENCES.get(dataset.licence or "", "Spécifique ou autre" if dataset.licence else ""),
        "NOMBRE_RESSOURCES": str(len(dataset.resources)),
        "FORMAT_RESSOURCES": ";".join(FORMATS[resource.format].label for resource in dataset.resources),
        "URL": ";".join([site.page_of(dataset), *(site.file_of(dataset, one) for one in dataset.resources)]),
    }
