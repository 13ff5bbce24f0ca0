"""What there is to know of a week of a board: figures of insights, and what the tables say beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights.card_schemas import DurationsInsight, ThroughputInsight
from taskly.insights.code_schemas import UnseenInsight
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.sprint_schemas import BurndownInsight
from taskly.reports import digest_repository, repository, standing_repository
from taskly.reports.digest_repository import Estimated
from taskly.reports.figures import Figures
from taskly.reports.naming import Names
from taskly.reports.repository import Merged
from taskly.reports.rules.thanks import Person
from taskly.reports.rules.weeks import Week
from taskly.reports.schemas import Standing
from taskly.reports.standing import drift_on_board, risks_of

WEEKS_BEFORE = 8


@dataclass(frozen=True, slots=True)
class Span:
    """A week with its instants, as far as it has gone at the moment of asking."""

    week: Week
    calendar: WorkCalendar
    now: datetime

    @property
    def since(self) -> datetime:
        """The first instant."""
        return self.calendar.start_of(self.week.monday)

    @property
    def ends_at(self) -> datetime:
        """The first instant that does not belong to the week any more."""
        return self.calendar.day(self.week.sunday).ends_at

    @property
    def is_over(self) -> bool:
        """Whether the week has ended."""
        return self.ends_at <= self.now

    @property
    def as_of(self) -> datetime:
        """The last instant of which something is known."""
        return self.ends_at - INSTANT if self.is_over else self.now

    def holds(self, at: datetime) -> bool:
        """Whether a moment is in it."""
        return self.since <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened in a week, in figures."""

    done: DurationsInsight
    started: Sequence[tuple[UUID, datetime]]
    """The cards on which work began, and when."""
    sprints: Sequence[BurndownInsight]
    throughput: ThroughputInsight
    """Of the weeks before, too."""
    unseen: UnseenInsight

    @property
    def started_not_done(self) -> list[tuple[UUID, datetime]]:
        """Those that do not stand among what was done, too."""
        done = {card.card_id for card in self.done.cards}
        return [each for each in self.started if each[0] not in done]

    @property
    def card_ids(self) -> list[UUID]:
        """The cards that were done or started, or came into the scope of sprints or left it."""
        worked_on = [card.card_id for card in self.done.cards] + [each for each, _ in self.started]
        return worked_on + [step.card_id for each in self.sprints for step in each.changes]


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of the cards and people of a week."""

    estimated: Mapping[UUID, Estimated]
    completed_by: Mapping[UUID, UUID]
    merged: Mapping[UUID, Sequence[Merged]]
    reviewers: Sequence[Person]
    names: Names

    def points(self, card_id: UUID) -> int | None:
        """What a card comes to."""
        return self.estimated[card_id].points if card_id in self.estimated else None

    def people(self, card_id: UUID) -> Sequence[UUID]:
        """Who is on a card."""
        return self.estimated[card_id].user_ids if card_id in self.estimated else ()

    def doers(self, card_id: UUID) -> Sequence[UUID]:
        """Who completed a card: the people on it or, if nobody is, who put it into Done."""
        by = self.completed_by.get(card_id)
        return self.people(card_id) or ([] if by is None else [by])


async def happened(figures: Figures, span: Span) -> Happened:
    """What happened in a week, from the figures as of its last instant."""
    week, calendar = span.week, span.calendar
    days = calendar.day(week.monday), calendar.day(week.sunday)
    sprints = await digest_repository.sprints_around(figures.session, figures.board.id, *days)
    found = [await figures.burndown(sprint.id) for sprint in sprints]
    done = await figures.durations(week.monday, week.sunday)
    return Happened(
        done=done,
        started=await _started(figures, done, span),
        sprints=[each for each in found if each is not None and _ran(each, span)],
        throughput=await figures.throughput(week.back(WEEKS_BEFORE).monday, week.sunday),
        unseen=await figures.unseen(week.monday, week.sunday),
    )


def _ran(found: BurndownInsight, span: Span) -> bool:
    """Whether a sprint had opened by the end of the week, and not closed before it began."""
    return found.sprint.opens_at <= span.as_of and found.sprint.closes_at > span.since


async def _started(
    figures: Figures, done: DurationsInsight, span: Span
) -> list[tuple[UUID, datetime]]:
    started = [(card.card_id, card.started_at) for card in (await figures.ageing()).cards]
    started += [
        (card.card_id, card.done_at - timedelta(seconds=card.cycle_time)) for card in done.cards
    ]
    return sorted([each for each in started if span.holds(each[1])], key=lambda each: each[::-1])


async def known(session: AsyncSession, board: BoardAccess, span: Span, of: Happened) -> Known:
    """What the tables say of it."""
    done = [card.card_id for card in of.done.cards]
    card_ids, before = of.card_ids, span.as_of + INSTANT
    estimated = await digest_repository.estimated(session, board.id, card_ids)
    completed_by = await digest_repository.completed_by(session, board.id, done, before)
    changers = [step.by for each in of.sprints for step in each.changes if step.by is not None]
    on_cards = [user_id for each in estimated.values() for user_id in each.user_ids]
    user_ids = {*on_cards, *completed_by.values(), *changers}
    names = await Names.read(session, board, card_ids, user_ids)
    return Known(
        estimated=estimated,
        completed_by=completed_by,
        merged=await repository.merged_on(session, board.workspace_id, done, before),
        reviewers=await repository.reviewers(
            session, board.id, span.since, before, named=names.people
        ),
        names=names,
    )


async def standing(figures: Figures) -> Standing:
    """What is so now: of cards of sprints that run, of cards in progress, and of those that are overdue."""
    board, session = figures.board, figures.session
    today = figures.calendar.day(figures.today)
    sprints = await digest_repository.sprints_around(session, board.id, today, today)
    sprint_ids = [sprint.id for sprint in sprints]
    cards = await standing_repository.open_cards(
        session, board.id, sprint_ids, overdue_on=today.date
    )
    return Standing(
        as_of=figures.as_of,
        drift=await drift_on_board(session, board, figures.as_of),
        at_risk=await risks_of(figures, sprints, cards),
    )
