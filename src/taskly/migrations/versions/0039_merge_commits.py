"""The commits with which pull requests came into their base branches.

Revision: 0039, after 0035. Of those that were merged before, GitHub tells when they are refreshed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("pull_requests", sa.Column("merge_sha", sa.Text()))


def downgrade() -> None:
    """Take back."""
    op.drop_column("pull_requests", "merge_sha")
