"""Tables of the event log and of the outbox."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.context import ActorKind
from taskly.platform.tables import Base, Identified, Timestamped, native_enum


class StreamKind(enum.StrEnum):
    """What a stream of versions belongs to; the value is the singular of the table with its head."""

    BOARD = "board"
    WORKSPACE = "workspace"


class Event(Identified, Base):
    """One recorded change, with its place in the stream. Rows are only ever added.

    There is no foreign key to what the event speaks of: the log outlives it.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("stream_id", "version"),
        Index("ix_events_card_id_created_at", "card_id", "created_at"),
        Index("ix_events_operation_id", "operation_id"),
        Index("ix_events_workspace_id_created_at", "workspace_id", "created_at"),
        Index("ix_events_actor_id_id", "actor_id", "id", postgresql_where="actor_id IS NOT NULL"),
        Index(
            "ix_events_sprint_id",
            text("((data->'after')->>'sprint_id')"),
            postgresql_where="data->'after'->>'sprint_id' IS NOT NULL",
        ),
        CheckConstraint("version > 0", name="version_positive"),
    )

    stream_kind: Mapped[StreamKind] = mapped_column(native_enum(StreamKind, "stream_kind"))
    stream_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)
    workspace_id: Mapped[UUID]
    card_id: Mapped[UUID | None]
    type: Mapped[str]
    actor_kind: Mapped[ActorKind] = mapped_column(native_enum(ActorKind, "actor_kind"))
    actor_id: Mapped[UUID | None]
    operation_id: Mapped[UUID]
    request_id: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class AuditEntry(Identified, Base):
    """Who did what from where. What changed stands in the event of the same id, if there is one.

    There are no foreign keys: the audit log outlives what it speaks of, for as long as settings say.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_workspace_id_id", "workspace_id", "id"),
        Index("ix_audit_entries_actor_id_id", "actor_id", "id"),
        Index("ix_audit_entries_created_at", "created_at"),
        CheckConstraint("char_length(address) <= 45", name="address_length"),
        CheckConstraint("char_length(user_agent) <= 400", name="user_agent_length"),
    )

    workspace_id: Mapped[UUID | None]
    """None for what a person does with their own sessions, tokens and files of workspaces."""
    type: Mapped[str]
    actor_kind: Mapped[ActorKind] = mapped_column(native_enum(ActorKind, "actor_kind"))
    actor_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]
    """The session, token or import, where no event says what changed."""
    address: Mapped[str | None]
    user_agent: Mapped[str | None]
    request_id: Mapped[str | None]
    created_at: Mapped[datetime]


class JobState(enum.StrEnum):
    """Where a job stands. `pending` includes waiting for the next attempt."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(Identified, Timestamped, Base):
    """Work promised in a transaction: the outbox row, and the record of how it went."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "idempotency_key"),
        Index(
            "ix_jobs_due",
            "next_attempt_at",
            postgresql_where="state IN ('pending', 'running')",
        ),
        Index("ix_jobs_workspace_id_created_at", "workspace_id", "created_at"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("claims >= 0", name="claims_not_negative"),
    )

    workspace_id: Mapped[UUID | None]
    kind: Mapped[str]
    queue: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    idempotency_key: Mapped[str | None]
    request_id: Mapped[str | None]
    state: Mapped[JobState] = mapped_column(
        native_enum(JobState, "job_state"), default=JobState.PENDING, server_default="pending"
    )
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of the attempts that its kind allows were used."""
    claims: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was claimed. It only ever grows, so that no two claims look the same."""
    put_off_since: Mapped[datetime | None]
    """When it was first put off, if all it did since was to be put off again."""
    next_attempt_at: Mapped[datetime]
    """When the sweep may hand the job over (again): a due time while pending, a lease while running."""
    handed_over_at: Mapped[datetime | None]
    """When the sweep last gave the job to the broker in its present state; None if it never had to."""
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    last_error: Mapped[str | None]
    finished_at: Mapped[datetime | None]
