"""How the cards that lie on a board now came to lie there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from taskly.demo.content.people import AUTHOR
from taskly.demo.content.plan import (
    DOING,
    DONE,
    LAST,
    REVIEW,
    RUNNING,
    PlannedBoard,
    PlannedCard,
)
from taskly.demo.past.deeds import ChangeScope, Deed, Make, Move, TakeDaysOff, Wait
from taskly.demo.past.work_time import DAYS
from taskly.demo.past.worked import PLANNING, STARTING

JUST_NOW = 0.02
ADDED_LATE = 1.3


@dataclass(frozen=True, slots=True)
class _Way:
    """When a card was begun, reviewed and done, as far as it came."""

    begun: float | None = None
    reviewed: float | None = None
    done: float | None = None


def present_deeds(plan: PlannedBoard, now: float, random: Random) -> Iterator[Deed]:
    """What happened to the cards of the plan; `now` is how late it is."""
    opens = DAYS * len(plan.series.past) if plan.series else 0
    ways = _ways(plan.cards, opens, now, random)
    yield from _making(plan, ways, opens, now, random)
    for card, way in zip(plan.cards, ways, strict=True):
        for at, column in ((way.begun, DOING), (way.reviewed, REVIEW), (way.done, DONE)):
            if at is not None:
                yield Deed(at, _who(card), Move(card.title, column))
        if card.waits_for is not None:
            yield Deed(now - 0.2, _who(card), Wait(card.title, card.waits_for))
    if plan.series is not None:
        yield from _planning(plan, opens, now)


def _ways(cards: Sequence[PlannedCard], opens: float, now: float, random: Random) -> list[_Way]:
    ends = {
        RUNNING: _spread(cards, RUNNING, opens + 0.6, now - 0.1),
        LAST: _spread(cards, LAST, opens - 5, opens - 0.6),
        None: _spread(cards, None, opens - 8, now - 0.2),
    }
    ways = []
    for card in cards:
        effort = (0.3 + 0.4 * (card.points or 1)) * random.uniform(0.8, 1.3)
        way = _Way()
        if card.column == DONE:
            done = next(ends[card.sprint])
            begun = _not_before(done - effort, card, opens, done, random)
            way = _Way(begun, begun + (done - begun) * random.uniform(0.6, 0.8), done)
        elif card.column == REVIEW:
            reviewed = now - random.uniform(0.2, 1.2)
            way = _Way(_not_before(reviewed - effort, card, opens, reviewed, random), reviewed)
        elif card.column == DOING:
            age = random.uniform(0.4, 1.6) if card.sprint == RUNNING else random.uniform(1, 2.6)
            way = _Way(_not_before(now - age, card, opens, now, random))
        ways.append(way)
    return ways


def _spread(
    cards: Sequence[PlannedCard], sprint: int | None, first: float, last: float
) -> Iterator[float]:
    """When the cards of a sprint were done, in their order and evenly."""
    count = sum(card.column == DONE and card.sprint == sprint for card in cards)
    return iter(first + (last - first) * (each + 0.5) / count for each in range(count))


def _not_before(begun: float, card: PlannedCard, opens: float, end: float, random: Random) -> float:
    """Work on cards of the sprint begins with it, work on those left over in the one before."""
    if card.carried:
        return min(begun, opens - random.uniform(1, 2))
    earliest = opens + STARTING + 0.05 + (ADDED_LATE if card.late else 0)
    return max(begun, min(earliest, end - 0.2)) if card.sprint == RUNNING else begun


def _making(
    plan: PlannedBoard, ways: Sequence[_Way], opens: float, now: float, random: Random
) -> Iterator[Deed]:
    """Cards were made in the order of the plan, which their numbers follow."""
    waiting, made = plan.columns[0].name, now
    for card, way in reversed(list(zip(plan.cards, ways, strict=True))):
        latest = [made, now - 0.4]
        if way.begun is not None:
            latest.append(way.begun - 0.3)
        if card.sprint is not None and card.sprint <= RUNNING:
            latest.append(_enters(card, opens) - 0.02)
        made = min(latest) - random.uniform(0.01, 0.4)
        yield Deed(made, _who(card), Make(card))
        if card.column not in (waiting, DOING, REVIEW, DONE):
            yield Deed(made + 0.01, _who(card), Move(card.title, card.column))


def _enters(card: PlannedCard, opens: float) -> float:
    """When a card came into its first sprint."""
    if card.late:
        return opens + ADDED_LATE
    return opens + PLANNING - (DAYS if card.carried or card.sprint == LAST else 0)


def _planning(plan: PlannedBoard, opens: float, now: float) -> Iterator[Deed]:
    """Cards come into the sprint before, into the one that runs, and into those ahead."""
    series = plan.series
    if series is None:
        return
    running = len(series.past)
    scopes: dict[tuple[float, int], list[str]] = {}
    for card in plan.cards:
        if card.sprint is not None:
            at = _enters(card, opens) if card.sprint <= RUNNING else now - 0.3
            scopes.setdefault((at, running + card.sprint - card.carried), []).append(card.title)
    for (at, number), titles in scopes.items():
        yield Deed(at, AUTHOR.login, ChangeScope(number, add=tuple(titles)))
    for login, days in series.days_off:
        yield Deed(opens + PLANNING, login, TakeDaysOff(running, login, days))


def _who(card: PlannedCard) -> str:
    return card.assignees[0] if card.assignees else AUTHOR.login
