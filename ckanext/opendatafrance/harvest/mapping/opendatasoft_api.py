"""What addresses of Opendatasoft look like, and its catalogue in one form, whatever the version of the API.

Version 2.1 gives metadata by template within `metas`, 2.0 wraps that once more, 1.0 has the default template flat and
the others in `interop_metas` and `extra_metas`, and the exports of a catalogue may be rows with dotted column names.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

if TYPE_CHECKING:
    from ckanext.opendatafrance.harvest.page import Page

Json = Mapping[str, Any]

_API = re.compile(r"^(.*?)/api/(?:explore/v2|v2|datasets/|records/|catalog|feeds|explore)", re.IGNORECASE)
_EXPLORE = re.compile(r"^(.*?)(?:/[a-z]{2})?/explore(?:/|$)")
_OTHER_PAGES = re.compile(r"^(.*?)/(?:pages?|map|chart|cartograph|search|catalog)(?:/|$)")
_SAID = re.compile(rb"opendatasoft|ods-widgets|ods-front|huwise", re.IGNORECASE)
_FACET = re.compile(r"^(refine|exclude)\.(\w+)$")
_GEO_TYPES = {"geo_point_2d", "geo_shape"}
#: Templates and fields that count visits and processing runs.
_VOLATILE_TEMPLATES = {"explore", "processing", "publishing", "visualization", "monitoring"}
_VOLATILE = {"records_count", "data_processed", "metadata_processed", "oauth_scope", "timezone"}
_VOLATILE |= {"modified_updates_on_metadata_change", "modified_updates_on_data_change"}
#: Above this number of records a Shapefile holds but a part of them (as the harvester of data.gouv.fr has it).
SHAPEFILE_RECORDS = 50_000
_LARGEST_CELL = 10_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One dataset of a catalogue, in one form for all versions.

    Attributes:
        metas: fields by template, the default one first.
        fields: the columns, as the API gives them.
        files: attachments and files offered in place of exports, each with its `kind`, which is a part of its address.
        exports: formats in which its records make sense: csv, json, parquet, geojson, shp.
    """

    id: str
    uid: str
    metas: dict[str, Json]
    fields: list[Json]
    files: list[dict[str, Any]]
    exports: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """sha256 of what the dataset means: without counters of visits, records and runs."""
        metas = {name: _steady(part) for name, part in self.metas.items() if name not in _VOLATILE_TEMPLATES}
        meaning = [self.id, self.uid, metas, self.fields, self.files, self.exports]
        return hashlib.sha256(json.dumps(meaning, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def entry(raw: Any) -> Entry | None:
    """A dataset in the form of any version; None where there is nothing that identifies it."""
    raw = raw.get("dataset", raw) if isinstance(raw, Mapping) else {}
    raw = raw if isinstance(raw, Mapping) else {}
    guid = identifier(raw)
    if not guid:
        return None
    metas = _metas(raw)
    fields = [one for one in _list(raw.get("fields")) if isinstance(one, Mapping)]
    files = [
        {**one, "kind": kind}
        for kind in ("alternative_exports", "attachments")
        for one in _list(raw.get(kind))
        if isinstance(one, Mapping)
    ]
    uid = raw.get("dataset_uid")
    return Entry(guid, uid if isinstance(uid, str) else "", metas, fields, files, _exports(raw, metas, fields))


def identifier(raw: Any) -> str:
    """What identifies a dataset: its `dataset_id`; empty where it has none."""
    raw = raw.get("dataset", raw) if isinstance(raw, Mapping) else {}
    said = (raw.get("dataset_id") or raw.get("datasetid")) if isinstance(raw, Mapping) else ""
    return str(said).strip() if isinstance(said, str | int) and not isinstance(said, bool) else ""


def title(raw: Any) -> str:
    """Its title, for messages on what has no identifier."""
    raw = raw.get("dataset", raw) if isinstance(raw, Mapping) else {}
    said = _metas(raw).get("default", {}).get("title") if isinstance(raw, Mapping) else ""
    return said[:200] if isinstance(said, str) else ""


def mark(raw: Any) -> str:
    """The identifier, or the content of what has none, to know it again."""
    return identifier(raw) or hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()


def datasets(value: Any) -> tuple[int | None, list[Any]] | None:
    """Number and datasets of an answer of any version, or of a file of one; None where it is none."""
    if isinstance(value, list):
        return (None, value) if any(_is_dataset(one) for one in value) else None
    if not isinstance(value, Mapping):
        return None
    for total, key in (("total_count", "results"), ("total_count", "datasets"), ("nhits", "datasets")):
        if isinstance(value.get(key), list) and total in value:
            return _number(value[total]), value[key]
    return (None, [value]) if _is_dataset(value) else None


def rows(text: str) -> tuple[int, list[dict[str, str]]] | None:
    """Number of rows of a catalogue that was exported as CSV, and those that are whole; None where it is none.

    A row that ends before the last column was cut, with all that came behind it.
    """
    head = text.lstrip("\ufeff")[:20_000].split("\n", 1)[0]
    names = [name.strip().strip('"').lower() for name in re.split("[,;]", head)]
    if not {"datasetid", "dataset_id"} & set(names) or "title" not in {name.removeprefix("default.") for name in names}:
        return None
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";" if ";" in head else ",")
    try:
        found = [{key: cell for key, cell in row.items() if key} for row in reader]
    except csv.Error:
        return None
    return len(found), [row for row in found if None not in row.values()]


# -- addresses ------------------------------------------------------------------------------------------------------


def base_of(url: str) -> str:
    """Address of the domain, from that of its API or of one of its pages; without a slash at the end."""
    bare = url.partition("#")[0].partition("?")[0]
    found = _API.match(bare) or _EXPLORE.match(bare) or _OTHER_PAGES.match(bare)
    return (found[1] if found else bare).rstrip("/")


def is_file(url: str) -> bool:
    """Whether an address is that of a file, below which no API can be."""
    return urlsplit(url).path.lower().endswith((".json", ".csv")) and not _API.match(url)


def filters(url: str) -> list[tuple[str, str, str]]:
    """("refine" or "exclude", facet, value) of an address, as version 1 writes them and as version 2 does."""
    found = []
    for key, value in parse_qsl(urlsplit(url).query):
        if (named := _FACET.match(key)) and value:
            found.append((named[1], named[2], value))
        elif key in ("refine", "exclude"):
            facet, colon, wanted = value.partition(":")
            if colon and wanted.strip('"'):
                found.append((key, facet, wanted.strip('"')))
    return found


def narrowed(base: str, wanted: list[tuple[str, str, str]]) -> str:
    """The address that stands for a part of a catalogue: the one that the site's own pages have."""
    return f"{base}/explore/?" + "&".join(f"{verb}.{facet}={quote(value)}" for verb, facet, value in wanted)


def bases(page: Page) -> tuple[list[str], bool]:
    """Where the API could be, likeliest first, and whether page or address are surely those of such a domain."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    bare = page.url.partition("?")[0]
    certain = bool(_API.match(bare) or _EXPLORE.match(bare) or _says_so(page))
    if not certain and not page.is_html and page.status != 404:
        return [], False
    return list(dict.fromkeys([base_of(page.url), origin] if certain else [origin])), certain


def _says_so(page: Page) -> bool:
    return page.is_html and bool(_SAID.search(page.body[:500_000]))


# -- one form for all versions --------------------------------------------------------------------------------------


def _metas(raw: Json) -> dict[str, Json]:
    metas = raw.get("metas")
    found: dict[str, dict[str, Any]] = {"default": {}}
    if not isinstance(metas, Mapping):  # a row of an export
        for key, value in raw.items():
            template, dot, name = str(key).partition(".")
            found.setdefault(template if dot else "default", {})[name if dot else template] = value
    elif any(isinstance(part, Mapping) for part in metas.values()):
        found |= {str(name): dict(part) for name, part in metas.items() if isinstance(part, Mapping)}
    else:
        found["default"] = dict(metas)
        for key in ("interop_metas", "extra_metas"):
            others = raw.get(key)
            for name, part in others.items() if isinstance(others, Mapping) else ():
                if isinstance(part, Mapping):
                    found[str(name)] = dict(part)
    return dict(found)


def _exports(raw: Json, metas: Mapping[str, Json], fields: list[Json]) -> tuple[str, ...]:
    count = _number(metas["default"].get("records_count"))
    has_records = raw.get("has_records")
    if not isinstance(has_records, bool):
        has_records = bool(count)
    if not has_records or raw.get("data_visible") is False:
        return ()
    geographic = "geo" in _list(raw.get("features")) or any(_kind(one) in _GEO_TYPES for one in fields)
    shape = geographic and (count is None or count <= SHAPEFILE_RECORDS)
    return ("csv", "json", "parquet", *(("geojson",) if geographic else ()), *(("shp",) if shape else ()))


def _kind(field: Json) -> str:
    return str(field.get("type"))


def _steady(part: Json) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in _VOLATILE and value not in (None, "", [], {})}


def _is_dataset(value: Any) -> bool:
    return bool(identifier(value)) and bool(title(value))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
