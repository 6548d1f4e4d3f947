"""JSON-LD before it is read: remote contexts answered from shipped copies, so that nothing is ever fetched."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from ckanext.opendatafrance.errors import N_, FatalSourceError
from ckanext.opendatafrance.harvest.page import Page

_CONTEXTS = Path(__file__).parent / "contexts"
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


def prepared(page: Page) -> str:
    """The JSON-LD of a page with its contexts inside.

    Raises:
        FatalSourceError: `unknown-context`; and what `Page.json` raises.
    """
    document = page.json()
    if _is_bare_dcat_us(document):
        document["@context"] = shipped("dcat-us-1.1")
    waiting: list[Any] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "@context" in part:
                part["@context"] = _inside(part["@context"], page.url)
            waiting.extend(value for key, value in part.items() if key != "@context" and isinstance(value, dict | list))
        else:
            waiting.extend(value for value in part if isinstance(value, dict | list)) if isinstance(
                part, list
            ) else None
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


def _is_bare_dcat_us(document: Any) -> bool:
    """A data.json of Project Open Data without @context, as old portals serve it."""
    return (
        isinstance(document, dict)
        and "@context" not in document
        and isinstance(document.get("dataset"), list)
        and _DCAT_US in str(document.get("conformsTo", ""))
    )
