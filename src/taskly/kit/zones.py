"""Time zones by the names that IANA's database gives them."""

from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

NAME_OF_UTC = "UTC"
_OF_MACHINES = frozenset({"Factory", "localtime", "posixrules"})
"""Files among the zones that mean something else on each machine."""


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones()) - _OF_MACHINES


def check_zone(name: str) -> str:
    """The name, if there is a time zone of this name, in exactly these letters.

    Raises:
        ValueError: there is none.
    """
    if name != NAME_OF_UTC and name not in _known():
        raise ValueError("name a time zone as IANA does, such as Europe/Berlin or UTC")
    return name


def zone_called(name: str) -> tzinfo:
    """The time zone of a name that was checked."""
    return UTC if name == NAME_OF_UTC else ZoneInfo(name)


def day_in(zone: tzinfo, at: datetime) -> date:
    """The day of the calendar that it is in a zone.

    >>> day_in(zone_called("Pacific/Kiritimati"), datetime(2026, 11, 30, 10, tzinfo=UTC))
    datetime.date(2026, 12, 1)
    """
    return at.astimezone(zone).date()


def start_of_day(zone: tzinfo, day: date) -> datetime:
    """The first instant of a day in a zone, in UTC.

    Where clocks skip midnight, that is the moment when they do; where midnight comes twice, the first.

    >>> start_of_day(zone_called("Pacific/Kiritimati"), date(2026, 12, 1)).isoformat()
    '2026-11-30T10:00:00+00:00'
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)
