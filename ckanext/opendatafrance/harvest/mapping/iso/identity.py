"""Which record this is, whether it changed, and whether it is a dataset at all."""

from __future__ import annotations

import hashlib

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, Metadata, code, find, find_all, inside, local

_ISO = frozenset({"MD_Metadata", "MI_Metadata", "CHE_MD_Metadata"})
_DUBLIN_CORE = frozenset({"Record", "SummaryRecord", "BriefRecord"})
#: What servers write anew without the dataset having changed.
_VOLATILE = frozenset({"dateStamp", "info"})
_NOT_DATA = frozenset({"featureCatalogue", "attribute", "attributeType", "feature", "featureType", "propertyType"})


def is_iso(record: Element) -> bool:
    return local(record) in _ISO


def guid_of(record: Element) -> str:
    """The identifier of the record, else that of what it describes, else one derived from what it says."""
    if is_iso(record):
        paths = (
            "fileIdentifier",
            "metadataIdentifier/*/code",
            "identificationInfo/*/citation/*/identifier/*/code",
        )
        meta = Metadata(record)
        found = next((text for path in paths if (text := meta.text(path))), "")
    else:
        found = next((text for one in find_all(record, "identifier") if (text := (one.text or "").strip())), "")
    return " ".join(found.split())[:1000] or _derived(record)


def _derived(record: Element) -> str:
    """From title and addresses, which change less than the rest."""
    addresses = sorted((one.text or "").strip() for one in inside(record, "URL", "URI", "references"))
    return f"derived:{hashlib.sha256('|'.join([title_of(record), *addresses]).encode()).hexdigest()[:32]}"


def title_of(record: Element) -> str:
    """The title, to name a record in a report."""
    meta = Metadata(record)
    path = "identificationInfo/*/citation/*/title" if is_iso(record) else "title"
    return " ".join(meta.text(path).split())[:200]


def scope_of(record: Element) -> str:
    """dataset, series, service…; empty where the record does not say."""
    if is_iso(record):
        said = code(find(record, "hierarchyLevel")) or code(find(record, "metadataScope/*/resourceScope"))
        if not said and find(record, "identificationInfo/SV_ServiceIdentification") is not None:
            return "service"
        return said
    return next((text for one in find_all(record, "type") if (text := (one.text or "").strip())), "")


def is_service(record: Element) -> bool:
    return is_iso(record) and scope_of(record) == "service"


def identifiers_of(record: Element, guid: str) -> list[str]:
    """All names by which a service may refer to the dataset, each once."""
    cited = Metadata(record).texts("identificationInfo/*/citation/*/identifier/*/code") if is_iso(record) else []
    return list(dict.fromkeys([guid, *cited]))


def why_left_out(record: Element) -> str:
    """A msgid where the record describes no data, empty where it does."""
    if not is_iso(record) and local(record) not in _DUBLIN_CORE:
        return UNKNOWN_KIND
    return NOT_A_DATASET if scope_of(record) in _NOT_DATA else ""


def fingerprint(record: Element, *more: str) -> str:
    """sha256 (hex) of what the record says: prefixes, blanks, order of elements, date of the record left aside."""
    return hashlib.sha256("\n".join([_meaning(record), *sorted(more)]).encode()).hexdigest()


def _meaning(element: Element) -> str:
    parts = sorted(_meaning(child) for child in element if isinstance(child.tag, str) and local(child) not in _VOLATILE)
    attributes = sorted(
        f"{name}={value}"
        for name, value in element.attrib.items()
        if not str(name).endswith(("schemaLocation", "}id", "}uuid")) and name not in ("id", "uuid")
    )
    text = " ".join((element.text or "").split())
    own = f"{local(element)}|{attributes}|{text}|{parts}"
    # Deep records stay short this way: a parent holds digests of its children, not their texts.
    return hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()


NOT_A_DATASET = N_("“{title}” describes the fields of a table, not a dataset: it is left out.")
UNKNOWN_KIND = N_("“{title}” is neither ISO 19139, ISO 19115-3 nor Dublin Core: it is left out.")
