"""How a connection is doing, as the API shows it."""

from datetime import datetime
from typing import Self

from pydantic import Field

from taskly.github.models import Health
from taskly.github.syncing.health import ConnectionHealth, Receiving
from taskly.platform.http.schema import Response


class Comparison(Response):
    """What the last comparison with GitHub found."""

    began_at: datetime
    pull_requests: int = Field(examples=[12], description="How many were looked at.")
    branches: int = Field(examples=[5])
    corrected: int = Field(
        examples=[0], description="How many of them were held wrongly, or not at all."
    )
    redelivered: int = Field(
        examples=[0], description="Deliveries that GitHub was asked to send again."
    )


class RateLimit(Response):
    """What is left of the limit of the account that connected the repository."""

    limit: int = Field(examples=[5000])
    remaining: int = Field(examples=[4820])
    resets_at: datetime


class HealthResponse(Response):
    """How a connection is doing."""

    health: Health
    receiving: Receiving = Field(
        description="`webhook`: GitHub tells what happens. `polling`: it is asked, because nothing arrives."
    )
    advice: str | None = Field(
        examples=[None], description="What is not as it should be, and what to do about it."
    )
    last_delivery_at: datetime | None
    silent_since: datetime | None = Field(
        examples=[None], description="Since when the webhook has told nothing of what happened."
    )
    waiting: int = Field(examples=[0], description="Deliveries that wait to be worked out.")
    lag_seconds: float = Field(examples=[0], description="How old the oldest of them is.")
    failing: int = Field(examples=[0], description="Of the last seven days: those tried again.")
    dead: int = Field(examples=[0], description="Of the last seven days: those given up.")
    last_sync_at: datetime | None = Field(
        description="What happened at GitHub before is known: then the last comparison began."
    )
    next_sync_at: datetime | None
    last_comparison: Comparison | None
    drifting: int = Field(
        examples=[0], description="How many cards with code of it have come apart from their code."
    )
    rate_limit: RateLimit | None = Field(description="Null if GitHub did not say lately.")

    @classmethod
    def of(cls, found: ConnectionHealth) -> Self:
        """The answer."""
        row, traffic, budget = found.row, found.traffic, found.budget
        return cls(
            health=row.health,
            receiving=found.receiving,
            advice=found.advice,
            last_delivery_at=traffic.last_at,
            silent_since=row.silent_since,
            waiting=traffic.waiting,
            lag_seconds=found.lag_seconds,
            failing=traffic.failed,
            dead=traffic.dead,
            last_sync_at=row.last_sync_at,
            next_sync_at=row.next_sync_at,
            last_comparison=row.last_reconciliation
            and Comparison.model_validate(row.last_reconciliation),
            drifting=found.drifting,
            rate_limit=None if budget is None else RateLimit.model_validate(budget),
        )
