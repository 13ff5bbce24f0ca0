"""Who is told of the weeks of a board gets its reports by mail.

Revision: 0040, after 0039.
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

CONSTRAINTS = (("pk_", ""), ("fk_", "_member"), ("fk_", "_board"))
INDEXES = ("_workspace_id_user_id", "_workspace_id_board_id")


def upgrade() -> None:
    """Apply."""
    _rename("weekly_subscriptions", "report_subscriptions")


def downgrade() -> None:
    """Take back."""
    _rename("report_subscriptions", "weekly_subscriptions")


def _rename(table: str, to: str) -> None:
    """The rows stay; constraints and indexes go by the name of their table."""
    op.rename_table(table, to)
    for kind, what in CONSTRAINTS:
        op.execute(f"ALTER TABLE {to} RENAME CONSTRAINT {kind}{table}{what} TO {kind}{to}{what}")
    for what in INDEXES:
        op.execute(f"ALTER INDEX ix_{table}{what} RENAME TO ix_{to}{what}")
