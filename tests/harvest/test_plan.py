"""When sources are harvested: at their hour, spread, and never later from one day to the next."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from ckanext.opendatafrance.harvest.plan import next_run

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 8, 30)
SOURCES = [str(UUID(int=n)) for n in range(2000)]


def local(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.utc).astimezone(PARIS)


def plans(frequency: str, hour: int | None = None, after: datetime = MONDAY) -> list[datetime]:
    found = [next_run(source, frequency, after, PARIS, hour) for source in SOURCES]
    assert all(found)
    return [moment for moment in found if moment]


def test_two_thousand_sources_are_spread_over_the_day() -> None:
    """No minute has more than a few of them."""
    minutes = Counter(moment.replace(second=0) for moment in plans("DAILY"))
    assert max(minutes.values()) <= 10
    assert max(minutes) - min(minutes) > timedelta(hours=23)


def test_two_thousand_sources_of_one_hour_are_spread_over_it() -> None:
    """The hour is that of the portal's time zone."""
    found = plans("DAILY", 3)
    assert {local(moment).hour for moment in found} == {3}
    assert max(Counter(moment.replace(second=0) for moment in found).values()) <= 70


@pytest.mark.parametrize(("frequency", "days"), [("DAILY", 1), ("WEEKLY", 7), ("BIWEEKLY", 14)])
def test_the_plan_does_not_drift(frequency: str, days: int) -> None:
    """However late a harvest begins or ends, the next is a whole number of days after the plan."""
    first = plans(frequency)[0]
    late = first
    for n in range(1, 60):
        late = next_run(SOURCES[0], frequency, late + timedelta(hours=11), timezone.utc) or late
        assert late == (next_run(SOURCES[0], frequency, MONDAY, timezone.utc) or late) + n * timedelta(days=days)


def test_days_are_spread_too() -> None:
    """Weekly sources over the week, monthly ones over the days that every month has."""
    assert min(Counter(moment.weekday() for moment in plans("WEEKLY")).values()) > 200
    days = Counter(local(moment).day for moment in plans("MONTHLY", 12))
    assert set(days) == set(range(1, 29))
    again = [local(moment).day for moment in plans("MONTHLY", 12, after=MONDAY + timedelta(days=31))]
    assert Counter(again) == days


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, 12), datetime(2026, 10, 24, 12)])
@pytest.mark.parametrize("hour", [1, 2, 3])
def test_a_day_on_which_the_clocks_change_has_one_harvest(day: datetime, hour: int) -> None:
    """In spring, when the hour does not exist, an hour beside it will do."""
    moment, found = day, []
    while (moment := next_run(SOURCES[5], "DAILY", moment, PARIS, hour) or day) < day + timedelta(days=2, hours=12):
        found.append(local(moment))
    assert len({one.date() for one in found}) == len(found) >= 2
    assert all(abs(one.hour - hour) <= 1 for one in found)


def test_a_frequency_without_a_plan_has_none() -> None:
    """ckanext-harvest's ALWAYS and MANUAL."""
    assert next_run(SOURCES[0], "ALWAYS", MONDAY, PARIS) is None
    assert next_run(SOURCES[0], "MANUAL", MONDAY, PARIS) is None
