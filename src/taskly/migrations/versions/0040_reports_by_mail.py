"""Who is told of the weeks of a board gets its reports by mail, each worked out once.

Revision: 0040, after 0039.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

CONSTRAINTS = (("pk_", ""), ("fk_", "_member"), ("fk_", "_board"))
INDEXES = ("_workspace_id_user_id", "_workspace_id_board_id")
MAILINGS = "report_mailings"


def upgrade() -> None:
    """Apply."""
    _rename("weekly_subscriptions", "report_subscriptions")
    op.create_table(
        MAILINGS,
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("board_id", sa.UUID(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("letter", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mailings")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            name="fk_report_mailings_board",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "board_id", "occasion", name=op.f("uq_report_mailings_board_id_occasion")
        ),
    )
    for columns in (["workspace_id", "board_id"], ["created_at"]):
        op.create_index(f"ix_{MAILINGS}_{'_'.join(columns)}", MAILINGS, columns)


def downgrade() -> None:
    """Take back."""
    op.drop_table(MAILINGS)
    _rename("report_subscriptions", "weekly_subscriptions")


def _rename(table: str, to: str) -> None:
    """The rows stay; constraints and indexes go by the name of their table."""
    op.rename_table(table, to)
    for kind, what in CONSTRAINTS:
        op.execute(f"ALTER TABLE {to} RENAME CONSTRAINT {kind}{table}{what} TO {kind}{to}{what}")
    for what in INDEXES:
        op.execute(f"ALTER INDEX ix_{table}{what} RENAME TO ix_{to}{what}")
