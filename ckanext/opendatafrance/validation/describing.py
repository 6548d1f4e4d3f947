"""A schema in few words, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckanext.opendatafrance.validation.catalogue import addresses
from ckanext.opendatafrance.validation.table_schema import TableSchema


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
