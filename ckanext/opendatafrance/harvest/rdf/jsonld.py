"""JSON-LD before it is read: remote contexts answered from shipped copies, so that nothing is ever fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path as File
from typing import IO, Any

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.charset import json_text_of
from ckanext.opendatafrance.harvest.long_json import ITEM, Path, parts
from ckanext.opendatafrance.harvest.page import Download

_CONTEXTS = File(__file__).parent / "contexts"
#: Addresses without scheme and "www.", and the file of `contexts/` that answers for them.
_KNOWN = (
    (
        re.compile(r"project-open-data\.cio\.gov/v1\.1/schema(?:/(?:catalog|dataset)?(?:\.jsonld|\.json)?)?"),
        "dcat-us-1.1",
    ),
    (re.compile(r"(?:semiceu\.github\.io|data\.europa\.eu)/.*(?:dcat-ap|r5r|context).*", re.IGNORECASE), "dcat-ap"),
    (re.compile(r"w3\.org/ns/dcat(?:\.jsonld|#)?"), "dcat-ap"),
    (re.compile(r"[^/]+/api/1/site/context\.jsonld"), "dcat-ap"),
    (
        re.compile(r"(?:w3\.org/ns/hydra/(?:context\.jsonld|core#?)|w3id\.org/hydra/(?:core|context\.jsonld)#?)"),
        "hydra",
    ),
    (re.compile(r"schema\.org(?:/docs/jsonldcontext\.json(?:ld)?|/version/latest/schemaorg-.*)?"), "schema-org"),
)
_DCAT_US = "project-open-data.cio.gov"
_WHAT_IT_IS = {"@context", "@id", "@type", "id", "type"}
_BATCH = 1024 * 1024


def documents(answer: Download, *, whole: bool) -> Iterator[str]:
    """The JSON-LD of an answer with its contexts inside; in one document, or in several that say the same together.

    Raises:
        FatalSourceError: `unknown-context`; and what `Page.json` or `long_json.parts` raise.
    """
    if whole:
        document = answer.page().json()
        if _is_bare_dcat_us(document, document.get("dataset") if isinstance(document, dict) else None):
            document["@context"] = shipped("dcat-us-1.1")
        yield _prepared(document, answer.url)
        return
    file = json_text_of(answer).file
    root, lists = _skeleton(file, answer.url)
    first, again = _frames(root, lists, answer.url)
    yield first
    for key, members in _batches(file, answer.url):
        yield (
            f"[{members}]"
            if key == ITEM
            else f"{again[:-1]}{', ' if again != '{}' else ''}{json.dumps(key)}: [{members}]}}"
        )


def _skeleton(file: IO[bytes], url: str) -> tuple[dict[str, Any], set[str]]:
    """What the root says besides its lists, and the keys of these."""
    root: dict[str, Any] = {}
    lists: set[str] = set()
    for path, value in parts(file, url, _is_long):
        if len(path) == 1 and path[0] != ITEM:
            root[path[0]] = value
        elif path:
            lists.add(path[0])
    return root, lists


def _is_long(path: Path, mark: str) -> bool:
    """The root, and the lists in it, but not those that say what it is."""
    return not path or (mark == "[" and len(path) == 1 and path[0] not in _WHAT_IT_IS)


def _frames(root: dict[str, Any], lists: set[str], url: str) -> tuple[str, str]:
    """A document of the root without its lists, and the frame in which each part of a list is said of the same root."""
    if _is_bare_dcat_us(root, [] if "dataset" in lists else None):
        root["@context"] = shipped("dcat-us-1.1")
    if "@context" in root:
        root["@context"] = _inside(root["@context"], url)
    if "@graph" not in lists and ITEM not in lists and not any(key in root for key in _id_keys(root.get("@context"))):
        root["@id"] = "_:root"
    again = {key: value for key, value in root.items() if key in _WHAT_IT_IS or isinstance(value, str)}
    return _prepared(root, url), json.dumps(again)


def _id_keys(context: Any) -> set[str]:
    """How a context lets one write @id."""
    found = {"@id"}
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, dict):
            found |= {key for key, value in one.items() if value in ("@id", {"@id": "@id"})}
    return found


def _batches(file: IO[bytes], url: str) -> Iterator[tuple[str, str]]:
    """The members of the lists, as JSON separated by commas, about a megabyte together."""
    of, members, size = "", list[str](), 0
    for path, value in parts(file, url, _is_long):
        if len(path) == 1 and path[0] != ITEM:
            continue
        if members and (path[0] != of or size > _BATCH):
            yield of, ", ".join(members)
            members, size = [], 0
        of = path[0]
        members.append(_prepared(value, url))
        size += len(members[-1])
    if members:
        yield of, ", ".join(members)


def _prepared(document: Any, url: str) -> str:
    """JSON with the contexts inside."""
    waiting: list[Any] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "@context" in part:
                part["@context"] = _inside(part["@context"], url)
            waiting.extend(value for key, value in part.items() if key != "@context" and isinstance(value, dict | list))
        elif isinstance(part, list):
            waiting.extend(value for value in part if isinstance(value, dict | list))
    return json.dumps(document)


@cache
def shipped(name: str) -> dict[str, Any]:
    """A context of `contexts/`."""
    return json.loads((_CONTEXTS / f"{name}.jsonld").read_text(encoding="utf-8"))["@context"]


def _inside(context: Any, url: str) -> Any:
    if isinstance(context, str):
        return _known(context, url)
    if isinstance(context, list):
        return [_inside(one, url) for one in context]
    if isinstance(context, dict):
        if isinstance(imported := context.get("@import"), str):
            rest = {key: value for key, value in context.items() if key != "@import"}
            return {**_known(imported, url), **_inside(rest, url)}
        return {
            key: {**value, "@context": _inside(value["@context"], url)}
            if isinstance(value, dict) and "@context" in value
            else value
            for key, value in context.items()
        }
    return context


def _known(address: str, url: str) -> dict[str, Any]:
    bare = re.sub(r"^(?:https?:)?(?://)?(?:www\.)?", "", address.strip()).rstrip("/")
    for pattern, name in _KNOWN:
        if pattern.fullmatch(bare):
            return shipped(name)
    raise FatalSourceError(
        N_(
            "{url} uses the JSON-LD context {context}, which is not known here and is not fetched for safety: "
            "its publisher can put the context into the file."
        ),
        code="unknown-context",
        url=url,
        context=address[:500],
    )


def _is_bare_dcat_us(root: Any, datasets: Any) -> bool:
    """A data.json of Project Open Data without @context, as old portals serve it."""
    return (
        isinstance(root, dict)
        and "@context" not in root
        and isinstance(datasets, list)
        and _DCAT_US in str(root.get("conformsTo", ""))
    )
