"""Web addresses as keys: equal when they lead to the same thing, and none at all where they lead to many. Pure."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

#: Names that belong to nobody (RFC 2606, RFC 6761): what documentation and tests call themselves.
_NOBODY = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local|internal)$")
_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|xtor|_ga)$", re.IGNORECASE)
_LAYERS = {"typename", "typenames", "layer", "layers", "id", "coverageid", "storedquery_id"}
_SERVICE = re.compile(r"/(?:wms|wfs|wcs|wmts|csw|ows|mapserver|featureserver|imageserver|sparql|atom|rss)$")
#: Folders and entry points that software gives to every dataset of a site alike.
_COMMON = re.compile(
    r"(?:api|apis|rest|services?|v?\d+(?:\.\d+)*|action|explore|catalog(?:ue)?|data|donnees|dataset|datasets|opendata"
    r"|open-data|geoserver|geonetwork|srv|fre?|en|portal|portail|download|downloads|telechargements?|files|index|home"
    r"|accueil|search|recherche|ogc|records|jeux-de-donnees|les-donnees|(?:index|default)\.(?:html?|php|aspx?))"
)
_LONGEST = 4000


def normal(address: object) -> str:
    """Host, path and query as one text, without what does not matter: scheme, "www.", default port, capitals of the
    host, fragment, order of parameters, marks of campaigns, slash at the end. Empty for what is no web address."""
    text = address.strip() if isinstance(address, str) else ""
    if len(text) > _LONGEST:
        return ""
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip(".").removeprefix("www."), parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https", "ftp", "ftps") or not host:
        return ""
    place = host if port in (None, 80, 443, 21) else f"{host}:{port}"
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~").rstrip("/")
    pairs = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0]))
    return place + path + (f"?{urlencode(pairs)}" if pairs else "")


def particular(address: object) -> str:
    """As `normal`; empty too for what cannot stand for one dataset.

    That is a home page, the root of an API, a service of many layers, and a host that belongs to nobody or that means
    another machine for each who asks.
    """
    text = normal(address)
    host = text.partition("/")[0].partition("?")[0]
    path, _, query = text.removeprefix(host).partition("?")
    if not text or _nowhere(host.partition(":")[0]):
        return ""
    names = {name.lower(): value.lower() for name, value in parse_qsl(query, keep_blank_values=True)}
    if "service" in names or "request" in names or _SERVICE.search(path.lower()):
        return text if any(names.get(name) for name in _LAYERS) else ""
    segments = [segment for segment in path.lower().split("/") if segment]
    if query and (segments or any(len(value) > 3 for value in names.values())):
        return text
    return "" if all(_COMMON.fullmatch(segment) for segment in segments) else text


def _nowhere(host: str) -> bool:
    """Whether a host is nobody's, or a private address."""
    if "." not in host or _NOBODY.search(host):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
