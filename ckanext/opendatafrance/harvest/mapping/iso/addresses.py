"""Addresses of CSW servers and of GeoNetwork: endpoints out of any address or page of a site, and requests."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lxml import html as lxml_html

from ckanext.opendatafrance.harvest.page import Page

GMD = "http://www.isotc211.org/2005/gmd"
MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
CSW = "http://www.opengis.net/cat/csw/2.0.2"
#: Output schemas that can be read, the one that says most and that most servers know first.
SCHEMAS = (GMD, MDB, CSW)
_TYPES = {GMD: "gmd:MD_Metadata", MDB: "mdb:MD_Metadata", CSW: "csw:Record"}
_OWN = {"service", "version", "request", "acceptversions", "acceptformats", "sections", "typenames", "elementsetname"}
_OWN |= {"outputschema", "outputformat", "resulttype", "startposition", "maxrecords", "namespace", "id", "constraint"}
_OWN |= {"constraintlanguage", "constraint_language_version", "sortby", "updatesequence", "elementname"}
_GEONETWORK_PATH = re.compile(r"^(?P<base>.*?)/srv/(?P<language>[a-z]{3})(?=/|$)", re.IGNORECASE)
_GEONETWORK_ROOT = re.compile(r"^(?P<base>.*?/geonetwork)(?=/|$)", re.IGNORECASE)
_CSW_PATH = re.compile(r"/(?:py)?csw(?:[-_/.][^?]*)?$", re.IGNORECASE)
#: Words by which a page shows that GeoNetwork or geOrchestra stands behind it.
_MARKS = re.compile(
    rb"geonetwork|georchestra|catalog\.search|gn-ui|portal\.opensearch|datahub-root|/srv/(?:fre|eng)/", re.IGNORECASE
)
_MOST = 3


def endpoint(address: str) -> str:
    """The address of a server without the request that a GetCapabilities or GetRecords address holds."""
    parts = urlsplit(address)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key.lower() not in _OWN]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def is_csw(address: str) -> bool:
    """Whether an address looks like that of a CSW."""
    parts = urlsplit(address)
    return ("service", "csw") in [(key.lower(), value.lower()) for key, value in parse_qsl(parts.query)] or bool(
        _CSW_PATH.search(parts.path)
    )


def request(base: str, **parameters: str | int) -> str:
    """A request by GET."""
    said = urlencode({"service": "CSW", "version": "2.0.2", **parameters})
    return f"{base}{'&' if urlsplit(base).query else '?'}{said}"


def get_records(base: str, schema: str, start: int, rows: int, ordered: bool = True, **more: str) -> str:
    """A page of records; in the order of identifiers, without which pages may overlap."""
    wanted = {"sortBy": "identifier:A"} if ordered else {}
    return request(
        base,
        request="GetRecords",
        resultType="results",
        elementSetName="full",
        typeNames=_TYPES[schema],
        namespace=f"xmlns({_TYPES[schema].split(':')[0]}={schema})",
        outputSchema=schema,
        startPosition=start,
        maxRecords=rows,
        **wanted,
        **more,
    )


def hits(base: str) -> str:
    """How many records there are."""
    return request(
        base,
        request="GetRecords",
        resultType="hits",
        elementSetName="brief",
        typeNames="csw:Record",
        namespace=f"xmlns(csw={CSW})",
        outputSchema=CSW,
        maxRecords=1,
    )


def endpoints(page: Page) -> list[str]:
    """Where the server of a web page may be, most likely first: linked, by the path of GeoNetwork, or as usual."""
    found = [endpoint(link) for link in _links(page) if is_csw(link)]
    found += [address for link in (page.url, *_links(page)) if (address := _geonetwork(link, page.url))]
    if _MARKS.search(page.body) or _GEONETWORK_ROOT.match(urlsplit(page.url).path):
        found.append(urljoin(page.url, "/geonetwork/srv/fre/csw"))
    return list(dict.fromkeys(found))[:_MOST]


def _geonetwork(link: str, site: str) -> str:
    """GeoNetwork's CSW by an address below it on the same host; empty for other addresses."""
    parts, home = urlsplit(link), urlsplit(site)
    if parts.netloc != home.netloc:
        return ""
    if found := _GEONETWORK_PATH.match(parts.path):
        language = found["language"] if (found["language"] or "").lower() in ("fre", "fra", "eng") else "fre"
        return f"{parts.scheme}://{parts.netloc}{found['base']}/srv/{language}/csw"
    if found := _GEONETWORK_ROOT.match(parts.path):
        return f"{parts.scheme}://{parts.netloc}{found['base']}/srv/fre/csw"
    return ""


def _links(page: Page) -> list[str]:
    if not page.is_html:
        return []
    try:
        root = lxml_html.document_fromstring(page.body)
    except (lxml_html.etree.ParserError, lxml_html.etree.XMLSyntaxError, ValueError):
        return []
    said = [one.get("href") or one.get("src") or "" for one in root.iter("a", "link", "script", "iframe")]
    found: dict[str, None] = {}
    for link in said:
        try:
            found.setdefault(urljoin(page.url, link.strip()))
        except ValueError:
            continue
    return list(found)
