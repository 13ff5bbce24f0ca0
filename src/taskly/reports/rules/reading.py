"""The paragraph at the top of a report: the report read out."""

from collections.abc import Iterator, Sequence
from datetime import date

from taskly.insights.rules.amounts import Amount
from taskly.insights.rules.readings import burndown
from taskly.insights.rules.velocity import Outcome
from taskly.insights.rules.wording import counted, day, number, verb
from taskly.reports.rules.sprint import SprintState, SprintStory


def work(amount: Amount) -> str:
    """Some work: cards, and points if there are any.

    >>> work(Amount(2, 5)), work(Amount(1, 0))
    ('2 cards with 5 points', '1 card')
    """
    cards = counted(amount.cards, "card")
    return f"{cards} with {counted(amount.points, 'point')}" if amount.points else cards


def listing(parts: list[str]) -> str:
    """What is said of several things, one after the other.

    >>> listing(["a", "b", "c"])
    'a, b and c'
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def going_on(ends_on: date, today: date) -> str:
    """How long a sprint that runs goes on. One that was started does until somebody completes it.

    >>> going_on(date(2026, 12, 4), date(2026, 12, 4)), going_on(date(2026, 12, 4), date(2026, 12, 5))
    ('goes on until 4 December 2026', 'was to end on 4 December 2026, and goes on')
    """
    if ends_on < today:
        return f"was to end on {day(ends_on)}, and goes on"
    return f"goes on until {day(ends_on)}"


def of_sprint(story: SprintStory, at_risk: int) -> str:
    """A sprint in a few sentences."""
    return " ".join(_of_sprint(story, at_risk))


def _of_sprint(story: SprintStory, at_risk: int) -> Iterator[str]:
    window, state = story.window, story.state
    if state is SprintState.PLANNED:
        planned = work(story.scope) if story.scope.cards else "nothing"
        yield (
            f"{window.name} goes from {day(window.starts_on)} to {day(window.ends_on)}, "
            f"and {planned} {verb(story.scope.cards or 1, 'is', 'are')} planned."
        )
    else:
        if state is SprintState.RUNNING:
            yield f"{window.name} {going_on(window.ends_on, story.today)}."
        yield burndown(story.burn)
        yield _changed(story)
    if at_risk:
        yield _risk(at_risk)


def _changed(story: SprintStory) -> str:
    said = [] if story.outcome is None else list(_changes(story.outcome))
    reopened = len({each.card_id for each in story.burn.reopenings})
    if reopened:
        said.append(f"{counted(reopened, 'card')} {verb(reopened, 'was', 'were')} reopened")
    if not said:
        return "Nothing came in or went out since it began."
    return f"Since it began, {listing(said)}."


def _changes(found: Outcome) -> Iterator[str]:
    if found.added.cards:
        yield f"{work(found.added)} came in"
    if found.removed.cards:
        yield f"{work(found.removed)} went out"
    grown = found.estimated.points
    if grown:
        yield f"estimates {'grew' if grown > 0 else 'shrank'} by {counted(abs(grown), 'point')}"


def of_throughput(done: int, before: Sequence[int]) -> str:
    """How much was done in a week, beside the weeks before."""
    said = f"{counted(done, 'card') if done else 'No card'} {verb(done or 1, 'was', 'were')} done"
    if not before:
        return f"{said}."
    weeks = f"the {counted(len(before), 'week')} before" if len(before) > 1 else "the week before"
    average = number(sum(before) / len(before))
    often = "a week " if len(before) > 1 else ""
    return f"{said}, after {f'{average} {often}' if any(before) else 'none '}in {weeks}."


def of_week(
    throughput: str, started: int, sprints: Sequence[tuple[str, str]], unseen: int, at_risk: int
) -> str:
    """A week in a few sentences; the sprints with what is said of them."""
    said = [throughput]
    if started:
        said.append(f"{counted(started, 'card')} {verb(started, 'was', 'were')} started.")
    for name, reading in sprints:
        said.append(reading if reading.startswith(name) else f"{name}: {reading}")
    if unseen:
        was = verb(unseen, "was", "were")
        said.append(f"{counted(unseen, 'pull request')} {was} merged that {was} on no card before.")
    if at_risk:
        said.append(_risk(at_risk))
    return " ".join(said)


def _risk(at_risk: int) -> str:
    return f"{counted(at_risk, 'card')} {verb(at_risk, 'is', 'are')} at risk."
