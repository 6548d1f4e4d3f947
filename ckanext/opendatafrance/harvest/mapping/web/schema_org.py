"""schema.org Datasets within a page, in JSON-LD and in microdata, as plain dicts with the names of schema.org."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from ckanext.opendatafrance.harvest.mapping.texts import line
from ckanext.opendatafrance.harvest.page import storable

_DEEPEST = 12
#: What people forget in JSON that they write by hand.
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MOST = 2000
_ADDRESSES = {
    "a": "href",
    "link": "href",
    "area": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "object": "data",
}


def json_ld(root: Any) -> list[dict[str, Any]]:
    """The Datasets of all scripts of JSON-LD, wherever they are nested; a broken script gives none."""
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() != "application/ld+json":
            continue
        for text in (script.text or "", _TRAILING_COMMA.sub(r"\1", script.text or "")):
            with suppress(ValueError, RecursionError):
                found += _datasets(storable(json.loads(text, strict=False)), 0)
                break
    return found[:_MOST]


def _datasets(node: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        for one in node:
            yield from _datasets(one, depth + 1)
    elif isinstance(node, dict):
        if is_a(node, "Dataset"):
            yield node
        else:
            for one in node.values():
                yield from _datasets(one, depth + 1)


def is_a(node: Any, kind: str) -> bool:
    """Whether a node says that it is of a class of schema.org, in whatever form of its name."""
    said = node.get("@type") if isinstance(node, dict) else None
    types = said if isinstance(said, list) else [said]
    return any(isinstance(one, str) and one.replace(":", "/").rpartition("/")[2] == kind for one in types)


def microdata(root: Any, base: str) -> list[dict[str, Any]]:
    """The Datasets in attributes of the page itself."""
    found = []
    for element in root.iter():
        if isinstance(element.tag, str) and _type(element) == "Dataset" and not _within_dataset(element):
            found.append(_item(element, base, 0))
            if len(found) >= _MOST:
                break
    return found


def _type(element: Any) -> str:
    said = (element.get("itemtype") or "").strip()
    return said.rpartition("/")[2] if "schema.org/" in said else ""


def _within_dataset(element: Any) -> bool:
    return any(_type(one) == "Dataset" for one in element.iterancestors())


def _item(element: Any, base: str, depth: int) -> dict[str, Any]:
    item: dict[str, Any] = {"@type": _type(element)}
    if element.get("itemid"):
        item["@id"] = element.get("itemid")
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if not isinstance(child.tag, str):
            continue
        inner = child.get("itemscope") is not None or child.get("itemtype")
        names = (child.get("itemprop") or "").split()
        if names and depth < _DEEPEST:
            value = _item(child, base, depth + 1) if inner else _value(child, base)
            for name in names:
                item.setdefault(name, []).append(value)
        if not inner:
            waiting.extend(reversed(child))
    return item


def _value(element: Any, base: str) -> str:
    if element.get("content") is not None:
        return line(element.get("content"))
    if attribute := _ADDRESSES.get(element.tag):
        try:
            return urljoin(base, (element.get(attribute) or "").strip())
        except ValueError:
            return ""
    return line(element.get("datetime") or element.text_content()[:20_000])
