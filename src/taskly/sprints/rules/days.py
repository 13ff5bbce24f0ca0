"""What follows from the days of a sprint. Pure: the day that it is, in the right time zone, is handed in."""

import enum
from datetime import date


class Status(enum.StrEnum):
    """Where a sprint stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    COMPLETED = "completed"


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
