"""Why an attempt failed, in words that may be shown, and when to try again."""

import random

from asyncpg import InternalClientError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from taskly.kit.json import dumps
from taskly.platform.db.states import is_away, is_busy, is_for_others
from taskly.platform.events.change import JsonObject
from taskly.platform.events.jobs import JobSpec
from taskly.platform.http.problems import Problem
from taskly.platform.jobs.work import GiveUp, Retry
from taskly.platform.redaction import redact

FOR_PEOPLE = (GiveUp, Retry, Problem)
MAX_ERROR_BYTES = 2048
LONGEST_PUT_OFF_SECONDS = 6 * 3600.0
UNREADABLE_DELAYS = (5.0, 30.0, 120.0)
"""A job that this version can't read may be read by the next one, so a deploy gets some minutes."""

_RANDOM = random.SystemRandom()


class Unreadable(Exception):
    """No handler for this kind of job here, or the stored payload does not fit it."""


class TimeLimit(Exception):
    """The attempt took longer than its kind allows."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took longer than {seconds:g} s")


def delay_before_next(spec: type[JobSpec], attempt: int) -> float | None:
    """Seconds to wait after the failed `attempt`, counted from 1; None if it was the last."""
    if attempt > len(spec.retry_delays):
        return None
    longest = spec.retry_delays[attempt - 1]
    return _RANDOM.uniform(0, longest) if spec.jitter else longest


def put_off_seconds(retry: Retry) -> float:
    """How long to wait as somebody else asked, within reason."""
    return min(max(retry.after, 0.0), LONGEST_PUT_OFF_SECONDS)


def describe(error: BaseException) -> str:
    """The message of an error, without secrets, statements or submitted values, at most 2 KiB.

    The class stands before it, unless the message is a sentence for people.
    """
    whose = "" if isinstance(error, FOR_PEOPLE) else f"{type(error).__name__}: "
    text = redact(f"{whose}{_message(error)}".replace("\x00", ""))
    return text.encode("utf-8", "replace")[:MAX_ERROR_BYTES].decode("utf-8", "ignore")


def is_passing(error: Exception) -> bool:
    """Whether a database error is one of those that go away: connection, restart, deadlock, time-out."""
    if isinstance(error, DBAPIError):
        state = _state(error)
        cut = error.connection_invalidated or isinstance(error, (InterfaceError, OperationalError))
        return cut or is_busy(state) or is_away(state)
    return isinstance(error, (OSError, TimeoutError, PoolTimeoutError, InternalClientError))


def gave_way(error: DBAPIError) -> bool:
    """Whether others held, for too long or in a circle, what the statement needed: nothing is wrong with it."""
    return is_for_others(_state(error))


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def check_storable(result: JsonObject | None) -> None:
    """Raise ValueError or TypeError when a handler's result can't be kept as JSON."""
    if result is not None and b"\\u0000" in dumps(result):
        raise ValueError("the result holds a NUL character")


def _message(error: BaseException) -> str:
    if isinstance(error, StatementError) and error.orig is not None:
        return f"{type(error.orig).__name__}: {str(error.orig).partition(chr(10))[0]}"
    if isinstance(error, ValidationError):
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, at['loc']))}: {at['msg']}" for at in problems)
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(describe(inner) for inner in error.exceptions)
    return str(error)
