"""Which commits a pull request has.

Revision: 0033, after 0032.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLE = "pull_request_commits"


def upgrade() -> None:
    """Apply."""
    op.add_column("pull_requests", sa.Column("commit_count", sa.Integer()))
    op.create_table(
        TABLE,
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("pull_request_id", sa.UUID(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        *(_now(name) for name in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.UniqueConstraint("pull_request_id", "sha", name=f"uq_{TABLE}_pull_request_id_sha"),
        sa.CheckConstraint("char_length(message) <= 4000", name=op.f(f"ck_{TABLE}_message_length")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "pull_request_id"],
            ["pull_requests.workspace_id", "pull_requests.id"],
            name=f"fk_{TABLE}_pull_request",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        f"ix_{TABLE}_workspace_id_pull_request_id", TABLE, ["workspace_id", "pull_request_id"]
    )
    op.drop_column("commits", "url")


def downgrade() -> None:
    """Take back. The addresses of commits come back with what GitHub tells next."""
    op.add_column("commits", sa.Column("url", sa.Text()))
    op.drop_table(TABLE)
    op.drop_column("pull_requests", "commit_count")


def _now(name: str) -> sa.Column[datetime]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )
