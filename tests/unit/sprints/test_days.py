"""Where sprints stand, on any day and anywhere."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.zones import day_in, zone_called
from taskly.sprints.rules.days import Status, status_on, working_days

FIRST, LAST = date(2026, 3, 23), date(2026, 3, 29)


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 3, 22), Status.PLANNED),
        (date(2026, 3, 23), Status.ACTIVE),
        (date(2026, 3, 29), Status.ACTIVE),
        (date(2026, 3, 30), Status.COMPLETED),
    ],
)
def test_a_sprint_is_active_from_its_first_day_to_its_last(today: date, status: Status) -> None:
    assert status_on(today, FIRST, LAST) is status


@pytest.mark.parametrize(
    ("zone", "begins", "ends"),
    [
        ("UTC", "2026-03-23T00:00:00Z", "2026-03-30T00:00:00Z"),
        # Clocks are put forward in the last night: the sprint is an hour shorter.
        ("Europe/Berlin", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Pacific/Kiritimati", "2026-03-22T10:00:00Z", "2026-03-29T10:00:00Z"),
        ("Etc/GMT+12", "2026-03-23T12:00:00Z", "2026-03-30T12:00:00Z"),
        ("Asia/Kathmandu", "2026-03-22T18:15:00Z", "2026-03-29T18:15:00Z"),
    ],
)
def test_a_sprint_begins_and_ends_at_midnight_where_the_workspace_is(
    zone: str, begins: str, ends: str
) -> None:
    moment = timedelta(microseconds=1)
    edges = (datetime.fromisoformat(begins), datetime.fromisoformat(ends))

    seen = [
        status_on(day_in(zone_called(zone), at), FIRST, LAST)
        for edge in edges
        for at in (edge - moment, edge)
    ]

    assert seen == [Status.PLANNED, Status.ACTIVE, Status.ACTIVE, Status.COMPLETED]


@given(
    minutes=st.integers(-30_000, 30_000),
    more=st.integers(0, 30_000),
    zone=st.sampled_from(
        ["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin", "America/New_York"]
    ),
)
def test_a_status_never_goes_back(minutes: int, more: int, zone: str) -> None:
    order, noon = list(Status), datetime(2026, 3, 26, 12, tzinfo=UTC)
    sooner, later = (
        status_on(day_in(zone_called(zone), noon + timedelta(minutes=each)), FIRST, LAST)
        for each in (minutes, minutes + more)
    )

    assert order.index(sooner) <= order.index(later)


@given(day=st.dates(date(2000, 1, 1), date(2099, 1, 1)), length=st.integers(1, 400))
def test_working_days_are_mondays_to_fridays(day: date, length: int) -> None:
    days = [day + timedelta(days=each) for each in range(length)]

    assert working_days(days[0], days[-1]) == sum(each.isoweekday() <= 5 for each in days)
