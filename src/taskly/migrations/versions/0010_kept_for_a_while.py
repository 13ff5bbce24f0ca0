"""Deleted cards and columns are kept for a while, so that deleting can be undone.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RANKS = "uq_board_columns_board_id_rank"


def upgrade() -> None:
    """Apply. Never rewrite a big table under a lock: add nullable, fill in batches, then constrain."""
    for table in ("cards", "board_columns"):
        op.add_column(table, sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_cards_deleted_at",
        "cards",
        ["deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_check_constraint(
        op.f("ck_cards_deleted_is_archived"),
        "cards",
        "deleted_at IS NULL OR archived_at IS NOT NULL",
    )
    op.drop_constraint(RANKS, "board_columns")
    op.create_index(
        RANKS,
        "board_columns",
        ["board_id", "rank"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def downgrade() -> None:
    """Take back: what was deleted goes for good."""
    op.execute("DELETE FROM cards WHERE deleted_at IS NOT NULL")
    op.execute("DELETE FROM board_columns WHERE deleted_at IS NOT NULL")
    op.drop_index(RANKS, "board_columns")
    op.create_unique_constraint(RANKS, "board_columns", ["board_id", "rank"])
    op.drop_constraint("ck_cards_deleted_is_archived", "cards")
    op.drop_index("ix_cards_deleted_at", "cards")
    for table in ("cards", "board_columns"):
        op.drop_column(table, "deleted_at")
