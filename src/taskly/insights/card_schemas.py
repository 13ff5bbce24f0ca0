"""What the API tells of the past of cards: where they were, how long they took, and what may come."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

from pydantic import Field

from taskly.boards.rules import Category
from taskly.insights.rules.durations import Ageing, Finished
from taskly.insights.rules.flow import FlowDay
from taskly.insights.rules.forecast import HowMany, WhenDone
from taskly.insights.rules.histories import Column
from taskly.insights.rules.throughput import DoneOnDay
from taskly.insights.schemas import DaysResponse, Insight, PercentilesResponse
from taskly.platform.http.schema import Response


def seconds(time: timedelta) -> int:
    """A duration as the API writes it."""
    return int(time.total_seconds())


class ColumnInChart(Response):
    """A column as it was last."""

    id: UUID
    name: str = Field(examples=["In Review"])
    category: Category
    is_deleted: bool = Field(examples=[False])


def columns_of(columns: Iterable[Column], named: set[UUID]) -> list[ColumnInChart]:
    """The columns that are there or are named, from left to right."""
    shown = [each for each in columns if not each.is_deleted or each.id in named]
    return [ColumnInChart.model_validate(each) for each in shown]


class CardsInColumn(Response):
    """How many cards were in a column."""

    column_id: UUID
    cards: int = Field(examples=[4])


class CardsByCategory(Response):
    """How many cards were in the columns of each category, as these meant it then."""

    todo: int = Field(examples=[12])
    in_progress: int = Field(examples=[4])
    done: int = Field(examples=[30])


class FlowDayResponse(Response):
    """The cards at the end of a day, or now if it is not over."""

    date: date
    is_working_day: bool = Field(examples=[True])
    by_column: list[CardsInColumn] = Field(description="Columns without cards are left out.")
    by_category: CardsByCategory

    @classmethod
    def of(cls, found: FlowDay) -> Self:
        """The answer for a day."""
        return cls(
            date=found.day.date,
            is_working_day=found.day.is_working_day,
            by_column=[
                CardsInColumn(column_id=column_id, cards=cards)
                for column_id, cards in sorted(found.by_column.items())
            ],
            by_category=CardsByCategory(**{key.value: n for key, n in found.by_category.items()}),
        )


class FlowInsight(Insight):
    """Where cards stood day by day."""

    columns: list[ColumnInChart] = Field(description="From left to right.")
    days: list[FlowDayResponse]


class TimeInColumn(Response):
    """How long a card was in a column."""

    column_id: UUID
    seconds: int = Field(examples=[86_400])


class FinishedCard(Response):
    """A card that is done."""

    card_id: UUID
    done_at: datetime
    cycle_time: int = Field(examples=[172_800], description="In seconds, as all durations.")
    lead_time: int = Field(examples=[604_800])
    in_columns: list[TimeInColumn]

    @classmethod
    def of(cls, found: Finished) -> Self:
        """The answer for a card."""
        return cls(
            card_id=found.card_id,
            done_at=found.done_at,
            cycle_time=seconds(found.cycle_time),
            lead_time=seconds(found.lead_time),
            in_columns=[
                TimeInColumn(column_id=column_id, seconds=seconds(time))
                for column_id, time in sorted(found.in_columns.items())
            ],
        )


class PercentilesInColumn(Response):
    """How long cards were in a column."""

    column_id: UUID
    time: PercentilesResponse


class DurationsInsight(Insight):
    """How long the cards took that were done on these days."""

    range: DaysResponse
    columns: list[ColumnInChart]
    cycle_time: PercentilesResponse | None = Field(description="Null, if no card was done.")
    lead_time: PercentilesResponse | None
    in_columns: list[PercentilesInColumn]
    lead_time_reading: str = Field(examples=["85 % of 20 cards were done within 9 days."])
    in_columns_reading: str = Field(examples=["Cards stay longest in In Review."])
    count: int = Field(examples=[20], description="How many cards were done.")
    cards: list[FinishedCard] = Field(description="Those done last, as many as 1 000.")


class AgeingCard(Response):
    """A card in progress."""

    card_id: UUID
    column_id: UUID
    started_at: datetime
    age: int = Field(examples=[259_200], description="In seconds.")
    older_than: int | None = Field(
        examples=[85], description="The highest percentile that it exceeds: 50, 85, 95 or none."
    )
    share_sooner: float | None = Field(
        examples=[0.9], description="The share of finished cards that took less time."
    )

    @classmethod
    def of(cls, found: Ageing) -> Self:
        """The answer for a card."""
        return cls(
            card_id=found.card_id,
            column_id=found.column_id,
            started_at=found.started_at,
            age=seconds(found.age),
            older_than=found.older_than,
            share_sooner=found.share_sooner,
        )


class AgeingInsight(Insight):
    """How old the cards in progress are, beside those that were finished on these days."""

    range: DaysResponse
    cycle_time: PercentilesResponse | None = Field(description="Of the finished cards.")
    count: int = Field(examples=[6], description="How many cards are in progress.")
    cards: list[AgeingCard] = Field(description="The oldest first, as many as 1 000.")


class ThroughputDay(Response):
    """How many cards were done on a day."""

    date: date
    is_working_day: bool = Field(examples=[True])
    cards: int = Field(examples=[2])

    @classmethod
    def of(cls, found: DoneOnDay) -> Self:
        """The answer for a day."""
        return cls(date=found.day.date, is_working_day=found.day.is_working_day, cards=found.cards)


class ThroughputWeek(Response):
    """How many cards were done in a week."""

    monday: date
    cards: int = Field(examples=[7])
    days: int = Field(examples=[7], description="How many of its days were looked at.")


class ThroughputInsight(Insight):
    """How many cards were done each day and each week."""

    days: list[ThroughputDay]
    weeks: list[ThroughputWeek]


class LikelyDay(Response):
    """By when the cards are done, and how sure that is."""

    percent: int = Field(examples=[85])
    day: date | None = Field(description="Null, if it is more than 366 days ahead.")


class LikelyCards(Response):
    """How many cards are done, and how sure that is."""

    percent: int = Field(examples=[85])
    cards: int = Field(examples=[9], description="So many or more.")


class ForecastInsight(Insight):
    """What may come, drawn from the throughput of these days."""

    range: DaysResponse = Field(description="The days that were drawn from.")
    first: date = Field(description="Work goes on in the morning of this day.")
    seed: int = Field(examples=[1])
    cards: int = Field(examples=[14], description="How many there are to do.")
    when_done: list[LikelyDay] | None = Field(
        description="Null, if nothing is left to do, or nothing was done to draw from."
    )
    by: date | None = Field(description="The day that was asked about.")
    how_many: list[LikelyCards] | None = Field(description="What is done by then.")
    how_many_reading: str | None = Field(
        examples=["It is 85 % sure that 9 cards or more are done by 4 December 2026."]
    )

    @staticmethod
    def likely_days(found: WhenDone | None) -> list[LikelyDay] | None:
        """The days of a forecast."""
        return None if found is None else [LikelyDay.model_validate(each) for each in found.likely]

    @staticmethod
    def likely_cards(found: HowMany | None) -> list[LikelyCards] | None:
        """The cards of a forecast."""
        if found is None:
            return None
        return [LikelyCards(percent=percent, cards=cards) for percent, cards in found.likely]
