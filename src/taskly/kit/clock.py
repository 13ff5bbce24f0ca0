"""Time is asked of a clock that is handed in, so that tests can hold it still."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, in UTC. It may jump when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back. For measuring, not for storing."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()


class FrozenClock:
    """A clock that moves only when it is told to.

    Raises:
        ValueError: it is made or set to a time without a time zone.
    """

    def __init__(self, at: datetime) -> None:
        self._at = _in_utc(at)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """The moment at which the clock stands, in UTC."""
        return self._at

    def monotonic(self) -> float:
        """Seconds by which the clock was moved on."""
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        """Let time pass.

        Raises:
            ValueError: `by` is negative; time does not go back, but a clock can be `set` back.
        """
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self._at += by
        self._monotonic += by.total_seconds()

    def set(self, at: datetime) -> None:
        """Set the clock, as an operator sets a wrong one: no time passes, so `monotonic` stands still."""
        self._at = _in_utc(at)


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("the time needs a time zone")
    return at.astimezone(UTC)


def earliest(*moments: datetime | None) -> datetime | None:
    """The first of the moments that are known.

    >>> earliest(None, datetime(2026, 12, 2), datetime(2026, 12, 1)), earliest(None)
    (datetime.datetime(2026, 12, 1, 0, 0), None)
    """
    return min((each for each in moments if each is not None), default=None)
