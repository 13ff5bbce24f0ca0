"""Tables of webhooks, of how far each has read the log, and of what it was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.events.models import StreamKind
from taskly.platform.tables import Base, Identified, Timestamped, native_enum
from taskly.webhooks.rules import EndpointState, MessageState, Standing

URL_LENGTH = 2000
DESCRIPTION_LENGTH = 255
ANSWER_LENGTH = 1024
ERROR_LENGTH = 500
MOST_PATTERNS = 50


class WebhookEndpoint(Identified, Timestamped, Base):
    """An address that is told what happens in a workspace."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        UniqueConstraint("workspace_id", "id"),
        Index("ix_webhook_endpoints_next_probe_at", "next_probe_at"),
        CheckConstraint("char_length(url) BETWEEN 1 AND 2000", name="url_length"),
        CheckConstraint("char_length(description) <= 255", name="description_length"),
        CheckConstraint("cardinality(event_types) BETWEEN 1 AND 50", name="event_types_number"),
        CheckConstraint("failures >= 0", name="failures_not_negative"),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    event_types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    board_id: Mapped[UUID | None]
    """Only this board, if one is named. No foreign key: its end is told too, and must not widen the filter."""
    secret: Mapped[str]
    """Encrypted, see `taskly.webhooks.signing`."""
    previous_secret: Mapped[str | None]
    """Encrypted. Signs too, until `previous_secret_until`."""
    previous_secret_until: Mapped[datetime | None]
    state: Mapped[EndpointState] = mapped_column(
        native_enum(EndpointState, "webhook_state"),
        default=EndpointState.ACTIVE,
        server_default="active",
    )
    problem: Mapped[str | None]
    """Why it is told nothing, in words."""
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """In a row."""
    failing_since: Mapped[datetime | None]
    next_probe_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    last_position: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """The place in the line of the latest message."""

    @property
    def standing(self) -> Standing:
        """How it is doing."""
        return Standing(self.state, self.failures, self.failing_since, self.problem)

    @standing.setter
    def standing(self, now: Standing) -> None:
        self.state, self.failures = now.state, now.failures
        self.failing_since, self.problem = now.failing_since, now.problem


class WebhookAttempt(Identified, Timestamped, Base):
    """A message for a webhook, and how telling it goes."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "endpoint_id"],
            ["webhook_endpoints.workspace_id", "webhook_endpoints.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("workspace_id", "endpoint_id", "position"),
        UniqueConstraint("message_id"),
        Index(
            "ix_webhook_attempts_in_line",
            "endpoint_id",
            "position",
            postgresql_where="state = 'queued'",
        ),
        # One message at a time is told for the first time, so that they come in order.
        Index(
            "ix_webhook_attempts_head_of_line",
            "endpoint_id",
            unique=True,
            postgresql_where="state = 'sending' AND event_id IS NOT NULL",
        ),
        Index("ix_webhook_attempts_finished_at", "finished_at"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("char_length(answer) <= 1024", name="answer_length"),
        CheckConstraint("char_length(error) <= 500", name="error_length"),
    )

    workspace_id: Mapped[UUID]
    endpoint_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(BigInteger)
    """Its place in the line of its webhook."""
    message_id: Mapped[str]
    """What the receiver knows it by: the same however often it is sent."""
    event_id: Mapped[UUID | None]
    """What it tells; None for a test. No foreign key: the log is kept by rules of its own."""
    event_type: Mapped[str]
    state: Mapped[MessageState] = mapped_column(
        native_enum(MessageState, "webhook_message_state"),
        default=MessageState.QUEUED,
        server_default="queued",
    )
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was sent since it was last put in the line."""
    status_code: Mapped[int | None]
    latency_ms: Mapped[int | None]
    answer: Mapped[str | None]
    """The beginning of the last answer."""
    error: Mapped[str | None]
    first_sent_at: Mapped[datetime | None]
    last_sent_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class WebhookCursor(Base):
    """How far a webhook has read a stream of the log."""

    __tablename__ = "webhook_cursors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "endpoint_id"],
            ["webhook_endpoints.workspace_id", "webhook_endpoints.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("version >= 0", name="version_not_negative"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    """A board or the workspace. No foreign key: what is gone has still to be told."""
    stream_kind: Mapped[StreamKind] = mapped_column(native_enum(StreamKind, "stream_kind"))
    version: Mapped[int] = mapped_column(BigInteger)
    """The last event that was taken, or passed over."""
