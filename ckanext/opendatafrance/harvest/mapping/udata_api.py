"""What addresses of udata look like (data.gouv.fr and regional portals), which part of a site they mean, and what its
API answers: identity and meaning of a dataset."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.reference import cog, zones

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.page import Page

Json = Mapping[str, Any]

_API = re.compile(r"^(.*?)/api/([12])(?:/|$)")
_PAGE = re.compile(
    r"^(.*?)(?:/[a-z]{2})?/(?:datasets|organizations|territories|territoires|dataservices|reuses|topics|posts|pages|search)(?:/|$)"
)
_ORGANISATION = re.compile(r"/organizations/([^/?#]+)")
_DATASET = re.compile(r"/datasets/(?!(?:search|r|suggest)(?:/|$))([^/?#]+)")
_TERRITORY = re.compile(r"/territor(?:y|ies)/([a-z]+)/([0-9ab]{1,9})", re.IGNORECASE)
_FEED = re.compile(r"/(?:recent\.atom|datasets(?:-resources)?\.csv|catalog\.(?:rdf|xml|ttl|jsonld))$")
_SAID = re.compile(rb"udata|/api/1/(?:datasets|site|organizations)|data\.gouv\.fr/api", re.IGNORECASE)
#: Whoever pastes an address of a national site means an organisation of it, never all of it.
NATIONAL = {"www.data.gouv.fr", "data.gouv.fr", "demo.data.gouv.fr"}
#: Parameters of a list that narrow it, and that both versions of the API know.
FILTERS = ("organization", "geozone", "tag", "topic", "license", "schema", "badge", "organization_badge", "q", "format")
_DATASET_KEYS = ("title", "acronym", "description", "tags", "frequency", "temporal_coverage", "spatial", "license")
_DATASET_KEYS += ("page", "slug", "contact_points", "schema", "access_type", "created_at", "last_update")
_RESOURCE_KEYS = ("id", "title", "description", "filetype", "type", "format", "url", "latest", "checksum", "filesize")
_RESOURCE_KEYS += ("mime", "created_at", "last_modified", "schema")
_ORIGIN_KEYS = ("created_at", "issued_at", "modified_at", "remote_id", "remote_url", "uri", "dct_identifier", "domain")
_AGENT_KEYS = ("id", "name", "slug", "page", "business_number_id", "first_name", "last_name")


def fingerprint(raw: Json) -> str:
    """sha256 of what the dataset means: without counters, scores and the traces of checks and harvests."""
    badges = raw.get("badges")
    meaning = {
        **_part(raw, _DATASET_KEYS),
        "badges": sorted(str(one.get("kind")) for one in badges if isinstance(one, Mapping))
        if isinstance(badges, list)
        else [],
        "harvest": _part(raw.get("harvest"), _ORIGIN_KEYS),
        "organization": _part(raw.get("organization"), _AGENT_KEYS),
        "owner": _part(raw.get("owner"), _AGENT_KEYS),
        "resources": [
            _part(one, _RESOURCE_KEYS) | {"harvest": _part(one.get("harvest"), _ORIGIN_KEYS)} for one in resources(raw)
        ],
    }
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _part(value: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {}
    return {key: value[key] for key in keys if value.get(key) not in (None, "", [], {})}


def resources(raw: Json) -> list[Json]:
    """The files of a dataset; empty where the API gives but a link to them."""
    said = raw.get("resources")
    return [one for one in said if isinstance(one, Mapping)] if isinstance(said, list) else []


def key(raw: Any) -> str:
    """The id of a dataset, else its slug; empty where it has neither."""
    if not isinstance(raw, Mapping):
        return ""
    return next((raw[name].strip() for name in ("id", "slug") if isinstance(raw.get(name), str)), "")


def left_out(raw: Json) -> str:
    """Why a dataset is not public, as a msgid; empty where it is."""
    if raw.get("private") is True:
        return N_("“{title}” is private at its site and is left out.")
    if raw.get("deleted"):
        return N_("“{title}” is a draft or deleted at its site and is left out.")
    if raw.get("archived"):
        return N_("“{title}” is archived at its site and is left out.")
    return ""


def page_of(value: Any) -> tuple[list[Any], int, str] | None:
    """What a page of a list holds, how much all pages hold, and the address of the next one; None where it is none."""
    if not isinstance(value, Mapping) or not isinstance(value.get("data"), list):
        return None
    total, following = value.get("total"), value.get("next_page")
    if not isinstance(total, int) or isinstance(total, bool) or total < 0:
        return None
    return value["data"], total, following if isinstance(following, str) else ""


# -- addresses ------------------------------------------------------------------------------------------------------


def base_of(url: str) -> str:
    """Address of the site, from that of its API or of one of its pages; without a slash at the end."""
    bare = url.partition("#")[0].partition("?")[0]
    found = _API.match(bare) or _PAGE.match(bare)
    home = found[1] if found else re.sub(r"/[a-z]{2}/?$", "", bare)
    return home.rstrip("/")


def version_of(url: str) -> int:
    """The version of the API that an address names, 1 where it names none."""
    found = _API.match(url)
    return int(found[2]) if found else 1


def scope_of(url: str) -> dict[str, str]:
    """The part of a site that an address means, as parameters of a list; the organisation by id, slug or SIRET."""
    parts = urlsplit(url)
    scope = {name: value for name, value in parse_qsl(parts.query) if name in FILTERS}
    if found := _ORGANISATION.search(parts.path):
        scope["organization"] = unquote(found[1])
    if found := _TERRITORY.search(parts.path):
        scope["geozone"] = zones.udata_zone(found[1].lower(), found[2]) or f"fr:{found[1].lower()}:{found[2]}"
    return scope


def dataset_of(url: str) -> str:
    """Slug or id of the dataset whose page an address is; empty where it is none."""
    found = _DATASET.search(urlsplit(url).path)
    return unquote(found[1]) if found else ""


def zone_of(territory: str) -> str:
    """data.gouv.fr's zone id of a territory that a person names by code: "17415", "17", "241700434", or as it is."""
    text = territory.strip()
    if zone := zones.parse(text):
        return zones.udata_zone(*zone) or text
    for kind, find in (("commune", cog.commune), ("departement", cog.departement), ("epci", cog.epci)):
        if find(text):
            return f"fr:{kind}:{text}"
    return text


def narrowed(base: str, scope: Mapping[str, str]) -> str:
    """The address that stands for a part of a site."""
    return f"{base}/api/1/datasets/?{urlencode(scope)}"


def bases(page: Page) -> tuple[list[str], bool]:
    """Where the API could be, likeliest first, and whether page or address are surely those of such a site."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    parts = urlsplit(page.url)
    feed = bool(_PAGE.match(page.url.partition("?")[0]) and _FEED.search(parts.path))
    certain = feed or bool(_API.match(page.url)) or parts.netloc in NATIONAL
    if page.is_html:
        certain = certain or bool(_SAID.search(page.body[:500_000]))
    elif not certain and page.status != 404:
        return [], False
    return list(dict.fromkeys([base_of(page.url), origin] if certain else [origin])), certain
