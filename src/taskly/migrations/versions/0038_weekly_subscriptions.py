"""People get mails about the weeks of boards.

Revision: 0038, after 0037.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE = "weekly_subscriptions"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        TABLE,
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("told_monday", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "board_id", name=op.f("pk_weekly_subscriptions")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "user_id"],
            ["workspace_members.workspace_id", "workspace_members.user_id"],
            name="fk_weekly_subscriptions_member",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_weekly_subscriptions_board",
            ondelete="CASCADE",
        ),
    )
    for other in ("user_id", "board_id"):
        op.create_index(f"ix_{TABLE}_workspace_id_{other}", TABLE, ["workspace_id", other])


def downgrade() -> None:
    """Take back."""
    op.drop_table(TABLE)
