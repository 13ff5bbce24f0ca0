"""Pasts of boards, drawn at random."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from taskly.boards.rules import Category
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.histories import (
    CardHistory,
    Presence,
    SprintHistory,
    SprintStep,
    Step,
)
from tests.support.board_story import COLUMNS, named

BEGINS = datetime(2026, 10, 12, tzinfo=UTC)
"""Two weeks before clocks go back in Berlin and in New York."""
MINUTES = 28 * 24 * 60
SPRINTS = [None, named("Sprint 12"), named("Sprint 13")]

calendars = st.builds(
    WorkCalendar,
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"]
    ).map(ZoneInfo),
)
moments = st.integers(0, MINUTES).map(lambda minutes: BEGINS + timedelta(minutes=minutes))
dates = st.integers(0, 27).map(lambda number: BEGINS.date() + timedelta(days=number))


@st.composite
def histories(draw: st.DrawFn) -> CardHistory:
    """The past of a card that has been through anything."""
    times = sorted(draw(st.sets(moments, min_size=1, max_size=8)))
    steps: list[Step] = []
    for at in times:
        column = draw(st.sampled_from(sorted(COLUMNS)))
        category, last = COLUMNS[column], steps[-1] if steps else None
        started_at = last.started_at if last else None
        is_done = category is Category.DONE
        steps.append(
            Step(
                at=at,
                column_id=named(column),
                category=category,
                points=draw(st.none() | st.integers(0, 13)),
                sprint_id=draw(st.sampled_from(SPRINTS)),
                presence=draw(st.sampled_from([Presence.ON_BOARD, Presence.ON_BOARD, *Presence])),
                started_at=started_at if category is Category.TODO else started_at or at,
                completed_at=((last.done_at if last else None) or at) if is_done else None,
            )
        )
    created_at = times[0] - timedelta(minutes=draw(st.integers(0, 10_000)))
    return CardHistory(draw(st.uuids()), created_at, tuple(steps))


boards = st.lists(histories(), max_size=8, unique_by=lambda card: card.card_id)


@st.composite
def sprints(draw: st.DrawFn) -> SprintHistory:
    """A sprint that may be extended, started and completed by hand."""
    first: date = draw(dates)
    last = first + timedelta(days=draw(st.integers(1, 14)))
    at = BEGINS - timedelta(days=1)
    steps = [SprintStep(at=at, name="Sprint 12", starts_on=first, ends_on=last)]
    extended_at, started_at, completed_at = sorted(
        draw(st.lists(moments, min_size=3, max_size=3, unique=True))
    )
    if draw(st.booleans()):
        longer = last + timedelta(days=draw(st.integers(1, 7)))
        steps.append(replace(steps[-1], at=extended_at, ends_on=longer))
    if draw(st.booleans()):
        steps.append(replace(steps[-1], at=started_at, started_at=started_at))
    if draw(st.booleans()):
        steps.append(replace(steps[-1], at=completed_at, completed_at=completed_at))
    return SprintHistory(named("Sprint 12"), tuple(steps))
