"""The description of a deposited file, as far as the portal knows it: what is not certain stays empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opendatafrance.reference.frequencies import FREQUENCIES
from ckanext.opendatafrance.validation.deposit import publishing
from ckanext.opendatafrance.validation.deposit.drafts import Draft
from ckanext.opendatafrance.validation.table_schema import TableSchema

_LICENCE = "lov2"


def description(draft: Draft, schema: TableSchema | None, owners: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Fields of the form of the last step."""
    owner = owners[0] if len(owners) == 1 else None
    start, end = draft.seen.get("period") or ("", "")
    one_year = start[:4] if start and start[:4] == end[:4] else ""
    # A valid file is published as it came, also where repair would put it in better order.
    mended = bool(draft.seen.get("changes")) and not draft.seen["report"]["valid"]
    return {
        "title": _title(draft, schema, owner, one_year),
        "notes": tk._("{schema}. The file follows the schema {name}.").format(schema=schema.title, name=schema.id)
        if schema
        else "",
        "owner_org": owner["id"] if owner else "",
        "territory": publishing.territory_of(owner["id"]) if owner else "",
        "license_id": _LICENCE,
        # A file that holds one year is followed by another a year later.
        "frequency": f"{FREQUENCIES.base}ANNUAL" if one_year else "",
        "start": start,
        "end": end,
        "target": publishing.NEW,
        "file": "repaired" if mended else "original",
        "file_name": " ".join(part for part in (schema.title if schema else "", one_year) if part),
    }


def _title(draft: Draft, schema: TableSchema | None, owner: Mapping[str, Any] | None, year: str) -> str:
    if schema is None:
        return draft.name.rpartition(".")[0].replace("_", " ").replace("-", " ").strip()
    if owner is None:
        return schema.title
    return f"{schema.title} – {owner.get('title') or owner['name']}"
