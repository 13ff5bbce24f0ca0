"""What the doctor asks of clocks: does this machine's go with PostgreSQL's, and does any change lie ahead of that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from taskly.doctor.clock_repository import Ahead, clock_of, streams_ahead
from taskly.doctor.repository import named
from taskly.insights.rules.wording import counted, lasting
from taskly.platform.findings import Finding, Severity
from taskly.platform.runtime import Runtime

TOLERANCE = timedelta(seconds=5)
"""Machines that ask a time server are much nearer to each other."""


async def clock_findings(runtime: Runtime) -> list[Finding]:
    """Clocks that go apart, and streams with changes that lie ahead."""
    async with runtime.database.reading() as session:
        before = runtime.clock.now()
        there = await clock_of(session)
        apart = apart_by(before, there, runtime.clock.now())
        ahead = await streams_ahead(session, TOLERANCE)
    found = [] if abs(apart) <= TOLERANCE else [_apart(apart)]
    return [*found, _ahead(ahead)] if ahead else found


def apart_by(before: datetime, there: datetime, after: datetime) -> timedelta:
    """By how much a clock here is ahead of one that was asked between two moments; negative if it is behind."""
    return min(after - there, timedelta(0)) + max(before - there, timedelta(0))


def _apart(by: timedelta) -> Finding:
    return Finding(
        Severity.WARNING,
        f"The clock of this machine is {_said(abs(by))} {'ahead of' if by > timedelta(0) else 'behind'} PostgreSQL's.",
        "Let all machines of the installation set their clocks by a time server. Tokens and dues go by these clocks.",
    )


def _ahead(streams: Sequence[Ahead]) -> Finding:
    each = [f"{kind} {stream_id} by {_said(by)}" for kind, stream_id, by in streams]
    return Finding(
        Severity.WARNING,
        f"Changes lie ahead of PostgreSQL's clock: {named(each)}.",
        "The clock of some process was ahead: set it right. Until that time has come, charts of these boards are as of "
        "then, and what happens meanwhile counts as of then, too; afterwards all goes on by itself.",
    )


def _said(time: timedelta) -> str:
    if time < timedelta(minutes=1):
        return counted(time.seconds, "second")
    return lasting(time)
