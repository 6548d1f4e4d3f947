"""Online resources of a record: files, services with their layers, pages about the data, and the record itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ckanext.opendatafrance.harvest.mapping import files, to_line, to_markdown, urls
from ckanext.opendatafrance.harvest.mapping.iso.elements import Element, Metadata, code, find, find_all, inside
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference import formats
from ckanext.opendatafrance.reference.folding import fold

_SERVICES = {"wms": "WMS", "wfs": "WFS", "wmts": "WMTS", "wcs": "WCS", "csw": "CSW", "atom": "ATOM", "sos": "API"}
_SERVICES |= {
    "ogcfeat": "OGC API Features",
    "esri rest": "Esri REST",
    "arcgis": "Esri REST",
    "tms": "API",
    "wps": "API",
}
_LONG = {"web map service": "WMS", "web feature service": "WFS", "web map tile service": "WMTS"}
_LONG |= {"web coverage service": "WCS", "ogc api features": "OGC API Features"}
_CAPABILITIES = re.compile(r"[?&]request=getcapabilities\b", re.IGNORECASE)
_RECORD = re.compile(r"[?&]request=getrecordbyid\b|/srv/api/records/[^/]+/formatters/xml", re.IGNORECASE)
_RECORD_PAGE = re.compile(r"catalog\.search#/metadata/|/srv/api/records/[^/?]+/?$|/metadata\.show\?", re.IGNORECASE)
_PICTURES = {"browseGraphic", "browsing"}
_ABOUT = {"information", "search", "completeMetadata", "order", "emailService", "upload"}


@dataclass
class Links:
    """What the links of a record are."""

    resources: list[dict[str, Any]] = field(default_factory=list)
    documentation: list[str] = field(default_factory=list)
    landing_page: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One online resource, cleaned."""

    address: str
    protocol: str
    name: str
    description: str
    function: str
    media_type: str

    @property
    def service(self) -> str:
        """The format of a service: by protocol, by the query of the address, by its name where there is no protocol."""
        if self.protocol and (found := _named_service(self.protocol)):
            return found
        query = {key.lower(): value for key, value in parse_qsl(urlsplit(self.address).query)}
        if (said := query.get("service", "").lower()) in _SERVICES:
            return _SERVICES[said]
        if re.search(r"/(?:feature|map|image)server(?:/|$)", urlsplit(self.address).path, re.IGNORECASE):
            return "WMS" if self.address.lower().rstrip("?").endswith("wmsserver") else "Esri REST"
        said = fold(self.name)
        found = (kind for words, kind in {**_LONG, "wms": "WMS", "wfs": "WFS"}.items() if words in said)
        return "" if self.protocol else next(found, "")


def links_of(meta: Metadata, notes: Notes) -> Links:
    """All links of the distribution, sorted out; pages stand as files only where there is nothing else."""
    found, pages = Links(), []
    distributions = find_all(meta.root, "distributionInfo")
    online = [one for holder in distributions for prop in inside(holder, "onLine") for one in find_all(prop, "*")]
    formats_said = _formats(meta)
    for link in cleaned(meta, online, notes):
        if _RECORD.search(link.address):
            continue
        if is_record_page(link.address):
            found.landing_page = found.landing_page or link.address
        elif link.service:
            _add_service(found, link)
        elif link.function in _PICTURES or "thumbnail" in fold(link.name):
            continue
        elif link.function in _ABOUT or _is_page(link):
            pages.append(link)
        else:
            found.resources.append(_file(link, formats_said, notes))
    if found.resources:
        found.documentation = [link.address for link in pages]
    else:
        found.resources = [_file(link, (), notes) for link in pages]
    return found


def service_resource(address: str, kind: str, layer: str, title: str, description: str = "") -> dict[str, Any]:
    """A resource for a service, or for one layer of it."""
    label = title if layer in ("", title) else f"{title} ({layer})" if title else layer
    service = {"title": label, "endpoint_url": [address], "identifier": layer}
    if _CAPABILITIES.search(address):
        service["endpoint_description"] = address
    return {
        "url": address,
        "name": label or kind,
        "description": description,
        **files.describe([kind]),
        "access_services": [{key: value for key, value in service.items() if value}],
    }


