"""How long cards take: cycle time, lead time, time in each column, and the age of what is not done."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from taskly.insights.rules.histories import CardHistory, Presence
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


def finished(
    card_id: UUID,
    created_at: datetime,
    started_at: datetime | None,
    done_at: datetime,
    in_columns: Mapping[UUID, timedelta],
) -> Finished:
    """A card that is done since a moment."""
    # What another product says of a card's past need not be in order.
    return Finished(
        card_id=card_id,
        done_at=done_at,
        cycle_time=cycle_time(started_at, done_at),
        lead_time=max(NO_TIME, done_at - created_at),
        in_columns=in_columns,
    )


def cycle_time(started_at: datetime | None, done_at: datetime) -> timedelta:
    """How long work took. What was never begun took no time."""
    return max(NO_TIME, done_at - (started_at or done_at))


def durations(cards: Iterable[Finished]) -> Durations:
    """How long cards took."""
    found = sorted(cards, key=_by_time)
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


def _by_time(card: Finished) -> tuple[datetime, UUID]:
    return card.done_at, card.card_id


def time_in_columns(card: CardHistory, until: datetime) -> dict[UUID, timedelta]:
    """How long a card has been in each column of the board up to a moment."""
    times = defaultdict(timedelta, card.earlier)
    for step, ended_at in card.stretches():
        add_stay(times, step.column_id, step.presence, step.at, min(ended_at or until, until))
    return dict(times)


def add_stay(
    times: defaultdict[UUID, timedelta],
    column_id: UUID,
    presence: Presence,
    began_at: datetime,
    ended_at: datetime,
) -> None:
    """Add how long a card was in a column. The archive is no column."""
    if presence is Presence.ON_BOARD and ended_at > began_at:
        times[column_id] += ended_at - began_at


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


@dataclass(frozen=True, slots=True)
class InProgress:
    """A card in progress, and since when."""

    card_id: UUID
    column_id: UUID
    started_at: datetime


def ageing(
    cards: Iterable[InProgress], cycle_times: Iterable[timedelta], as_of: datetime
) -> tuple[Ageing, ...]:
    """How old cards in progress are at a moment, the oldest first."""
    ordered = sorted(cycle_times)
    limits = [(each, percentile(ordered, each)) for each in PERCENTS] if ordered else []
    found = []
    for card in cards:
        age = as_of - card.started_at
        found.append(
            Ageing(
                card_id=card.card_id,
                column_id=card.column_id,
                started_at=card.started_at,
                age=age,
                older_than=max((each for each, limit in limits if age > limit), default=None),
                share_sooner=bisect_left(ordered, age) / len(ordered) if ordered else None,
            )
        )
    return tuple(sorted(found, key=lambda each: (each.started_at, each.card_id)))
