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

MOMENTS = ("gone_at", "refused_at")
UNSETTLED = "ix_webhook_deliveries_unsettled"


def upgrade() -> None:
    """Apply. The index is built beside those who write; what a failed attempt left goes first."""
    op.add_column(
        "git_repositories",
        sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for name in MOMENTS:
        op.add_column("git_repositories", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("git_repositories", sa.Column("webhook_refusal", sa.Text()))
    op.create_check_constraint(
        "webhook_refusal_length", "git_repositories", "char_length(webhook_refusal) <= 2048"
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
    for name in ("webhook_refusal", *MOMENTS, "archived"):
        op.drop_column("git_repositories", name)
