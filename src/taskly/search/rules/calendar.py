"""Days and times as people write them in a query: `today`, `7d`, `-2w`, `2026-12-01`, `2026-12-01T15:30`.

Relative ones count from the present day, in the time zone of the calendar.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

WRITTEN_DAY = re.compile(r"(?:19|2\d)\d\d-\d\d-\d\d", re.ASCII)
WRITTEN_TIME = re.compile(
    r"(?:19|2\d)\d\d-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
RELATIVE = re.compile(r"([+-]?)(\d{1,4})([dw])", re.ASCII)
NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
SMALLEST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A day or a moment, as the first and the last instant that it covers; with its day."""

    first: datetime
    last: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """The present moment, and the time zone in which days begin."""

    now: datetime
    zone: tzinfo = UTC

    @property
    def today(self) -> date:
        """The present day."""
        return self.now.astimezone(self.zone).date()

    def day(self, written: str) -> date | None:
        """The day that is meant; None if it is not written as one."""
        word = written.lower()
        if word in NAMED_DAYS:
            return self.today + timedelta(days=NAMED_DAYS[word])
        relative = RELATIVE.fullmatch(word)
        if relative is not None:
            sign, count, unit = relative.groups()
            days = int(count) * (7 if unit == "w" else 1)
            return self.today + timedelta(days=-days if sign == "-" else days)
        if WRITTEN_DAY.fullmatch(word) is None:
            return None
        try:
            return date.fromisoformat(word)
        except ValueError:
            return None

    def span(self, written: str) -> Span | None:
        """The instants of a day, or the one of a time; None if it is written as neither."""
        day = self.day(written)
        if day is not None:
            return Span(self._midnight(day), self._midnight(day + timedelta(1)) - SMALLEST, day)
        if WRITTEN_TIME.fullmatch(written.upper()) is None:
            return None
        try:
            at = datetime.fromisoformat(written.upper())
        except ValueError:
            return None
        at = at.replace(tzinfo=at.tzinfo or self.zone).astimezone(UTC)
        return Span(at, at, at.astimezone(self.zone).date())

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
