"""What a schema says of itself and of its columns, in few words and in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckanext.opendatafrance.validation.catalogue import addresses
from ckanext.opendatafrance.validation.table_schema import TableSchema


def text(descriptor: Mapping[str, Any], key: str, language: str) -> str:
    """A text of a schema or of a column: `<key>_en` in English where there is one, else `<key>`, which is French.

    Args:
        key: title or description.
    """
    return str(descriptor.get(f"{key}_{language}") or descriptor.get(key) or "")


def summary(schema: TableSchema, versions: Sequence[str]) -> dict[str, Any]:
    """Name, title, versions and size of a schema."""
    return {
        "name": schema.id,
        "title": schema.title,
        "version": schema.version,
        "versions": list(versions),
        "labels": list(schema.descriptor.get("labels", ())),
        "fields": len(schema.fields),
        "required": sum(field.required for field in schema.fields),
        "url": addresses(schema)[0],
    }
