"""Ids: UUIDv7, made by the application, ordered by the time at which they were made (RFC 9562, 5.7)."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from uuid_utils.compat import uuid7

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BITS_BELOW_THE_TIME = 80


def new_id() -> UUID:
    """A new id, greater than every id that this process made before.

    That holds within one millisecond and across threads too. Ids of different processes are ordered as
    their clocks are, to the millisecond.
    """
    made: UUID = uuid7()
    return made


def is_uuid7(value: UUID) -> bool:
    """Whether the id is a UUIDv7."""
    return value.variant == RFC_4122 and value.version == 7


def time_of(value: UUID) -> datetime:
    """When the id was made, in UTC, to the millisecond.

    Raises:
        ValueError: it is not a UUIDv7, or its time is after the year 9999.
    """
    if not is_uuid7(value):
        raise ValueError("only a UUIDv7 holds a time")
    try:
        return _EPOCH + timedelta(milliseconds=value.int >> _BITS_BELOW_THE_TIME)
    except OverflowError:
        raise ValueError("the time of the id is after the year 9999") from None
