"""Where reports ask for the figures of insights, and on which view of the tables all of a report is made: the only place."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights import card_answers, code_answers, sprint_answers
from taskly.insights.asking import Asked, Question, answer, open_question
from taskly.insights.card_schemas import AgeingInsight, DurationsInsight, ThroughputInsight
from taskly.insights.code_asking import with_pulls
from taskly.insights.code_schemas import UnseenInsight
from taskly.insights.errors import NoSprintToShow
from taskly.insights.rollups import rollups_of
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.histories import CardHistory, Selection, SprintHistory
from taskly.insights.sprint_schemas import BurndownInsight, VelocityInsight
from taskly.insights.step_repository import of_sprint
from taskly.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Figures:
    """What insights say of a board as of a moment, and the session that shows all else as it is now."""

    board: BoardAccess
    asked: Asked

    @property
    def as_of(self) -> datetime:
        """The moment."""
        return self.asked.as_of

    @property
    def session(self) -> AsyncSession:
        """In which nothing changes as long as it is open."""
        return self.asked.session

    @property
    def time_zone(self) -> str:
        """That of the workspace."""
        return self.asked.time_zone

    @property
    def today(self) -> date:
        """Its day, in the workspace's time zone."""
        return self.asked.today

    @property
    def calendar(self) -> WorkCalendar:
        """When days begin there."""
        return self.asked.calendar

    def at(self, as_of: datetime) -> Self:
        """The same as of a moment before."""
        return replace(self, asked=replace(self.asked, as_of=as_of))

    async def burndown(self, sprint_id: UUID) -> BurndownInsight | None:
        """A sprint; None if there was no such sprint then."""
        try:
            return await sprint_answers.burndown(self.about_sprint(sprint_id))
        except NoSprintToShow:
            return None

    async def velocity(self, last: int) -> VelocityInsight:
        """What the last sprints completed."""
        return await sprint_answers.velocity(self.asked, last)

    async def durations(self, first: date, last: date) -> DurationsInsight:
        """The cards that were done on some days."""
        return await card_answers.durations(self.about_days(first, last))

    async def throughput(self, first: date, last: date) -> ThroughputInsight:
        """How many cards were done on some days."""
        return await card_answers.throughput(self.about_days(first, last))

    async def ageing(self) -> AgeingInsight:
        """The cards in progress."""
        return await card_answers.ageing(self.about(Question(Selection())))

    async def old_cards(self, percent: int) -> dict[UUID, timedelta]:
        """The ages of the cards that have been in progress for longer than so many percent of the finished ones."""
        return {
            card.card_id: timedelta(seconds=card.age)
            for card in (await self.ageing()).cards
            if (card.older_than or 0) >= percent
        }

    async def unseen(self, first: date, last: date) -> UnseenInsight:
        """What was merged on some days and was on no card before."""
        of = await with_pulls(self.board, self.about_days(first, last))
        return await answer(partial(code_answers.unseen, of))

    async def past_of_sprint(
        self, sprint_id: UUID
    ) -> tuple[SprintHistory | None, Sequence[CardHistory]]:
        """The past of a sprint, and of the cards that were ever in it."""
        sprints = {each.sprint_id: each for each in self.asked.sprints}
        cards = await of_sprint(self.session, self.board.id, sprint_id)
        return sprints.get(sprint_id), cards

    def about(self, question: Question) -> Asked:
        """The same moment, asked about something else."""
        return replace(self.asked, question=question)

    def about_sprint(self, sprint_id: UUID) -> Asked:
        """A sprint."""
        return self.about(Question(Selection(sprint_ids=frozenset({sprint_id}))))

    def about_days(self, first: date, last: date) -> Asked:
        """Some days of the whole board."""
        return self.about(Question(Selection(), first, last))


@asynccontextmanager
async def figures_of(runtime: Runtime, board: BoardAccess) -> AsyncIterator[Figures]:
    """What insights say of a board now. Open it once for a report: it takes a connection, and shows one moment.

    Raises:
        Unavailable: much has to be folded first.
    """
    question = Question(Selection())
    async with open_question(board, question, runtime.database, rollups_of(runtime)) as asked:
        yield Figures(board, asked)
