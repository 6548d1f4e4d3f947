"""The datasets within a catalogue of any of the versions, with plain keys and plain values."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_DEEPEST = 25
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_NESTED = ("catalog", "datasetSeries", "service")
#: Keys that name a dataset, so that a list of anything else is no catalogue.
_MARKS = {"accessLevel", "distribution", "publisher", "contactPoint", "landingPage", "keyword", "identifier"}
#: Terms with which plain JSON-LD is written, by their whole names.
_LANGUAGE, _VALUE, _ID = "@language", "@value", "@id"


def is_catalogue(value: Any) -> bool:
    """Whether JSON is a catalogue in this form, though it may be empty."""
    if isinstance(value, list):
        return bool(value) and all(is_dataset(one) for one in value[:5])
    if not isinstance(value, Mapping):
        return False
    root = {str(key).rpartition(":")[2] for key in value}
    kind = str(value.get("@type", "")).rpartition(":")[2]
    if kind == "Catalog" and root & {"dataset", *_NESTED}:
        return True
    listed = _plain_keys(value).get("dataset")
    return isinstance(listed, list) and any(map(is_dataset, listed[:5]))


def version(value: Any) -> str:
    """ "3", "1.1", "AP", or empty where the catalogue does not say."""
    if not isinstance(value, Mapping):
        return ""
    said = json.dumps([value.get("conformsTo"), value.get("describedBy")]).lower()
    if "dcat-us 3" in said or "dcat-us/3" in said:
        return "3"
    if "project-open-data.cio.gov/v1.1" in said:
        return "1.1"
    return "AP" if "dcat:dataset" in value else ""


def datasets(value: Any) -> list[Any]:
    """All datasets, also those of catalogues within, and of series and services (DCAT-US 3), each once.

    A service becomes a distribution of the datasets that it says to serve, described within it or by identifier.
    """
    prefixes = prefixes_of(value.get("@context") if isinstance(value, Mapping) else None)
    found = [plain(one, prefixes) for one in _listed(value, "dataset", 0)]
    known = {_identifier(one) for one in found}
    for key in ("datasetSeries", "service"):
        for holder in _listed(value, key, 0):
            made = plain(holder, prefixes)
            if not isinstance(made, dict):
                continue
            members = _as_list(made.pop("seriesMember" if key == "datasetSeries" else "servesDataset", None))
            inner = [one for one in members if isinstance(one, dict) and "title" in one]
            found += [one for one in inner if _identifier(one) not in known]
            known |= {_identifier(one) for one in inner}
            if key == "service":
                _couple(found, made, {_identifier(one) for one in members})
    return found


def prefixes_of(context: Any) -> dict[str, str]:
    """What the prefixes of a context stand for."""
    said = context.items() if isinstance(context, Mapping) else ()
    return {key: base for key, base in said if isinstance(base, str)}


def _couple(found: list[Any], service: dict[str, Any], served: set[str]) -> None:
    for one in found:
        if isinstance(one, dict) and _identifier(one) in served:
            entry = {"title": service.get("title", ""), "accessService": [service]}
            one["distribution"] = [*_as_list(one.get("distribution")), entry]


def _listed(value: Any, key: str, depth: int) -> Iterator[Any]:
    """What stands under a key of a catalogue and of those within it."""
    if isinstance(value, list):
        yield from value if key == "dataset" else ()
        return
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return
    root = _plain_keys(value)
    yield from _as_list(root.get(key))
    for inner in _as_list(root.get("catalog")):
        if isinstance(inner, Mapping):
            yield from _listed(inner, key, depth + 1)


def identifier_of(said: Any) -> str:
    """An identifier as text: plain, or an object with its address or notation (DCAT-US 3)."""
    if isinstance(said, list):
        return next((text for one in said if (text := identifier_of(one))), "")
    if isinstance(said, Mapping):
        found = [said.get("@id"), said.get("notation"), said.get("identifier"), said.get("url")]
        return next((text for one in found if isinstance(one, str | int) and (text := str(one).strip())), "")
    return str(said).strip() if isinstance(said, str | int | float) and not isinstance(said, bool) else ""


def _identifier(dataset: Any) -> str:
    """How a dataset is referred to: its identifier or its address; a reference is one itself."""
    if not isinstance(dataset, Mapping):
        return dataset if isinstance(dataset, str) else ""
    said = identifier_of(dataset.get("identifier")) or identifier_of(dataset.get("@id"))
    return said or json.dumps([dataset.get("title"), dataset.get("distribution")])


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def plain(value: Any, prefixes: Mapping[str, str] | None = None, depth: int = 0) -> Any:
    """Keys without prefixes, literals without their wrapping, codes with their whole address, no empty templates.

    A text in several languages becomes a dict by language; an uninterpolated `{{template}}` of Hub is dropped, and
    what is nested deeper than any catalogue needs.
    """
    prefixes = prefixes or {}
    if depth > _DEEPEST:
        return None
    if isinstance(value, str):
        return None if _TEMPLATE.fullmatch(value.strip()) else _TEMPLATE.sub("", value)
    if isinstance(value, list):
        return _list(value, prefixes, depth)
    if not isinstance(value, Mapping):
        return value
    if _VALUE in value:
        return plain(value[_VALUE], prefixes, depth + 1)
    if set(value) == {_ID}:
        return _whole(value[_ID], prefixes)
    made = {}
    for key, inner in value.items():
        kept = _whole(inner, prefixes) if key == _ID else plain(inner, prefixes, depth + 1)
        if kept not in (None, "", [], {}):
            made[str(key).rpartition(":")[2]] = kept
    return made


def fingerprint(dataset: Any) -> str:
    """sha256 (hex) of a plain dataset, whatever the order of keys and lists."""
    return hashlib.sha256(_canonical(dataset).encode("utf-8", "replace")).hexdigest()


def _canonical(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps({str(key): _canonical(inner) for key, inner in value.items()}, sort_keys=True)
    if isinstance(value, list):
        return json.dumps(sorted(map(_canonical, value)))
    return json.dumps(value)


def _list(value: list[Any], prefixes: Mapping[str, str], depth: int) -> Any:
    texts = {
        one[_LANGUAGE]: one.get(_VALUE)
        for one in value
        if isinstance(one, Mapping) and isinstance(one.get(_LANGUAGE), str)
    }
    if texts and len(texts) == len(value):
        return texts
    made = (plain(one, prefixes, depth + 1) for one in value)
    return [one for one in made if one not in (None, "", [], {})]


def _whole(said: Any, prefixes: Mapping[str, str]) -> str:
    if not isinstance(said, str) or _TEMPLATE.search(said):
        return ""
    prefix, colon, rest = said.partition(":")
    return prefixes[prefix] + rest if colon and prefix in prefixes and not rest.startswith("//") else said


def _plain_keys(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).rpartition(":")[2]: inner for key, inner in value.items()}


def is_dataset(value: Any) -> bool:
    """Whether an object says what a dataset says."""
    if not isinstance(value, Mapping):
        return False
    keys = set(_plain_keys(value))
    return "title" in keys and len(keys & _MARKS) >= 2
