"""What became of a mapping table, in words; for commands."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk


def wrong_lines(done: dict[str, Any], file: str) -> list[dict[str, str]]:
    """The lines of a file that odf_placing_import did not take over: {record, message}."""
    where = tk._("{file}, line {line}")
    return [{"record": where.format(file=file, line=one["line"]), "message": one["message"]} for one in done["errors"]]


def imported(done: dict[str, Any]) -> str:
    """How many lines of a file were taken over, and what moved."""
    lines = tk._("{placed} lines taken over, {same} were so already, {blank} without an organisation").format(**done)
    return f"{lines}\n{moved(done)}"


def moved(done: dict[str, Any]) -> str:
    """What came of the datasets."""
    return tk._("{moved} datasets moved, {refused} refused, {left} to be moved by the next harvest").format(**done)
