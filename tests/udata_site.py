"""udata portals for tests: datasets as both versions of the API give them, and the lists that harvesters use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from member_site import Request

Raw = dict[str, Any]
V1, V2, ORGANISATIONS = "/api/1/datasets/", "/api/2/datasets/search/", "/api/1/organizations/"
SAINTES = {
    "id": f"{1:024x}",
    "name": "Ville de Saintes",
    "slug": "ville-de-saintes",
    "page": "https://www.data.gouv.fr/organizations/ville-de-saintes/",
    "business_number_id": "21170415000013",
}
ROYAN = {"id": f"{2:024x}", "name": "Ville de Royan", "slug": "ville-de-royan", "business_number_id": None}


def dataset(number: int, organization: Raw | None = SAINTES, **fields: Any) -> Raw:
    """A dataset as version 1 gives it; organisations come without their SIRET."""
    return {
        "id": f"{number + 4096:024x}",
        "slug": f"arbres-{number}",
        "title": f"Arbres {number:04}",
        "acronym": None,
        "description": "Les **arbres** de la commune.",
        "page": f"https://www.data.gouv.fr/datasets/arbres-{number}/",
        "created_at": "2024-01-02T03:04:05+00:00",
        "last_modified": "2025-06-07T08:09:10+00:00",
        "last_update": "2025-06-07T08:09:10+00:00",
        "archived": None,
        "deleted": None,
        "private": False,
        "badges": [],
        "tags": ["arbres", "nature"],
        "frequency": "annual",
        "harvest": None,
        "license": "lov2",
        "spatial": {"geom": None, "zones": ["fr:commune:17415"], "granularity": "fr:commune"},
        "temporal_coverage": {"start": "2020-01-01", "end": "2024-12-31"},
        "organization": organization and {key: organization.get(key) for key in ("id", "name", "slug", "page")},
        "owner": None,
        "contact_points": [],
        "metrics": {"views": 12},
        "quality": {"score": 0.7},
        "resources": [resource(number)],
        **fields,
    }


def resource(number: int, **fields: Any) -> Raw:
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "title": "arbres.csv",
        "description": None,
        "filetype": "file",
        "type": "main",
        "format": "csv",
        "mime": "text/csv",
        "url": f"https://static.data.gouv.fr/resources/arbres/2025060{number % 10}-080910/arbres.csv",
        "latest": f"https://www.data.gouv.fr/fr/datasets/r/{number}",
        "checksum": {"type": "sha1", "value": "3af9d30228e2f9857e8acd265720bf16fcba8266"},
        "filesize": 1200,
        "created_at": "2024-01-02T03:04:05+00:00",
        "last_modified": "2025-06-07T08:09:10+00:00",
        "schema": {"name": "scdl/arbres", "version": None, "url": None},
        "extras": {"check:status": 200},
        "metrics": {"views": 3},
        **fields,
    }


def portal(datasets: list[Raw], version: int = 1, organizations: tuple[Raw, ...] = (SAINTES, ROYAN)) -> Raw:
    """A site that answers as udata's API does; of version 2 with links instead of files."""

    def pager(request: Request, found: list[Any]) -> Raw:
        page, size = int(request.query.get("page", 1)), int(request.query.get("page_size", 20))
        host = request.headers["host"]
        more = page * size < len(found)
        rest = "&".join(f"{key}={value}" for key, value in request.query.items() if key not in ("page", "page_size"))
        following = f"http://{host}{request.path}?page={page + 1}&page_size={size}&{rest}" if more else None
        part = found[(page - 1) * size : page * size]
        return {"data": part, "total": len(found), "page": page, "page_size": size, "next_page": following}

    def listed(request: Request) -> Any:
        wanted, zone = request.query.get("organization"), request.query.get("geozone")
        found = [one for one in datasets if wanted in (None, (one["organization"] or {}).get("id"))]
        found = [one for one in found if zone is None or zone in one["spatial"]["zones"]]
        if version == 2:
            host = request.headers["host"]
            found = [
                {**one, "resources": {"href": f"http://{host}/files/{one['id']}", "total": len(one["resources"])}}
                for one in found
            ]
        return pager(request, found)

    def organization(request: Request) -> Any:
        number = request.query.get("business_number_id")
        return pager(request, [one for one in organizations if one["business_number_id"] == number])

    def files_of(one: Raw) -> Callable[[Request], Raw]:
        return lambda request: pager(request, one["resources"])

    routes: dict[str, Any] = {V1 if version == 1 else V2: listed, ORGANISATIONS: organization}
    for one in organizations:
        routes |= {f"{ORGANISATIONS}{one[key]}/": one for key in ("id", "slug")}
        routes |= {f"/organizations/{one['slug']}/": HOME, f"/fr/organizations/{one['slug']}/": HOME}
    for one in datasets:
        routes |= {f"/files/{one['id']}": files_of(one), f"{V1}{one['slug']}/": one, f"/datasets/{one['slug']}/": HOME}
    return routes | {"/": HOME, "/fr/": HOME}


HOME = '<!doctype html><html><head><meta name="generator" content="udata"></head><body>Données</body></html>'


#: A dataset that says all that udata knows, harvested from elsewhere.
FULL = dataset(
    7,
    tags=["arbres", "hvd", "geospatiales"],
    badges=[{"kind": "hvd"}],
    access_type="open",
    schema={"name": "scdl/arbres", "version": "1.2.0", "url": None},
    contact_points=[
        {"name": "Service SIG", "email": "sig@saintes.fr", "contact_form": "https://saintes.fr/c", "role": "contact"},
        {"name": "Agglo", "email": "agglo@saintes.fr", "role": "creator"},
    ],
    harvest={
        "uri": "https://donnees.saintes.fr/dataset/4b5f",
        "dct_identifier": "4b5f",
        "remote_id": "https://donnees.saintes.fr/dataset/4b5f",
        "remote_url": "https://donnees.saintes.fr/dataset/arbres",
        "issued_at": "2019-01-01T00:00:00+00:00",
        "modified_at": "2023-01-01T00:00:00+00:00",
    },
    resources=[resource(7), resource(8, filetype="remote", type="api", format="wfs", mime=None, checksum=None)],
)
