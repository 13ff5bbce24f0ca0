"""What is asked of a board's past, and the answer to it: the same way for every figure."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.access import BoardToRead
from taskly.boards.models import BoardAccess
from taskly.insights.errors import BadRange
from taskly.insights.models import BoardRollup
from taskly.insights.rollup_repository import known_of, rollup_of
from taskly.insights.rollups import Outcomes, Rollups, RollupsOf
from taskly.insights.rules.days import MOST_DAYS, WorkCalendar
from taskly.insights.rules.folding import Known
from taskly.insights.rules.histories import Column, Selection, SprintHistory
from taskly.kit.zones import zone_called
from taskly.platform.db.session import Database
from taskly.platform.http.problems import NotFound, Unavailable
from taskly.platform.http.schema import Day, Moment
from taskly.platform.runtime import RuntimeOf

MOST_NAMED = 50
FOUR_WEEKS = 28
ROUNDS = 3
"""Whoever changes the time zone again and again keeps nobody waiting for longer."""
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
    known: Known
    calendar: WorkCalendar
    time_zone: str
    question: Question
    as_of: datetime
    session: AsyncSession
    """In which the board's past stays as it was up to `version`."""
    outcomes: Outcomes

    @property
    def columns(self) -> list[Column]:
        """From left to right, deleted ones included."""
        return sorted(self.known.columns.values(), key=lambda each: each.rank.encode())

    @property
    def sprints(self) -> list[SprintHistory]:
        """All that there ever were."""
        return [SprintHistory(each, tuple(steps)) for each, steps in self.known.sprints.items()]

    @property
    def today(self) -> date:
        """The day to which the moment of asking belongs."""
        return self.calendar.date_of(self.as_of)

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


async def _question_of_all() -> Question:
    return Question(Selection())


@asynccontextmanager
async def open_question(
    board: BoardAccess, question: Question, database: Database, rollups: Rollups
) -> AsyncIterator[Asked]:
    """A question about a board that may be asked, as long as its answer is worked out.

    Raises:
        BadRange: it is about what lies ahead.
        NotFound: the board went in this moment.
        Unavailable: much has to be folded first, or many are asking.
    """
    now = database.clock.now()
    for _ in range(ROUNDS):
        async with rollups.questions.take(), database.view() as session:
            found = await rollup_of(session, board.id)
            if found is not None and _is_ready(*found, board.version):
                rollup, time_zone = found
                known = known_of(rollup)
                # Where a clock was ahead, later changes count from then, and the present shows them.
                present = max(now, known.at or now)
                yield Asked(
                    board_id=board.id,
                    version=rollup.version,
                    known=known,
                    calendar=WorkCalendar(zone_called(time_zone)),
                    time_zone=time_zone,
                    question=question,
                    as_of=_moment(question, present),
                    session=session,
                    outcomes=rollups.outcomes,
                )
                return
        # Whoever waits until something is folded has no place meanwhile.
        if await rollups.catch_up(board.id, board.version) is None:
            raise NotFound
    raise Unavailable("The days of this board change all the time. Ask again in a moment.")


def _is_ready(rollup: BoardRollup, time_zone: str, version: int) -> bool:
    return rollup.version >= version and rollup.time_zone == time_zone and rollup.is_whole


def _moment(question: Question, present: datetime) -> datetime:
    """The moment that is asked about."""
    if question.as_of is not None and question.as_of > present:
        raise BadRange("`as_of` lies ahead: of the future only a forecast tells.")
    return (question.as_of or present).astimezone(UTC)


def _asked_by(
    of: Callable[..., Awaitable[Question]],
) -> Callable[..., AsyncIterator[Asked]]:
    """What a request asks about a board, whose question is taken from it so."""

    async def asked(
        board: BoardToRead,
        question: Annotated[Question, Depends(of)],
        rollups: RollupsOf,
        runtime: RuntimeOf,
    ) -> AsyncIterator[Asked]:
        async with open_question(board, question, runtime.database, rollups) as found:
            yield found

    return asked


AboutCards = Annotated[Asked, Depends(_asked_by(_question), scope="function")]
AboutSprint = Annotated[Asked, Depends(_asked_by(_question_of_sprint), scope="function")]
AboutDays = Annotated[Asked, Depends(_asked_by(_question_of_days), scope="function")]
AboutBoard = Annotated[Asked, Depends(_asked_by(_question_of_all), scope="function")]


async def answer(compute: Callable[[], Answer]) -> Answer:
    """Compute something in a thread, as it may take long where there is much; it asks nobody anything."""
    return await asyncio.to_thread(compute)
