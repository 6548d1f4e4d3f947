"""The real DCAT files, served over loopback and counted without our own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import rdflib
from member_site import Answer

from ckanext.opendatafrance.harvest.preview import Preview, preview

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
FORMATS = {".xml": "xml", ".rdf": "xml", ".ttl": "turtle"}
MEDIA_TYPES = {
    ".xml": "application/rdf+xml",
    ".rdf": "application/rdf+xml",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
}
NO_CATALOGUE = {"SOURCE", "context.jsonld", "category_mapping.json", "dcat_theme.json", "__init__.py"}


def files(corpus: Path) -> list[Path]:
    found = [file for file in sorted((corpus / "dcat-rdf").rglob("*")) if file.suffix in (*FORMATS, ".jsonld", ".json")]
    found += sorted((corpus / "csw-iso19139" / "udata-csw").glob("*dcat*.xml"))
    return [file for file in found if file.name not in NO_CATALOGUE and not file.name.startswith("dcat_license")]


def counted(file: Path) -> int | None:
    """Number of datasets and series by rdflib, or by the classes of the JSON; None where no parser reads the file."""
    if file.suffix in (".jsonld", ".json"):
        try:
            return len(_typed(json.loads(file.read_text(encoding="utf-8"))))
        except ValueError:
            return None
    text = file.read_text(encoding="utf-8", errors="replace")
    if "csw:SearchResults" in text:
        return len({node.split('"')[1] for node in text.split("<dcat:Dataset rdf:about=")[1:]}) or _described_datasets(
            text
        )
    try:
        graph = rdflib.Graph().parse(data=text, format=FORMATS[file.suffix])
    except Exception:  # noqa: BLE001 - whatever rdflib raises, the file cannot be read by it
        return None
    return len({*graph.subjects(rdflib.RDF.type, DCAT.Dataset), *graph.subjects(rdflib.RDF.type, DCAT.DatasetSeries)})


def _described_datasets(text: str) -> int:
    return len(text.split('<rdf:type rdf:resource="http://www.w3.org/ns/dcat#Dataset"')) - 1


def _typed(value: Any) -> set[str]:
    """Identifiers of the objects whose @type is a dataset or a series."""
    found: set[str] = set()
    if isinstance(value, dict):
        types = value.get("@type", [])
        names = {
            str(kind).replace("#", ":").rsplit(":", 1)[-1] for kind in (types if isinstance(types, list) else [types])
        }
        if names & {"Dataset", "DatasetSeries"}:
            found.add(str(value.get("@id", id(value))))
        for key, part in value.items():
            found |= _typed(part) if key != "@context" else set()
    elif isinstance(value, list):
        for part in value:
            found |= _typed(part)
    return found


def served(file: Path, member_site: Any, fetch: Any) -> Preview:
    site = member_site()
    for page in (file, file.with_name(file.name.replace("-1.", "-2."))):
        if page.is_file():
            # The pages name each other by the address that they had.
            body = page.read_bytes().replace(b"http://data.test.org/catalog.jsonld?page=2", f"{site.url}/2".encode())
            answer = Answer(body, media_type=MEDIA_TYPES.get(page.suffix, "application/json"))
            site.routes["/1" if page == file else "/2"] = answer
    return preview(site.url + "/1", fetch(site, tries=1), connector="dcat")
