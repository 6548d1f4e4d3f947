"""Domains of Opendatasoft for tests: datasets as both APIs give them, and the calls that harvesters use."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from member_site import Answer, Request

Raw = dict[str, Any]
V2 = "/api/explore/v2.1/catalog"
V1 = "/api/datasets/1.0/search/"
HOME = '<!doctype html><html><head><script src="https://static.opendatasoft.com/ods-widgets.js"></script></head></html>'


def dataset(number: int, publisher: str = "Ville de Saintes", **metas: Any) -> Raw:
    """A dataset as Explore 2.1 gives it."""
    default = {
        "title": f"Jeu de données n° {number:05}",
        "description": "<p>Les <b>arbres</b> de la commune.</p>",
        "theme": ["Environnement"],
        "keyword": ["arbres", "nature"],
        "license": "Licence Ouverte v2.0 (Etalab)",
        "license_url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "language": "fr",
        "modified": "2025-06-07T08:09:10+00:00",
        "data_processed": "2025-06-07T08:09:10+00:00",
        "metadata_processed": "2025-06-08T08:09:10.123000+00:00",
        "publisher": publisher,
        "references": None,
        "records_count": 120,
        "federated": False,
        **metas.pop("default", {}),
    }
    return {
        "visibility": "domain",
        "dataset_id": f"arbres-{number}",
        "dataset_uid": f"da_{number:06}",
        "has_records": True,
        "features": ["analyze", "geo"],
        "attachments": [],
        "alternative_exports": [],
        "data_visible": True,
        "fields": [
            {"name": "essence", "label": "Essence", "type": "text", "description": "Nom <i>français</i>"},
            {"name": "geo", "label": "geo", "type": "geo_point_2d", "description": None},
        ],
        "metas": {"default": default, **metas},
    }


def flat(raw: Raw) -> Raw:
    """The same dataset as version 1 gives it."""
    templates = dict(raw["metas"])
    kept = ("has_records", "features", "attachments", "alternative_exports", "fields")
    return {
        "datasetid": raw["dataset_id"],
        "metas": templates.pop("default"),
        "interop_metas": templates,
        **{key: raw[key] for key in kept},
    }


def domain(datasets: list[Raw], most: int = 10_000, exported: Callable[[Raw], Raw] = copy.copy) -> Raw:
    """A domain with Explore 2.1, which refuses offsets that are too high and exports what it lists."""

    def chosen(request: Request) -> list[Raw]:
        facet, _, value = request.query.get("refine", "").partition(":")
        return [one for one in datasets if not facet or one["metas"]["default"][facet] == value.strip('"')]

    def listed(request: Request) -> Any:
        limit, offset = int(request.query.get("limit", 10)), int(request.query.get("offset", 0))
        if limit > 100 or offset + limit > most:
            return Answer({"error_code": "InvalidRESTParameterError"}, status=400)
        found = chosen(request)
        return {"total_count": len(found), "results": found[offset : offset + limit]}

    def export(request: Request) -> Any:
        limit, offset = int(request.query.get("limit", -1)), int(request.query.get("offset", 0))
        found = chosen(request)[offset:]
        return [exported(one) for one in (found if limit < 0 else found[:limit])]

    links = [{"rel": form, "href": f"https://data.saintes.fr{V2}/exports/{form}"} for form in ("json", "csv", "dcat")]
    pages = ("/", "/explore/", "/explore/dataset/arbres-1/information/", "/pages/accueil/")
    return {
        f"{V2}/datasets": listed,
        f"{V2}/exports/json": export,
        f"{V2}/exports": {"links": links},
        **dict.fromkeys(pages, HOME),
    }


def old_domain(datasets: list[Raw]) -> Raw:
    """A domain with version 1 alone."""

    def search(request: Request) -> Raw:
        start, rows = int(request.query.get("start", 0)), int(request.query.get("rows", 10))
        return {"nhits": len(datasets), "parameters": {}, "datasets": [flat(one) for one in datasets[start:][:rows]]}

    return {V1: search, "/": HOME, "/explore/": HOME}


#: All templates at once.
FULL = dataset(
    7,
    default={
        "description": "<p>Voir <a href='https://saintes.fr'>le site</a>.<script>alert(1)</script></p>",
        "territory": ["Saintes", "Nulle-Part"],
        "geographic_reference": ["fr_70_17415", "fr_70_17415"],
        "references": "https://www.saintes.fr/arbres",
        "attributions": ["Fond de plan : OpenStreetMap"],
        "source_domain": "agglo",
        "source_domain_title": "Saintes Grandes Rives",
        "source_domain_address": "data.agglo-saintes.fr",
        "source_dataset": "arbres",
        "federated": True,
    },
    dcat={
        "created": "2019-01-01",
        "issued": "12 mars 2020",
        "creator": "Service des espaces verts",
        "contact_name": "Service SIG",
        "contact_email": "mailto:sig@saintes.fr",
        "accrualperiodicity": "Tous les mois",
        "temporal_coverage_start": "2015-01-01",
        "temporal_coverage_end": "2024-12-31",
        "granularity": "Commune",
        "conforms_to": "https://schema.data.gouv.fr/scdl/arbres/",
    },
    dcat_ap={"hvd_category": ["http://data.europa.eu/bna/c_ac64a52d"], "access_rights": "PUBLIC"},
    inspire={
        "theme": ["Habitats et biotopes"],
        "file_identifier": "fr-217004153-arbres",
        "extend_bounding_box_westbound_longitude": "-0.7",
        "extend_bounding_box_southbound_latitude": "45.7",
        "extend_bounding_box_eastbound_longitude": "-0.6",
        "extend_bounding_box_northbound_latitude": "45.8",
    },
    custom={"siret-producteur": "x", "SIRET": "211 704 150 00013"},
)
