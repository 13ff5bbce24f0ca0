"""The past of a board from its whole log, folded at once: what all figures are compared with."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.durations import (
    Ageing,
    Durations,
    InProgress,
    ageing,
    durations,
    finished,
    time_in_columns,
)
from taskly.insights.rules.flow import Changes, FlowDay, Place, cumulative_flow, place_of, turns
from taskly.insights.rules.folding import BoardFold, Entry
from taskly.insights.rules.histories import (
    CardHistory,
    Column,
    Presence,
    Selection,
    SprintHistory,
    Step,
)
from taskly.insights.rules.throughput import DoneOnDay, throughput
from taskly.insights.rules.velocity import Velocity, closed, outcome, velocity


@dataclass(frozen=True)
class BoardPast:
    """All that charts need of a board."""

    columns: tuple[Column, ...] = ()
    """From left to right, deleted ones included."""
    cards: tuple[CardHistory, ...] = ()
    sprints: tuple[SprintHistory, ...] = ()
    at: datetime | None = None
    """When the last change counts from."""

    @cached_property
    def sprints_by_id(self) -> dict[UUID, SprintHistory]:
        """The sprints by their ids."""
        return {sprint.sprint_id: sprint for sprint in self.sprints}


def board_past(entries: Iterable[Entry]) -> BoardPast:
    """The past of a board, from all entries of its log in the order of their versions."""
    fold = BoardFold()
    for entry in entries:
        fold.take(entry)
    return past_in(fold)


def past_in(fold: BoardFold) -> BoardPast:
    """The board's past as far as entries were taken in."""
    columns = sorted(fold.known.columns.values(), key=lambda each: each.rank.encode())
    return BoardPast(
        columns=tuple(columns),
        cards=tuple(card.history for card in fold.cards.values()),
        sprints=tuple(
            SprintHistory(sprint_id, tuple(steps))
            for sprint_id, steps in fold.known.sprints.items()
        ),
        at=fold.known.at,
    )


def done(
    cards: Iterable[CardHistory], as_of: datetime
) -> Iterator[tuple[CardHistory, Step, datetime]]:
    """The cards that are done at a moment, with what they are then and since when they have been done."""
    for card in cards:
        step = card.before(as_of + INSTANT)
        if step is not None and step.counts and step.done_at is not None:
            yield card, step, step.done_at


def durations_of(
    cards: Iterable[CardHistory],
    calendar: WorkCalendar,
    first: date,
    last: date,
    as_of: datetime,
    selection: Selection | None = None,
) -> Durations:
    """How long the cards took that are done at a moment, and were so since one of these days; those that are asked for
    then, with all that they went through.
    """
    return durations(
        finished(card.card_id, card.created_at, step.started_at, at, time_in_columns(card, at))
        for card, step, at in done(cards, as_of)
        if first <= calendar.date_of(at) <= last and (selection is None or selection.admits(step))
    )


def ageing_of(
    cards: Iterable[CardHistory], cycle_times: Iterable[timedelta], as_of: datetime
) -> tuple[Ageing, ...]:
    """The cards in progress at a moment."""
    steps = ((card.card_id, card.before(as_of + INSTANT)) for card in cards)
    found = [
        InProgress(card_id, step.column_id, step.started_at)
        for card_id, step in steps
        if step is not None
        and step.presence is Presence.ON_BOARD
        and step.category is Category.IN_PROGRESS
        and step.started_at is not None
    ]
    return ageing(found, cycle_times, as_of)


def throughput_of(
    cards: Iterable[CardHistory], calendar: WorkCalendar, first: date, last: date, as_of: datetime
) -> tuple[DoneOnDay, ...]:
    """The cards done on each of these days, as far as they are done at a moment."""
    times = [at for _, _, at in done(cards, as_of)]
    return throughput(times, calendar, first, last, as_of)


def changes(cards: Iterable[CardHistory], calendar: WorkCalendar, as_of: datetime) -> Changes:
    """What cards changed day by day, up to a moment."""
    found: defaultdict[date, Counter[Place]] = defaultdict(Counter)
    for card in cards:
        for step, ended_at in card.stretches():
            for at, change in turns(step, ended_at):
                if at <= as_of:
                    found[calendar.date_of(at)][place_of(step)] += change
    return found


def flow_of(
    cards: Iterable[CardHistory], calendar: WorkCalendar, first: date, last: date, as_of: datetime
) -> tuple[FlowDay, ...]:
    """The cumulative flow of these cards."""
    return cumulative_flow(changes(cards, calendar, as_of), calendar, first, last, as_of)


def velocity_of(
    sprints: Iterable[SprintHistory],
    cards: Sequence[CardHistory],
    calendar: WorkCalendar,
    as_of: datetime,
    *,
    last: int | None = None,
) -> Velocity:
    """What the sprints achieved that were over at a moment, all or the `last` ones."""
    return velocity(outcome(each, cards) for each in closed(sprints, calendar, as_of, last=last))
