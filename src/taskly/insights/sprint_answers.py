"""Answers about sprints. Each is computed and asks nobody anything."""

from dataclasses import replace
from datetime import date
from functools import partial

from taskly.insights import step_repository as steps
from taskly.insights.asking import Asked, answer
from taskly.insights.errors import NoSprintToShow
from taskly.insights.rules import burning, readings
from taskly.insights.rules import velocity as sprinting
from taskly.insights.rules.days import INSTANT
from taskly.insights.rules.definitions import Metric
from taskly.insights.rules.histories import CardHistory, Selection, SprintHistory, select
from taskly.insights.rules.sprints import Window, window
from taskly.insights.schemas import SprintInChart, frame
from taskly.insights.sprint_schemas import (
    BurnDayResponse,
    BurndownInsight,
    OutcomeResponse,
    ScopeStep,
    SpreadResponse,
    VelocityInsight,
)

BURNING = (
    Metric.BURNDOWN,
    Metric.BURNUP,
    Metric.SCOPE,
    Metric.COMMITMENT,
    Metric.IDEAL_LINE,
)


async def burndown(asked: Asked) -> BurndownInsight:
    """A sprint day by day.

    Raises:
        NoSprintToShow: there was no such sprint at the moment of asking, or none that had begun.
    """
    sprint = _sprint(asked)
    shown = window(sprint, asked.calendar, asked.as_of)
    if shown is None:
        raise NoSprintToShow
    cards = await _cards(asked, shown)
    found = await answer(partial(burning.burn, sprint, cards, asked.calendar, asked.as_of))
    if found is None:
        raise NoSprintToShow
    return BurndownInsight.model_validate(
        {
            **frame(asked, readings.burndown(found), *BURNING),
            "burnup_reading": readings.burnup(found),
            "sprint": SprintInChart.of(found.window),
            "commitment": found.commitment,
            "days": [BurnDayResponse.of(day) for day in found.days],
            "changes": [ScopeStep.of(change) for change in found.changes],
            "reopenings": found.reopenings,
            "replannings": found.replannings,
        }
    )


async def _cards(asked: Asked, shown: Window) -> tuple[CardHistory, ...]:
    """What the cards of a sprint were from when it opened, or before if it has not, until it ends."""
    wanted = asked.question.selection
    people = Selection(label_ids=wanted.label_ids, assignee_ids=wanted.assignee_ids)
    cards = await steps.ever_in_sprint(
        asked.session,
        asked.board_id,
        shown.sprint_id,
        people,
        after=min(shown.opens_at, shown.ends_at),
        before=shown.ends_at,
    )
    return select(cards, people)


async def velocity(asked: Asked, last: int) -> VelocityInsight:
    """What the last sprints completed, of those that closed on these days if some are named."""
    return velocity_insight(asked, await velocity_of_last(asked, last))


def velocity_insight(asked: Asked, found: sprinting.Velocity) -> VelocityInsight:
    """The answer for what sprints completed."""
    return VelocityInsight(
        **frame(asked, readings.velocity(found), Metric.VELOCITY, Metric.COMMITMENT),
        sprints=[OutcomeResponse.of(each) for each in found.sprints],
        cards=found.cards and SpreadResponse.model_validate(found.cards),
        points=found.points and SpreadResponse.model_validate(found.points),
    )


async def velocity_of_last(asked: Asked, last: int) -> sprinting.Velocity:
    """The same as the rules have it."""
    first, until = asked.question.first, asked.question.last
    if first is not None and until is not None:
        asked.days(1)
    wanted = asked.question.selection
    sprints = [
        sprint
        for sprint in asked.sprints
        if (not wanted.sprint_ids or sprint.sprint_id in wanted.sprint_ids)
        and _closed_within(window(sprint, asked.calendar, asked.as_of), asked, first, until)
    ]
    shown = sprinting.closed(sprints, asked.calendar, asked.as_of, last=last)
    return sprinting.velocity([await _outcome(asked, each) for each in shown])


async def _outcome(asked: Asked, closed: Window) -> sprinting.Outcome:
    wanted = asked.question.selection
    if wanted.label_ids or wanted.assignee_ids:
        return await answer(partial(sprinting.outcome, closed, await _cards(asked, closed)))
    kept = asked.outcomes.get(closed)
    if kept is None:
        kept = await answer(partial(sprinting.outcome, closed, await _cards(asked, closed)))
        asked.outcomes.keep(kept, asked.known.at)
    return replace(kept, window=closed)


def _closed_within(
    found: Window | None, asked: Asked, first: date | None, last: date | None
) -> bool:
    if found is None:
        return False
    day = asked.calendar.date_of(found.closes_at - INSTANT)
    return (first or day) <= day <= (last or day)


def _sprint(asked: Asked) -> SprintHistory:
    """The sprint that is named, or else the one that runs or ran last."""
    sprints = {sprint.sprint_id: sprint for sprint in asked.sprints}
    for sprint_id in asked.question.selection.sprint_ids:
        if sprint_id not in sprints:
            raise NoSprintToShow
        return sprints[sprint_id]
    found = [window(sprint, asked.calendar, asked.as_of) for sprint in sprints.values()]
    begun = [each for each in found if each is not None and each.has_opened]
    if not begun:
        raise NoSprintToShow("No sprint of the board has begun: name the one to show.")
    newest = max(begun, key=lambda each: (not each.is_over, each.opens_at, each.sprint_id))
    return sprints[newest.sprint_id]
