"""Outbound webhooks: addresses, how far each has read the log, and what it was told.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WEBHOOK_STATE = sa.Enum("active", "paused", "failing", name="webhook_state")
MESSAGE_STATE = sa.Enum(
    "queued", "sending", "retrying", "delivered", "failed", name="webhook_message_state"
)


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    _create_endpoints()
    _create_attempts()
    _create_cursors()


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _times() -> list[sa.Column[object]]:
    return [
        sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
        for name in ("created_at", "updated_at")
    ]


def _create_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("previous_secret", sa.Text(), nullable=True),
        _time("previous_secret_until"),
        sa.Column("state", WEBHOOK_STATE, server_default="active", nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        _time("failing_since"),
        _time("next_probe_at"),
        _time("last_success_at"),
        _time("last_failure_at"),
        sa.Column("last_position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        *_times(),
        sa.CheckConstraint(
            "char_length(url) BETWEEN 1 AND 2000", name=op.f("ck_webhook_endpoints_url_length")
        ),
        sa.CheckConstraint(
            "char_length(description) <= 255", name=op.f("ck_webhook_endpoints_description_length")
        ),
        sa.CheckConstraint(
            "cardinality(event_types) BETWEEN 1 AND 50",
            name=op.f("ck_webhook_endpoints_event_types_number"),
        ),
        sa.CheckConstraint(
            "failures >= 0", name=op.f("ck_webhook_endpoints_failures_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_webhook_endpoints_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint(
            "workspace_id", "id", name=op.f("uq_webhook_endpoints_workspace_id_id")
        ),
    )
    op.create_index(
        "ix_webhook_endpoints_next_probe_at", "webhook_endpoints", ["next_probe_at"], unique=False
    )


def _create_attempts() -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("endpoint_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=True),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("state", MESSAGE_STATE, server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        _time("first_sent_at"),
        _time("last_sent_at"),
        _time("next_attempt_at"),
        _time("finished_at"),
        sa.Column("id", sa.UUID(), nullable=False),
        *_times(),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_webhook_attempts_attempts_not_negative")),
        sa.CheckConstraint(
            "char_length(answer) <= 1024", name=op.f("ck_webhook_attempts_answer_length")
        ),
        sa.CheckConstraint(
            "char_length(error) <= 500", name=op.f("ck_webhook_attempts_error_length")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "endpoint_id"],
            ["webhook_endpoints.workspace_id", "webhook_endpoints.id"],
            name=op.f("fk_webhook_attempts_workspace_id_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_attempts_message_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "endpoint_id",
            "position",
            name=op.f("uq_webhook_attempts_workspace_id_endpoint_id_position"),
        ),
    )
    op.create_index(
        "ix_webhook_attempts_in_line",
        "webhook_attempts",
        ["endpoint_id", "position"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_index(
        "ix_webhook_attempts_head_of_line",
        "webhook_attempts",
        ["endpoint_id"],
        unique=True,
        postgresql_where="state = 'sending' AND event_id IS NOT NULL",
    )
    op.create_index(
        "ix_webhook_attempts_finished_at", "webhook_attempts", ["finished_at"], unique=False
    )


def _create_cursors() -> None:
    op.create_table(
        "webhook_cursors",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("endpoint_id", sa.UUID(), nullable=False),
        sa.Column("stream_id", sa.UUID(), nullable=False),
        sa.Column(
            "stream_kind",
            postgresql.ENUM("board", "workspace", name="stream_kind", create_type=False),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("version >= 0", name=op.f("ck_webhook_cursors_version_not_negative")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "endpoint_id"],
            ["webhook_endpoints.workspace_id", "webhook_endpoints.id"],
            name=op.f("fk_webhook_cursors_workspace_id_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "workspace_id", "endpoint_id", "stream_id", name=op.f("pk_webhook_cursors")
        ),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("webhook_cursors")
    op.drop_table("webhook_attempts")
    op.drop_table("webhook_endpoints")
    MESSAGE_STATE.drop(op.get_bind())
    WEBHOOK_STATE.drop(op.get_bind())
