"""What could be done in the next sprint. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from taskly.insights.rules.readings import velocity as reading
from taskly.insights.rules.velocity import Velocity
from taskly.insights.rules.wording import counted, verb
from taskly.planning.rules.plan import BoardPlan, CardInPlan, Order, PlannedSprint, Wait, totals
from taskly.sprints.rules.days import Status


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How much fits into the next sprint, and which cards of the backlog that could be."""

    sprint: PlannedSprint | None
    """None if none is planned."""
    points: int | None
    """The measure; None if nothing says how much fits."""
    planned: int
    """So much of it is in the sprint already."""
    cards: list[CardInPlan]
    reason: str

    @property
    def room(self) -> int:
        """So much is left."""
        return max((self.points or 0) - self.planned, 0)


def next_sprint(plan: BoardPlan, today: date) -> PlannedSprint | None:
    """The first sprint that has not begun."""
    return next((each for each in plan.sprints if each.status(today) is Status.PLANNED), None)


def suggest(plan: BoardPlan, found: Velocity, today: date) -> Suggestion:
    """The measure is what sprints completed on average, rounded down, and never more than the sprint's capacity.

    Without that history it is the capacity. Cards are taken as they stand in the backlog, as long as they fit: those with
    an estimate that wait for nothing, or only for what is done before.
    """
    sprint = next_sprint(plan, today)
    planned = totals(plan.cards_in(sprint.id)).points if sprint else 0
    measure = _measure(found, sprint)
    room = max((measure or 0) - planned, 0)
    cards = list(_fitting(plan, sprint, room, today))
    reason = " ".join(_sentences(found, sprint, measure, planned, cards))
    return Suggestion(sprint, measure, planned, cards, reason)


def _average(found: Velocity) -> int | None:
    """Points; None without any: of a team that does not estimate points say nothing."""
    return int(found.points.mean) if found.points and found.points.highest else None


def _measure(found: Velocity, sprint: PlannedSprint | None) -> int | None:
    average = _average(found)
    if sprint is None:
        return average
    return sprint.capacity if average is None else min(average, sprint.capacity)


def _fitting(
    plan: BoardPlan, sprint: PlannedSprint | None, room: int, today: date
) -> Iterable[CardInPlan]:
    waits: dict[UUID, list[Wait]] = {}
    for wait in plan.waits:
        waits.setdefault(wait.blocked.id, []).append(wait)
    taken: set[UUID] = set()
    for card in plan.cards_in(None):
        if not card.story_points or card.story_points > room:
            continue
        if all(_comes_before(each, sprint, taken, today) for each in waits.get(card.id, ())):
            taken.add(card.id)
            room -= card.story_points
            yield card


def _comes_before(wait: Wait, sprint: PlannedSprint | None, taken: set[UUID], today: date) -> bool:
    """Whether what a card waits for would be done if the card were in the sprint."""
    if wait.blocker.is_settled or wait.blocker.id in taken:
        return True
    return sprint is not None and wait.order_in(sprint, today) is Order.IN_ORDER


def _sentences(
    found: Velocity,
    sprint: PlannedSprint | None,
    measure: int | None,
    planned: int,
    cards: Sequence[CardInPlan],
) -> Iterable[str]:
    yield reading(found)
    if sprint is None:
        yield "No next sprint is planned."
    elif measure is not None:
        yield _limit(found, sprint)
        if planned:
            yield f"{counted(planned, 'point')} {verb(planned, 'is', 'are')} in it."
    if cards:
        points = totals(cards).points
        yield (
            f"{counted(len(cards), 'card')} of the backlog with {counted(points, 'point')} "
            f"{verb(len(cards), 'fits', 'fit')}."
        )
    elif measure is not None:
        yield "No card of the backlog with an estimate fits that waits for nothing."


def _limit(found: Velocity, sprint: PlannedSprint) -> str:
    average = _average(found)
    if average is None:
        return (
            f"So the capacity of {sprint.name} is the measure: {counted(sprint.capacity, 'point')}."
        )
    if average <= sprint.capacity:
        return f"So {counted(average, 'point')} {verb(average, 'is', 'are')} the measure of {sprint.name}."
    return f"{sprint.name} has a capacity of {counted(sprint.capacity, 'point')}, which is less."
