"""How many sprints of a series are always planned.

Revision: 0043, after 0042. Of series that are there none is made by itself, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE, CONDITION = "sprint_series", "ck_sprint_series_ahead_range"


def upgrade() -> None:
    """Apply. A board has one row at most, so the check reads little."""
    op.add_column(
        TABLE, sa.Column("ahead", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_check_constraint(op.f(CONDITION), TABLE, "ahead BETWEEN 0 AND 26")


def downgrade() -> None:
    """Take back."""
    op.drop_column(TABLE, "ahead")
