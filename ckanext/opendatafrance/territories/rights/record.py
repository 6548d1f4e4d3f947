"""What of a record a facilitator may change: what an organisation says of itself, not what it is or where it stands."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import ckan.plugins.toolkit as tk

EDITABLE = frozenset(
    {
        "title", "description", "image_url", "image_upload", "clear_upload", "website", "contact_email", "agents",
        "agents_year",
    }
)  # fmt: skip
# Told by CKAN or by other fields, never asked of who edits.
_COMPUTED = frozenset(
    {"created", "display_name", "image_display_url", "legal_duty", "num_followers", "package_count", "packages", "save"}
)


def kept(stored: dict[str, Any], wanted: dict[str, Any], editable: Set[str] = EDITABLE) -> dict[str, Any]:
    """The record to save: what may change (`editable`) as it is wanted, everything else as it is stored.

    Raises:
        ValidationError: something else was to change; names the fields.
    """
    message = tk._("Only an administrator of the organisation or of the portal may change this.")
    # The token of a form begins with an underscore.
    others = {name for name in wanted.keys() - editable - _COMPUTED if not name.startswith("_")}
    refused: dict[str, Any] = {name: [message] for name in sorted(others) if not _same(stored.get(name), wanted[name])}
    if refused:
        raise tk.ValidationError(refused)
    return {
        **{name: value for name, value in stored.items() if name not in editable},
        **{name: value for name, value in wanted.items() if name in editable},
    }


def _same(stored: Any, wanted: Any) -> bool:
    """Forms send texts, nothing for what is empty, and of related records the name only."""
    return _plain(stored) == _plain(wanted)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(str(_plain(one)) for one in value)
    if isinstance(value, dict):
        return value.get("key") or value.get("name"), str(value.get("capacity") or value.get("value") or "")
    return "" if value is None else str(value).strip()
