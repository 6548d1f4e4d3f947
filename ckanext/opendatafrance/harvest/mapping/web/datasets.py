"""From a family of files, or from a schema.org Dataset, to a dataset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from ckanext.opendatafrance.harvest.connector import Mapped
from ckanext.opendatafrance.harvest.mapping import agents, codes, dates, files, spatial, tags, temporal, urls
from ckanext.opendatafrance.harvest.mapping.finishing import finish
from ckanext.opendatafrance.harvest.mapping.markup import to_line, to_markdown
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.harvest.mapping.said import words
from ckanext.opendatafrance.harvest.mapping.texts import line
from ckanext.opendatafrance.harvest.mapping.web.families import Family, label, year_of
from ckanext.opendatafrance.harvest.mapping.web.parsing import Link
from ckanext.opendatafrance.reference.folding import fold

#: The DCMI type of what is written for people: documents are shown, and are not counted as open data.
DOCUMENT = "http://purl.org/dc/dcmitype/Text"
#: The socle commun's datasets by words of titles. A title proves no schema: it gives a key word.
BASELINE = {
    "délibérations": r"deliberations?",
    "subventions": r"subventions?",
    "prénoms": r"prenoms?",
    "marchés publics": r"marches? publics?|marches conclus|commande publique|decp",
    "budget": r"budgets?|budget primitif|compte administratif",
    "menus": r"menus?|restauration scolaire|cantine",
    "équipements": r"equipements?",
    "adresses": r"adresses|base adresse locale",
    "catalogue": r"catalogue",
}
_BASELINE = {name: re.compile(rf"\b(?:{pattern})\b") for name, pattern in BASELINE.items()}


def baseline(text: str) -> list[str]:
    """Key words for the datasets of the socle commun that a title seems to mean."""
    folded = fold(text)
    return [name for name, pattern in _BASELINE.items() if pattern.search(folded)]


def of_family(family: Family, title: str = "") -> Mapped:
    """Map the files of one family.

    Args:
        title: the one that a person chose.
    """
    notes = Notes(family.guid)
    first = family.links[0]
    years = sorted(filter(None, map(year_of, family.links))) if family.is_data else []
    licence, wording = codes.licence([first.licence], notes)
    dataset: dict[str, Any] = {
        "title": title or family.title,
        "license_id": licence,
        "tags": tags.clean(baseline(f"{family.title} {first.file_name}"), notes),
        "identifier": family.guid,
        "url": first.page,
        "dcat_type": "" if family.is_data else DOCUMENT,
        "temporal_coverage": [{"start": years[0], "end": years[-1]}] if years else [],
        "resources": [_file(link, wording, notes) for link in family.links],
    }
    return finish(dataset, notes)


def _file(link: Link, wording: str, notes: Notes) -> dict[str, Any]:
    address = urls.clean(link.url, "resources.url", notes)
    year, name = year_of(link), to_line(link.text) if label(link.text) else link.file_name
    return {
        "url": address,
        "download_url": address,
        "name": name if not year or year in name else f"{name} ({year})",
        **files.describe([], [link.media_type], address, link.file_name),
        "size": link.size,
        "modified": dates.publication(link.modified, "resources.modified", notes),
        **({"license" if urls.is_web(wording) else "rights": wording} if wording else {}),
    }


def of_schema_org(raw: Mapping[str, Any], page: str, guid: str, title: str = "") -> Mapped:
    """Map a schema.org Dataset.

    Args:
        page: address of the page that describes it.

    Raises:
        SkippableRecordError: it has no name.
    """
    notes = Notes(guid)
    licence, wording = codes.licence(_texts(raw.get("license"), "url", "@id", "name"), notes)
    themes, _ = codes.theme_uris(_texts(raw.get("about"), "name"))
    about = (raw.get("publisher") or raw.get("creator") or raw.get("provider"), raw.get("creator"))
    publisher, creator = (_agent(one, role, notes) for one, role in zip(about, ("publisher", "creator"), strict=True))
    places = [
        spatial.place(notes, text=said) for said in _texts(raw.get("spatialCoverage") or raw.get("spatial"), "name")
    ]
    periods = [temporal.literal(said, notes) for said in _texts(raw.get("temporalCoverage") or raw.get("temporal"))]
    address = next((one for one in _texts(raw.get("url"), "@id") if urls.is_web(one)), "")
    name = _text(raw.get("name"))
    others = [
        said for said in (*_texts(raw.get("identifier"), "value", "@id"), *_texts(raw.get("sameAs"))) if said != guid
    ]
    dataset: dict[str, Any] = {
        "title": title or name,
        "notes": to_markdown(_text(raw.get("description")), notes),
        "license_id": licence,
        "tags": tags.clean([*_texts(raw.get("keywords"), "name"), *baseline(name)], notes),
        "theme": themes,
        "identifier": guid,
        "alternate_identifier": others,
        "url": urls.clean(address or page, "url", notes, page),
        "issued": dates.publication(_text(raw.get("datePublished") or raw.get("dateCreated")), "issued", notes),
        "modified": dates.publication(_text(raw.get("dateModified")), "modified", notes),
        "language": codes.language_uris(_texts(raw.get("inLanguage"), "name"), "language", notes),
        "version": _text(raw.get("version")),
        "conforms_to": [one for one in _texts(raw.get("conformsTo"), "@id", "url") if urls.is_uri(one)],
        "spatial_coverage": [one for one in places if one],
        "temporal_coverage": [one for one in periods if one],
        "publisher": [publisher] if publisher else [],
        "creator": [creator] if creator and creator != publisher else [],
        "resources": [_distribution(one, page, wording, notes) for one in distributions(raw)],
    }
    return finish(dataset, notes)


def distributions(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of a schema.org Dataset."""
    return [one for one in _list(raw.get("distribution")) if isinstance(one, Mapping)]


