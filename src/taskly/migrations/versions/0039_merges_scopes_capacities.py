"""The commits with which pull requests came into their base branches; the way to what is told of a sprint.

Revision: 0039, after 0035. Of what was merged before, GitHub tells when it is refreshed.
"""

import sqlalchemy as sa
from alembic import op

from taskly.migrations.waiting import concurrently

revision = "0039"
down_revision = "0035"
branch_labels = None
depends_on = None

SPRINT = "data->'after'->>'sprint_id'"


def upgrade() -> None:
    """Apply. The index is built beside those who write the log; what a failed attempt left goes first."""
    with concurrently():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_sprint_id")
        op.create_index(
            "ix_events_sprint_id",
            "events",
            [sa.text(f"({SPRINT})")],
            postgresql_where=sa.text(f"{SPRINT} IS NOT NULL"),
            postgresql_concurrently=True,
        )
    op.add_column("pull_requests", sa.Column("merge_sha", sa.Text()))


def downgrade() -> None:
    """Take back."""
    op.drop_column("pull_requests", "merge_sha")
    with concurrently():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_sprint_id")
