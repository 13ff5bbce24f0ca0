"""Answers about cards: where they were, how long they took, and what may come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from taskly.insights import card_schemas as schemas
from taskly.insights import figure_repository as figures
from taskly.insights.asking import FOUR_WEEKS, TWELVE_WEEKS, Asked, answer
from taskly.insights.errors import BadRange
from taskly.insights.figure_repository import Done
from taskly.insights.rules import durations as lasting
from taskly.insights.rules import flow as flowing
from taskly.insights.rules import forecast as forecasting
from taskly.insights.rules import readings
from taskly.insights.rules import throughput as counting
from taskly.insights.rules.days import INSTANT
from taskly.insights.rules.definitions import Metric
from taskly.insights.rules.histories import Scope, Selection
from taskly.insights.rules.percentiles import percentiles
from taskly.insights.schemas import DaysResponse, PercentilesResponse, frame
from taskly.insights.step_repository import changed_between

MOST_CARDS = 1_000
"""So many cards one answer lists."""


async def flow(asked: Asked) -> schemas.FlowInsight:
    """How many cards stood where, day by day."""
    first, last = asked.days(FOUR_WEEKS)
    changes = await _changes(asked, first, last)
    days = flowing.cumulative_flow(changes, asked.calendar, first, last, asked.as_of)
    named = {column_id for day in days for column_id in day.by_column}
    return schemas.FlowInsight(
        **frame(asked, readings.cumulative_flow(days), Metric.CUMULATIVE_FLOW),
        columns=schemas.columns_of(asked.columns, named),
        days=[schemas.FlowDayResponse.of(day) for day in days],
    )


async def _changes(asked: Asked, first: date, last: date) -> flowing.Changes:
    """By the rollup of the days, if it has what is asked for; else by the steps of the cards."""
    selection = asked.question.selection
    last = min(last, asked.today)
    match selection.scopes():
        case []:
            scope, scope_id = Scope.BOARD, asked.board_id
        case [(scope, scope_id)]:
            pass
        case _:
            days = asked.calendar.days(first, last + timedelta(days=1))
            return await figures.flow_of_selection(
                asked.session, asked.board_id, selection, days, asked.as_of
            )
    changes = await figures.flow_changes(
        asked.session, asked.board_id, scope, scope_id, first=first, last=last
    )
    # The rollup has the whole day; what came after the moment of asking is taken back.
    ends_at = asked.calendar.day(last).ends_at
    for step, ended_at in await changed_between(
        asked.session, asked.board_id, asked.as_of, ends_at
    ):
        if selection.admits(step):
            for at, change in flowing.turns(step, ended_at):
                if asked.as_of < at < ends_at:
                    changes[asked.calendar.date_of(at)][flowing.place_of(step)] -= change
    return changes


def _done(
    asked: Asked,
    first: date,
    last: date,
    selection: Selection | None = None,
    as_of: datetime | None = None,
) -> Done:
    """Cards that were done at the moment of asking, or another, and so since one of these days; those that are asked
    for, if it is not said which.
    """
    return Done(
        board_id=asked.board_id,
        selection=selection or asked.question.selection,
        starts_at=asked.calendar.start_of(first),
        ends_at=asked.calendar.day(last).ends_at,
        as_of=as_of or asked.as_of,
    )


async def durations(asked: Asked) -> schemas.DurationsInsight:
    """How long the cards took that were done on these days."""
    first, last = asked.days(FOUR_WEEKS)
    cards = await figures.finished_cards(asked.session, _done(asked, first, last))
    found = await answer(partial(lasting.durations, cards))
    names = {column.id: column.name for column in asked.columns}
    metrics = (Metric.CYCLE_TIME, Metric.LEAD_TIME, Metric.TIME_IN_COLUMN, Metric.PERCENTILE)
    return schemas.DurationsInsight(
        **frame(asked, readings.cycle_time(found), *metrics),
        range=DaysResponse(first=first, last=last),
        columns=schemas.columns_of(asked.columns, set(found.in_columns)),
        cycle_time=PercentilesResponse.of(found.cycle_time),
        lead_time=PercentilesResponse.of(found.lead_time),
        in_columns=[
            schemas.PercentilesInColumn(column_id=column_id, time=time)
            for column_id, lies in sorted(found.in_columns.items())
            if (time := PercentilesResponse.of(lies)) is not None
        ],
        lead_time_reading=readings.lead_time(found),
        in_columns_reading=readings.time_in_columns(found, names),
        count=len(found.cards),
        cards=[schemas.FinishedCard.of(card) for card in found.cards[-MOST_CARDS:]],
    )


async def ageing(asked: Asked) -> schemas.AgeingInsight:
    """How old the cards in progress are, beside those that were finished on these days."""
    first, last = asked.days(TWELVE_WEEKS)
    done = await figures.cycle_times(asked.session, _done(asked, first, last))
    cards = await figures.in_progress(
        asked.session, asked.board_id, asked.question.selection, asked.as_of
    )
    found = lasting.ageing(cards, done, asked.as_of)
    metrics = (Metric.AGE, Metric.CYCLE_TIME, Metric.PERCENTILE)
    return schemas.AgeingInsight(
        **frame(asked, readings.ageing(found), *metrics),
        range=DaysResponse(first=first, last=last),
        cycle_time=PercentilesResponse.of(percentiles(done)),
        count=len(found),
        cards=[schemas.AgeingCard.of(card) for card in found[:MOST_CARDS]],
    )


async def throughput(asked: Asked) -> schemas.ThroughputInsight:
    """How many cards were done on these days."""
    first, last = asked.days(FOUR_WEEKS)
    times = await figures.times_of_completion(asked.session, _done(asked, first, last))
    days = counting.throughput(times, asked.calendar, first, last, asked.as_of)
    return schemas.ThroughputInsight(
        **frame(asked, readings.throughput(days), Metric.THROUGHPUT),
        days=[schemas.ThroughputDay.of(day) for day in days],
        weeks=[schemas.ThroughputWeek.model_validate(week) for week in counting.by_week(days)],
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a forecast is asked for besides."""

    cards: int | None
    """How many there are to do; those that are asked for and not done, if None."""
    by: date | None
    seed: int


