"""From a row of an SCDL catalogue to a dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import agents, codes, dates, files, spatial, tags, temporal, urls
from ckanext.opendatafrance.harvest.mapping.catalogue_table import digits
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.granularity import granularity
from ckanext.opendatafrance.harvest.mapping.markup import to_markdown
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference import formats
from ckanext.opendatafrance.reference.folding import fold

Row = Mapping[str, str]
_ADDRESSES = re.compile(r"[\s;,|]+(?=(?:https?|ftps?)://)", re.IGNORECASE)
_FORMATS = re.compile(r"\s*[;,|\n]\s*|\s+(?:et|/)\s+")
_LIST = re.compile(r"\s*[;\n]\s*")
#: The schema's words that name no licence.
_NO_LICENCE = {"specifique ou autre", "autre", "specifique"}
_PAGES = {"HTML", "API"}


def to_dataset(row: Row, guid: str, base: str) -> Mapped:
    """Map one row.

    Args:
        base: address of the catalogue, to complete addresses.

    Raises:
        SkippableRecordError: it has no title.
    """
    notes = Notes(guid)
    said = row.get("LICENCE", "")
    licence, wording = codes.licence([said], notes) if fold(said) not in _NO_LICENCE else ("", said)
    themes, words = codes.theme_uris(_LIST.split(row.get("THEME", "")))
    addresses = [urls.clean(one, "url", notes, base) for one in _ADDRESSES.split(row.get("URL", ""))]
    addresses = [*dict.fromkeys(filter(None, addresses))]
    page = next((one for one in addresses if not _is_file(one)), "")
    period = temporal.period(row.get("COUV_TEMP_DEBUT"), row.get("COUV_TEMP_FIN"), notes)
    place = spatial.place(notes, text=row.get("COUV_SPAT_NOM"))
    publisher = _publisher(row, notes)
    dataset: dict[str, Any] = {
        "title": row.get("TITRE", ""),
        "notes": to_markdown(row.get("DESCRIPTION", ""), notes),
        "license_id": licence,
        "tags": tags.clean([*_LIST.split(row.get("MOTS_CLES", "")), *words], notes),
        "theme": themes,
        "identifier": guid,
        "url": page,
        "issued": dates.publication(row.get("DATE_PUBL"), "issued", notes),
        "modified": dates.publication(row.get("DATE_MAJ"), "modified", notes),
        "frequency": codes.frequency([row.get("FREQ_MAJ", "")], notes)
        if fold(row.get("FREQ_MAJ", "")) != "inconnue"
        else "",
        "spatial_coverage": [place] if place else [],
        "spatial_granularity": granularity(row.get("COUV_SPAT_MAILLE", "")),
        "temporal_coverage": [period] if period else [],
        "publisher": [publisher] if publisher else [],
        "resources": _resources(row, addresses, page, wording, notes),
    }
    return finish(dataset, notes)


def _is_file(address: str) -> bool:
    found = formats.of_address(address)
    return found is not None and found.label not in _PAGES


def _publisher(row: Row, notes: Notes) -> dict[str, str]:
    """Who produced the data, else the collectivité whose catalogue it is; a SIRET that is none is left out."""
    by = "PRODUCTEUR" if row.get("PRODUCTEUR_NOM") else "COLL"
    said = row.get(f"{by}_SIRET", "")
    number = agents.company_number(digits(said))
    if said and not number:
        notes.left_out(
            "siret-wrong", f"{by}_SIRET", said, N_("it is no SIRET: 14 digits of which the last is a check.")
        )
    return agents.agent("publisher", notes, name=row.get(f"{by}_NOM"), identifier=number)


def _resources(row: Row, addresses: list[str], page: str, wording: str, notes: Notes) -> list[dict[str, Any]]:
    """The files that addresses name; where only the page is known, one resource for each format that is said.

    As DCAT has it: the address of such a resource is the page from which its file can be had.
    """
    said = [one for one in _FORMATS.split(row.get("FORMAT_RESSOURCES", "")) if one]
    named = [one for one in addresses if _is_file(one)]
    if not named and page and len(addresses) == len(said) > 1:
        named, page = addresses, ""
    rights = {"license" if urls.is_web(wording) else "rights": wording} if wording else {}
    if named:
        each = said if len(said) == len(named) else [""] * len(named)
        return [_file(address, form, rights) for address, form in zip(named, each, strict=True)]
    kinds = [(form, files.describe([form])) for form in dict.fromkeys(said)] if page else []
    return [
        {"url": page, "access_url": page, "name": kind.get("format", form), **kind, **rights} for form, kind in kinds
    ]


def _file(address: str, form: str, rights: Mapping[str, str]) -> dict[str, Any]:
    name = urls.file_name(address)
    download = {"download_url": address} if _is_file(address) else {}
    return {"url": address, **download, "name": name, **files.describe([form], (), address, name), **rights}
