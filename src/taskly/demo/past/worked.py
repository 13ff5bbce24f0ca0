"""How sprints that are over went: people work off their cards one by one, some of it takes longer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from taskly.demo.content.people import AUTHOR, PEOPLE
from taskly.demo.content.plan import DOING, DONE, REVIEW, PastCard, PlannedCard, PlannedSeries
from taskly.demo.past.deeds import (
    Archive,
    ChangeScope,
    Complete,
    Deed,
    Estimate,
    KeepAhead,
    Make,
    Move,
    PlanAhead,
    SetGoal,
    Start,
)
from taskly.demo.past.work_time import DAYS

PLANNING, STARTING, CLOSING = 0.03, 0.1, DAYS - 0.1
"""When in a sprint it is planned, started and completed, in working days."""
TIDYING = DAYS + 0.02
AHEAD = 2
"""So many sprints are always planned."""
DROPPED = 4.4
PACE = {person.login: 9.8 / person.capacity for person in PEOPLE}
"""Working days that a point takes: what is left of ten is for talking, and for other boards."""


@dataclass(slots=True)
class _Team:
    """The people, and when each is done with what they have begun."""

    random: Random
    free: dict[str, float] = field(default_factory=dict)

    def drawn(self, least: float, most: float) -> float:
        """A number between both."""
        return self.random.uniform(least, most)

    def reviewer(self, author: str) -> str:
        """Somebody else."""
        return self.random.choice([each.login for each in PEOPLE if each.login != author])


def sprint_deeds(series: PlannedSeries) -> Iterator[Deed]:
    """How the sprints of a series came and went, up to the beginning of the one that runs."""
    goals = [*(sprint.goal for sprint in series.past), *series.goals]
    for number in range(len(series.past) + 1):
        opens = DAYS * number
        yield Deed(opens + PLANNING - 0.01, AUTHOR.login, SetGoal(number, goals[number]))
        yield Deed(opens + STARTING, AUTHOR.login, Start(number))
        # By themselves only from now on: whoever makes them then goes by the day that it really is.
        is_over = number < len(series.past)
        planning = PlanAhead(AHEAD) if is_over else KeepAhead(AHEAD)
        yield Deed(opens + STARTING + 0.01, AUTHOR.login, planning)
        if is_over:
            yield Deed(opens + CLOSING, AUTHOR.login, Complete(number))
    for number in range(len(series.past) + 1, len(goals)):
        yield Deed(opens + STARTING + 0.02, AUTHOR.login, SetGoal(number, goals[number]))


def past_deeds(series: PlannedSeries, random: Random) -> Iterator[Deed]:
    """What happened to the cards of the sprints that are over."""
    team = _Team(random)
    for number, sprint in enumerate(series.past):
        opens = DAYS * number
        titles = tuple(card.title for card in sprint.cards if card.fate.kind != "late")
        yield Deed(opens + PLANNING, AUTHOR.login, ChangeScope(number, add=titles))
        for card in sprint.cards:
            yield from _life(card, number, team)


def archiving(series: PlannedSeries, deeds: Sequence[Deed]) -> Iterator[Deed]:
    """How the board is tidied up when a sprint begins: what was done in those before goes into the archive."""
    ours = {card.title for sprint in series.past for card in sprint.cards}
    done = {
        deed.act.title: deed.at
        for deed in sorted(deeds, key=lambda deed: deed.at)
        if isinstance(deed.act, Move) and deed.act.column == DONE
    }
    for number in range(len(series.past)):
        tidied = DAYS * number + TIDYING
        titles = tuple(title for title, at in done.items() if title in ours and at < tidied)
        ours -= set(titles)
        yield Deed(tidied, AUTHOR.login, Archive(titles))


def _life(card: PastCard, number: int, team: _Team) -> Iterator[Deed]:
    opens, is_late = DAYS * number, card.fate.kind == "late"
    made = opens + (card.fate.day if is_late else -team.drawn(1.0, 8.0))
    yield Deed(made, card.assignee, Make(_planned(card)))
    if is_late:
        yield Deed(made + 0.02, card.assignee, ChangeScope(number, add=(card.title,)))
    if card.fate.kind == "dropped":
        yield Deed(opens + DROPPED, AUTHOR.login, ChangeScope(number, remove=(card.title,)))
        yield Deed(opens + DROPPED + 0.01, AUTHOR.login, Archive((card.title,)))
        return
    yield from _work(card, made if is_late else opens + STARTING, team)


def _work(card: PastCard, available: float, team: _Team) -> Iterator[Deed]:
    """What comes late interrupts other work; everything else waits for its turn."""
    who, free = card.assignee, team.free.get(card.assignee, 0.0)
    fate, interrupts = card.fate, card.fate.kind == "late"
    begun = (available if interrupts else max(free, available)) + team.drawn(0.03, 0.2)
    effort = max(card.points, fate.points) * PACE[who] * team.drawn(0.65, 1.3)
    reviewed = begun + effort
    done = _in_review_hours(reviewed + team.drawn(0.1, 1.1))
    team.free[who] = free + effort if interrupts else reviewed
    yield Deed(begun, who, Move(card.title, DOING))
    if fate.points:
        yield Deed(begun + effort / 3, who, Estimate(card.title, fate.points))
    yield Deed(reviewed, who, Move(card.title, REVIEW))
    yield Deed(done, team.reviewer(who), Move(card.title, DONE))
    if fate.kind == "reopened":
        yield Deed(done + 0.6, team.reviewer(who), Move(card.title, DOING))
        yield Deed(done + 1.3, who, Move(card.title, DONE))


def _in_review_hours(at: float) -> float:
    """Nobody looks at code before the team has met, nor in the last hour: then sprints begin and end, too."""
    day, part = divmod(at, 1)
    if part > CLOSING % 1 - 0.05:
        return day + 1 + STARTING + 0.05
    return day + max(part, STARTING + 0.05)


def _planned(card: PastCard) -> PlannedCard:
    return PlannedCard(
        title=card.title,
        labels=(card.label,),
        priority=card.priority,
        points=card.points,
        assignees=(card.assignee,),
    )
