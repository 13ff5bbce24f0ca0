"""What follows from the days of a sprint. Pure: the day that it is, in the right time zone, is handed in."""

import enum
from datetime import date


class Status(enum.StrEnum):
    """Where a sprint stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"


def status_on(today: date, starts_on: date, ends_on: date) -> Status:
    """What a sprint is on a day: active from its first day to its last, both included.

    >>> status_on(date(2026, 12, 4), date(2026, 11, 23), date(2026, 12, 4)).value
    'active'
    """
    if today < starts_on:
        return Status.PLANNED
    return Status.ACTIVE if today <= ends_on else Status.COMPLETED