def files_of(raw: Mapping[str, Any], page: str) -> set[str]:
    """Absolute addresses of the files of a schema.org Dataset."""
    said = [one for file in distributions(raw) for one in _texts(file.get("contentUrl") or file.get("url"), "@id")]
    return {urls.clean(one, "", Notes(), page) for one in said}


def guid_of(raw: Mapping[str, Any], page: str) -> str:
    """What identifies a schema.org Dataset: its @id, address or identifier, else the page and its name."""
    for said in (raw.get("@id"), *_texts(raw.get("url"), "@id"), *_texts(raw.get("identifier"), "value", "@id")):
        if isinstance(said, str) and urls.is_uri(said) and len(said) < 1000:
            return line(said)
    own = str(raw.get("@id") or "") or fold(_text(raw.get("name"))).replace(" ", "-")
    try:
        return line(urljoin(page, f"#{own[:200].lstrip('#')}")) if own else ""
    except ValueError:
        return ""


def _distribution(raw: Mapping[str, Any], page: str, wording: str, notes: Notes) -> dict[str, Any]:
    said = next(iter(_texts(raw.get("contentUrl") or raw.get("url"), "@id")), "")
    address = urls.clean(said, "resources.url", notes, page)
    checksum = _text(raw.get("sha256")) or _text(raw.get("md5"))
    return {
        "url": address,
        "download_url": address if raw.get("contentUrl") else "",
        "name": _text(raw.get("name")) or (urls.file_name(address) if address else ""),
        "description": _text(raw.get("description")),
        **files.describe(_texts(raw.get("encodingFormat") or raw.get("fileFormat")), [], address),
        "size": files.size(_text(raw.get("contentSize")), notes),
        **files.checksum(checksum, "", notes),
        "modified": dates.publication(_text(raw.get("dateModified")), "resources.modified", notes),
        "conforms_to": [one for one in _texts(raw.get("conformsTo"), "@id", "url") if urls.is_uri(one)],
        **({"license" if urls.is_web(wording) else "rights": wording} if wording else {}),
    }


def _agent(said: Any, field: str, notes: Notes) -> dict[str, str]:
    one = next(iter(_list(said)), None)
    if not isinstance(one, Mapping):
        return agents.agent(field, notes, name=one if isinstance(one, str) else "")
    identifier = next(iter(_texts(one.get("identifier") or one.get("taxID") or one.get("vatID"), "value")), "")
    return agents.agent(
        field,
        notes,
        name=_text(one.get("name")),
        mail=_text(one.get("email")),
        url=_text(one.get("url")),
        identifier=identifier,
    )


def _list(said: Any) -> list[Any]:
    return said if isinstance(said, list) else [said]


def _text(said: Any) -> str:
    """The first value as text; of one in several languages the French."""
    for one in _list(said):
        if isinstance(one, Mapping):
            one = one.get("@value") or words(one)
        if text := words(one):
            return text
    return ""


def _texts(said: Any, *keys: str) -> list[str]:
    """All values as texts; of an object the first of these keys that is filled."""
    found = []
    for one in _list(said):
        value = next((one[key] for key in keys if one.get(key)), None) if isinstance(one, Mapping) else one
        if text := _text(value):
            found.append(text)
    return found