async def forecast(asked: Asked, outlook: Outlook) -> schemas.ForecastInsight:
    """What may come, drawn from the throughput on these days that are over.

    Raises:
        BadRange: the day that is asked about is past already.
    """
    today = asked.today
    first = today + timedelta(days=1)
    if outlook.by is not None and outlook.by < first:
        raise BadRange(f"`by` ({outlook.by}) must be after the day of asking ({today}).")
    days = await _lived_through(asked, *asked.days(TWELVE_WEEKS, until=today - timedelta(days=1)))
    pace = await _pace(asked, *days)
    cards = outlook.cards
    if cards is None:
        cards = await figures.count_open(
            asked.session, asked.board_id, asked.question.selection, asked.as_of
        )
    done = many = None
    if cards:
        done = await answer(
            partial(forecasting.when_done, cards, pace, asked.calendar, first, seed=outlook.seed)
        )
    if outlook.by is not None:
        many = await answer(
            partial(
                forecasting.how_many, outlook.by, pace, asked.calendar, first, seed=outlook.seed
            )
        )
    return schemas.ForecastInsight(
        **frame(
            asked,
            readings.when_done(done) if cards else "Nothing is left to do.",
            *(Metric.FORECAST, Metric.THROUGHPUT, Metric.PERCENTILE),
        ),
        range=DaysResponse(first=days[0], last=days[1]),
        first=first,
        seed=outlook.seed,
        cards=cards,
        when_done=schemas.ForecastInsight.likely_days(done),
        by=outlook.by,
        how_many=schemas.ForecastInsight.likely_cards(many),
        how_many_reading=None if outlook.by is None else readings.how_many(many),
    )


async def _lived_through(asked: Asked, first: date, last: date) -> tuple[date, date]:
    """These days without those before the board's first card, unless somebody asked for them."""
    if asked.question.first is None:
        since = await figures.lived_since(asked.session, asked.board_id, asked.as_of)
        if since is not None:
            first = min(max(first, asked.calendar.date_of(since)), last)
    return first, last


async def _pace(asked: Asked, first: date, last: date) -> forecasting.Pace:
    """What those did who are asked for. Sprints and labels say what there is to do, people also say who does it."""
    team = Selection(assignee_ids=asked.question.selection.assignee_ids)
    as_of = min(asked.calendar.start_of(asked.today) - INSTANT, asked.as_of)
    done = _done(asked, first, last, team, as_of)
    times = await figures.times_of_completion(asked.session, done)
    return forecasting.Pace.of(counting.throughput(times, asked.calendar, first, last, as_of))
