"""What may be done with the data: licences and access out of legal constraints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ckanext.opendatafrance.harvest.mapping import codes, urls
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, Metadata, find_all, href
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference import licences
from ckanext.opendatafrance.reference.folding import fold

_INSPIRE = "http://inspire.ec.europa.eu/metadata-codelist/"
_NO_LIMITATIONS = re.compile(
    r"pas de restriction|aucune restriction|no limitations?\b|aucun des articles de la loi ne peut etre invoque"
    r"|pas de limitation|nolimitations"
)
#: Other licences that a licence is compatible with.
_COMPATIBLE = re.compile(r"\([^()]*compatible[^()]*\)", re.IGNORECASE)
#: Words of INSPIRE that are conditions, but name no licence.
_NO_LICENCE = re.compile(
    r"aucune condition ne s applique|no conditions? apply|conditions? (?:inconnues?|unknown)|noconditionsapply"
    r"|conditionsunknown|^(?:none|no limitations?|other ?restrictions|license|licence|copyright|unrestricted)$"
)


def licence_and_rights(meta: Metadata, notes: Notes) -> tuple[str, str]:
    """License id, and the wording to keep with the files where no licence of the list is named.

    Looked for in the conditions of use, then in the limitations of use and those of access, where French records put
    them; only what stands as a condition of use is kept as a wording.
    """
    uses, others = [], []
    for block in find_all(meta.root, "identificationInfo/*/resourceConstraints/*"):
        found = list(_wordings(meta, block, "otherConstraints")) + list(_wordings(meta, block, "reference"))
        limits = list(_wordings(meta, block, "useLimitation"))
        (uses if find_all(block, "useConstraints") else others).extend(found)
        others.extend(limits)
    for wording in [*uses, *others]:
        if (known := licences.find(_COMPATIBLE.sub("", wording))) and known.id != "notspecified":
            return known.id, ""
    said = [text for text in uses if not _NO_LICENCE.search(fold(text)) and not text.startswith(_INSPIRE)]
    return codes.licence(list(dict.fromkeys(said)), notes)


def leave(wording: str, resources: Iterable[dict[str, Any]]) -> None:
    """Keep the wording of an unknown licence with the files: its address as licence, its words as rights."""
    parts = wording.split(" ; ") if wording else []
    address = next((part for part in parts if urls.is_web(part) and " " not in part), "")
    words = " ; ".join(part for part in parts if part != address)
    for resource in resources:
        resource |= {key: said for key, said in (("license", address), ("rights", words)) if said}


def access_rights(meta: Metadata) -> str:
    """PUBLIC where the record says that nothing restricts access; the address of an INSPIRE restriction as it is."""
    said = [
        text
        for block in find_all(meta.root, "identificationInfo/*/resourceConstraints/*")
        if find_all(block, "accessConstraints")
        for text in [*_wordings(meta, block, "otherConstraints"), *_wordings(meta, block, "useLimitation")]
    ]
    if any(_NO_LIMITATIONS.search(fold(text)) for text in said):
        return codes.access_rights(["PUBLIC"])
    return next((text for text in said if text.startswith(_INSPIRE + "LimitationsOnPublicAccess/")), "")


def _wordings(meta: Metadata, block: Element, name: str) -> Iterator[str]:
    """Addresses before words: an anchor names its licence exactly."""
    for prop in find_all(block, name):
        inner = find_all(prop, "CI_Citation/title") if name == "reference" else [prop]
        for one in inner:
            yield from filter(None, (href(one), meta.said(one)))
