"""Pictures of a board: what insights answer, drawn. The only place where insights are asked."""

from dataclasses import replace

from taskly.insights import card_answers, sprint_answers
from taskly.insights.asking import Asked
from taskly.insights.errors import NoSprintToShow
from taskly.insights.sprint_schemas import BurndownInsight
from taskly.pictures import figures
from taskly.pictures.rules.badge import Badge, Mood, draw_badge
from taskly.pictures.rules.burndown import draw_burndown
from taskly.pictures.rules.cycle_times import draw_cycle_times
from taskly.pictures.rules.flow import draw_flow
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.rules.sheet import Sheet, Wording
from taskly.pictures.rules.throughput import draw_throughput
from taskly.pictures.rules.velocity import draw_velocity


async def burndown(asked: Asked, theme: Theme, *, to_keep: bool = False) -> str:
    """A sprint's burndown, perhaps to be looked at later; where none is named and none has begun, a picture that says so.

    Raises:
        NoSprintToShow: there was no such sprint at the moment of asking.
    """
    found = await _sprint(asked)
    if found is None:
        return Sheet(theme, Wording("Burndown", "No sprint has begun.")).saying()
    return draw_burndown(replace(figures.burndown_chart(found), is_kept=to_keep), theme)


async def badge(asked: Asked) -> str:
    """How much of the sprint is done that runs, or ran last."""
    found = await _sprint(asked)
    shown = Badge("Sprint", "not begun", Mood.NEUTRAL)
    return draw_badge(shown if found is None else figures.sprint_badge(found))


async def velocity(asked: Asked, last: int, theme: Theme) -> str:
    """What sprints committed and completed."""
    found = await sprint_answers.velocity(asked, last)
    return draw_velocity(figures.velocity_chart(found), theme)


async def flow(asked: Asked, *, by_column: bool, theme: Theme) -> str:
    """How many cards stood where."""
    found = await card_answers.flow(asked)
    return draw_flow(figures.flow_chart(found, by_column=by_column), theme)


async def cycle_time(asked: Asked, theme: Theme) -> str:
    """How long cards took."""
    found = await card_answers.durations(asked)
    return draw_cycle_times(figures.cycle_times(found), theme)


async def throughput(asked: Asked, theme: Theme) -> str:
    """How many cards were done."""
    found = await card_answers.throughput(asked)
    return draw_throughput(figures.throughput_chart(found), theme)


async def _sprint(asked: Asked) -> BurndownInsight | None:
    try:
        return await sprint_answers.burndown(asked)
    except NoSprintToShow:
        if asked.question.selection.sprint_ids:
            raise
        return None
