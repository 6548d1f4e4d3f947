"""Dates as people and sources write them, to the forms of DCAT: YYYY, YYYY-MM, YYYY-MM-DD, or a date and time."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from ckanext.opendatafrance.reference.folding import fold

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev feb february",
            "mars mar march",
            "avril avr apr april",
            "mai may",
            "juin jun june",
            "juillet juil jul july",
            "aout aug august",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_TIME = (
    rf"(?:[T ]+(?P<hour>\d{{1,2}})[:h](?P<minute>\d{{2}})(?::(?P<second>\d{{2}})(?:[.,](?P<fraction>\d+))?)? ?{_ZONE})"
)
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:{_TIME}|{_ZONE.replace('zone', 'dayzone')})", re.I
)
_FRENCH = re.compile(rf"(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}}){_TIME}?", re.I)
_SLASHED = re.compile(rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){_TIME}?", re.I)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2}))?(?P<zone>Z)?"
)
_YEAR = re.compile(r"(?P<year>\d{4})(?:Z|[+-]\d{2}:\d{2})?")
_YEAR_MONTH = re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})(?:Z|[+-]\d{2}:\d{2})?")
_MONTH_YEAR = re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})")
_WORDS = re.compile(r"(?:(?:[a-z]+ )?(?P<day>\d{1,2})(?:er|st|nd|rd|th)? )?(?P<name>[a-z]+) (?P<year>\d{4})")
_WORDS_US = re.compile(r"(?P<name>[a-z]+) (?P<day>\d{1,2})(?:st|nd|rd|th)? (?P<year>\d{4})")
_MILLISECONDS = re.compile(r"-?\d{12,14}")


def parse(value: Any) -> str:
    """Read a date in any of the usual forms; an empty string where it is none.

    ISO 8601 (also year and month only), dd/mm/yyyy, "12 mars 2024", "March 2024", RFC 2822, milliseconds since 1970.
    The precision stays: a year remains a year.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not text or len(text) > 60:
        return ""
    for pattern in (_ISO, _FRENCH, _SLASHED, _COMPACT, _YEAR, _YEAR_MONTH, _MONTH_YEAR):
        if match := pattern.fullmatch(text):
            return _from_parts(match.groupdict())
    return _from_number(text) or _from_words(text) or _from_mail(text)


def _from_parts(parts: dict[str, str | None]) -> str:
    year, month, day = (int(parts.get(name) or 0) for name in ("year", "month", "day"))
    if day and month > 12 >= day:  # the American order, where it can be no other
        month, day = day, month
    if year < 1 or month > 12 or (day and (not month or day > monthrange(year, month)[1])):
        return ""
    if parts.get("month") and not month:
        return ""
    shown = "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part)])
    return shown + _time(parts) if day else shown


def _time(parts: dict[str, str | None]) -> str:
    if parts.get("hour") is None:
        return ""
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        return ""
    fraction = f".{digits[:6]}" if (digits := parts.get("fraction")) else ""
    zone = (parts.get("zone") or "").upper()
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    if zone not in {"", "Z"} and int(zone[1:3]) > 14:
        zone = ""
    return f"T{hour:02}:{minute:02}:{second:02}{fraction}{zone}"


def _from_number(text: str) -> str:
    if not _MILLISECONDS.fullmatch(text):
        return ""
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=int(text))
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _from_words(text: str) -> str:
    plain = re.sub(r"^(?:le|the|depuis le) ", "", fold(text))
    match = _WORDS.fullmatch(plain) or _WORDS_US.fullmatch(plain)
    if not match or match["name"] not in _MONTHS:
        return ""
    return _from_parts({"year": match["year"], "month": str(_MONTHS[match["name"]]), "day": match["day"]})


def _from_mail(text: str) -> str:
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
