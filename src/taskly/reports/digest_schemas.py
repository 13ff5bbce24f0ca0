"""The digest of a week."""

from datetime import date, datetime

from pydantic import Field

from taskly.insights.card_schemas import ThroughputWeek
from taskly.insights.code_schemas import MergedResponse
from taskly.insights.schemas import AmountResponse, SprintInChart
from taskly.platform.http.schema import Response
from taskly.reports.schemas import (
    BoardInReport,
    CardWithPoints,
    DeliveredCard,
    Listed,
    ScopeChangeInReport,
    Standing,
    ThanksResponse,
)


class WeekInReport(Response):
    """A week from Monday to Sunday, as ISO 8601 counts them."""

    name: str = Field(examples=["2026-W48"])
    first: date
    last: date
    is_over: bool = Field(examples=[True])


class StartedCard(CardWithPoints):
    """A card on which work first began."""

    started_at: datetime


class SprintInWeek(Response):
    """A sprint that ran in the week, as it stood at the end of it, or of its own."""

    sprint: SprintInChart
    reading: str = Field(examples=["5 of 13 points are done and 8 remain."])
    scope: AmountResponse
    done: AmountResponse
    remaining: AmountResponse


class ScopeChangeInWeek(ScopeChangeInReport):
    """A change of the scope of a sprint that ran."""

    sprint_name: str = Field(examples=["Sprint 12"])


class ThroughputInReport(Response):
    """How many cards were done, beside the weeks before."""

    cards: int = Field(examples=[7])
    weeks_before: list[ThroughputWeek] = Field(
        description="Up to eight, without those in which the board was not there yet."
    )
    average_before: float | None = Field(examples=[5.5], description="Null without such weeks.")
    reading: str = Field(examples=["7 cards were done, after 5.5 a week in the 8 weeks before."])


class WeeklyDigest(Response):
    """What happened on a board in a week."""

    board: BoardInReport
    week: WeekInReport
    as_of: datetime = Field(description="The end of the week, or the moment of asking.")
    time_zone: str = Field(examples=["Europe/Berlin"], description="Whose days these are.")
    reading: str = Field(
        examples=["7 cards were done, after 5.5 a week in the 8 weeks before. 2 were started."],
        description="The digest in a paragraph.",
    )
    delivered: Listed[DeliveredCard] = Field(description="In the order in which they were done.")
    started: Listed[StartedCard] = Field(
        description="Those that were in progress or done at the end of the week."
    )
    started_not_done: Listed[StartedCard] = Field(
        description="Those of them that were not done at the end of the week."
    )
    sprints: list[SprintInWeek]
    scope_changes: Listed[ScopeChangeInWeek]
    throughput: ThroughputInReport
    unseen: Listed[MergedResponse] = Field(
        description="What was merged and was on no card before, in the board's repositories."
    )
    now: Standing = Field(description="As of asking.")
    thanks: list[ThanksResponse] = Field(description="By their names.")

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened that would be worth a mail."""
        news = (self.delivered, self.started, self.scope_changes, self.unseen)
        return not any(each.count for each in news)
