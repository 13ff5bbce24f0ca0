"""Time zones and the days in them."""

from datetime import UTC, date, datetime

import pytest

from taskly.kit.zones import check_zone, day_in, zone_called

NEARLY_NOON = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Pacific/Kiritimati", date(2026, 12, 1)),
        ("UTC", date(2026, 11, 30)),
        ("Etc/GMT+12", date(2026, 11, 29)),
    ],
)
def test_three_days_are_at_once(name: str, day: date) -> None:
    assert day_in(zone_called(check_zone(name)), NEARLY_NOON) == day


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
    ],
)
def test_the_day_on_which_summer_time_begins_has_23_hours(at: datetime, day: date) -> None:
    assert day_in(zone_called("Europe/Berlin"), at) == day


@pytest.mark.parametrize("name", ["Europe/Atlantis", "utc", "Factory", "", "../UTC"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        check_zone(name)
