"""What goes into the writer and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ckanext.opendatafrance.errors import OdfError


@dataclass(frozen=True, slots=True)
class Item:
    """One dataset to store.

    Attributes:
        guid: identifier of the record, handed back in the result.
        dataset: dict for the site's own dataset schema, with `owner_org`; `name` and ids of resources may be absent.
            It replaces what is stored, as with package_update.
        dataset_id: the stored dataset, None to create one.
    """

    guid: str
    dataset: dict[str, Any] = field(repr=False)
    dataset_id: str | None = None


@dataclass(slots=True)
class Result:
    """What came of an item.

    Attributes:
        dataset_id: None when nothing was stored.
        errors: CKAN's error dict, by field, when the dataset was refused by the schema.
        problem: why an errored item was not stored, or what a listener refused after a stored one.
    """

    guid: str
    action: Literal["added", "updated", "unchanged", "errored"]
    dataset_id: str | None = None
    errors: dict[str, Any] = field(default_factory=dict)
    problem: OdfError | None = None

    @property
    def message(self) -> str:
        """The problem as one English sentence, empty without one."""
        return str(self.problem) if self.problem else ""


BeforeIndex = Callable[[Sequence[Result]], None]
"""Receives the results to come, added and updated only, inside their transaction.

It writes through CKAN's session and does not commit; after a rollback it is called again for those that are left.
"""
