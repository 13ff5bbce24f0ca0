"""Answers about cards: where they were, how long they took, and what may come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from taskly.boards.rules import Category
from taskly.insights import card_schemas as schemas
from taskly.insights.asking import FOUR_WEEKS, TWELVE_WEEKS, Asked
from taskly.insights.errors import BadRange
from taskly.insights.rules import durations as lasting
from taskly.insights.rules import flow as flowing
from taskly.insights.rules import forecast as forecasting
from taskly.insights.rules import readings
from taskly.insights.rules import throughput as counting
from taskly.insights.rules.days import INSTANT
from taskly.insights.rules.definitions import Metric
from taskly.insights.rules.histories import CardHistory, Presence, Selection, select
from taskly.insights.schemas import DaysResponse, PercentilesResponse, frame

MOST_CARDS = 1_000
"""So many cards one answer lists."""


def flow(asked: Asked) -> schemas.FlowInsight:
    """How many cards stood where, day by day."""
    days = flowing.cumulative_flow(
        asked.cards(), asked.calendar, *asked.days(FOUR_WEEKS), asked.as_of
    )
    named = {column_id for day in days for column_id in day.by_column}
    return schemas.FlowInsight(
        **frame(asked, readings.cumulative_flow(days), Metric.CUMULATIVE_FLOW),
        columns=schemas.columns_of(asked.past.columns, named),
        days=[schemas.FlowDayResponse.of(day) for day in days],
    )


def durations(asked: Asked) -> schemas.DurationsInsight:
    """How long the cards took that were done on these days."""
    first, last = asked.days(FOUR_WEEKS)
    found = lasting.durations(asked.cards(), asked.calendar, first, last, asked.as_of)
    names = {column.id: column.name for column in asked.past.columns}
    metrics = (Metric.CYCLE_TIME, Metric.LEAD_TIME, Metric.TIME_IN_COLUMN, Metric.PERCENTILE)
    return schemas.DurationsInsight(
        **frame(asked, readings.cycle_time(found), *metrics),
        range=DaysResponse(first=first, last=last),
        columns=schemas.columns_of(asked.past.columns, set(found.in_columns)),
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


def ageing(asked: Asked) -> schemas.AgeingInsight:
    """How old the cards in progress are, beside those that were finished on these days."""
    first, last = asked.days(TWELVE_WEEKS)
    cards = asked.cards()
    done = lasting.durations(cards, asked.calendar, first, last, asked.as_of)
    found = lasting.ageing(cards, [card.cycle_time for card in done.cards], asked.as_of)
    metrics = (Metric.AGE, Metric.CYCLE_TIME, Metric.PERCENTILE)
    return schemas.AgeingInsight(
        **frame(asked, readings.ageing(found), *metrics),
        range=DaysResponse(first=first, last=last),
        cycle_time=PercentilesResponse.of(done.cycle_time),
        count=len(found),
        cards=[schemas.AgeingCard.of(card) for card in found[:MOST_CARDS]],
    )


def throughput(asked: Asked) -> schemas.ThroughputInsight:
    """How many cards were done on these days."""
    days = counting.throughput(asked.cards(), asked.calendar, *asked.days(FOUR_WEEKS), asked.as_of)
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


def forecast(asked: Asked, outlook: Outlook) -> schemas.ForecastInsight:
    """What may come, drawn from the throughput on these days that are over.

    Raises:
        BadRange: the day that is asked about is past already.
    """
    today = asked.today
    first = today + timedelta(days=1)
    if outlook.by is not None and outlook.by < first:
        raise BadRange(f"`by` ({outlook.by}) must be after the day of asking ({today}).")
    days = asked.days(TWELVE_WEEKS, until=today - timedelta(days=1))
    over = asked.calendar.start_of(today) - INSTANT
    # Sprints and labels say what there is to do, people also say who does it.
    team = select(asked.past.cards, Selection(assignee_ids=asked.question.selection.assignee_ids))
    pace = forecasting.Pace.of(
        counting.throughput(team, asked.calendar, *days, min(over, asked.as_of))
    )
    cards = _open(asked.cards(), asked.as_of) if outlook.cards is None else outlook.cards
    done = many = None
    if cards:
        done = forecasting.when_done(cards, pace, asked.calendar, first, seed=outlook.seed)
    if outlook.by is not None:
        many = forecasting.how_many(outlook.by, pace, asked.calendar, first, seed=outlook.seed)
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


def _open(cards: Iterable[CardHistory], as_of: datetime) -> int:
    """How many cards were on the board at a moment and not done."""
    steps = (card.before(as_of + INSTANT) for card in cards)
    return sum(
        step is not None
        and step.presence is Presence.ON_BOARD
        and step.category is not Category.DONE
        for step in steps
    )
