"""An Opendatasoft domain: Explore 2.1 as far as harvesters use it, its pages, exports and attachments.

A domain shared by several collectivités tells them apart by `publisher`, as they do.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import Any

from . import dcat, pages, shapefile
from .answers import NOT_FOUND, Answer, html, query_number
from .files import FORMATS, content, table, write_csv
from .model import EXPORTED, Dataset, Site
from .rdf import rdf_xml
from .vocabulary import FREQUENCIES

CATALOGUE = "api/explore/v2.1/catalog"
EXPORTS = ("csv", "dcat", "json")
MOST, LAST = 100, 10_000
LICENCES = {
    "lov2": ("Licence Ouverte v2.0 (Etalab)", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    "fr-lo": ("Licence Ouverte v1.0", "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"),
    "odc-odbl": ("Open Database License (ODbL)", "http://opendatacommons.org/licenses/odbl/"),
    "cc-by": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
}
THEMES = {
    "AGRI": "Agriculture",
    "ECON": "Économie, Entreprise, PME, Développement économique, Emploi",
    "EDUC": "Éducation, Formation, Recherche, Enseignement",
    "ENER": "Énergie",
    "ENVI": "Environnement",
    "GOVE": "Administration, Gouvernement, Finances publiques, Citoyenneté",
    "HEAL": "Santé",
    "JUST": "Justice, Sécurité, Police, Criminalité",
    "REGI": "Aménagement du territoire, Urbanisme, Bâtiments, Équipements, Logement",
    "SOCI": "Population, Société",
    "TECH": "Sciences, Technologie",
    "TRAN": "Transports, Déplacements",
}
_TYPES = {int: "int", float: "double"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def answer(site: Site, path: str, query: dict[str, str]) -> Answer:
    """What the domain says to GET `path` (below its own address, decoded)."""
    path = path.strip("/")
    if path in ("", "explore"):
        return html(pages.home(site))
    if path == f"{CATALOGUE}/datasets":
        return _search(site, query)
    if path == f"{CATALOGUE}/exports":
        links = [{"rel": form, "href": f"{site.url}/{path}/{form}"} for form in ("self", *EXPORTS)]
        return _json({"links": links})
    if path.startswith(f"{CATALOGUE}/exports/"):
        return _catalogue(site, path.rpartition("/")[2], query)
    for dataset in site.datasets:
        root = f"{CATALOGUE}/datasets/{dataset.id}"
        if path == f"explore/dataset/{dataset.id}" or path.startswith(f"explore/dataset/{dataset.id}/"):
            return html(pages.dataset(site, dataset))
        if path == root:
            return _json(described(site, dataset))
        if path.startswith(f"{root}/"):
            return _file(site, dataset, path.removeprefix(f"{root}/"))
    return NOT_FOUND


def described(site: Site, dataset: Dataset) -> dict[str, Any]:
    """A dataset as the catalogue gives it."""
    rows = table(dataset)
    identity = site.id_of(dataset.id).replace("-", "")
    attached = [resource for resource in dataset.resources if resource.format not in EXPORTED]
    return {
        "visibility": "domain",
        "dataset_id": dataset.id,
        "dataset_uid": f"da_{identity[:6]}",
        "has_records": True,
        "features": ["analyze", *(["geo"] if rows.geometries else [])],
        "attachments": [
            {
                "mimetype": FORMATS[resource.format].media_type,
                "url": f"odsfile://{resource.file}",
                "id": resource.format,
                "title": resource.file,
            }
            for resource in attached
        ],
        "alternative_exports": [],
        "data_visible": True,
        "fields": [*map(_field, rows.columns, rows.rows[0].values()), *([_GEO] if rows.geometries else [])],
        "metas": _metas(site, dataset, len(rows.rows)),
    }


_GEO = {"name": "geo_point_2d", "label": "geo_point_2d", "type": "geo_point_2d", "annotations": {}, "description": None}


def _field(name: str, value: Any) -> dict[str, Any]:
    kind = "date" if isinstance(value, str) and _DATE.fullmatch(value) else _TYPES.get(type(value), "text")
    label = name.replace("_", " ").capitalize()
    return {"name": name.lower(), "label": label, "type": kind, "annotations": {}, "description": None}


def _metas(site: Site, dataset: Dataset, records: int) -> dict[str, dict[str, Any]]:
    """The templates default, dcat, and custom as a domain of several communes has it."""
    licence, address = LICENCES.get(dataset.licence or "", (None, None))
    producer = dataset.producer
    first, last = dataset.years
    return {
        "default": {
            "title": dataset.title or dataset.id,
            "description": "".join(f"<p>{part}</p>" for part in dataset.notes.split("\n\n")),
            "theme": [THEMES[dataset.theme]],
            "keyword": list(dataset.keywords),
            "license": licence,
            "license_url": address,
            "language": "fr",
            "metadata_languages": ["fr"],
            "timezone": None,
            "modified": f"{dataset.modified.isoformat()}T09:12:31+00:00",
            "data_processed": f"{dataset.modified.isoformat()}T09:12:31+00:00",
            "metadata_processed": f"{dataset.modified.isoformat()}T09:12:40.482000+00:00",
            "geographic_reference": None,
            "territory": [producer.title],
            "publisher": producer.title,
            "references": None,
            "records_count": records,
            "attributions": None,
            "source_domain": None,
            "source_domain_title": None,
            "source_domain_address": None,
            "source_dataset": None,
            "federated": False,
        },
        "dcat": {
            "created": dataset.issued.isoformat(),
            "issued": dataset.issued.isoformat(),
            "creator": None,
            "contact_name": f"Données ouvertes, {site.owner.title}",
            "contact_email": site.mail,
            "accrualperiodicity": FREQUENCIES[dataset.frequency],
            "temporal_coverage_start": f"{first}-01-01",
            "temporal_coverage_end": f"{last}-12-31",
            "conforms_to": f"https://schema.data.gouv.fr/{dataset.schema}/" if dataset.schema else None,
        },
        "custom": {"code_insee": producer.insee if producer.type == "commune" else None, "siret": producer.siret},
        "explore": {"download_count": 0, "popularity_score": 0.0},
    }


def _search(site: Site, query: Mapping[str, str]) -> Answer:
    """A page of the catalogue; limits are those of the real API."""
    limit, offset = query_number(query, "limit", 10), query_number(query, "offset", 0)
    if limit > MOST or offset + limit > LAST:
        message = f"Invalid value for limit API parameter: {limit} was found but -1 <= limit <= {MOST} is expected."
        return _json({"message": message, "error_code": "InvalidRESTParameterError"}, 400)
    found = _chosen(site, query)
    return _json({"total_count": len(found), "results": found[offset : offset + limit]})


def _catalogue(site: Site, form: str, query: Mapping[str, str]) -> Answer:
    if form == "json":
        found = _chosen(site, query)[query_number(query, "offset", 0) :]
        limit = query_number(query, "limit", len(found))
        return _json(found[:limit])
    if form == "dcat":
        return Answer(rdf_xml([dcat.described(site, site.datasets)]).encode(), "application/rdf+xml; charset=utf-8")
    return NOT_FOUND


def _chosen(site: Site, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The datasets in the order of their titles, one publisher's alone where `refine` says so."""
    facet, _, value = query.get("refine", "").partition(":")
    found = [described(site, dataset) for dataset in sorted(site.datasets, key=lambda one: (one.title, one.id))]
    return [one for one in found if not facet or one["metas"]["default"].get(facet) == value.strip('"')]


def _file(site: Site, dataset: Dataset, path: str) -> Answer:
    kind, _, form = path.partition("/")
    if kind == "attachments":
        for resource in dataset.resources:
            if resource.format == form and form not in EXPORTED:
                return Answer(content(site, dataset, resource), FORMATS[form].media_type)
    rows = table(dataset)
    if kind != "exports" or form not in EXPORTED or (form in ("geojson", "shp") and not rows.geometries):
        return NOT_FOUND
    if form == "csv":
        return Answer(write_csv(dataset, rows, ";"), "text/csv")
    if form == "shp":
        return Answer(shapefile.write(dataset.id, rows), "application/zip")
    if form == "parquet":
        return Answer(_parquet(rows.rows), "application/vnd.apache.parquet")
    return Answer(FORMATS[form].write(dataset, rows), FORMATS[form].media_type)


def _parquet(rows: tuple[dict[str, Any], ...]) -> bytes:
    import polars  # takes its time, and not everybody asks for it

    out = io.BytesIO()
    polars.DataFrame(rows, infer_schema_length=None, strict=False).write_parquet(out)
    return out.getvalue()


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", status)
