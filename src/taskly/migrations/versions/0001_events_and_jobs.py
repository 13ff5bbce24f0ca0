"""The event log and the outbox.

Revision: 0001, after .
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    op.create_table(
        "events",
        sa.Column("stream_kind", sa.Enum("board", "workspace", name="stream_kind"), nullable=False),
        sa.Column("stream_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("card_id", sa.UUID(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "actor_kind", sa.Enum("user", "github", "system", name="actor_kind"), nullable=False
        ),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("operation_id", sa.UUID(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_events_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("stream_id", "version", name=op.f("uq_events_stream_id_version")),
    )
    op.create_index(
        "ix_events_card_id_created_at", "events", ["card_id", "created_at"], unique=False
    )
    op.create_index("ix_events_operation_id", "events", ["operation_id"], unique=False)
    op.create_index(
        "ix_events_workspace_id_created_at", "events", ["workspace_id", "created_at"], unique=False
    )
    op.create_table(
        "jobs",
        sa.Column("workspace_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("pending", "running", "done", "dead", name="job_state"),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claims", sa.Integer(), server_default="0", nullable=False),
        sa.Column("put_off_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_jobs_attempts_not_negative")),
        sa.CheckConstraint("claims >= 0", name=op.f("ck_jobs_claims_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("kind", "idempotency_key", name=op.f("uq_jobs_kind_idempotency_key")),
    )
    op.create_index(
        "ix_jobs_due",
        "jobs",
        ["next_attempt_at"],
        unique=False,
        postgresql_where="state IN ('pending', 'running')",
    )
    op.create_index(
        "ix_jobs_workspace_id_created_at", "jobs", ["workspace_id", "created_at"], unique=False
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_jobs_workspace_id_created_at", table_name="jobs")
    op.drop_index(
        "ix_jobs_due", table_name="jobs", postgresql_where="state IN ('pending', 'running')"
    )
    op.drop_table("jobs")
    op.drop_index("ix_events_workspace_id_created_at", table_name="events")
    op.drop_index("ix_events_operation_id", table_name="events")
    op.drop_index("ix_events_card_id_created_at", table_name="events")
    op.drop_table("events")
    for enum in (
        "stream_kind",
        "actor_kind",
        "job_state",
    ):
        sa.Enum(name=enum).drop(op.get_bind())
