"""What connections and the code of cards were still lacking.

Revision: 0030, after 0028.
"""

import sqlalchemy as sa
from alembic import op

from taskly.migrations.waiting import concurrently

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None

UNSETTLED = "ix_webhook_deliveries_unsettled"


def upgrade() -> None:
    """Apply. The index is built beside those who write; what a failed attempt left goes first."""
    op.add_column(
        "git_repositories",
        sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {UNSETTLED}")
        op.create_index(
            UNSETTLED,
            "webhook_deliveries",
            ["repository_id", "state", "received_at"],
            postgresql_where=sa.text("state IN ('received', 'failed', 'dead')"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Take back."""
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {UNSETTLED}")
    op.drop_column("git_repositories", "archived")
