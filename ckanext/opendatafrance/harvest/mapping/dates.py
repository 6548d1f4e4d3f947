"""Dates of a record: read by `reference.dates`, and left out where they make no sense."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from ckanext.opendatafrance.errors import N_
from ckanext.opendatafrance.harvest.mapping.notes import Notes
from ckanext.opendatafrance.reference.dates import parse

_FIRST_YEAR = 1900  # of a publication; a coverage may start with the parish registers
_EPOCH_DAYS = ("1970-01-01", "1899-12-30", "1900-01-01")
_TOLERANCE = timedelta(days=1)


def publication(value: Any, field: str, notes: Notes, now: datetime | None = None) -> str:
    """The date of a past act (issued, modified): empty, with an issue, where unreadable, senseless or to come."""
    text = _said(value)
    if not text:
        return ""
    result = parse(value)
    if not result:
        notes.left_out("date-unreadable", field, text)
    elif int(result[:4]) < _FIRST_YEAR or result.startswith(_EPOCH_DAYS):
        notes.left_out("date-senseless", field, text, N_("it is the date that software writes when it knows none."))
        return ""
    elif _instant(result) > (now or datetime.now(timezone.utc)) + _TOLERANCE:
        notes.left_out("date-in-future", field, text, N_("it is in the future."))
        return ""
    return result


def coverage(value: Any, field: str, notes: Notes) -> str:
    """A bound of a period, past or to come: empty, with an issue, where unreadable."""
    text = _said(value)
    result = parse(value) if text else ""
    if text and not result:
        notes.left_out("date-unreadable", field, text)
    return result


def _said(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | list | dict) else str(value).strip()


def _instant(shown: str) -> datetime:
    """The first moment that a date can mean, in UTC."""
    full = shown + "-01-01"[: 10 - len(shown)] if len(shown) < 10 else shown
    moment = datetime.fromisoformat(_six_digits(full.replace("Z", "+00:00")))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _six_digits(text: str) -> str:
    """Python before 3.11 reads fractions of three or six digits only."""
    return re.sub(r"\.(\d+)", lambda match: "." + match[1][:6].ljust(6, "0"), text)
