"""What somebody did, for their own eyes.

Revision: 0018, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. The index is built beside those who write the log; what a failed attempt left goes first."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_events_actor_id_id")
        op.create_index(
            "ix_events_actor_id_id",
            "events",
            ["actor_id", "id"],
            postgresql_where=sa.text("actor_id IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_events_actor_id_id", table_name="events")
