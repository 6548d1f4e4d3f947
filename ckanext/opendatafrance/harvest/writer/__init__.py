"""Stores dataset dicts in CKAN in batches, with the result that package_create and package_update would have."""

from __future__ import annotations

from ckanext.opendatafrance.harvest.writer.items import BeforeIndex, Item, Result
from ckanext.opendatafrance.harvest.writer.writer import Writer

__all__ = ["BeforeIndex", "Item", "Result", "Writer"]
