"""Velocity: what sprints achieved, and how much that varies."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from taskly.insights.rules.amounts import Amount, total
from taskly.insights.rules.burning import ScopeChangeKind, scope_changes
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.histories import CardHistory, SprintHistory
from taskly.insights.rules.sprints import Window, cards_of, commitment, standing, window


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sprint's work.

    `committed` + `added` - `removed` + `estimated` = `completed` + `carried_over`.
    """

    window: Window
    committed: Amount
    added: Amount
    removed: Amount
    estimated: Amount
    """By how much estimates changed the scope: more or less points, and no cards."""
    completed: Amount
    carried_over: Amount


@dataclass(frozen=True, slots=True)
class Spread:
    """How figures of several sprints lie."""

    mean: float
    deviation: float | None
    """The standard deviation of a sample, which divides by n - 1; None for a single sprint."""
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Velocity:
    """Completed sprints from the oldest to the newest, and what they completed."""

    sprints: tuple[Outcome, ...]
    cards: Spread | None
    points: Spread | None
    """None if no sprint is over yet."""


def outcome(found: Window, cards: Iterable[CardHistory]) -> Outcome:
    """What became of the work of a sprint that is over, or has come to until the moment of asking."""
    own = cards_of(found.sprint_id, cards)
    changes = list(scope_changes(found, own))
    in_the_end = standing(found, own, found.ends_at)

    def changed(kind: ScopeChangeKind) -> Amount:
        return total(change.amount for change in changes if change.kind is kind)

    return Outcome(
        window=found,
        committed=commitment(found, own),
        added=changed(ScopeChangeKind.ADDED),
        removed=Amount() - changed(ScopeChangeKind.REMOVED),
        estimated=changed(ScopeChangeKind.ESTIMATED),
        completed=in_the_end.done,
        carried_over=in_the_end.remaining,
    )


def closed(
    sprints: Iterable[SprintHistory],
    calendar: WorkCalendar,
    as_of: datetime,
    *,
    last: int | None = None,
) -> list[Window]:
    """The sprints that were over at a moment, all or the `last` ones, by the moments when they closed."""
    found = [window(sprint, calendar, as_of) for sprint in sprints]
    over = [each for each in found if each is not None and each.has_opened and each.is_over]
    over.sort(key=lambda each: (each.closes_at, each.sprint_id))
    return over if last is None else over[-last:]


def velocity(outcomes: Iterable[Outcome]) -> Velocity:
    """What sprints achieved, told from the oldest to the newest."""
    sprints = tuple(outcomes)
    return Velocity(
        sprints=sprints,
        cards=spread([each.completed.cards for each in sprints]),
        points=spread([each.completed.points for each in sprints]),
    )


def spread(figures: Sequence[int]) -> Spread | None:
    """Mean, standard deviation and range; None of nothing."""
    if not figures:
        return None
    return Spread(
        mean=float(statistics.fmean(figures)),
        deviation=statistics.stdev(figures) if len(figures) > 1 else None,
        lowest=min(figures),
        highest=max(figures),
    )
