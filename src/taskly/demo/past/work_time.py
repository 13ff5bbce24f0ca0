"""Time as a team counts it: in working days. Nothing happens at night and on weekends."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

OPENS = time(9, tzinfo=UTC)
HOURS = timedelta(hours=8)
WEEK, DAYS = 5, 10
"""Working days of a week, and of a sprint."""
SPRINT = timedelta(weeks=2)
BEHIND = timedelta(weeks=1)
"""So old is the sprint that runs, whatever day it is today: about half of it is over."""
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class WorkTime:
    """Working days since the first sprint began, which may have been on any of them."""

    first: date

    def moment(self, days: float) -> datetime:
        """When it is so late.

        >>> WorkTime(date(2026, 11, 24)).moment(4.5).isoformat()
        '2026-11-30T13:00:00+00:00'
        """
        whole, part = divmod(self.first.weekday() + days, 1)
        weeks, weekday = divmod(int(whole), WEEK)
        day = self._monday + timedelta(weeks=weeks, days=weekday)
        return datetime.combine(day, OPENS) + part * HOURS

    def days_until(self, moment: datetime) -> float:
        """How late it is at a moment; outside working hours, as late as at the end of the last ones.

        >>> [WorkTime(date(2026, 11, 24)).days_until(datetime(2026, 11, day, 13, tzinfo=UTC)) for day in (27, 28, 30)]
        [3.5, 4.0, 4.5]
        """
        weeks, weekday = divmod((moment.date() - self._monday).days, 7)
        today = 0.0
        if weekday < WEEK:
            today = (moment - datetime.combine(moment.date(), OPENS)) / HOURS
        passed = weeks * WEEK + min(weekday, WEEK) + min(max(today, 0.0), 1.0)
        return passed - self.first.weekday()

    @property
    def _monday(self) -> date:
        return self.first - timedelta(days=self.first.weekday())


def first_day(today: date, sprints_over: int) -> date:
    """On which day the first sprint began, so that half of the one that runs is over. On weekends it is still Friday.

    >>> [first_day(date(2026, 11, day), 1).isoformat() for day in (25, 27, 28)]
    ['2026-11-04', '2026-11-06', '2026-11-06']
    """
    working_day = today - timedelta(days=max(today.weekday() - FRIDAY, 0))
    return working_day - BEHIND - sprints_over * SPRINT
