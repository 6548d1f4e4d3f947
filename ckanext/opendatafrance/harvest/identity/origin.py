"""Where a record came from before its source had it, and whether that is this portal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from ckanext.opendatafrance.harvest.identity import addresses

#: What udata says of a dataset that it harvested (`harvest` of its API; extras of older versions), and CKAN in extras.
_WORDS = ("remote_url", "remote_id", "uri", "dct_identifier")
_EXTRAS = {f"harvest:{word}" for word in _WORDS} | {f"dct:{word}" for word in _WORDS}
_EXTRAS |= {"uri", "guid", "remote_url", "remote_id", "metadata_original_id", "metadata_original_portal", "source_url"}


def said(content: Any) -> tuple[str, ...]:
    """The addresses and identifiers of origin that a record as its connector holds it names; none for a graph."""
    return tuple(dict.fromkeys(text for raw in _mappings(content) for text in _named(raw)))


def _mappings(content: Any) -> Iterator[Mapping[str, Any]]:
    for part in content if isinstance(content, list | tuple) else (content,):
        if isinstance(part, Mapping):
            yield part


def _named(raw: Mapping[str, Any]) -> Iterator[str]:
    harvest = raw.get("harvest")
    if isinstance(harvest, Mapping):
        yield from (value for word in _WORDS if isinstance(value := harvest.get(word), str) and value)
        if isinstance(domain := harvest.get("domain"), str) and domain:
            yield domain if "//" in domain else f"https://{domain}/"
    for name, value in _extras(raw.get("extras")):
        if name in _EXTRAS and isinstance(value, str) and value:
            yield value


def _extras(extras: Any) -> Iterator[tuple[str, Any]]:
    """Extras as a dict (udata) or as a list of keys and values (CKAN)."""
    if isinstance(extras, Mapping):
        yield from ((str(name), value) for name, value in extras.items())
    elif isinstance(extras, list):
        yield from ((str(one.get("key")), one.get("value")) for one in extras if isinstance(one, Mapping))


class Portal:
    """This portal, by the addresses that it has or had.

    Args:
        roots: addresses of home pages; one without a scheme is a host.
    """

    def __init__(self, roots: Iterable[str]) -> None:
        known = (addresses.normal(root if "//" in root else f"https://{root}") for root in roots)
        self.roots = tuple(root for root in known if root)

    def has(self, address: object) -> bool:
        """Whether an address is below one of this portal."""
        text = addresses.normal(address)
        return any(text == root or text.startswith((f"{root}/", f"{root}?")) for root in self.roots)

    def published(self, dataset: Mapping[str, Any], origins: Iterable[str] = ()) -> bool:
        """Whether a dataset says that it came from here: by identifier, URI, page or origin, or by all of its files.

        One file that this portal keeps is not enough: a site may well link to it.
        """
        names = (dataset.get(field) for field in ("uri", "identifier", "url"))
        if any(self.has(name) for name in (*names, *(dataset.get("alternate_identifier") or ()), *origins)):
            return True
        files = [resource.get("url") for resource in dataset.get("resources") or ()]
        return bool(files) and all(self.has(file) and _is_upload(str(file)) for file in files)


def _is_upload(address: str) -> bool:
    """Whether an address is where CKAN keeps a file of a dataset."""
    path = urlsplit(address).path
    return "/dataset/" in path and "/resource/" in path
