"""When a source is harvested: on a fixed grid of its own, so that nothing drifts and no thousand start at once. Pure.

The day of the week or month and the minute come from the id of the source; the hour does too, unless a person chose it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone, tzinfo
from hashlib import sha256

DAYS = {"DAILY": 1, "WEEKLY": 7, "BIWEEKLY": 14}
MONTHLY = "MONTHLY"
ALWAYS = "ALWAYS"
_HOUR, _DAY = 3600, 86400
_SHORTEST_MONTH = 28


def next_run(source_id: str, frequency: str, after: datetime, zone: tzinfo, hour: int | None = None) -> datetime | None:
    """The first time after `after` that the plan of a source names; None where no plan says when.

    Args:
        frequency: as ckanext-harvest names it.
        after: UTC without time zone, as ckanext-harvest's columns are; the result is too.
        zone: in which `hour` and the days count.
        hour: 0 to 23; None = any.
    """
    number = int.from_bytes(sha256(source_id.encode()).digest()[:8], "big")
    number, second = divmod(number, _DAY if hour is None else _HOUR)
    second += (hour or 0) * _HOUR
    day = after.replace(tzinfo=timezone.utc).astimezone(zone).date()
    # The plan of yesterday's date may still be ahead where the clocks change.
    candidates = (
        _moment(day + timedelta(days=n), second, zone) for n in range(-1, 64) if _is_due(day, n, number, frequency)
    )
    return next((moment for moment in candidates if moment > after), None)


def _is_due(today: date, ahead: int, number: int, frequency: str) -> bool:
    day = today + timedelta(days=ahead)
    if frequency == MONTHLY:
        return day.day == number % _SHORTEST_MONTH + 1
    return frequency in DAYS and (day.toordinal() - number) % DAYS[frequency] == 0


def _moment(day: date, second: int, zone: tzinfo) -> datetime:
    local = datetime.combine(day, time(second // _HOUR, second // 60 % 60, second % 60), zone)
    return local.astimezone(timezone.utc).replace(tzinfo=None)
