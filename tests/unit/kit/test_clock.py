"""Clocks are handed in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from taskly.kit.clock import Clock, FrozenClock, SystemClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_system_clock_tells_the_time_in_utc_and_never_goes_back() -> None:
    clock: Clock = SystemClock()
    before, started = datetime.now(UTC), clock.monotonic()
    assert before <= clock.now()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() >= started


def test_a_frozen_clock_stands_still() -> None:
    clock: Clock = FrozenClock(NOON)
    assert (clock.now(), clock.now()) == (NOON, NOON)
    assert (clock.monotonic(), clock.monotonic()) == (0.0, 0.0)


def test_a_frozen_clock_moves_when_it_is_told_to() -> None:
    clock = FrozenClock(NOON)
    clock.advance(timedelta(minutes=1, milliseconds=500))
    assert clock.now() == datetime(2026, 11, 23, 12, 1, 0, 500_000, tzinfo=UTC)
    assert clock.monotonic() == 60.5


def test_no_time_passes_when_a_clock_is_set() -> None:
    clock = FrozenClock(NOON)
    clock.advance(timedelta(seconds=3))
    clock.set(NOON - timedelta(hours=1))
    assert clock.now() == NOON - timedelta(hours=1)
    assert clock.monotonic() == 3.0


def test_a_frozen_clock_tells_the_time_in_utc() -> None:
    clock = FrozenClock(datetime(2026, 11, 23, 13, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_time_does_not_go_back() -> None:
    clock = FrozenClock(NOON)
    with pytest.raises(ValueError, match=r"^time does not go back$"):
        clock.advance(timedelta(microseconds=-1))
    assert clock.now() == NOON


def test_a_time_without_a_zone_is_refused() -> None:
    clock = FrozenClock(NOON)
    with pytest.raises(ValueError, match=r"^the time needs a time zone$"):
        FrozenClock(NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match=r"^the time needs a time zone$"):
        clock.set(NOON.replace(tzinfo=None))
    assert clock.now() == NOON
