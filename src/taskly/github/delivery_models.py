"""The table of what GitHub sent."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from taskly.github.models import ERROR_LENGTH, of_repository
from taskly.platform.tables import Base, Identified, native_enum


class DeliveryState(enum.StrEnum):
    """What became of a delivery."""

    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"
    DEAD = "dead"


class WebhookDelivery(Identified, Base):
    """One request of GitHub to our webhook, stored before it gets its answer."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        *of_repository("webhook_deliveries"),
        UniqueConstraint("repository_id", "delivery_id"),
        Index("ix_webhook_deliveries_repository_id_received_at", "repository_id", "received_at"),
        Index(
            "ix_webhook_deliveries_with_payload",
            "received_at",
            postgresql_where=text("payload IS NOT NULL"),
        ),
        Index(
            "ix_webhook_deliveries_unsettled",
            "repository_id",
            "state",
            "received_at",
            postgresql_where=text("state IN ('received', 'failed', 'dead')"),
        ),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("char_length(event) BETWEEN 1 AND 100", name="event_length"),
        CheckConstraint("char_length(action) <= 100", name="action_length"),
        CheckConstraint(f"char_length(error) <= {ERROR_LENGTH}", name="error_length"),
    )

    workspace_id: Mapped[UUID]
    repository_id: Mapped[UUID]
    delivery_id: Mapped[UUID]
    """GitHub's name for it; a redelivery has the same."""
    event: Mapped[str]
    action: Mapped[str | None]
    payload: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The body as it came: PostgreSQL's JSON would refuse what JSON allows, and cost more to store."""
    state: Mapped[DeliveryState] = mapped_column(native_enum(DeliveryState, "delivery_state"))
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None]
    """Why it was ignored, or what went wrong."""
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
