"""What the API tells of the past of pull requests."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from taskly.insights.pull_request_repository import MergedPullRequest
from taskly.insights.schemas import DaysResponse, Insight, PercentilesResponse
from taskly.platform.http.schema import Response


class MergedResponse(Response):
    """A pull request that was merged."""

    repository: str = Field(examples=["octo/payments"])
    number: int = Field(examples=[7])
    title: str = Field(examples=["Refund twice"])
    url: str = Field(examples=["https://github.com/octo/payments/pull/7"])
    merged_at: datetime


def named(pull: MergedPullRequest) -> dict[str, Any]:
    """The fields of a `MergedResponse`."""
    return {name: getattr(pull, name) for name in MergedResponse.model_fields}


class ReviewedResponse(MergedResponse):
    """A pull request on cards of the board that was merged, and how long it took, in seconds."""

    card_ids: list[UUID]
    first_review: int | None = Field(
        examples=[14_400], description="Until its first review; null, if nobody reviewed it."
    )
    review: int | None = Field(examples=[86_400], description="From there to the merge.")
    merge: int = Field(
        examples=[100_800], description="From when it was ready for review to the merge."
    )


class ReviewsInsight(Insight):
    """How long the pull requests on cards of the board took that were merged on these days."""

    range: DaysResponse
    merged: int = Field(examples=[12])
    reviewed: int = Field(examples=[10], description="So many of them were reviewed before.")
    first_review: PercentilesResponse | None = Field(
        description="From when they were ready for review to the first one."
    )
    review: PercentilesResponse | None = Field(description="From the first review to the merge.")
    merge: PercentilesResponse | None = Field(
        description="From when they were ready for review to the merge, of all."
    )
    pull_requests: list[ReviewedResponse] = Field(
        description="Those merged last, as many as 1 000."
    )


class UnseenWeek(Response):
    """What was merged in a week."""

    monday: date
    merged: int = Field(examples=[6])
    unseen: int = Field(examples=[1], description="So many were on no card before.")


class UnseenInsight(Insight):
    """How much was merged on these days that was on no card before."""

    range: DaysResponse
    merged: int = Field(examples=[12], description="While its repository was connected.")
    unseen: int = Field(examples=[3])
    earlier: int = Field(
        examples=[0],
        description="So many more were merged before their repository was connected, the last time if it was "
        "disconnected meanwhile. They are not counted.",
    )
    share: float | None = Field(examples=[0.25], description="Null, if nothing was merged.")
    weeks: list[UnseenWeek]
    pull_requests: list[MergedResponse] = Field(
        description="The unseen ones that were merged last, as many as 1 000."
    )
