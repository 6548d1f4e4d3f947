"""Tables written in the formats that people download."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

from .model import Dataset, Resource, Site
from .tables import Table, make


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is named, and who writes it."""

    label: str
    media_type: str
    eu: str
    write: Callable[[Dataset, Table], bytes]


@lru_cache(maxsize=512)
def content(site: Site, dataset: Dataset, resource: Resource) -> bytes:
    """The bytes of a file, the same at every start."""
    return FORMATS[resource.format].write(dataset, table(dataset))


@lru_cache(maxsize=512)
def table(dataset: Dataset) -> Table:
    """The rows of a dataset."""
    return make(dataset.producer, dataset)


def write_csv(dataset: Dataset, table: Table, delimiter: str = "") -> bytes:
    """UTF-8; commas, or semicolons where the format of the data asks for them."""
    out = io.StringIO()
    delimiter = delimiter or (";" if dataset.kind == "adresses" else ",")
    writer = csv.DictWriter(out, table.columns, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(table.rows)
    return out.getvalue().encode()


def write_json(dataset: Dataset, table: Table) -> bytes:
    """A list of objects."""
    return json.dumps(table.rows, ensure_ascii=False, indent=1).encode()


def write_geojson(dataset: Dataset, table: Table) -> bytes:
    """A FeatureCollection; the position is in the geometry only."""
    features = [
        {
            "type": "Feature",
            "geometry": geometry,
            "properties": {name: cell for name, cell in row.items() if name not in ("longitude", "latitude")},
        }
        for row, geometry in zip(table.rows, table.geometries, strict=True)
    ]
    collection = {"type": "FeatureCollection", "name": dataset.id, "features": features}
    return json.dumps(collection, ensure_ascii=False).encode()


def write_ics(dataset: Dataset, table: Table) -> bytes:
    """One all-day event for each row of an agenda."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//opendatafrance//demonstration//FR"]
    for row in table.rows:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{row['identifiant']}@demonstration.example",
            f"DTSTAMP:{dataset.modified:%Y%m%d}T080000Z",
            f"DTSTART;VALUE=DATE:{row['debut'].replace('-', '')}",
            f"SUMMARY:{row['titre']}",
            f"LOCATION:{row['lieu']}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def write_xlsx(dataset: Dataset, table: Table) -> bytes:
    """One sheet, in the smallest workbook that spreadsheets open."""
    out = io.BytesIO()
    rows = [table.columns, *(tuple(row.values()) for row in table.rows)]
    sheet = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    parts = {
        **_WORKBOOK,
        "xl/worksheets/sheet1.xml": f"{_XML}<worksheet {_MAIN}><sheetData>{sheet}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_WORKBOOK = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook {_MAIN} xmlns:r="{_RELATIONS}"><sheets>'
        f'<sheet name="Données" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}

FORMATS = {
    "csv": Format("CSV", "text/csv", "CSV", write_csv),
    "json": Format("JSON", "application/json", "JSON", write_json),
    "geojson": Format("GeoJSON", "application/geo+json", "GEOJSON", write_geojson),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", write_xlsx),
    "ics": Format("ICS", "text/calendar", "ICS", write_ics),
}
