"""Workspaces have a time zone.

Revision: 0034, after 0032.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "workspaces", sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_workspaces_time_zone_length"),
        "workspaces",
        "char_length(time_zone) BETWEEN 1 AND 64",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("workspaces", "time_zone")