def is_record_page(address: str) -> bool:
    """Whether an address is GeoNetwork's page about the record, whatever protocol it is said to be."""
    return bool(_RECORD_PAGE.search(address))


def cleaned_address(said: str, notes: Notes) -> str:
    """A usable address, empty where there is none; the question mark with which services end means nothing."""
    return urls.clean(said.removesuffix("?"), "resources.url", notes)


def endpoint(address: str) -> str:
    """The address of a service without what asks for something in particular, to tell whether two are the same."""
    parts = urlsplit(address)
    rest = [f"{k}={v}" for k, v in parse_qsl(parts.query) if k.lower() not in ("request", "service", "version")]
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{'&'.join(sorted(rest))}"


def cleaned(meta: Metadata, elements: Iterable[Element], notes: Notes) -> list[Link]:
    """Links with a usable address, each once; others are noted."""
    links: dict[tuple[str, str, str], Link] = {}
    for one in elements:
        address = cleaned_address(meta.text("linkage", one), notes)
        if not address:
            continue
        name = find(one, "name/MimeFileType")
        link = Link(
            address=address,
            protocol=to_line(meta.text("protocol", one)),
            name=to_line(meta.text("name", one)),
            description=meta.text("description", one),
            function=code(find(one, "function")),
            media_type=(name.get("type") or "") if name is not None else "",
        )
        links.setdefault((link.address, link.protocol, link.name), link)
    return list(links.values())


def _add_service(found: Links, link: Link) -> None:
    """One entry for each layer, though catalogues list GetCapabilities and GetMap of the same layer side by side."""
    title = to_line(link.description) if len(link.description) <= 200 else ""
    layer = link.name if title and " " not in link.name else ""
    made = service_resource(
        link.address, link.service, layer, title or link.name, "" if title else to_markdown(link.description)
    )
    key = (made["format"], endpoint(link.address), layer or made["name"])
    for other in found.resources:
        service = other.get("access_services", [{}])[0]
        if (other.get("format"), endpoint(other["url"]), service.get("identifier") or other["name"]) == key:
            if _CAPABILITIES.search(link.address):
                service.setdefault("endpoint_description", link.address)
            return
    found.resources.append(made)


def _named_service(protocol: str) -> str:
    said = fold(protocol)
    if found := formats.find(protocol):
        return found.label if found.kind == "api" else ""
    words = said.split()
    if words[:1] in (["ogc"], ["esri"], ["osgeo"], ["inspire"]) or said in _SERVICES:
        return next((kind for word, kind in _SERVICES.items() if word in (said, *words)), "")
    return next((kind for name, kind in _LONG.items() if name in said), "")


def _is_page(link: Link) -> bool:
    """A link to read, not to download: by its protocol, or because nothing says what file it would be."""
    known = formats.guess(link.media_type, url=link.address).format
    if known and known.kind in ("table", "geo", "archive"):
        return False
    said = fold(f"{link.protocol} {link.name}")
    return not re.search(r"\bdownload|\btelecharge", said) and link.function not in ("download", "offlineAccess")


def _file(link: Link, formats_said: Sequence[str], notes: Notes) -> dict[str, Any]:
    resource = {
        "url": link.address,
        "name": link.name or to_line(link.description)[:200],
        "description": to_markdown(link.description, notes, "resources.description") if link.name else "",
        **format_of(link, formats_said),
    }
    if "download" in fold(link.protocol) or link.function == "download":
        resource["download_url"] = link.address
    return resource


def format_of(link: Link, formats_said: Sequence[str]) -> dict[str, str]:
    """Format and media type of a file; the format of the record is said of it only where there is one and no better."""
    types = [link.media_type] if link.media_type else []
    own = files.describe((), types, link.address, link.name)
    if own.get("format", "ZIP") != "ZIP" or len(formats_said) != 1:
        return own
    return files.describe(formats_said, types, link.address, link.name)


def _formats(meta: Metadata) -> tuple[str, ...]:
    """Names of the formats of the distribution, each once."""
    said = [
        *meta.texts("distributionInfo/*/distributionFormat/*/name"),
        *meta.texts("distributionInfo/*/distributionFormat/*/formatSpecificationCitation/*/title"),
        *meta.texts("distributionInfo/*/distributor/*/distributorFormat/*/name"),
    ]
    return tuple(dict.fromkeys(said))
