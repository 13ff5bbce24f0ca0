"""When connections were and will be compared with GitHub, and whether their webhooks say anything.

Revision: 0028, after 0025.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENTS = ("next_sync_at", "heard_at", "silent_since")


def upgrade() -> None:
    """Apply. What is connected is compared soon; pull requests that are drafts now count as never ready."""
    for name in MOMENTS:
        op.add_column("git_repositories", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("git_repositories", sa.Column("last_reconciliation", postgresql.JSONB()))
    op.execute("UPDATE git_repositories SET next_sync_at = now() WHERE active")
    op.create_index(
        "ix_git_repositories_next_sync_at",
        "git_repositories",
        ["next_sync_at"],
        postgresql_where=sa.text("active"),
    )
    op.add_column(
        "pull_requests",
        sa.Column("was_ready", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute("UPDATE pull_requests SET was_ready = true WHERE NOT draft")
    op.alter_column("pull_requests", "was_ready", server_default=None)


def downgrade() -> None:
    """Take back."""
    op.drop_column("pull_requests", "was_ready")
    op.drop_index("ix_git_repositories_next_sync_at", table_name="git_repositories")
    for name in ("last_reconciliation", *MOMENTS):
        op.drop_column("git_repositories", name)
