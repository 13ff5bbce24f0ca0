"""What follows from the days of a sprint. Pure: the day that it is, in the right time zone, is handed in."""

import enum
from datetime import date

SATURDAY = 5
MOST_DAYS = 366
"""A sprint is no longer, from its first day to its last: what takes longer is no time box, and no chart shows it."""


class Status(enum.StrEnum):
    """Where a sprint stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"


def wrong_with(starts_on: date, ends_on: date) -> str | None:
    """Why a sprint can't have these days; None if it can.

    >>> wrong_with(date(2026, 1, 1), date(2027, 1, 1)), wrong_with(date(2026, 1, 2), date(2026, 1, 2))
    (None, 'a sprint ends after it starts')
    """
    if ends_on <= starts_on:
        return "a sprint ends after it starts"
    length = (ends_on - starts_on).days + 1
    if length > MOST_DAYS:
        return (
            f"a sprint has {MOST_DAYS} days at most, and these are {length}: let it end sooner, and plan another one "
            "for what comes after"
        )
    return None


def working_days(starts_on: date, ends_on: date) -> int:
    """The days from Monday to Friday from the first day to the last, both included.

    >>> working_days(date(2026, 11, 23), date(2026, 12, 4)), working_days(date(2026, 11, 28), date(2026, 11, 29))
    (10, 0)
    """
    weeks, rest = divmod((ends_on - starts_on).days + 1, 7)
    begun = [(starts_on.weekday() + day) % 7 for day in range(rest)]
    return 5 * weeks + sum(day < SATURDAY for day in begun)


def status_on(
    today: date, starts_on: date, ends_on: date, *, started: bool = False, completed: bool = False
) -> Status:
    """What a sprint is on a day: active from its first day to its last, both included.

    What people did goes before what the days say: one that was started is active until it is completed.

    >>> status_on(date(2026, 12, 4), date(2026, 11, 23), date(2026, 12, 4)).value
    'active'
    """
    if completed:
        return Status.COMPLETED
    if started:
        return Status.ACTIVE
    if today < starts_on:
        return Status.PLANNED
    return Status.ACTIVE if today <= ends_on else Status.COMPLETED
