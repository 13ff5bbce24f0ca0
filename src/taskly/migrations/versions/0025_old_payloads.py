"""Payloads of old deliveries are found.

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

from taskly.migrations.waiting import concurrently

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WITH_PAYLOAD = "ix_webhook_deliveries_with_payload"


def upgrade() -> None:
    """Apply. The index is built beside those who write; what a failed attempt left goes first."""
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
