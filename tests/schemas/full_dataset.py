"""A dataset with a value in every field of the schema."""

from __future__ import annotations

from typing import Any

EU = "http://publications.europa.eu/resource/authority/"
HVD = "http://data.europa.eu/eli/reg_impl/2023/138/oj"

FULL: dict[str, Any] = {
    "name": "deliberations-saintes",
    "title": "Délibérations du conseil municipal de Saintes",
    "notes": "Toutes les délibérations depuis 2020.",
    "license_id": "lov2",
    "theme": [EU + "data-theme/GOVE"],
    "frequency": EU + "frequency/MONTHLY",
    "issued": "2020-01-15",
    "modified": "2024-05-01T10:30:00",
    "conforms_to": ["https://schema.data.gouv.fr/scdl/deliberations/2.1.5/schema.json"],
    "language": [EU + "language/FRA"],
    "documentation": ["https://saintes.fr/notice.pdf"],
    "provenance": "Logiciel de gestion des actes.",
    "version": "2.1",
    "version_notes": "Ajout de 2024.",
    "territory": ["fr:commune:17415", "fr:epci:200041689"],
    "spatial_granularity": "Communale",
    "temporal_coverage": [{"start": "2020", "end": "2024-05"}, {"start": "2025-01-01"}],
    "spatial_coverage": [
        {
            "uri": "http://id.insee.fr/geo/commune/17415",
            "text": "Saintes",
            "geom": '{"type": "Point", "coordinates": [-0.63, 45.74]}',
            "bbox": '{"type": "Polygon", "coordinates": [[[0, 1], [1, 1], [1, 0], [0, 1]]]}',
            "centroid": '{"type": "Point", "coordinates": [-0.63, 45.74]}',
        }
    ],
    "contact": [
        {
            "uri": "https://saintes.fr/contact",
            "name": "Service des assemblées",
            "email": "assemblees@saintes.fr",
            "identifier": "assemblees",
            "url": "https://saintes.fr/assemblees",
        }
    ],
    "publisher": [
        {
            "uri": "https://saintes.fr/",
            "name": "Ville de Saintes",
            "email": "opendata@saintes.fr",
            "url": "https://saintes.fr/accueil",
            "type": "http://purl.org/adms/publishertype/LocalAuthority",
            "identifier": "21170415000013",
        }
    ],
    "creator": [{"name": "Greffe", "email": "greffe@saintes.fr"}],
    "legal_basis": "Article L2131-1 du CGCT",
    "hvd_category": ["http://data.europa.eu/bna/c_e1da4e07"],
    "applicable_legislation": [HVD],
    "access_rights": EU + "access-right/PUBLIC",
    "url": "https://saintes.fr/opendata/deliberations",
    "homepage": "https://opendata.saintes.fr/",
    "identifier": "saintes-deliberations",
    "alternate_identifier": ["10.5281/zenodo.1"],
    "uri": "https://saintes.fr/id/deliberations",
    "dcat_type": "http://publications.europa.eu/resource/authority/dataset-type/STATISTICAL",
    "temporal_resolution": "P1M",
    "spatial_resolution_in_meters": "10",
    "is_referenced_by": ["https://doi.org/10.1/x"],
    "has_version": ["https://saintes.fr/id/deliberations-2"],
    "in_series": ["https://saintes.fr/id/serie-deliberations"],
    "qualified_relation": [
        {"uri": "https://saintes.fr/rel/1", "relation": "https://saintes.fr/id/pv", "role": "https://example.org/role"}
    ],
    "provenance_activity": [
        {
            "uri": "https://saintes.fr/activity/1",
            "label": "Saisie",
            "type": ["http://www.w3.org/ns/prov#Activity"],
            "seeAlso": "https://saintes.fr/doc",
            "dct_type": "https://saintes.fr/type/1",
            "startedAtTime": "2024-01-01T08:00:00",
            "wasAssociatedWith": [{"name": "Greffe", "actedOnBehalfOf": [{"name": "Ville de Saintes"}]}],
        }
    ],
    "qualified_attribution": [{"role": "https://example.org/processor", "agent": [{"name": "Soluris"}]}],
    "resources": [
        {
            "url": "https://saintes.fr/deliberations.csv",
            "name": "Délibérations 2024",
            "description": "Une ligne par délibération.",
            "format": "CSV",
            "mimetype": "text/csv",
            "compress_format": "https://www.iana.org/assignments/media-types/application/gzip",
            "package_format": "https://www.iana.org/assignments/media-types/application/zip",
            "size": 12345,
            "hash": "4304cf2e751e6053c90b1804c89c0ebb758f395a",
            "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha1",
            "rights": "Réutilisation libre.",
            "availability": EU + "planned-availability/STABLE",
            "status": "http://purl.org/adms/status/Completed",
            "license": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            "access_url": "https://saintes.fr/deliberations",
            "download_url": "https://saintes.fr/deliberations.csv",
            "issued": "2024-01-15",
            "modified": "2024-05-01",
            "temporal_resolution": "P1D",
            "spatial_resolution_in_meters": "5",
            "language": [EU + "language/FRA"],
            "documentation": ["https://saintes.fr/notice.pdf"],
            "conforms_to": ["https://schema.data.gouv.fr/scdl/deliberations/2.1.5/schema.json"],
            "applicable_legislation": [HVD],
            "uri": "https://saintes.fr/id/deliberations/csv",
            "access_services": [
                {
                    "uri": "https://saintes.fr/id/api",
                    "title": "API des délibérations",
                    "description": "Lecture seule.",
                    "endpoint_url": ["https://saintes.fr/api"],
                    "endpoint_description": "https://saintes.fr/api/openapi.json",
                    "serves_dataset": ["https://saintes.fr/id/deliberations"],
                    "access_rights": EU + "access-right/PUBLIC",
                    "availability": EU + "planned-availability/STABLE",
                    "conforms_to": ["https://spec.openapis.org/oas/v3.1.0"],
                    "format": ["https://www.iana.org/assignments/media-types/application/json"],
                    "identifier": "api-deliberations",
                    "language": [EU + "language/FRA"],
                    "rights": ["Libre"],
                    "landing_page": ["https://saintes.fr/api/page"],
                    "keyword": ["délibérations"],
                    "applicable_legislation": [HVD],
                    "license": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
                    "modified": "2024-05-01",
                    "theme": [EU + "data-theme/GOVE"],
                    "creator": [{"name": "Soluris"}],
                }
            ],
        }
    ],
    "tags": [{"name": "conseil municipal"}, {"name": "délibérations"}],
}


def differences(sent: Any, received: Any, path: str = "") -> list[str]:
    """Where what came back lacks or changes what was sent."""
    if isinstance(sent, dict) and isinstance(received, dict):
        pairs = [(value, received.get(key), f"{path}.{key}".lstrip(".")) for key, value in sent.items()]
    elif isinstance(sent, list) and isinstance(received, list) and sent and isinstance(sent[0], dict):
        if len(sent) != len(received):
            return [f"{path}: {sent!r} -> {received!r}"]
        pairs = [(one, other, path) for one, other in zip(sent, received, strict=True)]
    else:
        return [] if sent == received else [f"{path}: {sent!r} -> {received!r}"]
    return [line for one, other, where in pairs for line in differences(one, other, where)]
