"""How long cards take: cycle time, lead time, time in each column, and the age of what is not done."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.histories import CardHistory, Presence, Step
from taskly.insights.rules.percentiles import PERCENTS, Percentiles, percentile, percentiles

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Finished:
    """A card that is done, and how long it took. Durations are elapsed time, nights and weekends included."""

    card_id: UUID
    done_at: datetime
    """When it was done last."""
    cycle_time: timedelta
    """From when work began."""
    lead_time: timedelta
    """From when the card was made."""
    in_columns: Mapping[UUID, timedelta]
    """The time in each column of the board until the card was done."""


@dataclass(frozen=True, slots=True)
class Durations:
    """The finished cards of some days, in the order in which they were done."""

    cards: tuple[Finished, ...]
    cycle_time: Percentiles | None
    lead_time: Percentiles | None
    in_columns: Mapping[UUID, Percentiles]
    """Of the cards that have been in a column."""


def durations(
    cards: Iterable[CardHistory],
    calendar: WorkCalendar,
    first: date,
    last: date,
    as_of: datetime,
) -> Durations:
    """How long the cards took that are done at a moment, and were so since one of these days."""
    starts_at, ends_at = calendar.start_of(first), calendar.day(last).ends_at
    found = [
        _finished(card, step, done_at)
        for card, step, done_at in done(cards, as_of)
        if starts_at <= done_at < ends_at
    ]
    found.sort(key=_by_time)
    stays: defaultdict[UUID, list[timedelta]] = defaultdict(list)
    for card in found:
        for column_id, time in card.in_columns.items():
            stays[column_id].append(time)
    return Durations(
        cards=tuple(found),
        cycle_time=percentiles([card.cycle_time for card in found]),
        lead_time=percentiles([card.lead_time for card in found]),
        in_columns={
            column_id: lying
            for column_id, times in stays.items()
            if (lying := percentiles(times)) is not None
        },
    )


def finished(cards: Iterable[CardHistory], as_of: datetime) -> list[Finished]:
    """The cards that are done at a moment, in the order in which they were. Reopened ones are not done."""
    found = [_finished(card, step, done_at) for card, step, done_at in done(cards, as_of)]
    return sorted(found, key=_by_time)


def _by_time(card: Finished) -> tuple[datetime, UUID]:
    return card.done_at, card.card_id


def done(
    cards: Iterable[CardHistory], as_of: datetime
) -> Iterator[tuple[CardHistory, Step, datetime]]:
    """The cards that are done at a moment, with what they are then and since when they have been done."""
    for card in cards:
        step = card.before(as_of + INSTANT)
        if step is not None and step.counts and step.done_at is not None:
            yield card, step, step.done_at


def _finished(card: CardHistory, step: Step, done_at: datetime) -> Finished:
    # What another product says of a card's past need not be in order.
    return Finished(
        card_id=card.card_id,
        done_at=done_at,
        cycle_time=max(NO_TIME, done_at - (step.started_at or done_at)),
        lead_time=max(NO_TIME, done_at - card.created_at),
        in_columns=time_in_columns(card, done_at),
    )


def time_in_columns(card: CardHistory, until: datetime) -> dict[UUID, timedelta]:
    """How long a card has been in each column of the board up to a moment. The archive is no column."""
    times = defaultdict(timedelta, card.earlier)
    for step, ended_at in card.stretches():
        stay = min(ended_at or until, until) - step.at
        if step.presence is Presence.ON_BOARD and stay > NO_TIME:
            times[step.column_id] += stay
    return dict(times)


@dataclass(frozen=True, slots=True)
class Ageing:
    """A card in progress, and how old it is beside the cards that were finished."""

    card_id: UUID
    column_id: UUID
    started_at: datetime
    age: timedelta
    older_than: int | None
    """The highest of 50, 85 and 95 whose percentile of the cycle times it exceeds; None if it exceeds none."""
    share_sooner: float | None
    """The share of finished cards that took less time; None if there are none to compare with."""


def ageing(
    cards: Iterable[CardHistory], cycle_times: Iterable[timedelta], as_of: datetime
) -> tuple[Ageing, ...]:
    """The cards in progress at a moment, the oldest first."""
    ordered = sorted(cycle_times)
    found = []
    for card in cards:
        step = card.before(as_of + INSTANT)
        if step is None or step.presence is not Presence.ON_BOARD:
            continue
        if step.category is not Category.IN_PROGRESS or step.started_at is None:
            continue
        age = as_of - step.started_at
        exceeded = [each for each in PERCENTS if ordered and age > percentile(ordered, each)]
        share = bisect_left(ordered, age) / len(ordered) if ordered else None
        found.append(
            Ageing(
                card_id=card.card_id,
                column_id=step.column_id,
                started_at=step.started_at,
                age=age,
                older_than=max(exceeded, default=None),
                share_sooner=share,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.started_at, each.card_id)))
