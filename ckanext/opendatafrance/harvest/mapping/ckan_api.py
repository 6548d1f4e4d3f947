"""What addresses of CKAN and DKAN look like, and what their API answers: packages, their identity, their meaning."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.ckan import is_dkan, modification

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.page import Page

_API = re.compile(r"^(.*?)/api/(?:\d/)?(?:action|rest|util)\b")
_PAGE = re.compile(
    r"^(.*?)(?:/[a-z]{2}(?:_[A-Z]{2})?)?/(?:dataset|group|organization|showcase)(?:/([^/?#]*))?(?:[/?#]|$)"
)
_OWNER = re.compile(r"/(organization|group)/([a-z0-9_-]{2,100})/?(?:[?#]|$)")
_SITE_ROOT = re.compile(r"""data-site-root\s*=\s*["']([^"']+)["']""")
_API_LINK = re.compile(r"""["'](https?://[^"'\s<>]*?|/[^"'\s<>]*?)?/api/(?:3/)?action/""")
_GENERATOR = re.compile(r"""name=["']generator["']\s+content=["'](?:ckan|[^"']*dkan|drupal 7)""", re.IGNORECASE)
#: Kinds of package that are not data.
_NO_DATASETS = {"harvest", "showcase", "application", "apps", "news"}
#: What changes without the dataset having changed.
_VOLATILE = {
    *("tracking_summary", "num_resources", "num_tags", "num_followers", "views", "total_downloads", "isopen"),
    *("revision_id", "revision_timestamp", "creator_user_id", "metadata_modified", "relationships_as_subject"),
    *("relationships_as_object", "archiver", "qa", "openness_score", "validation_status", "validation_timestamp"),
    *("cache_last_updated", "cache_url", "datastore_active", "datastore_contains_all_records_of_source_file"),
    *("package_id", "position", "resource_group_id", "mimetype_inner", "webstore_url", "webstore_last_updated"),
    *("harvest_object_id", "harvest_source_id", "harvest_source_title"),
}


def fingerprint(package: Mapping[str, Any]) -> str:
    """sha256 of what the dataset means: without counters, indexes and rebuild dates, whatever the order of keys."""
    meaning = {**_meaning(package), "modified": modification(package)}
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _meaning(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: _meaning(part) for key, part in value.items() if key not in _VOLATILE}
        for key in ("tags", "groups"):
            if isinstance(kept.get(key), list):
                kept[key] = sorted(json.dumps(_name(entry), sort_keys=True) for entry in value[key])
        if isinstance(value.get("organization"), Mapping):
            kept["organization"] = _name(value["organization"])
        if isinstance(value.get("extras"), list):
            extras = [extra for extra in value["extras"] if not _is_volatile(extra)]
            kept["extras"] = sorted(json.dumps(_meaning(extra), sort_keys=True) for extra in extras)
        return {key: part for key, part in kept.items() if part not in (None, "", [], {})}
    return [_meaning(part) for part in value] if isinstance(value, list) else value


def _is_volatile(extra: Any) -> bool:
    return isinstance(extra, Mapping) and str(extra.get("key")) in _VOLATILE


def _name(entry: Any) -> Any:
    """What names a tag, group or organisation; its picture, description and ids are no part of the dataset."""
    if not isinstance(entry, Mapping):
        return entry
    return {key: entry[key] for key in ("name", "title") if entry.get(key)}


def left_out(package: Mapping[str, Any]) -> str:
    """Why a package is no public dataset, as a msgid; empty where it is one."""
    if str(package.get("private")).lower() == "true" and not is_dkan(package):
        return N_("“{title}” is private at its site and is left out.")
    if str(package.get("state") or "active").lower() != "active":
        return N_("“{title}” is a draft or deleted at its site and is left out.")
    if str(package.get("type")).lower() in _NO_DATASETS:
        return N_("“{title}” is not a dataset at its site and is left out.")
    return ""


def key(package: Any) -> str:
    """What identifies a package: its id, else its name; empty where it has neither."""
    if not isinstance(package, Mapping):
        return ""
    return next((str(package[key]) for key in ("id", "name") if isinstance(package.get(key), str | int)), "").strip()


def mark(package: Any) -> str:
    """The key, or the content of a package that has none, to know it again."""
    return key(package) or hashlib.sha256(json.dumps(package, sort_keys=True).encode()).hexdigest()


def number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def flat(result: Any) -> list[Any]:
    """DKAN wraps a dataset in a list, and a list of datasets in another one."""
    if isinstance(result, list):
        return [package for part in result for package in (part if isinstance(part, list) else [part])]
    return [result] if isinstance(result, Mapping) else []


def packages(value: Any) -> list[Any]:
    """The datasets within a file in one of the forms of the API, with or without its envelope."""
    for key in ("result", "results", "packages"):
        if isinstance(value, Mapping) and isinstance(value.get(key), Mapping | list):
            value = value[key]
    packages = flat(value)
    return packages if any(is_package(package) for package in packages) else []


def is_package(value: Any) -> bool:
    """A package with its files, or as lists of a group give it, without them; not a group or an organisation."""
    return isinstance(value, Mapping) and bool(key(value)) and ("resources" in value or "metadata_modified" in value)


def announced(value: Any) -> int | None:
    inner = value.get("result", value) if isinstance(value, Mapping) else value
    if not isinstance(inner, Mapping) or not ("results" in inner or "packages" in inner):
        return None
    return number(inner.get("count", inner.get("package_count")))


def is_file(url: str) -> bool:
    """Whether an address is that of a file, below which no API can be."""
    return urlsplit(url).path.lower().endswith(".json") and not _API.match(url)


def owner(url: str) -> tuple[str, str] | None:
    """("organization" or "group", its name) where an address is that of its page: only its datasets are meant."""
    found = _OWNER.search(url)
    return (found[1], found[2]) if found else None


def base_of(url: str) -> str:
    """Address of the site, from that of its API or of one of its pages; without a slash at the end."""
    bare = url.partition("#")[0].partition("?")[0]
    found = _API.match(bare) or _PAGE.match(bare)
    return (found[1] if found else bare).rstrip("/")


def bases(page: Page) -> tuple[list[str], bool]:
    """Where the API could be, likeliest first, and whether page or address are surely those of such a site."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    bases = [base_of(page.url)] if _API.match(page.url) else []
    certain = bool(bases)
    if page.is_html:
        source = page.body[:500_000].decode("utf-8", "replace")
        bases += [
            _absolute(found[1], origin) for found in (_SITE_ROOT.search(source), _API_LINK.search(source)) if found
        ]
        certain = bool(bases) or bool(_GENERATOR.search(source))
    if not is_file(page.url):
        bases.append(base_of(page.url))
    bases.append(origin)
    return list(dict.fromkeys(bases))[:3], certain


def _absolute(root: str | None, origin: str) -> str:
    text = unquote(root or "").rstrip("/")
    return text if text.startswith(("http://", "https://")) else origin + text
