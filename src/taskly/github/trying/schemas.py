"""What the API takes and shows of trying rules."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from taskly.github.rules.automation import Rule
from taskly.github.schemas import UpdateAutomation
from taskly.github.trying.trial import TriedMove
from taskly.github.trying.trial_repository import PastMove
from taskly.platform.http.schema import Integer, Request, Response

MOST_DAYS = 30


class TryAutomation(Request):
    """Rules to try."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{}, {"automation": {"merged": {"targets": [{"pattern": "main"}]}}}]
        }
    )

    automation: UpdateAutomation = Field(
        default=UpdateAutomation(),
        description="What to change of the board's rules; without it they are tried as they are.",
    )
    days: Annotated[Integer, Field(ge=1, le=MOST_DAYS)] = Field(
        default=MOST_DAYS, description="How many of the last days to look at."
    )


class TriedMoveResponse(Response):
    """A move that a rule would have made."""

    at: datetime = Field(description="When GitHub's delivery was worked out.")
    rule: Rule = Field(examples=["merged"])
    from_column_id: UUID
    to_column_id: UUID
    delivery_id: UUID = Field(description="GitHub's name for the delivery.")
    repository: str = Field(examples=["octo/payments"])
    pull_request: int | None = Field(examples=[34])
    branch: str | None = Field(examples=[None])
    commit: str | None = Field(examples=["9f2c1d0b7a5e4c3f8d6b1a0e9f2c1d0b7a5e4c3f"])
    url: str = Field(examples=["https://github.com/octo/payments/pull/34"])

    @classmethod
    def of(cls, move: TriedMove) -> Self:
        """The answer for a move."""
        named = move.because
        return cls(
            at=move.heard.at,
            rule=move.rule,
            from_column_id=move.from_column_id,
            to_column_id=move.to_column_id,
            delivery_id=move.heard.delivery_id,
            repository=named.repository,
            pull_request=named.number,
            branch=named.branch,
            commit=named.commit,
            url=named.url,
        )


class PastMoveResponse(Response):
    """A move that a rule made."""

    at: datetime
    rule: Rule = Field(examples=["merged"])
    from_column_id: UUID
    to_column_id: UUID
    operation_id: UUID
    delivery_id: UUID | None = Field(
        description="GitHub's name for the delivery; null if something else told of it."
    )

    @classmethod
    def of(cls, move: PastMove) -> Self:
        """The answer for a move that the log tells of."""
        before, after = move.before or {}, move.after or {}
        return cls(
            at=move.at,
            rule=move.reason["rule"],
            from_column_id=before["column_id"],
            to_column_id=after["column_id"],
            operation_id=move.operation_id,
            delivery_id=move.reason.get("delivery_id"),
        )


class TriedCard(Response):
    """A card that rules moved, or would have moved."""

    id: UUID
    key: str = Field(examples=["PAY-12"])
    title: str = Field(examples=["Refund a payment twice"])
    column_id: UUID | None = Field(description="Where it is; null if it is in the archive.")
    would_be_in: UUID | None = Field(description="Where it would be.")
    would_move: list[TriedMoveResponse]
    moved: list[PastMoveResponse] = Field(description="What rules really did, in that time.")


class DryRun(Response):
    """What rules would have done. Nothing was changed."""

    since: datetime
    until: datetime = Field(description="Up to when deliveries were looked at.")
    deliveries: int = Field(examples=[412], description="How many were looked at.")
    complete: bool = Field(
        examples=[True], description="False if there was too much to look at all of it."
    )
    cards: list[TriedCard] = Field(
        description="Those that were moved or would have been, in the order of their keys."
    )
