"""How far the cards of a column are that follow its new category.

Revision: 0041, after 0040.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("board_rollups", sa.Column("followed_card_id", sa.UUID(), nullable=True))


def downgrade() -> None:
    """Revert. A board whose cards are just following is folded anew from its log: older versions of Taskly know no half."""
    op.execute("DELETE FROM board_rollups WHERE followed_card_id IS NOT NULL")
    op.drop_column("board_rollups", "followed_card_id")
