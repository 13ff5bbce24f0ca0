"""The days of a chart are those of the workspace."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.insights.rules.days import WorkCalendar

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Santiago",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Asia/Beirut",
]


@pytest.mark.parametrize(
    ("zone", "day", "starts_at", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("Europe/Berlin", "2026-11-30", "2026-11-29T23:00", 24),
        # Clocks go from midnight to one: the day begins when they do.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00", 23),
        # Clocks go back from midnight to eleven: the day before is the longer one.
        ("America/Santiago", "2026-04-04", "2026-04-04T03:00", 25),
        # Clocks go from one back to midnight, which comes twice.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00", 25),
        # Half an hour of summer time.
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", 24.5),
        # The first and the last place on earth where a day begins.
        ("Pacific/Kiritimati", "2026-11-30", "2026-11-29T10:00", 24),
        ("Etc/GMT+12", "2026-11-30", "2026-11-30T12:00", 24),
    ],
)
def test_a_day_begins_and_ends_as_the_clocks_of_its_zone_say(
    zone: str, day: str, starts_at: str, hours: float
) -> None:
    found = WorkCalendar(ZoneInfo(zone)).day(date.fromisoformat(day))

    assert found.starts_at == datetime.fromisoformat(starts_at).replace(tzinfo=UTC)
    assert found.length == timedelta(hours=hours)


def test_a_day_that_a_zone_left_out_is_none() -> None:
    days = WorkCalendar(ZoneInfo("Pacific/Apia")).days(date(2011, 12, 29), date(2011, 12, 31))

    assert [day.date.day for day in days] == [29, 31]
    assert days[0].ends_at == days[1].starts_at


def test_saturday_and_sunday_are_no_working_days_unless_it_is_said_otherwise() -> None:
    monday, sunday = date(2026, 11, 23), date(2026, 11, 29)

    usual = WorkCalendar().days(monday, sunday)
    in_cairo = WorkCalendar(ZoneInfo("Africa/Cairo"), frozenset({4, 5})).days(monday, sunday)

    assert [day.is_working_day for day in usual] == [True] * 5 + [False] * 2
    assert [day.is_working_day for day in in_cairo] == [True] * 4 + [False] * 2 + [True]


def test_where_nobody_works_every_day_counts() -> None:
    saturday, sunday = date(2026, 11, 28), date(2026, 11, 29)

    assert WorkCalendar().working_days(saturday, sunday) == (saturday, sunday)
    assert WorkCalendar().working_days(sunday, saturday) == ()


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    first=st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    count=st.integers(0, 60),
    percent=st.integers(0, 99),
)
def test_every_moment_belongs_to_one_day(
    zone: ZoneInfo, first: date, count: int, percent: int
) -> None:
    calendar = WorkCalendar(zone)
    days = calendar.days(first, first + timedelta(days=count))

    for day, following in pairwise(days):
        assert day.ends_at == following.starts_at
    for day in days:
        assert calendar.date_of(day.starts_at) == day.date
        assert calendar.date_of(day.starts_at + percent * day.length / 100) == day.date
        assert calendar.date_of(day.ends_at) > day.date
