"""The marker of texts with a plural."""

from __future__ import annotations


def ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark an English message and its plural for extraction, under the name that gettext gives to both."""
    return one, many
