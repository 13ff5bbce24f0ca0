"""Payloads of old deliveries are found, and admins are told what is wrong with a repository.

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

from taskly.migrations.waiting import concurrently

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = ("assigned", "mentioned", "review_requested", "due_soon", "invited", "commented")
TABLES = ("notifications", "notification_settings")
WITH_PAYLOAD = "ix_webhook_deliveries_with_payload"


def upgrade() -> None:
    """Apply. The index is built beside those who write; what a failed attempt left goes first."""
    op.execute(
        "ALTER TYPE notification_kind ADD VALUE IF NOT EXISTS 'repository_alert' BEFORE 'commented'"
    )
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {WITH_PAYLOAD}")
        op.create_index(
            WITH_PAYLOAD,
            "webhook_deliveries",
            ["received_at"],
            postgresql_where=sa.text("payload IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Take back."""
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {WITH_PAYLOAD}")
    # A value of an enum can't be dropped, so the type is made anew, without what was told by it.
    op.execute("ALTER TYPE notification_kind RENAME TO notification_kind_before")
    sa.Enum(*KINDS, name="notification_kind").create(op.get_bind())
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE kind = 'repository_alert'")  # noqa: S608
        op.execute(
            f"ALTER TABLE {table} ALTER COLUMN kind TYPE notification_kind"
            " USING kind::text::notification_kind"
        )
    op.execute("DROP TYPE notification_kind_before")
