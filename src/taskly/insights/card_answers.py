"""Answers about cards: where they were, how long they took, and what may come."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from taskly.boards.rules import Category
from taskly.insights import card_schemas as schemas
from taskly.insights import step_repository as steps
from taskly.insights.asking import FOUR_WEEKS, TWELVE_WEEKS, Asked, answer
from taskly.insights.errors import BadRange
from taskly.insights.rules import durations as lasting
from taskly.insights.rules import flow as flowing
from taskly.insights.rules import forecast as forecasting
from taskly.insights.rules import readings
from taskly.insights.rules import throughput as counting
from taskly.insights.rules.days import INSTANT
from taskly.insights.rules.definitions import Metric
from taskly.insights.rules.histories import CardHistory, Selection
from taskly.insights.schemas import DaysResponse, PercentilesResponse, frame

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
    match [*selection.sprint_ids, *selection.label_ids, *selection.assignee_ids]:
        case []:
            scope_id = asked.board_id
        case [scope_id]:
            pass
        case _:
            cards = await steps.selected(asked.session, asked.board_id, selection, asked.as_of)
            return await answer(partial(flowing.changes, cards, asked.calendar, asked.as_of))
    last = min(last, asked.today)
    changes = await steps.flow_changes(
        asked.session, asked.board_id, scope_id, first=first, last=last
    )
    # The rollup has the whole day; what came after the moment of asking is taken back.
    ends_at = asked.calendar.day(last).ends_at
    for step, ended_at in await steps.changed_between(
        asked.session, asked.board_id, asked.as_of, ends_at
    ):
        if selection.admits(step):
            for at, change in flowing.turns(step, ended_at):
                if asked.as_of < at < ends_at:
                    changes[asked.calendar.date_of(at)][flowing.place_of(step)] -= change
    return changes


async def _done(
    asked: Asked, first: date, last: date, selection: Selection, as_of: datetime
) -> list[CardHistory]:
    """The cards that were done at a moment, and so since one of these days."""
    return await steps.done_between(
        asked.session,
        asked.board_id,
        selection,
        starts_at=asked.calendar.start_of(first),
        ends_at=asked.calendar.day(last).ends_at,
        as_of=as_of,
    )


async def _finished(asked: Asked, first: date, last: date) -> lasting.Durations:
    cards = await _done(asked, first, last, asked.question.selection, asked.as_of)
    return await answer(partial(lasting.durations, cards, asked.calendar, first, last, asked.as_of))


async def durations(asked: Asked) -> schemas.DurationsInsight:
    """How long the cards took that were done on these days."""
    first, last = asked.days(FOUR_WEEKS)
    found = await _finished(asked, first, last)
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
    done = await _finished(asked, first, last)
    cards = await steps.unfinished(
        asked.session,
        asked.board_id,
        asked.question.selection,
        [Category.IN_PROGRESS],
        asked.as_of,
    )
    found = lasting.ageing(cards, [card.cycle_time for card in done.cards], asked.as_of)
    metrics = (Metric.AGE, Metric.CYCLE_TIME, Metric.PERCENTILE)
    return schemas.AgeingInsight(
        **frame(asked, readings.ageing(found), *metrics),
        range=DaysResponse(first=first, last=last),
        cycle_time=PercentilesResponse.of(done.cycle_time),
        count=len(found),
        cards=[schemas.AgeingCard.of(card) for card in found[:MOST_CARDS]],
    )


async def throughput(asked: Asked) -> schemas.ThroughputInsight:
    """How many cards were done on these days."""
    first, last = asked.days(FOUR_WEEKS)
    cards = await _done(asked, first, last, asked.question.selection, asked.as_of)
    days = counting.throughput(cards, asked.calendar, first, last, asked.as_of)
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
    cards = await _open(asked) if outlook.cards is None else outlook.cards
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
        since = await steps.lived_since(asked.session, asked.board_id)
        if since is not None:
            first = min(max(first, asked.calendar.date_of(since)), last)
    return first, last


async def _pace(asked: Asked, first: date, last: date) -> forecasting.Pace:
    """What those did who are asked for. Sprints and labels say what there is to do, people also say who does it."""
    team = Selection(assignee_ids=asked.question.selection.assignee_ids)
    as_of = min(asked.calendar.start_of(asked.today) - INSTANT, asked.as_of)
    cards = await _done(asked, first, last, team, as_of)
    return forecasting.Pace.of(counting.throughput(cards, asked.calendar, first, last, as_of))


async def _open(asked: Asked) -> int:
    """How many of the cards that are asked for were on the board and not done."""
    is_open = [Category.TODO, Category.IN_PROGRESS]
    selection = asked.question.selection
    return len(
        await steps.unfinished(asked.session, asked.board_id, selection, is_open, asked.as_of)
    )
