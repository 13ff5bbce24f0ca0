"""What became of the cards of a sprint, as the log tells it."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.amounts import Amount, total
from taskly.insights.rules.burning import Burn, burn
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.histories import CardHistory, Presence, SprintHistory, Step
from taskly.insights.rules.sprints import Window, cards_of
from taskly.insights.rules.velocity import Outcome, outcome


class SprintState(enum.StrEnum):
    """Where a sprint stands in a report."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"


class Went(enum.StrEnum):
    """Where a card went first that was left over."""

    SPRINT = "sprint"
    BACKLOG = "backlog"
    DONE = "done"
    """It was done later, without leaving the sprint."""
    ARCHIVED = "archived"
    """Unfinished: it was given up."""
    DELETED = "deleted"
    ANOTHER_BOARD = "another_board"
    NOWHERE = "nowhere"
    """It is in the sprint still."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a card went, and to which sprint if it was one."""

    went: Went
    sprint_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A card of the sprint that is done."""

    card_id: UUID
    points: int | None
    done_at: datetime
    by: UUID | None
    """Who put it into Done."""
    people: frozenset[UUID]
    """Who was on it when it was done."""

    @property
    def doers(self) -> frozenset[UUID]:
        """Who completed it: the people who were on it or, if nobody was, who put it into Done."""
        return self.people or frozenset(filter(None, [self.by]))


@dataclass(frozen=True, slots=True)
class Left:
    """A card of the sprint that is not done."""

    card_id: UUID
    points: int | None
    people: frozenset[UUID]
    destination: Destination | None
    """None as long as the sprint is not over."""


@dataclass(frozen=True, slots=True)
class SprintStory:
    """A sprint up to a moment, or to its end."""

    today: date
    """The day to which the moment belongs."""
    burn: Burn
    scope: Amount
    outcome: Outcome | None
    """None before the sprint opened."""
    delivered: tuple[Delivered, ...]
    """In the order in which they were done."""
    left: tuple[Left, ...]

    @property
    def window(self) -> Window:
        """The sprint as it is planned, and the time that it covers."""
        return self.burn.window

    @property
    def state(self) -> SprintState:
        """Where it stands."""
        if not self.window.has_opened:
            return SprintState.PLANNED
        return SprintState.OVER if self.window.is_over else SprintState.RUNNING

    @property
    def worked_on(self) -> list[UUID]:
        """The cards of the sprint, done or left."""
        return [each.card_id for each in self.delivered] + [each.card_id for each in self.left]

    @property
    def card_ids(self) -> set[UUID]:
        """All cards that it speaks of."""
        changed = {each.card_id for each in self.burn.changes}
        return {*self.worked_on, *changed, *(each.card_id for each in self.burn.reopenings)}

    @property
    def user_ids(self) -> set[UUID]:
        """All people whom it names."""
        named = {each.by for each in self.burn.changes}
        named |= {each.by for each in self.burn.reopenings}
        named = named.union(*(each.doers for each in self.delivered))
        named = named.union(*(each.people for each in self.left))
        return {each for each in named if each is not None}


def tell(
    sprint: SprintHistory, cards: Iterable[CardHistory], calendar: WorkCalendar, as_of: datetime
) -> SprintStory | None:
    """The sprint as it was at a moment; None if there was no such sprint then."""
    own = cards_of(sprint.sprint_id, cards)
    burnt = burn(sprint, own, calendar, as_of)
    if burnt is None:
        return None
    found = burnt.window
    delivered, left, amounts = [], [], []
    for card in own:
        step = card.before(found.ends_at)
        share = found.share(step)
        if step is None or share is None:
            continue
        amounts.append(share)
        if step.category is Category.DONE:
            delivered.append(_delivered(card, step))
        else:
            left.append(_left(card, step, found))
    delivered.sort(key=lambda each: (each.done_at, each.card_id))
    return SprintStory(
        today=calendar.date_of(as_of),
        burn=burnt,
        scope=total(amounts),
        outcome=outcome(found, own) if found.has_opened else None,
        delivered=tuple(delivered),
        left=tuple(left),
    )


def _delivered(card: CardHistory, step: Step) -> Delivered:
    done_at = step.done_at or step.at
    done = next(each for each in card.steps if each.done_at == step.done_at)
    return Delivered(card.card_id, step.points, done_at, done.by, done.assignee_ids)


def _left(card: CardHistory, step: Step, window: Window) -> Left:
    went = _destination(card, window) if window.is_over else None
    return Left(card.card_id, step.points, step.assignee_ids, went)


def _destination(card: CardHistory, window: Window) -> Destination:
    """Where a card went first after the sprint closed: what comes of it later is told elsewhere."""
    for step in card.steps:
        found = _place(step, window.sprint_id) if step.at >= window.closes_at else None
        if found is not None:
            return found
    return Destination(Went.NOWHERE)


_GONE = {
    Presence.ARCHIVED: Went.ARCHIVED,
    Presence.DELETED: Went.DELETED,
    Presence.ON_ANOTHER_BOARD: Went.ANOTHER_BOARD,
}


def _place(step: Step, sprint_id: UUID) -> Destination | None:
    if not step.counts:
        return Destination(_GONE[step.presence])
    if step.sprint_id is None:
        return Destination(Went.BACKLOG)
    if step.sprint_id != sprint_id:
        return Destination(Went.SPRINT, step.sprint_id)
    return Destination(Went.DONE) if step.category is Category.DONE else None
