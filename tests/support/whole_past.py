"""The past of a board from its whole log, folded at once: what all figures are compared with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.flow import FlowDay, changes, cumulative_flow
from taskly.insights.rules.folding import BoardFold, Entry
from taskly.insights.rules.histories import CardHistory, Column, SprintHistory
from taskly.insights.rules.velocity import Velocity, closed, outcome, velocity


@dataclass(frozen=True)
class BoardPast:
    """All that charts need of a board."""

    columns: tuple[Column, ...] = ()
    """From left to right, deleted ones included."""
    cards: tuple[CardHistory, ...] = ()
    sprints: tuple[SprintHistory, ...] = ()

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
    )


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
