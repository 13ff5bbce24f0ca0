"""What is asked of a board's past, and the answer to it: the same way for every figure."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Query

from taskly.boards.access import BoardToRead
from taskly.boards.models import BoardAccess
from taskly.insights.errors import BadRange
from taskly.insights.pasts import Pasts, PastsOf
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.histories import BoardPast, CardHistory, Selection, select
from taskly.kit.zones import zone_called
from taskly.platform.http.schema import Day, Moment
from taskly.platform.runtime import RuntimeOf
from taskly.sprints.repository import time_zone_of
from taskly.users.access import ReadSession

MOST_NAMED = 50
MOST_DAYS = 366
FOUR_WEEKS = 28
TWELVE_WEEKS = 84

Answer = TypeVar("Answer")
Named = Annotated[list[UUID] | None, Query(max_length=MOST_NAMED)]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as the query says it; what it does not say is None."""

    selection: Selection
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that is needed to answer it."""

    board_id: UUID
    version: int
    past: BoardPast
    calendar: WorkCalendar
    time_zone: str
    question: Question
    as_of: datetime

    @property
    def today(self) -> date:
        """The day to which the moment of asking belongs."""
        return self.calendar.date_of(self.as_of)

    def cards(self) -> tuple[CardHistory, ...]:
        """The cards that are asked for."""
        return select(self.past.cards, self.question.selection)

    def days(self, usual: int, until: date | None = None) -> tuple[date, date]:
        """The first and the last day that are asked for, or the `usual` number of days up to one, or to today.

        Raises:
            BadRange: the first is after the last, or they are too many.
        """
        last = self.question.last or until or self.today
        first = self.question.first or last - timedelta(days=usual - 1)
        if first > last:
            raise BadRange(f"`from` ({first}) must not be after `to` ({last}).")
        if (last - first).days >= MOST_DAYS:
            raise BadRange(f"From {first} to {last} are more than {MOST_DAYS} days: ask for fewer.")
        return first, last


AsOf = Annotated[
    Moment | None,
    Query(description="Answer as one would have then; now, if left out."),
]
Labels = Annotated[Named, Query(description="Only cards with one of these; may be repeated.")]
Assignees = Annotated[
    Named, Query(description="Only cards that one of these people is on; may be repeated.")
]
From = Annotated[
    Day | None, Query(alias="from", description="The first day, in the workspace's time zone.")
]
To = Annotated[Day | None, Query(description="The last day; that of `as_of`, if left out.")]


async def _question(
    sprint: Annotated[
        Named, Query(description="Only cards in one of these; may be repeated.")
    ] = None,
    label: Labels = None,
    assignee: Assignees = None,
    from_: From = None,
    to: To = None,
    as_of: AsOf = None,
) -> Question:
    selection = Selection(
        frozenset(sprint or ()), frozenset(label or ()), frozenset(assignee or ())
    )
    return Question(selection, from_, to, as_of)


async def _question_of_sprint(
    sprint: Annotated[
        UUID | None,
        Query(description="The sprint; the one that runs, or else ran last, if left out."),
    ] = None,
    label: Labels = None,
    assignee: Assignees = None,
    as_of: AsOf = None,
) -> Question:
    sprints = frozenset({sprint} if sprint else ())
    selection = Selection(sprints, frozenset(label or ()), frozenset(assignee or ()))
    return Question(selection, as_of=as_of)


async def _question_of_days(from_: From = None, to: To = None, as_of: AsOf = None) -> Question:
    return Question(Selection(), from_, to, as_of)


async def _asked(
    board: BoardAccess, question: Question, session: ReadSession, pasts: Pasts, now: datetime
) -> Asked:
    if question.as_of is not None and question.as_of > now:
        raise BadRange("`as_of` lies ahead: of the future only a forecast tells.")
    time_zone = await time_zone_of(session, board.workspace_id)
    version, past = await pasts.read(board)
    return Asked(
        board_id=board.id,
        version=version,
        past=past,
        calendar=WorkCalendar(zone_called(time_zone)),
        time_zone=time_zone,
        question=question,
        as_of=(question.as_of or now).astimezone(UTC),
    )


def _asked_by(of: Callable[..., Awaitable[Question]]) -> Callable[..., Awaitable[Asked]]:
    """What a request asks about a board, whose question is taken from it so."""

    async def asked(
        board: BoardToRead,
        question: Annotated[Question, Depends(of)],
        session: ReadSession,
        pasts: PastsOf,
        runtime: RuntimeOf,
    ) -> Asked:
        return await _asked(board, question, session, pasts, runtime.clock.now())

    return asked


AboutCards = Annotated[Asked, Depends(_asked_by(_question))]
AboutSprint = Annotated[Asked, Depends(_asked_by(_question_of_sprint))]
AboutDays = Annotated[Asked, Depends(_asked_by(_question_of_days))]


async def answer(compute: Callable[[], Answer]) -> Answer:
    """Compute something in a thread, as it may take long where there is much; it asks nobody anything."""
    return await asyncio.to_thread(compute)
